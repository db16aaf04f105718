#!/usr/bin/env python3
"""What callers get of their custody records: receipts, lists, digests, and the form of each record.

    check_custody.py                               starts gateways, and a strict simulator behind them
"""
import contextlib
import dataclasses
import hashlib
import hmac
import json
import os
import random
import sqlite3
import sys
from collections import Counter

import custodylog
from custody import RECORDS, Custody, create_key_of, expect_fit_schema, expect_one_leaf_each, northern, placed, store_of
from custodylog import Finding, Unsigned, VerifierKey, canonical, verified_export, verified_receipt
from harness import Skip, Suite, as_json, eventually, expect, main, once, raised, user
from servers import EVERY_FAMILY, Installation, fetch, gate_name
from surfaces import EMBEDDINGS, MESSAGES, RESPONSES
from wire import CHAT, ChatStream, Connection, chat_body, request

receipts = Suite("custody.receipts")
lists = Suite("custody.lists")
records = Suite("custody.records")
digests = Suite("custody.digests")
retention = Suite("custody.retention")

SEED = 20261127
OTHERS = "org_others"


# ---------------------------------------------------------------------------------------------------- Asking

@dataclasses.dataclass
class Kept:
    """A gateway of two organizations, with its folder."""
    installation: Installation
    gateway: object
    custody: Custody
    others: Custody


@once
def kept(world):
    if world.is_foreign:
        raise Skip("only with a gateway that is started here")
    installation = Installation(world, "custody", silence=1)
    key = installation.create_key("custody")["key"]
    others = create_key_of(installation, OTHERS)
    gateway = installation.start(key)
    return Kept(installation, gateway, Custody(gateway), Custody(gateway, others))


def ask(gateway, body, path=CHAT, nonce=None, key=None):
    """The reply to a body, whole."""
    fields = [("Authorization", f"Bearer {key or gateway.key}")] + ([("x-ni-nonce", nonce)] if nonce else [])
    with Connection(gateway.base_url) as connection:
        return connection.exchange(request("POST", path, body, fields))


def asking(content, model=None, **members):
    """What asks for a chat, and gives the id of the request."""
    def answer(gateway, nonce):
        body = chat_body(model or gateway.route("compatible"), content, **members)
        return ask(gateway, body, nonce=nonce)["x-ni-request-id"]
    return answer


def leaving(gateway, nonce):
    """A caller that goes away in mid-stream. The gateway has seen that before the stream goes on: else it may have all of
    it at once, and a complete reply."""
    gate, simulator = gate_name(), gateway.simulator("compatible")
    aborts = simulator.stats()["client_aborts"]
    body = chat_body(gateway.route("compatible"), f"[[sim:words 9]][[sim:gate 3 {gate}]]", stream=True)
    with Connection(gateway.base_url) as connection:
        connection.send(request("POST", CHAT, body, [*gateway.authorization, ("x-ni-nonce", nonce)]))
        head = connection.read_head()
        next(connection.pieces(head))
    simulator.wait_for("client_aborts", aborts + 1)
    simulator.open(gate)
    return head["x-ni-request-id"]


# How each outcome comes about; two complete ones.
OUTCOMES = {
    "completed": asking("hi"), "streamed": asking("[[sim:words 9]]", stream=True), "refused": asking("hi", "unknown"),
    "failed": asking("[[sim:status 500]]", allow_fallbacks=False), "cut off": asking(
        "[[sim:words 9]][[sim:cut 3]]", stream=True), "cancelled": leaving}
NAMES = {"streamed": "completed", "cut off": "failed"}


# ---------------------------------------------------------------------------------------------------- Receipts

@receipts.check_each(OUTCOMES)
def prove_each_outcome(world, kind):
    """With the nonce that the caller sent, so that nobody can have made it before."""
    found, nonce = kept(world), f"nonce-{gate_name()}"
    request_id = OUTCOMES[kind](found.gateway, nonce)
    proved = found.custody.proved(request_id)
    record = proved.record
    expect((record["outcome"], record["nonce"])).equals((NAMES.get(kind, kind), nonce))
    expect((record["state"], record["streamed"])).equals(("closed", kind in ("streamed", "cut off", "cancelled")))
    expect_same(found.custody, proved)


def expect_same(custody, proved):
    """That the answer for a record says what its receipt says."""
    logged = custody.logged(proved.record["id"])
    expect((logged.index, logged.salt, logged.record)).equals((proved.index, proved.salt, proved.record))
    text = custody.text(f"/{proved.record['id']}")
    place = b',"log":{"index":%d,"salt":"%s"}}' % (proved.index, proved.salt.encode())
    expect(text.encode(), "canonical, and at its end where the log has it").equals(
        canonical(proved.record)[:-1] + place)


@receipts.check
def are_files(world):
    found = kept(world)
    request_id = OUTCOMES["completed"](found.gateway, "files")
    status, fields, text = found.custody.get(f"/{request_id}/receipt")
    expect((status, fields["content-type"])).equals((200, "text/plain; charset=utf-8"))
    expect(fields["content-disposition"]).contains(f"{request_id}.tlog-proof")
    expect(fields["content-disposition"]).contains("attachment")
    expect(text.splitlines()[0]).equals("c2sp.org/tlog-proof@v1")


@receipts.check
def are_for_their_organization_alone(world):
    found = kept(world)
    request_id = OUTCOMES["completed"](found.gateway, "alone")
    found.custody.proved(request_id)
    for path in (f"/{request_id}", f"/{request_id}/receipt"):
        status, _, text = found.others.get(path)
        expect((status, as_json(text)["error"]["code"]), path).equals((404, "record_not_found"))
        expect(text).lacks("alone")
        expect(fetch(f"{found.gateway.base_url}{RECORDS}{path}")[0], "without a key").equals(401)
    own = ask(found.gateway, chat_body(found.gateway.route("compatible"), "hi"), key=found.others.key)
    found.others.proved(own["x-ni-request-id"])
    expect(found.custody.get(f"/{own['x-ni-request-id']}/receipt")[0]).equals(404)


@receipts.check_each(("f" * 32, "0", "x" * 32, "..%2f..", "%00"))
def of_no_request_there_is_none(world, request_id):
    status, _, text = kept(world).custody.get(f"/{request_id}/receipt")
    expect(status).is_one_of((400, 404))
    expect(as_json(text)["error"]["code"]).is_one_of(("record_not_found", "not_found"))


@receipts.check
def wait_until_the_request_is_over(world):
    found, gate = kept(world), gate_name()
    gateway, simulator = found.gateway, found.gateway.simulator("compatible")
    with ChatStream(gateway, gateway.route("compatible"), f"[[sim:words 9]][[sim:gate 3 {gate}]]") as stream:
        try:
            stream.next_text()
            path = f"/{stream.request_id}/receipt"
            status, _, text = eventually(lambda: opened(found.custody.get(path)))
            expect((status, as_json(text)["error"]["code"])).equals((409, "record_open"))
            expect(as_json(found.custody.text(f"/{stream.request_id}"))).lacks("log")
        finally:
            simulator.open(gate)
        stream.rest()
    found.custody.proved(stream.request_id)


def opened(answer):
    """An answer, once the request is known."""
    return answer if answer[0] != 404 else None


# Keys that change

@dataclasses.dataclass
class Rotated:
    """What a gateway proves before and after its log has got another key."""
    first: VerifierKey
    other: VerifierKey
    old: bytes
    new: bytes
    before: Custody
    after: Custody


@contextlib.contextmanager
def rotated(world, name, *arguments, is_running):
    if world.is_foreign:
        raise Skip("only with a gateway that is started here")
    installation = Installation(world, name)
    key = installation.create_key(name)["key"]
    gateway = installation.start(key)
    before = Custody(gateway)
    [first], old = before.keys, before.receipt(OUTCOMES["completed"](gateway, "before"))
    if not is_running:
        gateway.process.end()
    installation.command("custody", "rotate-key", *arguments)
    if not is_running:
        gateway = installation.start(key)
    eventually(lambda: len(Custody(gateway).keys) == 2, pause=0.1)
    after = Custody(gateway)
    new = after.receipt(OUTCOMES["completed"](gateway, "after"))
    for each in after.keys:
        expect(installation.command("custody", "keys"), "the keys that are in force").contains(str(each))
    [other] = [each for each in after.keys if each != first]
    yield Rotated(first, other, old, new, before, after)
    gateway.process.end()


@receipts.check_each(("running", "stopped"))
def of_the_time_when_two_keys_sign_verify_with_either(world, state):
    with rotated(world, f"rotated-{state}", is_running=state == "running") as found:
        for keys in ([found.first], [found.other], [found.other, found.first]):
            verified_receipt(found.new, keys, found.before.origin)
        verified_receipt(found.old, [found.first], found.before.origin)
        raised(Unsigned, lambda: verified_receipt(found.old, [found.other]), "a key of later")
        expect(found.after.origin, "the origin stays").equals(found.before.origin)
        ends = {entry["id"]: entry["not_after"] for entry in found.after.published[1]["keys"]}
        expect((ends[found.other.id.hex()], bool(ends[found.first.id.hex()])), "when the keys end").equals((None, True))


@receipts.check
def of_a_key_that_has_ended_verify_still(world):
    with rotated(world, "ended", "--overlap-days", "0", is_running=True) as found:
        verified_receipt(found.old, found.after.keys)
        verified_receipt(found.new, [found.other])
        raised(Unsigned, lambda: verified_receipt(found.new, [found.first]), "a key that has ended")


# With our own command

def tampered(receipt):
    """The same receipt, altered in one way each: its parts, and bytes by chance."""
    chance = random.Random(SEED)
    lines = receipt.split(b"\n")
    yield receipt.replace(b"\nindex ", b"\nindex 1")
    yield b"\n".join(lines[:3] + lines[4:])
    yield b"\n".join(lines[:3] + [lines[3]] + lines[3:])
    yield b"\n".join(lines[:1] + lines[2:])
    yield receipt[:-1]
    yield receipt + b"\n"
    yield receipt.replace(b"\n", b"\r\n")
    yield receipt[:receipt.index(b"\n\n")]
    yield b""
    yield with_record(receipt, lambda record: record.update(charge=0))
    yield with_record(receipt, lambda record: record["attempts"].clear())
    for _ in range(30):
        place = chance.randrange(len(receipt))
        yield receipt[:place] + bytes([receipt[place] ^ 1 << chance.randrange(8)]) + receipt[place + 1:]


def with_record(receipt, change):
    lines = receipt.split(b"\n")
    extra = json.loads(custodylog.decoded(lines[1][6:]))
    change(extra["record"])
    return b"\n".join([lines[0], b"extra " + custodylog.encoded(canonical(extra)).encode(), *lines[2:]])


def told_by_northern(world, data, keys):
    """The exit status of `northern custody verify`."""
    path = os.path.join(world.folder, "to-verify")
    with open(path, "wb") as file:
        file.write(data)
    done = northern(world, "custody", "verify", path, *(part for key in keys for part in ("--key", key)))
    expect(done.returncode, f"exit status, with {done.stderr}").is_one_of((0, 1, 2))
    return done.returncode


def told_by_us(verify, data, keys, origin):
    try:
        verify(data, keys, origin)
        return True
    except Finding:
        return False


@receipts.check
def northern_says_of_each_what_the_independent_verifier_says(world):
    custody = kept(world).custody
    # Of more than one entry, so that there is a proof.
    for nonce in ("first", "second"):
        receipt = custody.receipt(OUTCOMES["completed"](kept(world).gateway, nonce))
    expect(told_by_northern(world, receipt, custody.keys)).equals(0)
    for number, data in enumerate(tampered(receipt)):
        is_sound = told_by_us(verified_receipt, data, custody.keys, custody.origin)
        status = told_by_northern(world, data, custody.keys)
        expect(status == 0, f"{number}: northern's {status} for {data!r} means sound").equals(is_sound)
    expect(told_by_northern(world, receipt, custodylog.ReferenceLog(custody.origin).keys), "a stranger's key").equals(1)


@receipts.check
def northern_says_of_exports_what_the_independent_verifier_says(world):
    custody = kept(world).custody
    for nonce in ("first", "second"):
        custody.proved(OUTCOMES["completed"](kept(world).gateway, nonce))
    export = custody.text("/export").encode()
    expect(told_by_northern(world, export, custody.keys)).equals(0)
    chance = random.Random(SEED)
    for number in range(20):
        place = chance.randrange(len(export))
        data = export[:place] + bytes([export[place] ^ 1]) + export[place + 1:]
        is_sound = told_by_us(verified_export, data, custody.keys, custody.origin)
        status = told_by_northern(world, data, custody.keys)
        expect(status == 0, f"{number}: northern's {status} for a flip at {place} means sound").equals(is_sound)


# ---------------------------------------------------------------------------------------------------- Lists

@dataclasses.dataclass
class Listed:
    """A gateway that has answered known requests alone, and the records of all, the oldest first."""
    installation: Installation
    custody: Custody
    records: list
    # Ids of keys.
    keys: list


@once
def listed(world):
    if world.is_foreign:
        raise Skip("only with a gateway that is started here")
    installation = Installation(world, "listed")
    made = [installation.create_key(f"listed-{number}") for number in range(2)]
    others = create_key_of(installation, OTHERS)
    gateway = installation.start(made[0]["key"])
    custody, ids = Custody(gateway), []
    for number in range(90):
        ask(gateway, chat_body(gateway.route("compatible"), "another organization's"), key=others)
        kind = ("hi", "[[sim:status 500]]", "hi")[number % 3]
        model = gateway.route(("compatible", "bedrock", "openai")[number % 3]) if number % 5 else "unknown"
        body = chat_body(model, kind, allow_fallbacks=False, stream=number % 2 == 0)
        ids.append(ask(gateway, body, key=made[number % 2]["key"])["x-ni-request-id"])
    custody.proved(ids[-1])
    found = [custody.logged(request_id).record for request_id in ids]
    return Listed(installation, custody, found, [key["id"] for key in made])


def expect_listed(custody, wanted, **parameters):
    """That a list has these records, the newest first, each once, page by page; and an export, the oldest first."""
    pages = custody.listed(**parameters)
    if "limit" in parameters:
        expect(max(map(len, pages)), "records of a page").is_at_most(int(parameters["limit"]))
    found = [placed(answer).record if "log" in answer else answer for page in pages for answer in page]
    expect([record["id"] for record in found], f"with {parameters}").equals([record["id"] for record in wanted[::-1]])
    expect(found == wanted[::-1], "the records are those that are answered one by one").is_true()
    exported = [each.record for each in custody.exported(**parameters)]
    expect(exported == wanted, f"they are exported in their order, with {parameters}").is_true()


@lists.check_each(("1", "7", "89", "90", "91", "1000"))
def have_each_record_once_whatever_the_page(world, limit):
    found = listed(world)
    expect_listed(found.custody, found.records, limit=limit)


@lists.check
def have_a_hundred_to_a_page(world):
    found = listed(world)
    expect_listed(found.custody, found.records)


@lists.check_each(("2", "1000"))
def are_by_route(world, limit):
    found = listed(world)
    routes = {record["route"] for record in found.records if "route" in record}
    expect(len(routes), "routes").equals(3)
    for route in routes:
        expect_listed(found.custody, [record for record in found.records if record.get("route") == route],
                      route=route, limit=limit)
    expect_listed(found.custody, [], route="checks/of-nobody")


@lists.check
def are_by_key(world):
    found = listed(world)
    for key in found.keys:
        expect_listed(found.custody, [record for record in found.records if record["key"] == key], key=key, limit=11)
    expect_listed(found.custody, [], key="key_of_nobody")


@lists.check
def are_by_outcome(world):
    found = listed(world)
    counts = Counter(record["outcome"] for record in found.records)
    expect(sorted(counts)).equals(["completed", "failed", "refused"])
    for outcome in (*counts, "cancelled", "interrupted", "open"):
        expect_listed(found.custody, [record for record in found.records if record["outcome"] == outcome],
                      outcome=outcome, limit=11)


@lists.check
def are_by_time(world):
    """From a moment on, and until before another."""
    found = listed(world)
    times = [record["opened_at"] for record in found.records]
    expect(times, "in the order of time").equals(sorted(times))
    expect_listed(found.custody, found.records[30:60], **{"from": times[30], "to": times[60], "limit": 7})
    expect_listed(found.custody, found.records[30:], **{"from": times[30]})
    expect_listed(found.custody, found.records[:60], to=times[60])
    day = times[0][:10]
    expect_listed(found.custody, [record for record in found.records if record["opened_at"][:10] >= day],
                  **{"from": day})
    expect_listed(found.custody, [], to=day)
    expect_listed(found.custody, [], **{"from": times[60], "to": times[30]})
    # Of other places on Earth.
    elsewhere = f"{times[30][:-1]}+00:00"
    expect_listed(found.custody, found.records[30:], **{"from": elsewhere})


@lists.check
def are_by_all_of_these_together(world):
    found = listed(world)
    wanted = [record for record in found.records[10:80] if record["key"] == found.keys[0]
              and record["outcome"] == "completed" and record.get("route") == found.custody.gateway.route("openai")]
    expect(bool(wanted), "some of them").is_true()
    times = [record["opened_at"] for record in found.records]
    expect_listed(found.custody, wanted, key=found.keys[0], outcome="completed", limit=2,
                  route=found.custody.gateway.route("openai"), **{"from": times[10], "to": times[80]})


@lists.check
def stay_what_they_are_while_records_come(world):
    """A cursor leads on from where it was given: what is new comes before, and isn't missed or told twice."""
    found = kept(world)
    for number in range(5):
        last = OUTCOMES["completed"](found.gateway, f"before-{number}")
    found.custody.proved(last)
    cursor = as_json(found.custody.text("", limit=3))["next"]

    def rest():
        return [record["id"] for page in found.custody.listed(limit=3, cursor=cursor) for record in page]
    before = rest()
    found.custody.proved(OUTCOMES["completed"](found.gateway, "newer"))
    expect(rest()).equals(before)


BAD = {
    "limit=0": "limit", "limit=1001": "limit", "limit=-1": "limit", "limit=x": "limit", "limit=": "limit",
    "limit=1&limit=2": "limit", "from=yesterday": "from", "from=2026-13-01": "from", "from=2026-02-30": "from",
    "to=2026-11-27T25:00:00Z": "to", "to=2026-11-27T10:00:00": "to", "to=": "to", "outcome=good": "outcome",
    "cursor=x": "cursor", "cursor=" + "A" * 5000: "cursor", "colour=red": "query",
}


@lists.check_each(BAD)
def refuse_what_cannot_be(world, query):
    """And say what may be there."""
    for path in ("", "/export"):
        if path and query == "limit=1001":
            continue
        url = f"{kept(world).gateway.base_url}{RECORDS}{path}?{query}"
        status, _, text = fetch(url, headers=kept(world).gateway.authorization)
        expect(status, f"status of {path}: {text[:300]}").equals(400)
        error = as_json(text)["error"]
        expect(error["param"]).equals(BAD[query])
        expect(len(error["message"]) > 20, "a hint").is_true()


@lists.check
def exports_are_lines_of_json(world):
    custody = kept(world).custody
    expect(custody.get("/export")[1]["content-type"]).equals("application/x-ndjson")
    expect(custody.get("/export", limit=5001)[0]).equals(400)


@lists.check_each(("over HTTP", "from the data directory"))
def exports_of_the_command_have_the_same(world, source):
    found = listed(world)
    where = (["--url", found.custody.gateway.base_url, "--api-key", found.custody.key] if source == "over HTTP"
             else ["--config", found.installation.configuration])
    times = [record["opened_at"] for record in found.records]
    for first, last, wanted in (("2026-01-01", "2100-01-01", found.records),
                                (times[30], times[60], found.records[30:60])):
        done = northern(world, "custody", "export", *where, "--from", first, "--to", last)
        expect((done.returncode, done.stderr), "exit status").equals((0, ""))
        proved = verified_export(done.stdout.encode(), found.custody.keys, found.custody.origin)
        expect([each.record for each in proved] == wanted, "the records, in their order").is_true()
        expect(told_by_northern(world, done.stdout.encode(), found.custody.keys)).equals(0)


# ---------------------------------------------------------------------------------------------------- The records' form

SURFACES = {
    CHAT: lambda text: {"messages": user(text)},
    MESSAGES: lambda text: {"messages": user(text), "max_tokens": 99},
    MESSAGES + "/count_tokens": lambda text: {"messages": user(text)},
    RESPONSES: lambda text: {"input": text},
    EMBEDDINGS: lambda text: {"input": text},
}
MARKS = ("hi", "[[sim:status 500]]", "[[sim:status 401]]", "[[sim:status 429]]", "[[sim:garbage]]", "[[sim:html]]",
         "[[sim:context-length]]", "[[sim:words 9]][[sim:cut 3]]", "[[sim:words 9]][[sim:error-event 3]]")


@once
def varied(world):
    """Requests of all kinds, on a gateway that others use, too."""
    gateway = world.own_gateway
    for path, members in SURFACES.items():
        for mark in MARKS:
            for family in (*EVERY_FAMILY, "with_fallback", "unreachable", "wrong_credential"):
                for stream in (False, True):
                    body = {"model": gateway.route(family), **members(mark), **({"stream": True} if stream else {})}
                    with contextlib.suppress(Exception):
                        ask(gateway, json.dumps(body).encode(), path, nonce="né\u00e9" if stream else None)
    for outcome in OUTCOMES.values():
        last = outcome(gateway, "form")
    custody = Custody(gateway)
    custody.proved(last)
    return custody.exported()


@records.check
def all_kinds_were_there(world):
    """Else the other checks would find nothing with ease."""
    found = [each.record for each in varied(world)]
    expect({record["outcome"] for record in found}).equals({"completed", "refused", "failed", "cancelled"})
    expect({record["surface"] for record in found} >= {
        "chat.completions", "messages", "messages.count_tokens", "responses", "embeddings"}, "surfaces").is_true()
    expect(len(found) >= 500, f"{len(found)} records").is_true()


@records.check
def fit_their_schema(world):
    expect_fit_schema(each.record for each in varied(world))


@records.check
def fit_their_schema_while_they_are_open(world):
    found, gate = kept(world), gate_name()
    gateway = found.gateway
    with ChatStream(gateway, gateway.route("compatible"), f"[[sim:words 9]][[sim:gate 3 {gate}]]") as stream:
        try:
            stream.next_text()
            record = eventually(lambda: gateway.custody(stream.request_id))
            expect((record["state"], record["closed_at"])).equals(("open", None))
            expect_fit_schema([record])
        finally:
            gateway.simulator("compatible").open(gate)
        stream.rest()


@records.check
def have_a_version(world):
    expect({each.record["record_version"] for each in varied(world)}).equals({1})


@records.check
def are_leaves_of_the_log(world):
    auditor = Custody(world.own_gateway).auditor()
    auditor.look()
    expect_one_leaf_each(varied(world), auditor.entries)


# ---------------------------------------------------------------------------------------------------- Digests

def digest_key(world, organization):
    """Derived from the installation's secret (RFC 5869 §2.3)."""
    with open(os.path.join(kept(world).installation.data_directory, "content-digests.secret"), "rb") as file:
        return hmac.digest(file.read(), b"content digest\0" + organization.encode() + b"\1", "sha256")


def digest(world, data, organization="org_default"):
    """HMAC-SHA256 of a body, as 64 hex digits."""
    return hmac.digest(digest_key(world, organization), data, "sha256").hex()


def digested(world, body):
    """The digests of a request and its reply."""
    found = kept(world)
    reply = ask(found.gateway, body)
    record = found.custody.proved(reply["x-ni-request-id"]).record
    return reply, record.get("digests")


def expect_digests(world, body):
    reply, told = digested(world, body)
    key_id = hashlib.sha256(digest_key(world, "org_default")).hexdigest()[:16]
    expect(told).equals({"key": key_id, "request": digest(world, body), "response": digest(world, reply.body)})
    return reply


def sized(world, size, **members):
    return chat_body(kept(world).gateway.route("compatible"), "[[sim:words 9]]" + "x" * size, **members)


@digests.check
def are_of_what_went_over_the_wire(world):
    expect(expect_digests(world, sized(world, 10)).status).equals(200)


@digests.check
def of_a_stream_are_of_its_bytes_without_chunks(world):
    expect(expect_digests(world, sized(world, 10, stream=True))["transfer-encoding"]).equals("chunked")


@digests.check_each((63_000, 70_000, 2 << 20))
def are_of_large_bodies(world, size):
    expect_digests(world, sized(world, size))


@digests.check
def of_a_large_reply(world):
    body = chat_body(kept(world).gateway.route("compatible"), "[[sim:words 60000]]", max_tokens=60_000)
    expect(len(expect_digests(world, body).body) > 300_000, "a large reply").is_true()


@digests.check
def of_what_is_refused_are_of_the_request_alone(world):
    body = chat_body("unknown", "hi")
    _, told = digested(world, body)
    expect((sorted(told), told["request"])).equals((["key", "request"], digest(world, body)))


@digests.check
def are_what_northern_says(world):
    """So that whoever has the text needs no more than our command to show that it is the one."""
    path, body = os.path.join(world.folder, "to-digest"), sized(world, 10)
    with open(path, "wb") as file:
        file.write(body)
    for organization in ("org_default", OTHERS):
        done = northern(world, "custody", "digest", path, "--organization", organization,
                        config=kept(world).installation.configuration)
        expect((done.returncode, done.stderr)).equals((0, ""))
        expect(done.stdout).contains(digest(world, body, organization))


@digests.check
def differ_between_organizations(world):
    """So that nobody learns from another's record whether they asked the same."""
    found = kept(world)
    body = sized(world, 10)
    told = [custody.proved(ask(found.gateway, body, key=custody.key)["x-ni-request-id"]).record["digests"]
            for custody in (found.custody, found.others)]
    expect(len({digest["request"] for digest in told} | {digest["key"] for digest in told})).equals(4)
    expect(told[0]["request"] != hashlib.sha256(body).hexdigest(), "a digest under a key").is_true()


# ---------------------------------------------------------------------------------------------------- Retention

@dataclasses.dataclass
class Aged:
    """A gateway that runs again, and what it had recorded before: one of its records is two days old by now."""
    custody: Custody
    old: str
    young: str
    entries: list


@contextlib.contextmanager
def aged(world, *retention):
    if world.is_foreign:
        raise Skip("only with a gateway that is started here")
    installation = Installation(world, "retention")
    key = installation.create_key("retention")["key"]
    gateway = installation.start(key)
    old, young = (Custody(gateway).proved(OUTCOMES["completed"](gateway, name)).record["id"]
                  for name in ("old", "young"))
    auditor = Custody(gateway).auditor()
    auditor.look()
    gateway.process.end()
    # Ids begin with the milliseconds of when requests were opened.
    days = 2 * 86_400_000
    aged_id = f"{int(old[:12], 16) - days:012x}{old[12:]}"
    with contextlib.closing(sqlite3.connect(store_of(installation))) as store, store:
        changed = store.execute("UPDATE custody_records SET id = ?, opened_at = opened_at - ? WHERE id = ?",
                                (bytes.fromhex(aged_id), days * 1000, bytes.fromhex(old)))
        expect(changed.rowcount).equals(1)
    installation.command("custody", "retention", *retention)
    gateway = installation.start(key)
    yield Aged(Custody(gateway), aged_id, young, auditor.entries)
    gateway.process.end()


def is_there(custody, request_id):
    return custody.get(f"/{request_id}")[0] == 200


@retention.check
def deletes_what_is_old_enough_and_keeps_its_entry(world):
    with aged(world, "--days", "1") as found:
        expect(eventually(lambda: not is_there(found.custody, found.old)), "deleted").is_true()
        expect(is_there(found.custody, found.young), "the younger one is there").is_true()
        auditor = found.custody.auditor()
        auditor.look()
        expect(auditor.entries[:len(found.entries)], "entries of the log").equals(found.entries)
        found.custody.proved(found.young)


@retention.check_each(("a longer time", "a legal hold"))
def keeps_under(world, reason):
    limits = {"a longer time": ("--days", "3"), "a legal hold": ("--days", "1", "--legal-hold", "on")}
    with aged(world, *limits[reason]) as found:
        # What is deleted is so right after the start.
        found.custody.proved(OUTCOMES["completed"](found.custody.gateway, "later"))
        expect(is_there(found.custody, found.old), "still there").is_true()


SUITES = (receipts, lists, records, digests, retention)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
