#!/usr/bin/env python3
"""The store is away, or the disk is full, while a gateway is under load: requests go on as long as they can be written
down, are refused when they can't, and afterwards all is well without help.

    check_store.py                                 starts gateways, and a fast provider
"""
import contextlib
import dataclasses
import itertools
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter

from custody import FIRST_CHANGES, Custody, expect_one_leaf_each, store_of
from harness import Impossible, Skip, Suite, as_json, eventually, expect, main, once, raised
from load import Load, field_of
from provider import InstantProvider
from servers import ROUTES, Installation, fetch
from wire import CHAT, chat_body, request

store = Suite("store")

CONNECTIONS = 8
# For how many seconds the store is locked, and how long a request may take meanwhile: nobody waits for the lock.
LOCKED, PATIENCE = 30, 5
# Of a journal that is to fill up, in bytes.
JOURNAL_LIMIT = 1 << 20
# Of a disk that is to fill up, in bytes, and how many of them are left for it to fill up by itself.
DISK, LEFT = 128 << 20, 4 << 20
# For how many seconds it is full, and within how many more the gateway has to be ready again.
FULL, RECOVERY = 5, 15


# ---------------------------------------------------------------------------------------------------- Troubles

@contextlib.contextmanager
def locked(installation):
    """Nobody else can write to the store."""
    with contextlib.closing(sqlite3.connect(store_of(installation), timeout=20, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            connection.execute("ROLLBACK")


@contextlib.contextmanager
def full(installation):
    """Nearly nothing fits on the disk any more, and soon nothing does."""
    path = os.path.join(installation.data_directory, "ballast")
    disk = os.statvfs(installation.data_directory)
    try:
        with open(path, "wb") as file:
            os.posix_fallocate(file.fileno(), 0, disk.f_bavail * disk.f_frsize - LEFT)
        yield
    finally:
        os.remove(path)


@contextlib.contextmanager
def small_disk(installation):
    """The data directory is on a disk of its own."""
    folder = installation.data_directory
    os.mkdir(folder, 0o700)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=700", "northern-checks", folder],
                          capture_output=True, text=True, check=False)
    if done.returncode:
        raise Impossible(f"a small disk can't be mounted: {done.stderr.strip()}")
    try:
        yield
    finally:
        # Lazily: whatever happened, somebody may still have files there.
        subprocess.run(["umount", "--lazy", folder], check=True)


# ---------------------------------------------------------------------------------------------------- What is seen

class Readiness:
    """Asks in a `with` statement, ten times a second, whether a gateway is ready."""

    def __init__(self, gateway):
        self.gateway = gateway
        # Moments, of `time.monotonic()`, and statuses.
        self.answers = []
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self._ask, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.thread.join(30)

    def _ask(self):
        while not self.is_over.wait(0.1):
            self.answers.append((time.monotonic(), fetch(self.gateway.admin_url + "/health/ready")[0]))


@dataclasses.dataclass
class Troubled:
    """A load before, in and after a trouble, and what is left of it."""
    # Of the trouble, as `time.monotonic()` has them.
    begun: float
    ended: float
    exchanges: list
    # Moments and statuses.
    readiness: list
    proved: list
    auditor: object

    @property
    def within(self):
        """The requests that began and ended in the trouble."""
        return [each for each in self.exchanges if each.begun_at >= self.begun and each.ended_at <= self.ended]

    @property
    def outside(self):
        return [each for each in self.exchanges if each.ended_at < self.begun or each.begun_at > self.ended + RECOVERY]

    @property
    def refused(self):
        return [each for each in self.exchanges if each.status == 503]

    def readiness_within(self):
        return {status for moment, status in self.readiness if self.begun <= moment <= self.ended}

    def seconds_until_ready(self):
        """From the end of the trouble until it was ready and stayed so."""
        later = [(moment, status) for moment, status in self.readiness if moment > self.ended]
        unready = [moment for moment, status in later if status != 200]
        expect(later[-1][1], "the last status").equals(200)
        return max(unready, default=self.ended) - self.ended


def installed(world, name, *settings):
    if world.is_foreign:
        raise Skip("only with a gateway that is started here")
    route = dataclasses.replace(ROUTES["compatible"], base_url=f"{provider(world).url}/v1")
    installation = Installation(world, name, routes={"compatible": route})
    installation.edit("config.yaml", "log: {level: debug}", "\n".join(["log: {level: notice}", *settings]))
    return installation


@once
def provider(world):
    return InstantProvider(world)


def requests(gateway):
    """Whole replies and streams by turns: some hundred a second, since all of them are read again."""
    asked = [request("POST", CHAT, chat_body(gateway.route("compatible"), "hi", **members), gateway.authorization)
             for members in ({}, {"stream": True})]
    for number in itertools.count():
        yield number, asked[number % 2]
        time.sleep(0.002)


def go_through(installation, trouble, seconds, is_enough=lambda load, readiness: False):
    """Puts load on a gateway while there is a trouble of so many seconds at most."""
    gateway = installation.start(installation.create_key("store")["key"])
    with (Load(gateway.base_url, requests(gateway), CONNECTIONS, keeps_replies=True) as load,
          Readiness(gateway) as readiness):
        time.sleep(2)
        begun = time.monotonic()
        with trouble(installation):
            eventually(lambda: is_enough(load, readiness), seconds, pause=0.1)
            ended = time.monotonic()
        eventually(lambda: readiness.answers[-1][0] > ended + 1 and readiness.answers[-1][1] == 200, RECOVERY + 5)
        time.sleep(2)
    expect(load.failures).equals([])
    custody = Custody(gateway)
    found = recorded(custody, {each.request_id for each in load.exchanges if each.is_whole and each.status == 200})
    auditor = custody.auditor()
    auditor.look()
    gateway.process.end()
    return Troubled(begun, ended, load.exchanges, readiness.answers, found, auditor)


def recorded(custody, ids):
    """All that is on record: these, soon."""
    def are_there():
        found[:] = custody.exported()
        return ids <= {each.record["id"] for each in found}
    found = []
    eventually(are_there, seconds=15, pause=0.5)
    return found


# ---------------------------------------------------------------------------------------------------- What has to hold

def expect_all_on_record(found):
    """Each reply that was whole has its record, and so has each that had begun; all of them are in the log."""
    records = {each.record["id"]: each.record for each in found.proved}
    expect(len(records), "different records").equals(len(found.proved))
    missing = [each for each in found.exchanges if each.status == 200 and each.request_id not in records]
    expect(missing[:3], f"{len(missing)} replies without a record").equals([])
    wrong = [each for each in found.exchanges if each.is_whole and each.status == 200
             and records[each.request_id]["outcome"] != "completed"]
    expect(wrong[:3], f"{len(wrong)} complete replies with another record").equals([])
    asked = {each.request_id for each in found.exchanges}
    nobodys = [record for request_id, record in records.items()
               if request_id not in asked and record["outcome"] == "completed"]
    expect(nobodys[:3], f"{len(nobodys)} records of complete replies that nobody got").equals([])
    expect_one_leaf_each(found.proved, found.auditor.entries)
    expect(len(found.auditor.entries), "leaves").equals(len(records) + FIRST_CHANGES)


def expect_refused_in_order(found):
    """A request is answered, or is refused as one that can't be recorded, or breaks off."""
    others = Counter(each.status for each in found.exchanges if each.status not in (200, 503, None))
    expect(others).equals(Counter())
    for each in found.refused:
        if each.is_whole:
            expect(as_json(each.body)["error"]["code"]).equals("custody_unavailable")
            expect(int(field_of(each.head, "retry-after")) > 0, "retry-after").is_true()


# ---------------------------------------------------------------------------------------------------- A locked store

@once
def lock(world):
    return go_through(installed(world, "locked"), locked, LOCKED)


@store.check
def a_locked_store_delays_no_request(world):
    """The journal has room, so nobody has to know."""
    found = lock(world)
    expect(len(found.within) >= 1000, f"{len(found.within)} requests while it was locked").is_true()
    failed = [each for each in found.exchanges if not each.is_whole or each.status != 200]
    expect(failed[:3], f"{len(failed)} requests failed").equals([])
    expect(max(each.seconds for each in found.exchanges), "seconds of the slowest one").is_at_most(PATIENCE)
    expect({status for _, status in found.readiness}, "readiness").equals({200})


@store.check
def a_locked_store_loses_no_record(world):
    expect_all_on_record(lock(world))


@once
def lock_with_a_small_journal(world):
    installation = installed(world, "small-journal", f"custody: {{journal_limit_bytes: {JOURNAL_LIMIT}}}")
    return go_through(installation, locked, LOCKED, is_enough=lambda load, readiness: len(
        [each for each in load.exchanges if each.status == 503]) > 200 and readiness.answers[-1][1] == 503)


@store.check
def a_full_journal_refuses_and_says_so(world):
    found = lock_with_a_small_journal(world)
    expect(len(found.refused) > 200, f"{len(found.refused)} requests refused").is_true()
    expect_refused_in_order(found)
    expect([each for each in found.exchanges if not each.is_whole], "replies that broke off").equals([])
    expect(503 in found.readiness_within(), "the gateway isn't ready then").is_true()


@store.check
def a_full_journal_empties_without_help(world):
    found = lock_with_a_small_journal(world)
    expect(found.seconds_until_ready(), "seconds until it was ready again").is_at_most(RECOVERY)
    expect({each.status for each in found.exchanges[-100:]}, "of the last requests").equals({200})


@store.check
def a_full_journal_loses_no_record(world):
    expect_all_on_record(lock_with_a_small_journal(world))


# ---------------------------------------------------------------------------------------------------- A full disk

@once
def full_disk(world):
    installation = installed(world, "full-disk")

    def is_enough(load, readiness):
        refused = [each for each in load.exchanges if each.status == 503]
        return refused and time.monotonic() > refused[0].ended_at + FULL and readiness.answers[-1][1] == 503
    with small_disk(installation):
        return go_through(installation, full, 60, is_enough)


@store.check
def a_full_disk_refuses_and_says_so(world):
    found = full_disk(world)
    expect(bool(found.refused), "requests refused").is_true()
    expect_refused_in_order(found)
    expect(503 in found.readiness_within(), "the gateway isn't ready then").is_true()


@store.check
def a_disk_with_room_again_is_enough(world):
    found = full_disk(world)
    expect(found.seconds_until_ready(), "seconds until it was ready again").is_at_most(RECOVERY)
    expect({each.status for each in found.exchanges[-100:]}, "of the last requests").equals({200})


@store.check
def a_full_disk_loses_no_record(world):
    expect_all_on_record(full_disk(world))


# ---------------------------------------------------------------------------------------------------- An older store

@store.check
def a_store_that_is_older_than_what_was_published_does_not_start(world):
    """Its gateway would publish another history. With the store that belongs to it, it starts again."""
    installation = installed(world, "older")
    key = installation.create_key("older")["key"]
    kept = os.path.join(installation.folder, "kept")
    for number in range(2):
        gateway = installation.start(key)
        for _ in range(3):
            fetch(gateway.base_url + CHAT, chat_body(gateway.route("compatible"), "hi"), gateway.authorization)
        expect(gateway.process.end(), "exit status").equals(0)
        shutil.copytree(installation.data_directory, f"{kept}-{number}", ignore=shutil.ignore_patterns("*.sock"))
    put_back(installation, f"{kept}-0")
    error = raised(AssertionError, lambda: installation.start(key), "with the older store")
    expect(str(error), "what it says").contains("older")
    put_back(installation, f"{kept}-1")
    auditor = Custody(installation.start(key)).auditor()
    auditor.look()
    expect(len(auditor.entries), "entries").equals(6 + FIRST_CHANGES)


def put_back(installation, folder):
    """The store of a copy of the data directory, in the place of the one that is there."""
    for name in os.listdir(installation.data_directory):
        if name.startswith("northern.sqlite"):
            os.remove(os.path.join(installation.data_directory, name))
    for name in os.listdir(folder):
        if name.startswith("northern.sqlite"):
            shutil.copy2(os.path.join(folder, name), installation.data_directory)


SUITES = (store,)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
