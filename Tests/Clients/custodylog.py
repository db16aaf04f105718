#!/usr/bin/env python3
"""Verifies a custody log and what is proved from it, without anything of the gateway's: written from RFC 6962, RFC 8785
and C2SP's signed-note, tlog-checkpoint, tlog-tiles and tlog-proof.

    custodylog.py audit URL-OR-FOLDER [--key VKEY]...     reads the whole log
    custodylog.py verify FILE --key VKEY...               a receipt, or an export

Each kind of finding is an exception of its own; what raises none is as it should be. `ReferenceLog` writes such logs,
so that the verifier itself can be tested.
"""
import argparse
import base64
import binascii
import functools
import hashlib
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

HASH_SIZE = 32
TILE_WIDTH = 256
# Of a whole entry bundle whose entries are as long as they can be, and of any note or key list of ours.
LONGEST_FILE = TILE_WIDTH * (2 + 0xFFFF)
ED25519 = b"\x01"


# ---------------------------------------------------------------------------------------------------- Findings

class Finding(Exception):
    """Something about a log that isn't as its specifications, or its history, have it."""


class Malformed(Finding):
    """Bytes that the specifications don't allow."""


class BadSignature(Finding):
    """A known key's signature isn't one of this text."""


class Unsigned(Finding):
    """No known key has signed."""


class WrongOrigin(Finding):
    """The checkpoint is another log's."""


class Missing(Finding):
    """The log doesn't have what its checkpoint promises."""


class AlteredEntry(Finding):
    """An entry isn't the one whose hash the tree has."""


class AlteredTile(Finding):
    """A hash of a tile isn't the one of the tile below."""


class WrongRoot(Finding):
    """The tree isn't the one that was signed."""


class NotIncluded(Finding):
    """A record isn't the one that the log has at its index."""


class Rewritten(Finding):
    """The log doesn't go on from what it was before."""


class RolledBack(Finding):
    """The log is shorter than it was before."""


# ---------------------------------------------------------------------------------------------------- JSON, Base64

def canonical(value):
    """A value as RFC 8785 has it.

    Python's sorted and compact form is the same, as long as all numbers are integers that a double holds, and names of
    members are ASCII, which code points and UTF-16 sort alike. Anything else is refused.
    """
    check_plain(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def check_plain(value):
    if isinstance(value, dict):
        for name, member in value.items():
            need(name.isascii(), f"the name {name!r} is not ASCII")
            check_plain(member)
    elif isinstance(value, list):
        for member in value:
            check_plain(member)
    elif isinstance(value, int):
        need(abs(value) < 1 << 53, f"{value} is no integer that each JSON reader takes")
    else:
        need(value is None or isinstance(value, str), f"{value!r} is neither text nor an integer")


def parsed(text):
    """JSON without fractions, in which no name is there twice."""
    def members(pairs):
        need(len(dict(pairs)) == len(pairs), "a name is there twice")
        return dict(pairs)

    def refused(number):
        raise Malformed(f"the number {number}")
    try:
        return json.loads(text, object_pairs_hook=members, parse_float=refused, parse_constant=refused)
    except ValueError as error:
        raise Malformed(f"not JSON: {error}") from None


def parsed_canonical(text):
    """JSON that is in its canonical form already."""
    value = parsed(text)
    need(canonical(value) == bytes(text), f"not canonical: {text[:200]!r}")
    return value


def encoded(data):
    return base64.b64encode(data).decode()


def decoded(text, size=None):
    """Base64, with its padding and in the only form that it has."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed(f"not Base64: {text[:80]!r}") from None
    need(encoded(data) == (text if isinstance(text, str) else text.decode()), f"Base64 in another form: {text[:80]!r}")
    need(size in (None, len(data)), f"{len(data)} bytes of Base64 instead of {size}")
    return data


def decimal(text):
    need(text.isascii() and text.isdigit() and (text == "0" or text[0] != "0"), f"not a decimal number: {text[:40]!r}")
    return int(text)


def need(condition, otherwise):
    if not condition:
        raise Malformed(otherwise)


# ---------------------------------------------------------------------------------------------------- Merkle trees

def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def split(count):
    """How many leaves the left subtree has: the largest power of two that is smaller (RFC 6962 §2.1)."""
    return 1 << (count - 1).bit_length() - 1


def root_of(hashes):
    """The root over hashes of leaves, or of whole subtrees of one size."""
    hashes = list(hashes)
    if not hashes:
        return hashlib.sha256().digest()
    while len(hashes) > 1:
        # A last one without a neighbour is the root of its subtree as it is.
        pairs = [node_hash(*hashes[place:place + 2]) for place in range(0, len(hashes) - 1, 2)]
        hashes = pairs + hashes[len(pairs) * 2:]
    return hashes[0]


def inclusion_ranges(index, start, end):
    """Of which leaves the hashes of an inclusion proof are, the leaf's sibling first (RFC 6962 §2.1.1)."""
    if end - start == 1:
        return []
    middle = start + split(end - start)
    if index < middle:
        return inclusion_ranges(index, start, middle) + [(middle, end)]
    return inclusion_ranges(index, middle, end) + [(start, middle)]


def consistency_ranges(earlier, start, end, is_known=True):
    """Of which leaves the hashes of a consistency proof are (RFC 6962 §2.1.2)."""
    if earlier == end - start:
        return [] if is_known else [(start, end)]
    middle = start + split(end - start)
    if start + earlier <= middle:
        return consistency_ranges(earlier, start, middle, is_known) + [(middle, end)]
    return consistency_ranges(start + earlier - middle, middle, end, False) + [(start, middle)]


def check_inclusion(index, size, leaf, proof, root):
    """RFC 9162 §2.1.3.2."""
    if index >= size:
        raise NotIncluded(f"there is no leaf {index} among {size}")
    place, last, found = index, size - 1, leaf
    for sibling in proof:
        if not last:
            raise NotIncluded("the proof is too long")
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    if last or found != root:
        raise NotIncluded(f"the proof of leaf {index} does not lead to the root of {size}")


def check_consistency(earlier, earlier_root, size, root, proof):
    """RFC 9162 §2.1.4.2."""
    if earlier > size:
        raise RolledBack(f"from {earlier} to {size} entries")
    if earlier in (0, size):
        if proof or earlier and earlier_root != root:
            raise Rewritten(f"{size} entries, and another root than before")
        return
    proof = [earlier_root, *proof] if not earlier & (earlier - 1) else list(proof)
    if not proof:
        raise Rewritten("the proof is empty")
    place, last = earlier - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = proof[0]
    for sibling in proof[1:]:
        if not last:
            raise Rewritten("the proof is too long")
        if place & 1 or place == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        place, last = place >> 1, last >> 1
    if last or before != earlier_root or after != root:
        raise Rewritten(f"the first {earlier} of {size} entries are not those of before")


# ---------------------------------------------------------------------------------------------------- Notes and keys

@dataclass(frozen=True)
class VerifierKey:
    """An Ed25519 key whose signatures are known."""
    name: str
    public_key: bytes
    kind = ED25519

    @functools.cached_property
    def id(self):
        return hashlib.sha256(self.name.encode() + b"\n" + self.kind + self.public_key).digest()[:4]

    def __str__(self):
        return f"{self.name}+{self.id.hex()}+{encoded(self.kind + self.public_key)}"

    @classmethod
    def parse(cls, text):
        name, _, rest = text.partition("+")
        key_id, _, key = rest.partition("+")
        data = decoded(key, 1 + HASH_SIZE)
        need(is_key_name(name) and data[:1] == cls.kind, f"not such a verifier key: {text[:200]!r}")
        found = cls(name, data[1:])
        need(key_id == found.id.hex(), f"a verifier key with the id {key_id}, and {found.id.hex()} is its own")
        return found

    def has_signed(self, text, signature):
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, text)
            return True
        except InvalidSignature:
            return False


def is_key_name(name):
    return bool(name) and "+" not in name and not any(character.isspace() for character in name)


def published_keys(text):
    """The keys of `/.well-known/ni-keys.json`, after a look at each, and the list as it is."""
    told = parsed(text)
    keys = [VerifierKey.parse(key["verifier_key"]) for key in told["keys"]]
    for key, entry in zip(keys, told["keys"]):
        wanted = (told["origin"], "ed25519", key.id.hex(), encoded(key.public_key))
        got = (key.name, entry["algorithm"], entry["id"], entry["public_key"])
        need(got == wanted, f"a published key says {got}, and {wanted} would be right")
    return keys, told


class WitnessKey(VerifierKey):
    """A witness's, which signs the time too (C2SP tlog-cosignature)."""
    kind = b"\x04"

    def has_signed(self, text, signature):
        time = int.from_bytes(signature[:8], "big")
        return super().has_signed(b"cosignature/v1\ntime %d\n" % time + text, signature[8:])

    def times(self, note):
        """When it has signed a note, in seconds since 1970, by its own clock."""
        note.signers([self])
        return [int.from_bytes(signature[:8], "big") for name, key_id, signature in note.signatures
                if (name, key_id) == (self.name, self.id)]


@dataclass(frozen=True)
class Note:
    """A signed note."""
    text: bytes
    # Names, ids and signatures.
    signatures: tuple

    @classmethod
    def parse(cls, data):
        try:
            data.decode()
        except UnicodeDecodeError:
            raise Malformed("a note that is not UTF-8") from None
        need(not any(byte < 0x20 and byte != 0x0A for byte in data), "a note with control characters")
        text, separator, lines = data.rpartition(b"\n\n")
        need(separator and text and lines.endswith(b"\n"), f"not a signed note: {data[:200]!r}")
        return cls(text + b"\n", tuple(map(cls._signature, lines.decode()[:-1].split("\n"))))

    @staticmethod
    def _signature(line):
        parts = line.split(" ")
        need(len(parts) == 3 and parts[0] == "\u2014" and is_key_name(parts[1]), f"not a signature: {line[:200]!r}")
        data = decoded(parts[2])
        need(len(data) > 4, f"a signature of {len(data)} bytes")
        return parts[1], data[:4], data[4:]

    def signers(self, keys):
        """Those of the keys that have signed; at least one has to, and no signature of any may be wrong."""
        found = []
        for key in keys:
            for name, key_id, signature in self.signatures:
                if (name, key_id) != (key.name, key.id):
                    continue
                if not key.has_signed(self.text, signature):
                    raise BadSignature(f"the signature of {key} is wrong")
                found.append(key)
        if not found:
            raise Unsigned(f"signed by {[(name, key_id.hex()) for name, key_id, _ in self.signatures]}")
        return found


@dataclass(frozen=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes
    # The note, as it came.
    note: bytes

    @classmethod
    def parse(cls, data, keys, origin=None):
        """A checkpoint that keys of this origin have signed; nil: that of the first key."""
        note = Note.parse(data)
        note.signers(keys)
        lines = note.text.decode()[:-1].split("\n")
        need(len(lines) >= 3 and all(lines), f"not a checkpoint: {note.text[:200]!r}")
        found = cls(lines[0], decimal(lines[1]), decoded(lines[2], HASH_SIZE), data)
        if found.origin != (origin or keys[0].name):
            raise WrongOrigin(f"the origin is {found.origin!r}")
        return found


# ---------------------------------------------------------------------------------------------------- Tiles

def tile_path(level, number, width=TILE_WIDTH):
    """The path of a tile of hashes, or of a bundle where the level is "entries"."""
    groups = [f"{number % 1000:03}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03}")
    return "/".join(["tile", str(level), *groups]) + (f".p/{width}" if width < TILE_WIDTH else "")


def tiles_of(size):
    """Level, number and width of each tile that a log of so many entries has."""
    level = 0
    while size:
        for number in range(-(-size // TILE_WIDTH)):
            yield level, number, min(TILE_WIDTH, size - number * TILE_WIDTH)
        level, size = level + 1, size // TILE_WIDTH


def paths_of(size):
    """Of all files that a log of so many entries has."""
    yield "checkpoint"
    for level, number, width in tiles_of(size):
        yield tile_path(level, number, width)
        if level == 0:
            yield tile_path("entries", number, width)


def entries_in(bundle):
    """The entries of a bundle."""
    place = 0
    while place < len(bundle):
        end = place + 2 + int.from_bytes(bundle[place:place + 2], "big")
        need(end <= len(bundle), "an entry bundle ends within an entry")
        yield bundle[place + 2:end]
        place = end


class WebLog:
    """The files of a log over HTTP, under a prefix that ends in a slash."""

    def __init__(self, prefix):
        self.prefix = prefix if prefix.endswith("/") else prefix + "/"

    def read(self, path):
        return fetched(urllib.parse.urljoin(self.prefix, path))


class FolderLog:
    """The same as files of a folder."""

    def __init__(self, folder):
        self.folder = folder

    def read(self, path):
        try:
            with open(os.path.join(self.folder, path), "rb") as file:
                return file.read(LONGEST_FILE + 1)
        except OSError as error:
            raise Missing(f"{path}: {error}") from None


class MemoryLog:
    """The same as a dictionary."""

    def __init__(self, files):
        self.files = files

    def read(self, path):
        if path not in self.files:
            raise Missing(path)
        return self.files[path]


def fetched(url):
    try:
        with urllib.request.urlopen(url, timeout=20) as reply:
            data = reply.read(LONGEST_FILE + 1)
    except urllib.error.HTTPError as error:
        raise Missing(f"{url}: status {error.code}") from None
    need(len(data) <= LONGEST_FILE, f"{url} is longer than {LONGEST_FILE} bytes")
    return data


class Tree:
    """A log's tiles as its checkpoint promises them, each read once."""

    def __init__(self, source, checkpoint):
        self.source, self.checkpoint = source, checkpoint
        self.size = checkpoint.size
        self.tiles = {}
        if self.hash_of(0, self.size) != checkpoint.root:
            raise WrongRoot(f"the tiles' root of {self.size} entries is not the checkpoint's")

    def width(self, level, number):
        return min(TILE_WIDTH, (self.size >> 8 * level) - number * TILE_WIDTH)

    def tile(self, level, number):
        """The hashes of a tile."""
        if (level, number) not in self.tiles:
            width = self.width(level, number)
            path = tile_path(level, number, width)
            data = self.source.read(path)
            need(len(data) == width * HASH_SIZE, f"{path} has {len(data)} bytes")
            self.tiles[level, number] = [data[place:place + HASH_SIZE] for place in range(0, len(data), HASH_SIZE)]
        return self.tiles[level, number]

    def entries(self, number):
        width = self.width(0, number)
        path = tile_path("entries", number, width)
        entries = list(entries_in(self.source.read(path)))
        need(len(entries) == width, f"{path} has {len(entries)} entries")
        return entries

    def hash_of(self, start, end):
        """The hash of the subtree of some leaves."""
        count = end - start
        if not count:
            return root_of(())
        if count & (count - 1):
            middle = start + split(count)
            return node_hash(self.hash_of(start, middle), self.hash_of(middle, end))
        level, rows = divmod(count.bit_length() - 1, 8)
        number, place = divmod(start >> 8 * level, TILE_WIDTH)
        return root_of(self.tile(level, number)[place:place + (1 << rows)])

    def inclusion_proof(self, index, size=None):
        return [self.hash_of(*leaves) for leaves in inclusion_ranges(index, 0, size or self.size)]

    def consistency_proof(self, earlier, size=None):
        if earlier in (0, size or self.size):
            return []
        return [self.hash_of(*leaves) for leaves in consistency_ranges(earlier, 0, size or self.size)]

    def check_goes_on_from(self, earlier):
        """That the log was this tree when it had fewer entries."""
        if earlier.size > self.size:
            raise RolledBack(f"from {earlier.size} to {self.size} entries")
        check_consistency(earlier.size, earlier.root, self.size, self.checkpoint.root,
                          self.consistency_proof(earlier.size))

    def check(self, first=0):
        """Each entry and each tile, from that of an entry on. Returns the entries from there."""
        for level, number, width in tiles_of(self.size):
            if level and (number + 1) * TILE_WIDTH ** (level + 1) > first:
                self._check_above(level, number, width)
        entries = []
        for number in range(first // TILE_WIDTH, -(-self.size // TILE_WIDTH)):
            entries += self._checked_entries(number)
        return entries[first % TILE_WIDTH:]

    def _check_above(self, level, number, width):
        for place, above in enumerate(self.tile(level, number)):
            if root_of(self.tile(level - 1, number * TILE_WIDTH + place)) != above:
                raise AlteredTile(f"hash {place} of {tile_path(level, number, width)}")

    def _checked_entries(self, number):
        entries = self.entries(number)
        for place, (entry, leaf) in enumerate(zip(entries, self.tile(0, number))):
            if leaf_hash(entry) != leaf:
                raise AlteredEntry(f"entry {number * TILE_WIDTH + place}")
        return entries


class Auditor:
    """Follows a log: what it has seen once has to stay, and each new entry is looked at."""

    def __init__(self, source, keys, origin=None):
        self.source, self.keys, self.origin = source, keys, origin
        self.entries = []
        # The last one whose tree was looked at.
        self.checkpoint = None
        # Those of any size that were only taken along, until the next look.
        self.glimpses = []

    def glimpse(self):
        """Takes a checkpoint, of which the next look will tell whether it was one of this log's."""
        self.glimpses.append(self.published())
        return self.glimpses[-1]

    def look(self):
        """Verifies what is new, against all that was seen before. Returns the tree."""
        checkpoint = self.published()
        tree = Tree(self.source, checkpoint)
        for earlier in [self.checkpoint, *self.glimpses]:
            if earlier:
                tree.check_goes_on_from(earlier)
        self.entries += tree.check(first=len(self.entries))
        self.checkpoint, self.glimpses = checkpoint, []
        return tree

    def published(self):
        return Checkpoint.parse(self.source.read("checkpoint"), self.keys, self.origin)


# ---------------------------------------------------------------------------------------------------- Records

def commitment(record, salt):
    """The log's entry of a record, whose salt is in hex digits."""
    need(len(salt) == 32 and salt == salt.lower(), f"not a salt: {salt[:80]!r}")
    try:
        return hashlib.sha256(bytes.fromhex(salt) + canonical(record)).digest()
    except ValueError:
        raise Malformed(f"not a salt: {salt[:80]!r}") from None


@dataclass(frozen=True)
class Proved:
    """A record, and where a log has it."""
    index: int
    record: dict
    salt: str
    checkpoint: Checkpoint

    @property
    def entry(self):
        return commitment(self.record, self.salt)

    def check(self, proof):
        check_inclusion(self.index, self.checkpoint.size, leaf_hash(self.entry), proof, self.checkpoint.root)
        return self


RECEIPT = "c2sp.org/tlog-proof@v1"


def verified_receipt(data, keys, origin=None):
    """What a `.tlog-proof` proves."""
    head, _, note = data.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise Malformed("a proof that is not ASCII") from None
    need(len(lines) > 2 and lines[0] == RECEIPT and lines[1].startswith("extra ") and lines[2].startswith("index "),
         f"not a receipt: {data[:100]!r}")
    extra = parsed_canonical(decoded(lines[1][6:]))
    need(sorted(extra) == ["record", "salt"], f"the members {sorted(extra)}")
    index, proof = decimal(lines[2][6:]), [decoded(line, HASH_SIZE) for line in lines[3:]]
    return Proved(index, extra["record"], extra["salt"], Checkpoint.parse(note, keys, origin)).check(proof)


def verified_export(data, keys, origin=None):
    """What an export proves: canonical lines, of which each record's is proved by the checkpoint before it.

    The last line may say where the next page begins.
    """
    need(data.endswith(b"\n"), "the export's last line is cut off")
    lines = [parsed_canonical(line) for line in data[:-1].split(b"\n")]
    need(list(lines[0]) == ["checkpoint"], "not an export")
    if list(lines[-1]) == ["next"]:
        lines.pop()
    proved = []
    for line in lines:
        if list(line) == ["checkpoint"]:
            checkpoint = Checkpoint.parse(line["checkpoint"].encode(), keys, origin)
            continue
        need(list(line) == ["index", "proof", "record", "salt"], f"the members {list(line)}")
        found = Proved(line["index"], line["record"], line["salt"], checkpoint)
        proved.append(found.check([decoded(sibling, HASH_SIZE) for sibling in line["proof"]]))
    return proved


# ---------------------------------------------------------------------------------------------------- Writing

class ReferenceLog:
    """A log, to test verifiers with. Its first signer's name is its origin."""

    def __init__(self, origin, *signers):
        self.origin = origin
        self.signers = signers or (Ed25519PrivateKey.generate(),)
        self.entries = []

    @property
    def keys(self):
        return [VerifierKey(self.origin, signer.public_key().public_bytes_raw()) for signer in self.signers]

    def checkpoint(self, size=None):
        entries = self.entries[:size]
        text = f"{self.origin}\n{len(entries)}\n{encoded(root_of(map(leaf_hash, entries)))}\n"
        return self.signed(text)

    def signed(self, text):
        lines = [f"\u2014 {self.origin} {encoded(key.id + signer.sign(text.encode()))}\n"
                 for key, signer in zip(self.keys, self.signers)]
        return f"{text}\n{''.join(lines)}".encode()

    def files(self, size=None):
        """All that a web server has of it, by path below the prefix."""
        entries = self.entries[:size]
        leaves = list(map(leaf_hash, entries))
        files = {"checkpoint": self.checkpoint(size)}
        for level, number, width in tiles_of(len(entries)):
            span, first = TILE_WIDTH ** level, number * TILE_WIDTH
            files[tile_path(level, number, width)] = b"".join(
                root_of(leaves[place * span:(place + 1) * span]) for place in range(first, first + width))
            if level == 0:
                files[tile_path("entries", number, width)] = b"".join(
                    len(entry).to_bytes(2, "big") + entry for entry in entries[first:first + width])
        return files

    def tree(self, size=None):
        files = self.files(size)
        return Tree(MemoryLog(files), Checkpoint.parse(files["checkpoint"], self.keys))

    def receipt(self, index, record, salt):
        extra = encoded(canonical({"record": record, "salt": salt}))
        lines = [RECEIPT, f"extra {extra}", f"index {index}", *map(encoded, self.tree().inclusion_proof(index)), "", ""]
        return "\n".join(lines).encode() + self.checkpoint()


# ---------------------------------------------------------------------------------------------------- Command line

def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["audit", "verify"])
    parser.add_argument("place", metavar="URL-OR-FILE")
    parser.add_argument("--key", action="append", default=[], metavar="VKEY", type=VerifierKey.parse)
    options = parser.parse_args()
    try:
        print(audited(options.place, options.key) if options.command == "audit" else verified(options))
    except Finding as finding:
        sys.exit(f"{type(finding).__name__}: {finding}")


def audited(place, keys):
    """Reads the whole log; without keys, with those that it publishes itself."""
    is_web = place.startswith(("http:", "https:"))
    if not keys and is_web:
        keys, _ = published_keys(fetched(urllib.parse.urljoin(place, "/.well-known/ni-keys.json")))
    need(keys, "--key is needed")
    tree = Auditor((WebLog if is_web else FolderLog)(place), keys).look()
    return f"{tree.size} entries, root {encoded(tree.checkpoint.root)}"


def verified(options):
    need(options.key, "--key is needed")
    with open(options.place, "rb") as file:
        data = file.read()
    if data.startswith(RECEIPT.encode()):
        proved = verified_receipt(data, options.key)
        return f"record {proved.record['id']} is entry {proved.index} of {proved.checkpoint.size}"
    return f"{len(verified_export(data, options.key))} records are in the log"


if __name__ == "__main__":
    main()
