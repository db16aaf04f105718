#!/usr/bin/env python3
"""The custody log, as an auditor sees it who trusts nothing: a verifier that is none of ours finds every way to alter
it, and a hundred thousand requests leave a log in which nothing is missing and nothing is there twice.

    check_custody_log.py                           starts gateways, and a fast provider
"""
import contextlib
import dataclasses
import glob
import os
import random
import re
import sys
import tempfile
import time
from collections import Counter

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custody import (FIRST_CHANGES, KEYS, Custody, ServedLog, changes_of, create_key_of, expect_one_leaf_each, northern,
                     signer_of)
from custodylog import (AlteredEntry, AlteredTile, Auditor, BadSignature, FolderLog, Malformed, MemoryLog, Missing,
                        Note, NotIncluded, ReferenceLog, Rewritten, RolledBack, Tree, Unsigned, VerifierKey, WebLog,
                        WrongOrigin, WrongRoot, canonical, check_consistency, commitment, leaf_hash, parsed_canonical,
                        paths_of, root_of, tile_path, tiles_of, verified_receipt)
from harness import Skip, Suite, eventually, expect, main, once, raised
from load import Load
from provider import InstantProvider
from servers import ROUTES, Installation, fetch
from wire import CHAT, Connection, chat_body, request

verifier = Suite("custody.verifier")
log = Suite("custody.log")
audit = Suite("custody.audit")

SEED = 20261127
ORIGIN = "log.example/checks"


# ---------------------------------------------------------------------------------------------------- Known answers

# Of the tests of RFC 6962's first implementations: eight leaves, and the roots of the first one, two, … of them.
LEAVES = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
ROOTS = ("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
         "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
         "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
         "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
         "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
         "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
         "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
         "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")
# The example of Go's package golang.org/x/mod/sumdb/note.
NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NOTE = """\
If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
""".encode()


@verifier.check
def knows_the_tree_of_eight_leaves(world):
    hashes = [leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES]
    expect([root_of(hashes[:size]).hex() for size in range(9)]).equals([*ROOTS])


@verifier.check
def knows_a_note_of_go(world):
    key = VerifierKey.parse(NEUMANN)
    expect(str(key)).equals(NEUMANN)
    expect(Note.parse(NOTE).signers([key])).equals([key])
    raised(BadSignature, lambda: Note.parse(NOTE.replace(b"answer", b"Answer")).signers([key]), "an altered note")
    other = VerifierKey("PeterNeumann", bytes(32))
    raised(Unsigned, lambda: Note.parse(NOTE).signers([other]), "a key of the same name")


@verifier.check
def knows_the_paths_of_tiles(world):
    expect([tile_path("entries", 1_234_067), tile_path(0, 273, 112)]).equals(
        ["tile/entries/x001/x234/067", "tile/0/273.p/112"])
    widths = Counter((level, width) for level, _, width in tiles_of(70_000))
    expect(widths).equals({(0, 256): 273, (0, 112): 1, (1, 256): 1, (1, 17): 1, (2, 1): 1})
    expect(list(tiles_of(256))).equals([(0, 0, 256), (1, 0, 1)])


@verifier.check
def knows_canonical_json(world):
    """The strings of RFC 8785 §3.2.2.2; apart from the euro sign, each has a form of its own."""
    text = '{"literals":[null,true,false],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'.encode()
    expect(canonical(parsed_canonical(text))).equals(text)
    for other in (b'{"b":1,"a":2}', b'{"a": 1}', b'{"a":1,"a":1}', b'{"a":1.0}', b'{"a":1e3}', b'{"a":-0}',
                  b'{"a":9007199254740993}', b'"\\u20ac"'):
        raised(Malformed, lambda: parsed_canonical(other), repr(other))


@verifier.check
def proofs_of_all_small_trees_hold_and_no_other_does(world):
    written = ReferenceLog(ORIGIN)
    written.entries = [bytes([number]) for number in range(33)]
    tree = written.tree()
    roots = [tree.hash_of(0, size) for size in range(34)]
    for size in range(1, 34):
        for earlier in range(size + 1):
            proof = tree.consistency_proof(earlier, size)
            check_consistency(earlier, roots[earlier], size, roots[size], proof)
            if 0 < earlier < size:
                for wrong in ([*proof, proof[0]], proof[:-1], proof[::-1] if len(proof) > 1 else []):
                    raised(Rewritten, lambda: check_consistency(earlier, roots[earlier], size, roots[size], wrong))
                raised(Rewritten, lambda: check_consistency(earlier, roots[earlier - 1], size, roots[size], proof))


# ---------------------------------------------------------------------------------------------------- Alterations

def signed_log(entries, origin=ORIGIN, signer=None):
    """A log of these entries. The key is always the same, unless another one is given."""
    written = ReferenceLog(origin, signer or Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    written.entries = list(entries)
    return written


@dataclasses.dataclass
class Copied:
    """The files of a log that a gateway has written, and what it has signed them with."""
    files: dict
    keys: list
    origin: str
    signer: Ed25519PrivateKey = None

    def look(self, files):
        return Auditor(MemoryLog(files), self.keys, self.origin).look()

    @property
    def entries(self):
        return self.look(self.files).check()

    def with_entries(self, entries):
        """All tiles made anew, under the checkpoint that was signed."""
        return {**signed_log(entries).files(), "checkpoint": self.files["checkpoint"]}

    def signed(self, entries):
        """A log of these entries that the gateway itself could have signed."""
        return signed_log(entries, self.origin, self.signer)


@once
def copied(world):
    """A log of some hundred entries, as it is served: two bundles are full, and one isn't."""
    if world.is_foreign:
        raise Skip("only with a gateway that is started here")
    installation = Installation(world, "copied")
    gateway = installation.start(installation.create_key("copied")["key"])
    asked = request("POST", CHAT, chat_body(gateway.route("compatible"), "hi"), gateway.authorization)
    with Load(gateway.base_url, ((number, asked) for number in range(600 - FIRST_CHANGES))) as load:
        load.wait(60)
    custody = Custody(gateway)
    auditor = custody.auditor()
    expect(eventually(lambda: auditor.look().size == 600, seconds=30, pause=0.2), "600 entries").is_true()
    files = {path: auditor.source.read(path) for path in paths_of(600)}
    return Copied(files, custody.keys, custody.origin, signer_of(installation))


FULL, LAST, ABOVE = "tile/entries/001", "tile/entries/002.p/88", "tile/1/000.p/2"
# An entry of ours in a bundle: its length, and a SHA-256.
FRAMED = 2 + 32


def changed(path, change):
    return lambda copy: {**copy.files, path: change(copy.files[path])}


def remade(change):
    def files(copy):
        entries = copy.entries
        change(entries)
        return copy.with_entries(entries)
    return files


def flipped(place):
    def flip(data):
        at = place % len(data)
        return data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1:]
    return flip


def swapped(entries):
    entries[300], entries[301] = entries[301], entries[300]


def without(path):
    return lambda copy: {name: data for name, data in copy.files.items() if name != path}


def signed_by_another(copy):
    forger = ReferenceLog(copy.origin)
    return {**copy.files, "checkpoint": forger.signed(Note.parse(copy.files["checkpoint"]).text.decode())}


# What is done to the files, and what it has to be found as. Who alters an entry may make all tiles anew, to fit.
ALTERATIONS = {
    "flipped entry": (changed(FULL, flipped(40)), AlteredEntry),
    "flipped entry, all tiles anew": (remade(lambda all: all.__setitem__(300, bytes(32))), WrongRoot),
    "flipped last entry": (changed(LAST, flipped(-1)), AlteredEntry),
    "flipped hash": (changed("tile/0/001", flipped(40)), AlteredTile),
    "flipped hash of the last tile": (changed("tile/0/002.p/88", flipped(40)), WrongRoot),
    "flipped hash above": (changed(ABOVE, flipped(40)), WrongRoot),
    "deleted entry": (changed(FULL, lambda data: data[FRAMED:]), Malformed),
    "deleted entry, all tiles anew": (remade(lambda all: all.pop(300)), Missing),
    "deleted entry, another at the end": (remade(lambda all: all.append(all.pop(300))), WrongRoot),
    "inserted entry": (changed(FULL, lambda data: data[:FRAMED] + data), Malformed),
    "inserted entry, all tiles anew": (remade(lambda all: all.insert(300, bytes(32))), Missing),
    "inserted entry, the last one cut off": (remade(lambda all: (all.insert(300, bytes(32)), all.pop())), WrongRoot),
    "reordered entries": (changed(FULL, lambda data: data[FRAMED:2 * FRAMED] + data[:FRAMED] + data[2 * FRAMED:]),
                          AlteredEntry),
    "reordered entries, all tiles anew": (remade(swapped), WrongRoot),
    "truncated entry": (changed(LAST, lambda data: data[:-1]), Malformed),
    "truncated bundle": (changed(LAST, lambda data: data[:-FRAMED]), Malformed),
    "truncated tile": (changed("tile/0/001", lambda data: data[:-32]), Malformed),
    "truncated log": (without(LAST), Missing),
    "size in the checkpoint": (changed("checkpoint", lambda data: data.replace(b"\n600\n", b"\n599\n")), BadSignature),
    "flipped signature": (changed("checkpoint", flipped(-20)), (BadSignature, Malformed)),
    "no signature": (changed("checkpoint", lambda data: data[:data.index(b"\n\n") + 2]), Malformed),
    "signature of another key": (signed_by_another, Unsigned),
}


@verifier.check
def finds_nothing_in_a_log_that_is_sound(world):
    expect(len(copied(world).entries)).equals(600)


@verifier.check_each(ALTERATIONS)
def finds(world, name):
    alter, finding = ALTERATIONS[name]
    copy = copied(world)
    files = alter(copy)
    expect(files != copy.files, "something was altered").is_true()
    raised(finding, lambda: copy.look(files), name)


# How a log that signs what it likes goes on after all that was seen of it.
FUTURES = {
    "rewritten and longer": (lambda entries: [*entries[:300], bytes(32), *entries[301:], bytes(32)], Rewritten),
    "rewritten and as long": (lambda entries: [*entries[:-1], bytes(32)], Rewritten),
    "rewritten at its beginning": (lambda entries: [bytes(32), *entries], Rewritten),
    "rolled back": (lambda entries: entries[:-1], RolledBack),
    "empty": (lambda entries: [], RolledBack),
}


@verifier.check_each(FUTURES)
def finds_what_is_signed_and_yet_another_history(world, name):
    """With the gateway's own key."""
    copy = copied(world)
    rewrite, finding = FUTURES[name]
    auditor = Auditor(MemoryLog(copy.files), copy.keys, copy.origin)
    auditor.look()
    auditor.source = MemoryLog(copy.signed(rewrite(copy.entries)).files())
    raised(finding, auditor.look, name)


@verifier.check
def finds_nothing_in_a_log_that_only_grows(world):
    copy = copied(world)
    auditor = Auditor(None, copy.keys, copy.origin)
    for size in (0, 1, 255, 256, 257, 599):
        auditor.source = MemoryLog(copy.signed(copy.entries).files(size))
        auditor.glimpse()
        auditor.look()
    auditor.source = MemoryLog(copy.files)
    auditor.look()
    expect(auditor.entries == copy.entries, "all entries were seen").is_true()


@verifier.check
def finds_what_is_wrong_in_a_receipt(world):
    record, salt = {"id": "0" * 32, "nonce": "é"}, "ab" * 16
    written = signed_log([bytes(32)] * 20 + [commitment(record, salt)] + [bytes(32)] * 20)
    receipt = written.receipt(20, record, salt)
    expect(verified_receipt(receipt, written.keys).record).equals(record)
    for finding, before, after in ((NotIncluded, b"index 20", b"index 21"), (Malformed, b"extra ", b"extra A"),
                                   (BadSignature, b"\n41\n", b"\n42\n")):
        other = receipt.replace(before, after)
        raised(finding, lambda: verified_receipt(other, written.keys), finding.__name__)
    forged = written.receipt(20, {**record, "nonce": "e"}, salt)
    raised(NotIncluded, lambda: verified_receipt(forged, written.keys), "another record")
    raised(WrongOrigin, lambda: verified_receipt(receipt, written.keys, "another.example/log"), "another log's")


# ---------------------------------------------------------------------------------------------------- Many records

REQUESTS = 100_000
CONNECTIONS = 16
RECEIPTS = 200
OTHERS = "org_others"
# What is asked, and how often in a hundred requests. Statuses that answer it.
KINDS = {"whole": 45, "streamed": 25, "fallen back": 5, "unreachable": 3, "unknown": 12, "forbidden": 5, "unsound": 5}
STATUSES = {"unreachable": 502, "unknown": 404, "forbidden": 403, "unsound": 400}


def routes(provider):
    """Two of a provider that answers at once, one that no key may use, and one that nobody is behind."""
    base = dataclasses.replace(ROUTES["compatible"], base_url=f"{provider.url}/v1")
    nobodys = dataclasses.replace(ROUTES["unreachable"], fallbacks=("checks/first",))
    found = {"first": base, "second": base, "unreachable": nobodys,
             "foreign": dataclasses.replace(base, tier="managed_canadian_cloud")}
    return {name: dataclasses.replace(route, id=f"checks/{name}") for name, route in found.items()}


def body_of(kind, model):
    if kind == "unsound":
        return chat_body(model, "hi")[:-1]
    if kind == "unreachable":
        return chat_body(model, "hi", allow_fallbacks=False)
    return chat_body(model, "hi", **({"stream": True} if kind == "streamed" else {}))


def model_of(kind, chance):
    return {"fallen back": "checks/unreachable", "unreachable": "checks/unreachable", "unknown": "checks/unknown",
            "forbidden": "checks/foreign"}.get(kind) or f"checks/{chance.choice(('first', 'second'))}"


def mixed_requests(keys):
    """Pairs of a key with the kind, and a request, always the same ones."""
    chance = random.Random(SEED)
    made = {}
    for kind in chance.choices(list(KINDS), list(KINDS.values()), k=REQUESTS):
        key, model = chance.choice(keys), model_of(kind, chance)
        if (key, kind, model) not in made:
            made[key, kind, model] = request("POST", CHAT, body_of(kind, model), [("Authorization", f"Bearer {key}")])
        yield (key, kind), made[key, kind, model]


@dataclasses.dataclass
class Loaded:
    """What a hundred thousand requests have left."""
    exchanges: list
    # Those that were published meanwhile, the last of them after the load.
    checkpoints: list
    auditor: Auditor
    tree: Tree
    # By organization, what its export proves.
    exports: dict
    # By organization, a key.
    custodies: dict
    changes: int

    @property
    def proved(self):
        return [each for export in self.exports.values() for each in export]


@once
def loaded(world):
    """Asked once, then looked at by several checks."""
    if world.is_foreign:
        raise Skip("only with a gateway that is started here")
    installation = Installation(world, "loaded", routes=routes(InstantProvider(world)))
    installation.edit("config.yaml", "level: debug", "level: notice")
    keys = [installation.create_key(f"loaded-{number}", "customer_premises")["key"] for number in range(2)]
    keys.append(create_key_of(installation, OTHERS, "customer_premises"))
    gateway = installation.start(keys[0])
    custodies = {"org_default": Custody(gateway), OTHERS: Custody(gateway, keys[-1])}
    custody = custodies["org_default"]
    auditor, checkpoints, begun = custody.auditor(), [], time.monotonic()
    with Load(gateway.base_url, mixed_requests(keys), CONNECTIONS) as load:
        while not load.is_over and time.monotonic() - begun < 600:
            checkpoints.append(auditor.glimpse())
            time.sleep(0.5)
        load.wait(1)
    seconds = time.monotonic() - begun
    print(f"  {REQUESTS} requests in {seconds:.0f} s: {REQUESTS / seconds:.0f} a second")
    changes = changes_of(installation)
    eventually(lambda: auditor.published().size >= REQUESTS + changes, seconds=30, pause=0.5)
    tree = auditor.look()
    exports = {name: each.exported() for name, each in custodies.items()}
    return Loaded(load.exchanges, [*checkpoints, tree.checkpoint], auditor, tree, exports, custodies, changes)


@log.check
def each_request_was_answered_as_it_should_be(world):
    """Else the other checks would find nothing with ease."""
    found = loaded(world)
    expect(len(found.exchanges)).equals(REQUESTS)
    expect([exchange.trouble for exchange in found.exchanges if not exchange.is_whole][:3], "not answered").equals([])
    statuses = Counter((exchange.tag[1], exchange.status) for exchange in found.exchanges)
    expect(sorted(statuses)).equals(sorted((kind, STATUSES.get(kind, 200)) for kind in KINDS))


@log.check
def each_request_has_one_record_in_its_organizations_export_and_there_is_no_other(world):
    found = loaded(world)
    others = found.custodies[OTHERS].key
    for name, export in found.exports.items():
        asked = [exchange.request_id for exchange in found.exchanges if (exchange.tag[0] == others) == (name == OTHERS)]
        recorded = [each.record["id"] for each in export]
        expect(len(recorded), f"records of {name}").equals(len(asked))
        expect(set(recorded) == set(asked), "the records are those of the requests").is_true()
        expect({each.record["organization"] for each in export}).equals({name})


@log.check
def each_record_is_one_leaf_and_there_is_no_other_leaf(world):
    """The export's proofs were verified as it was read, each of them."""
    found = loaded(world)
    expect_one_leaf_each(found.proved, found.auditor.entries)
    expect((len(found.proved), found.tree.size), "records and leaves").equals((REQUESTS, REQUESTS + found.changes))


@log.check
def records_say_what_callers_got(world):
    found = loaded(world)
    records = {each.record["id"]: each.record for each in found.proved}
    for exchange in found.exchanges:
        record = records[exchange.request_id]
        expect((record["status"], record["streamed"])).equals((exchange.status, exchange.tag[1] == "streamed"))
    outcomes = Counter(record["outcome"] for record in records.values())
    expect(sorted(outcomes)).equals(["completed", "failed", "refused"])


@log.check
def all_checkpoints_that_were_seen_are_of_one_history(world):
    found = loaded(world)
    seen = found.checkpoints
    expect(len({checkpoint.size for checkpoint in seen}) >= 10, "checkpoints of different sizes").is_true()
    for earlier, later in zip(seen, seen[1:]):
        check_consistency(earlier.size, earlier.root, later.size, later.root,
                          found.tree.consistency_proof(earlier.size, later.size))


@log.check
def receipts_prove_the_same_as_the_export(world):
    found = loaded(world)
    chance = random.Random(SEED)
    for name, custody in found.custodies.items():
        for each in chance.sample(found.exports[name], RECEIPTS // 2):
            proved = custody.proved(each.record["id"])
            expect((proved.index, proved.record, proved.salt)).equals((each.index, each.record, each.salt))


@log.check
def records_lie_in_the_log_without_showing_anything(world):
    """Its entries have one size, and no two are alike, though thousands of requests were."""
    found = loaded(world)
    entries = found.auditor.entries
    expect({len(entry) for entry in entries}).equals({32})
    expect(len(set(entries))).equals(REQUESTS + found.changes)


# How files are served: type and caching (tlog-tiles, APIs).
TEXT, BYTES = "text/plain; charset=utf-8", "application/octet-stream"
NOT_THERE = ("tile/0/000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/07", "tile/00/000.p/7", "tile/0/0.p/7",
             "tile/0/x000/000.p/7", "tile/64/000.p/7", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/1",
             "tile/-1/000.p/7", "tile/0/000.p/7/", "tile/0/000.p/9999999999999999999999", "tile/0/..%2f000.p/7")


@log.check
def is_served_as_files_are(world):
    """What a checkpoint doesn't cover yet is not there, and nobody has to remember that for long."""
    if world.is_foreign:
        raise Skip("only with a gateway that is started here")
    installation = Installation(world, "served")
    gateway = installation.start(installation.create_key("served")["key"])
    custody = Custody(gateway)
    expect(eventually(lambda: custody.auditor().look().size == 2), "the key and the first owner's link").is_true()
    for _ in range(5):
        fetch(gateway.base_url + CHAT, chat_body("unknown", "hi"), gateway.authorization)
    expect(eventually(lambda: custody.auditor().look().size == 7), "seven entries").is_true()
    for path, kind in (("checkpoint", TEXT), ("tile/0/000.p/7", BYTES), ("tile/entries/000.p/7", BYTES)):
        for method in ("GET", "HEAD"):
            with Connection(gateway.base_url) as connection:
                connection.send(request(method, f"/log/{path}"))
                head = connection.read_head()
            expect((head.status, head["content-type"]), f"{method} {path}").equals((200, kind))
            age = int(re.search(r"max-age=(\d+)", head["cache-control"])[1])
            expect(age <= 5 if kind == TEXT else age >= 86400, f"{age} seconds in caches").is_true()
    for path in NOT_THERE:
        with Connection(gateway.base_url) as connection:
            reply = connection.exchange(request("GET", f"/log/{path}"))
        expect(reply.status, path).equals(404)
        expect(reply["cache-control"] or "", f"cache-control of {path}").contains("no-store")
    gateway.process.end()


# ---------------------------------------------------------------------------------------------------- Our own auditor

@dataclasses.dataclass
class Audit:
    """A log of ours, and `northern custody audit` with a folder for what it has seen."""
    world: object
    served: ServedLog
    state: str
    key: VerifierKey

    def run(self):
        return northern(self.world, "custody", "audit", self.served.url + "/log/", "--state", self.state, "--key",
                        self.key)

    def passes(self):
        done = self.run()
        expect(done.returncode, f"exit status, with {done.stdout} {done.stderr}").equals(0)
        return done

    def finds(self):
        done = self.run()
        expect(done.returncode, f"exit status, with {done.stdout} {done.stderr}").equals(1)
        return done

    def kept(self):
        """All that its folder holds."""
        texts = []
        for path in glob.glob(os.path.join(self.state, "**"), recursive=True):
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    texts.append(file.read())
        return b"\0".join(texts)


@contextlib.contextmanager
def auditing(world, size=600):
    """An audit of a log of so many entries that was found sound once."""
    written = signed_log(number.to_bytes(32, "big") for number in range(size))
    with ServedLog(written) as served, tempfile.TemporaryDirectory(dir=world.folder) as state:
        found = Audit(world, served, state, written.keys[0])
        found.passes()
        yield found, written.entries


@audit.check
def a_log_that_grows_passes(world):
    with auditing(world, 0) as (found, _):
        for size in (1, 255, 256, 300, 300, 70_000):
            found.served.show(signed_log(number.to_bytes(32, "big") for number in range(size)))
            found.passes()


@audit.check
def a_gateways_own_log_passes(world):
    gateway = world.own_gateway
    custody = Custody(gateway)
    with tempfile.TemporaryDirectory(dir=world.folder) as state:
        for text in ("once", "twice"):
            status, fields, _ = fetch(gateway.base_url + CHAT, chat_body(gateway.route("compatible"), text),
                                      gateway.authorization)
            expect(status).equals(200)
            custody.proved(fields["x-ni-request-id"])
            keys = [part for key in custody.keys for part in ("--key", key)]
            done = northern(world, "custody", "audit", custody.log_url, "--state", state, *keys)
            expect(done.returncode, f"exit status, with {done.stdout} {done.stderr}").equals(0)


@audit.check
def a_fork_of_a_gateways_own_log_is_found(world):
    """Signed with its own key, and served elsewhere: whoever showed it has shown two histories."""
    copy = copied(world)
    fork = copy.signed([*copy.entries[:100], bytes(32), *copy.entries[101:], bytes(32)])
    with tempfile.TemporaryDirectory(dir=world.folder) as state, ServedLog(copy.signed(copy.entries)) as served:
        found = Audit(world, served, state, copy.keys[0])
        found.passes()
        with ServedLog(fork) as found.served:
            found.finds()


@audit.check_each(FUTURES)
def another_history_is_found_and_its_evidence_kept(world, name):
    with auditing(world) as (found, entries):
        seen = found.served.files["/log/checkpoint"]
        found.served.show(signed_log(FUTURES[name][0](entries)))
        found.finds()
        kept = found.kept()
        for checkpoint in (seen, found.served.files["/log/checkpoint"]):
            expect(checkpoint in kept, "both checkpoints are kept, with their signatures").is_true()
        # It doesn't forget.
        found.finds()
        found.served.show(signed_log([*entries, bytes(32)]))
        found.passes()


@audit.check_each(ALTERATIONS)
def altered_files_are_found(world, name):
    """Those of a log that was never seen before."""
    with auditing(world) as (found, _):
        paths = {path.removeprefix("/log/"): data for path, data in found.served.files.items()
                 if path.startswith("/log/")}
        alter, _ = ALTERATIONS[name]
        altered = alter(Copied(paths, [found.key], ORIGIN))
        found.served.files = {KEYS: found.served.files[KEYS],
                              **{f"/log/{path}": data for path, data in altered.items()}}
        found.state = os.path.join(found.state, "new")
        expect(found.run().returncode, "exit status").is_one_of((1, 2))


@audit.check
def a_log_that_does_not_answer_is_no_finding(world):
    with auditing(world) as (found, _):
        found.served.files = {}
        expect(found.run().returncode, "exit status").equals(3)


@audit.check
def published_files_are_those_that_are_served(world):
    """So that a log can be looked at where its gateway can't be reached, or is gone."""
    installation, gateway = world.installation, world.own_gateway
    custody = Custody(gateway)
    with tempfile.TemporaryDirectory(dir=world.folder) as folder:
        for text in ("once", "twice"):
            _, fields, _ = fetch(gateway.base_url + CHAT, chat_body(gateway.route("compatible"), text),
                                 gateway.authorization)
            custody.proved(fields["x-ni-request-id"])
            installation.command("custody", "publish", folder)
            tree = Auditor(FolderLog(folder), custody.keys, custody.origin).look()
            served = WebLog(custody.log_url)
            for path in paths_of(tree.size):
                expect(tree.source.read(path) == served.read(path), f"the same {path}").is_true()
        keys = [part for key in custody.keys for part in ("--key", key)]
        expect(northern(world, "custody", "audit", folder, *keys).returncode, "exit status of an audit").equals(0)


SUITES = (verifier, log, audit)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
