#!/usr/bin/env python3
"""Cosignatures under the custody log's checkpoints, by a witness that is none of ours and trusts nothing.

    check_witness.py                               starts gateways, a simulator, and a witness
"""
import contextlib
import dataclasses
import json
import os
import shutil
import sys
import time

from custody import KEYS, Custody
from custodylog import Note
from harness import Skip, Suite, as_json, eventually, expect, main
from servers import Installation, fetch
from wire import CHAT, Connection, chat_body, request
from witness import Witness

suite = Suite("witness")

NAME, ORIGIN = "witness.example/checks", "log.example/witnessed"
SECRET = "custody-log-key-1.secret"


@dataclasses.dataclass
class Witnessed:
    installation: Installation
    gateway: object
    custody: Custody
    witness: Witness

    def ask(self):
        """The id of one more request."""
        body = chat_body(self.gateway.route("compatible"), "hi")
        with Connection(self.gateway.base_url) as connection:
            return connection.exchange(request("POST", CHAT, body, self.gateway.authorization))["x-ni-request-id"]

    def checkpoint(self):
        status, _, text = fetch(self.custody.log_url + "checkpoint")
        expect(status).equals(200)
        return Note.parse(text.encode())

    def cosigned(self, seconds=30):
        """The checkpoint, once the witness has signed it."""
        def found():
            note = self.checkpoint()
            return note if is_cosigned(note, self.witness) else None
        note = eventually(found, seconds, pause=0.1)
        expect(bool(note), f"cosigned after {seconds} s; asked was {self.witness.asked}").is_true()
        return note


def is_cosigned(note, witness):
    return any(name == witness.key.name for name, _, _ in note.signatures)


def size_of(note):
    return int(note.text.split(b"\n")[1])


def installed(world, name, setting):
    if world.is_foreign:
        raise Skip("only with a gateway that is started here")
    installation = Installation(world, name)
    settings = json.dumps({"log_origin": ORIGIN, "witnesses": setting})
    installation.edit("config.yaml", "log: {level", f"custody: {settings}\nlog: {{level")
    return installation


@contextlib.contextmanager
def witnessed(world, name, witness=None, secret=None):
    """A gateway and its witness, which knows the log's key; with a log's secret it is the gateway's that it is of."""
    with contextlib.ExitStack() as stack:
        witness = witness or stack.enter_context(Witness(NAME))
        installation = installed(world, name, witness.setting)
        key = installation.create_key(name)["key"]
        if secret:
            shutil.copy(secret, os.path.join(installation.data_directory, SECRET))
        gateway = installation.start(key)
        stack.callback(gateway.process.end)
        found = Witnessed(installation, gateway, Custody(gateway), witness)
        witness.logs[found.custody.origin] = found.custody.keys
        yield found


@suite.check
def signs_what_receipts_show(world):
    """With a time between when it was asked for and now."""
    with witnessed(world, "witnessed") as found:
        begun = int(time.time())
        request_id = found.ask()
        found.custody.proved(request_id)
        note = found.cosigned()
        proved = found.custody.proved(request_id)
        receipt = Note.parse(proved.checkpoint.note)
        expect(receipt).equals(note)
        times = found.witness.key.times(receipt)
        expect(len(times), "cosignatures").equals(1)
        expect(begun <= times[0] <= int(time.time()), f"{times[0]} is between {begun} and now").is_true()


@suite.check
def follows_a_log_that_grows(world):
    with witnessed(world, "growing") as found:
        # The first two entries are of the key that was made, and of the first owner's link.
        for size in (3, 4, 6):
            while size_of(found.checkpoint()) < size:
                found.custody.proved(found.ask())
            expect(size_of(found.cosigned())).equals(size)
        # It is told of the log when the gateway has started.
        expect(set(found.witness.statuses()) - {404}, f"of {found.witness.asked}").equals({200})
        auditor = found.custody.auditor()
        expect(auditor.look().size).equals(6)


@suite.check
def is_named_with_its_key(world):
    with witnessed(world, "named") as found:
        told = as_json(fetch(found.gateway.base_url + KEYS)[2])
        expect(told["witnesses"]).equals([{"name": NAME, "verifier_key": str(found.witness.key)}])
        found.ask()
        found.cosigned()
        metrics = fetch(found.gateway.admin_url + "/metrics")[2]
        expect(metrics).contains(f'northern_witness_cosignatures_total{{result="ok",witness="{NAME}"}} 1')


@suite.check
def is_not_waited_for(world):
    """One that nobody reaches costs a warning, and receipts come all the same."""
    with Witness(NAME) as gone:
        setting = gone.setting
    installation = installed(world, "alone", setting)
    gateway = installation.start(installation.create_key("alone")["key"])
    found = Witnessed(installation, gateway, Custody(gateway), gone)
    begun = time.monotonic()
    for _ in range(3):
        found.custody.proved(found.ask())
    expect(time.monotonic() - begun, "seconds until three receipts").is_at_most(10)
    warned = eventually(lambda: "doesn't cosign" in gateway.process.log_text(), pause=0.1)
    expect(warned, "a warning").is_true()
    expect(gateway.process.end()).equals(0)
    expect(gateway.process.log_text().count("doesn't cosign"), "warnings").equals(1)


@suite.check
def refuses_a_history_that_was_rewritten(world):
    """Signed with the log's own key, by a gateway whose store was lost."""
    with witnessed(world, "first") as first:
        for _ in range(2):
            first.custody.proved(first.ask())
        first.cosigned()
        first.gateway.process.end()
        seen = first.witness.cosigned[ORIGIN]
        secret = os.path.join(first.installation.data_directory, SECRET)
        with witnessed(world, "second", first.witness, secret) as second:
            expect([str(key) for key in second.custody.keys]).equals([str(key) for key in first.custody.keys])
            for _ in range(5):
                second.custody.proved(second.ask())
            refused = eventually(lambda: 422 in first.witness.statuses(), 60, pause=0.1)
            expect(refused, f"refused; asked was {first.witness.asked}").is_true()
            log = second.gateway.process
            told = eventually(lambda: "seen another history of the custody log" in log.log_text(), pause=0.1)
            expect(told, "an error in the gateway's log").is_true()
            expect(is_cosigned(second.checkpoint(), first.witness), "cosigned").equals(False)
            expect(first.witness.cosigned[ORIGIN]).equals(seen)


SUITES = (suite,)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
