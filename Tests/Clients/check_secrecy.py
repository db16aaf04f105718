#!/usr/bin/env python3
"""Nothing personal and no secret is ever printed or kept: distinctive texts are planted on every path through the
gateway, then searched for in all that it wrote.

    check_secrecy.py                               starts a gateway, with its log at debug
"""
import base64
import functools
import json
import os
import sys

from harness import Skip, Suite, expect, main, user
from servers import FAMILIES, PROVIDER_KEY, Installation, fetch, gate_name
from wire import CHAT, ChatStream, Connection, ConnectionEnded, chat_body, request

secrecy = Suite("secrecy")

PROMPT = "canary-prompt-Jean-Tremblay-8f3a91"
REPLY = "canary-reply-7c20de"
TOOL = "canary-argument-51bb07"


class Planted:
    """A gateway that has seen the canaries in every way that a request can go, and was then ended."""

    def __init__(self, world):
        self.installation = Installation(world, "secrecy")
        made = self.installation.create_key("canary")
        self.gateway = self.installation.start(made["key"])
        self.replies, self.records = [], []
        self.simulator = world.simulator
        for family in FAMILIES:
            self._plant(family)
        self._plant_in_broken_requests()
        self._leave_in_mid_stream()
        self.metrics = fetch(self.gateway.admin_url + "/metrics")[2]
        self._read_records()
        self._kill_in_mid_stream()

    def _plant(self, family):
        for mark in ("", "[[sim:status 400]]", "[[sim:status 500]]", "[[sim:garbage]]", "[[sim:html]]"):
            self._send(family, f"{mark}[[sim:echo]]{PROMPT} {REPLY}")
        for mark in ("", "[[sim:cut 3]]", "[[sim:end 3]]", "[[sim:garbage-event 3]]", "[[sim:error-event 3]]"):
            self._send(family, f"{mark}[[sim:tpot 2]][[sim:echo]]{PROMPT} {REPLY} and some more words", stream=True)
        call = json.dumps({"city": TOOL})
        tool = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}
        self._send(family, f"[[sim:call get_weather {call}]]{PROMPT}", tools=[tool])

    def _send(self, family, content, **members):
        body = chat_body(self.gateway.route(family), content, user=PROMPT, allow_fallbacks=False, **members)
        self._exchange(request("POST", CHAT, body, self.gateway.authorization))

    def _plant_in_broken_requests(self):
        route = self.gateway.route("bedrock")
        broken = chat_body(route, PROMPT)[:-1]
        repeated = broken + b',"model":"x"}'
        misplaced = json.dumps({"model": PROMPT, "messages": user(PROMPT)}).encode()
        unknown = chat_body(route, PROMPT, no_such_member=PROMPT)
        protected = chat_body(route, PROMPT, pii_substitution=True)
        for body in (broken, repeated, misplaced, unknown, protected):
            self._exchange(request("POST", CHAT, body, self.gateway.authorization))
        self._exchange(request("POST", CHAT, chat_body(route, PROMPT)))
        self._exchange(b"POST /v1/" + PROMPT.encode() + b" nonsense\r\n\r\n")

    def _exchange(self, data):
        with Connection(self.gateway.base_url) as connection:
            try:
                self.replies.append(connection.exchange(data))
            except ConnectionEnded:
                pass  # a reply is not what this is about

    def _leave_in_mid_stream(self):
        gate = gate_name()
        with ChatStream(self.gateway, self.gateway.route("bedrock"), self._gated(gate)) as stream:
            stream.next_text()
        self.simulator.open(gate)

    def _gated(self, gate):
        return f"[[sim:gate 2 {gate}]][[sim:echo]]{PROMPT} {REPLY} and some more words"

    def _read_records(self):
        for reply in self.replies:
            status, _, text = self.gateway.get(f"/api/usage/custody/{reply['x-ni-request-id']}")
            if status == 200:
                self.records.append(text)

    def _kill_in_mid_stream(self):
        """With whatever was not yet written in order."""
        gate = gate_name()
        with ChatStream(self.gateway, self.gateway.route("vertex"), self._gated(gate)) as stream:
            stream.next_text()
            self.gateway.process.kill()
        self.simulator.open(gate)

    # Searching

    def files(self):
        """Everything that was written, by path: all files of the data directory, and what was printed."""
        found = {self.gateway.process.log: self._bytes(self.gateway.process.log)}
        for folder, _, names in os.walk(self.installation.data_directory):
            for name in names:
                path = os.path.join(folder, name)
                if os.path.isfile(path):
                    found[path] = self._bytes(path)
        return found

    @staticmethod
    def _bytes(path):
        with open(path, "rb") as file:
            return file.read()


@functools.cache
def planted(world):
    """Planted once, then searched by several checks."""
    if world.is_foreign:
        raise Skip("only with a gateway that is started here")
    return Planted(world)


def forms(text):
    """A text, and what it looks like in Base64 at any of the three places it can begin at."""
    data = text.encode()
    yield data
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + data)
        yield coded[4 if shift else 0:len(coded) - 4]


def places(world, text):
    return [path for path, data in planted(world).files().items() if any(form in data for form in forms(text))]


@secrecy.check
def something_was_planted(world):
    """Else the other checks would find nothing with ease."""
    evidence = planted(world)
    texts = [reply.body.decode(errors="replace") for reply in evidence.replies]
    expect(len([text for text in texts if REPLY in text]) >= 2 * len(FAMILIES), "replies with the canary").equals(True)
    seen = json.dumps(evidence.simulator.requests())
    expect(PROMPT in seen, "the canary reached the upstream").equals(True)
    files = evidence.files()
    expect(len(evidence.records) >= 10 * len(FAMILIES), f"{len(evidence.records)} records").equals(True)
    expect(len(files) >= 3 and sum(map(len, files.values())) > 10_000, f"files: {sorted(files)}").equals(True)


@secrecy.check_each(("prompt", "reply", "tool"))
def content_is_nowhere(world, kind):
    text = {"prompt": PROMPT, "reply": REPLY, "tool": TOOL}[kind]
    expect(places(world, text), "files that hold it").equals([])
    expect([record for record in planted(world).records if text in record], "records that hold it").equals([])
    expect(planted(world).metrics, "metrics").lacks(text)


@secrecy.check
def keys_are_nowhere(world):
    """Neither the caller's nor the provider's; they are kept as hashes, or not at all."""
    for secret in (planted(world).gateway.key, PROVIDER_KEY):
        expect(places(world, secret), "files that hold it").equals([])


@secrecy.check
def the_providers_key_reaches_no_caller(world):
    for reply in planted(world).replies:
        expect(f"{reply.fields} {reply.body!r}").lacks(PROVIDER_KEY)


@secrecy.check
def a_callers_key_comes_back_in_no_error(world):
    key = "ni_live_" + "Canary7" * 6 + "x"
    with Connection(world.gateway.base_url) as connection:
        body = chat_body(world.gateway.route("compatible"), "hi")
        reply = connection.exchange(request("POST", CHAT, body, [("Authorization", f"Bearer {key}")]))
    expect(reply.status).equals(401)
    expect(f"{reply.fields} {reply.body!r}").lacks(key[8:20])


@secrecy.check
def the_data_directory_is_for_its_owner(world):
    folder = planted(world).installation.data_directory
    readable = [path for path in (folder, *planted(world).files()) if path.startswith(folder)
                and os.stat(path).st_mode & 0o077 and not os.path.isdir(path)]
    if os.stat(folder).st_mode & 0o077:
        expect(readable, "files that others may read").equals([])


SUITES = (secrecy,)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
