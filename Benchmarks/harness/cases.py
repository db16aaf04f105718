"""The cases, and the requests that they send."""
import base64
import json
import os
import random
import struct
import zlib
from dataclasses import dataclass
from typing import Optional


@dataclass(frozen=True)
class Case:
    title: str
    prompt: str                    # the name of a prompt below
    conns: int
    seconds: float = 0.0           # how long to send; 0: each connection sends one request
    rate: float = 0.0              # requests a second; 0: as fast as they are answered
    events: int = 0                # content events of the stream; 0: a whole answer
    model: str = "mock-model"
    compare: str = ""              # the case whose nginx figures these are set against; its own if empty
    gateway_only: bool = False
    pii: Optional[bool] = None     # the request's `pii_substitution`
    header: str = "x-ni-request-id"  # what the gateway's answers must carry
    page: str = ""                 # what is asked for in place of an answer

    @property
    def has_nginx(self):
        return bool(self.compare) or not self.gateway_only


# E comes first: its memory is measured as growth, and memory once grown is seldom given back.
CASES = {
    "E": Case("{streams:,} streams at once, an event every 100 ms", "slow", 2000, events=100),
    "A": Case("whole answers, 64 connections", "small", 64, 5),
    "A-bedrock": Case("the same through Bedrock's Converse, translated and signed", "small", 64, 5,
                      model="mock-bedrock", compare="A", gateway_only=True),
    "A-vertex": Case("the same through Vertex AI's generateContent, translated", "small", 64, 5,
                     model="mock-vertex", compare="A", gateway_only=True),
    "B": Case("whole answers, 200 requests/s", "small", 16, 6, rate=200),
    "C": Case("streams of 50 events without pause, 64 at once", "stream", 64, 5, events=50),
    "C-bedrock": Case("the same from Bedrock's event stream, translated to SSE", "stream", 64, 5, events=50,
                      model="mock-bedrock", compare="C", gateway_only=True),
    "D": Case("25 streams/s, 50 events each, one every 10 ms", "paced", 64, 8, rate=25, events=50),
    "F1": Case("1 MiB of prompt, 4 connections", "text", 4, 4),
    "F1c1": Case("1 MiB of prompt, 1 connection", "text", 1, 3),
    "F2": Case("5 MiB of image, 4 connections", "image", 4, 4),
    "F2c1": Case("5 MiB of image, 1 connection", "image", 1, 3),
    "M1": Case("the catalogue as JSON, 64 connections", "", 64, 4, gateway_only=True, page="/api/billing/models"),
    "M2": Case("the catalogue's page, 64 connections", "", 64, 4, gateway_only=True, page="/models"),
    "P": Case("4 KiB of prompt with personal data, substitution off", "personal", 16, 4, gateway_only=True, pii=False),
    "P-on": Case("4 KiB of prompt with personal data, substitution on", "personal", 16, 4, gateway_only=True, pii=True,
                 header="x-ni-pii"),
    "P-stream": Case("25 streams/s about people, substitution off", "people", 64, 8, rate=25, events=50,
                     gateway_only=True, pii=False),
    "P-stream-on": Case("25 streams/s about people, substitution on", "people", 64, 8, rate=25, events=50,
                        gateway_only=True, pii=True, header="x-ni-pii"),
    "P-slow": Case("{streams:,} streams about people at once, substitution on", "slow people", 2000, events=100,
                   gateway_only=True, pii=True, header="x-ni-pii"),
}
# What a gateway that is much slower than the others can be asked.
LITELLM = ["A", "C", "D", "E", "F1", "F2"]
EXTRA = {"G": "start to first answer", "H": "memory"}
USUAL = sorted(name for name in [*CASES, *EXTRA] if not name.startswith("P"))


def chosen(names):
    """The cases for a list of names, in order, with those that they are compared with."""
    wanted = set(names)
    unknown = wanted - set(CASES) - set(EXTRA)
    if unknown:
        raise SystemExit(f"unknown case {', '.join(sorted(unknown))}; there are {', '.join(sorted([*CASES, *EXTRA]))}")
    wanted |= {CASES[name].compare for name in wanted if name in CASES}
    for off, on in (("P", "P-on"), ("P-stream", "P-stream-on")):
        if wanted & {off, on}:
            wanted |= {off, on}
    return [name for name in [*CASES, *EXTRA] if name in wanted]


WORDS = ("a contract of the province asks where each request was computed, who could read it and under which law "
         "l'entente précise où la requête a été traitée, qui a pu la lire et selon quelle loi "
         "café naïve Montréal Québec données budget ledger upstream window").split()

# Invented; the numbers are ones set aside for examples.
PEOPLE = ("Jane Okafor of Halifax (jane.okafor@example.com, +1 902 555 0142) wrote from 203.0.113.7 about her card "
          "4111 1111 1111 1111. Jean-Luc Tremblay, 12 rue des Érables, Gatineau, jl.tremblay@example.org, "
          "(819) 555-0199, a joint son numéro d'assurance sociale 046 454 286. ")


def text(size, seed=7):
    """Words with the quotes, line ends and accents of real ones, about `size` bytes as JSON."""
    dice, words, length = random.Random(seed), [], 0
    while length < size:
        word = dice.choice(WORDS)
        luck = dice.random()
        word = f'"{word}"' if luck < 0.02 else word + ".\n" if luck < 0.04 else word
        words.append(word)
        length += len(word.encode()) + 1 + word.count('"') + word.count("\n")
    return " ".join(words)


def png(size):
    """A valid image of noise, about `size` bytes."""
    side, dice = int((size / 3) ** 0.5), random.Random(11)
    rows = b"".join(b"\0" + dice.getrandbits(24 * side).to_bytes(3 * side, "big") for _ in range(side))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 0))
            + chunk(b"IEND", b""))


def prompt(name, events):
    unique = "UNIQUE-xxxxxxxx "
    if name == "small":
        return unique + "Say hello."
    if name == "stream":
        return unique + f"Count. mock(chunks={events})"
    if name == "paced":
        return unique + f"Count. mock(chunks={events},delay=10,latency=20)"
    if name == "people":
        return unique + PEOPLE + f"Count. mock(chunks={events},delay=10,latency=20)"
    if name == "slow people":
        return unique + PEOPLE + f"Count. mock(chunks={events},delay=100)"
    if name == "slow":
        return unique + f"Count. mock(chunks={events},delay=100)"
    if name == "text":
        return unique + text(1 << 20)
    if name == "personal":
        return unique + PEOPLE + text(1700) + PEOPLE + text(1700, seed=8)
    data = base64.b64encode(png(5 * (1 << 20) * 3 // 4)).decode()
    return [{"type": "text", "text": unique + "What does this image show?"},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64," + data}}]


def body(case, events):
    request = {"model": case.model,
               "messages": [{"role": "system", "content": "You are a helpful assistant."},
                            {"role": "user", "content": prompt(case.prompt, events)}],
               "max_tokens": 64}
    if events:
        request.update(stream=True, stream_options={"include_usage": True})
    if case.pii is not None:
        request.update(pii_substitution=case.pii)
    return request


class Requests:
    """The bodies as files for the load generator."""

    def __init__(self, folder, scale):
        self.folder, self.scale, self.paths = folder, scale, {}

    def events(self, case):
        """E cannot be shortened by its duration, as it sends one request a connection."""
        return case.events if case.seconds else max(30, round(case.events * self.scale))

    def path(self, case):
        key = (case.prompt, case.model, case.pii, case.events)
        if key not in self.paths:
            self.paths[key] = os.path.join(self.folder, f"request-{len(self.paths)}.json")
            with open(self.paths[key], "w", encoding="utf-8") as f:
                json.dump(body(case, self.events(case)), f, ensure_ascii=False, separators=(",", ":"))
        return self.paths[key]
