"""What all checks share: how they are declared and run, what they assert with, and the inputs they use.

A check is a function that takes a `World` (see `servers.py`) and raises when something is not as it should be:

    suite = Suite("gateway")

    @suite.check
    def answers_in_one_piece(world):
        expect(world.gateway.ask("hi")).equals("You said: hi")

`run` prints one PASS or FAIL line for each, and `N passed, N failed` at the end.
"""
import argparse
import base64
import fnmatch
import functools
import hashlib
import json
import multiprocessing
import multiprocessing.connection
import os
import signal
import struct
import sys
import time
import traceback
import zlib
from dataclasses import dataclass, field
from typing import Callable

MINE = ("AWS_", "OPENAI_", "ANTHROPIC_", "GOOGLE_", "GEMINI_", "AZURE_", "CO_API", "NORTHERN_", "NI_")


def forget_ambient_settings():
    """No credential, profile or proxy of whoever runs the checks may change what they do."""
    for name in list(os.environ):
        if name.startswith(MINE) or name.lower().endswith("_proxy"):
            del os.environ[name]
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull


# ---------------------------------------------------------------------------------------------------- Declaring

class Skip(Exception):
    """What the check needs is not there. Counts as a failure unless somebody else's servers are checked."""


class Impossible(Skip):
    """What the check needs this machine doesn't allow, whatever is installed on it. Counts as no failure."""


@dataclass
class Check:
    name: str
    function: Callable
    # Row and column of the table, for one of several values.
    place: tuple = None


class Suite:
    """The checks of one subject, in the order in which they were declared."""

    def __init__(self, name, is_tabled=False):
        self.name = name
        self.is_tabled = is_tabled
        self.checks = []

    def check(self, function):
        self.checks.append(Check(f"{self.name}.{function.__name__}", function))
        return function

    def check_each(self, values):
        """One check for each value, which it gets as its second argument."""
        def declare(function):
            for value in values:
                row = f"{self.name}.{function.__name__}"
                self.checks.append(Check(f"{row}[{value}]", lambda world, value=value: function(world, value),
                                         (row, value) if self.is_tabled else None))
            return function
        return declare


def once(function):
    """Does for a world what takes long, and keeps what came of it for all checks that ask: the failure, too."""
    outcomes = {}

    @functools.wraps(function)
    def outcome(world):
        if world not in outcomes:
            try:
                outcomes[world] = function(world), None
            except Exception as error:
                outcomes[world] = None, error
        result, error = outcomes[world]
        if error:
            raise error
        return result
    return outcome


# ---------------------------------------------------------------------------------------------------- Asserting

class Expectation:
    """`expect(value, "what it is").equals(…)`."""

    def __init__(self, value, what):
        self.value, self.prefix = value, f"{what}: " if what else ""

    def fail(self, wanted):
        raise AssertionError(f"{self.prefix}got {shortened(self.value)}, expected {wanted}")

    def equals(self, wanted):
        if self.value != wanted:
            self.fail(shortened(wanted))

    def contains(self, wanted):
        if wanted not in self.value:
            self.fail(f"something with {shortened(wanted)}")

    def lacks(self, unwanted):
        if unwanted in self.value:
            self.fail(f"nothing with {shortened(unwanted)}")

    def is_one_of(self, wanted):
        if self.value not in wanted:
            self.fail(f"one of {shortened(wanted)}")

    def is_true(self):
        if not self.value:
            self.fail("something true")

    def is_at_most(self, limit):
        if self.value > limit:
            self.fail(f"at most {limit}")


def expect(value, what=""):
    return Expectation(value, what)


def shortened(value, length=400):
    text = repr(value)
    return text if len(text) <= length else f"{text[:length]}… ({len(text)} characters)"


def raised(classes, action, what=""):
    """The exception that an action raises, which must be of these classes."""
    try:
        result = action()
    except classes as error:
        return error
    except Skip:
        raise
    except Exception as error:
        raise AssertionError(f"{what}: raised {type(error).__name__}: {shortened(str(error))}, expected {classes}"
                             ) from error
    raise AssertionError(f"{what}: nothing was raised, the result is {shortened(result)}; expected {classes}")


def eventually(condition, seconds=5.0, pause=0.02):
    """The first true value of a condition, or its last value when time is up."""
    end = time.monotonic() + seconds
    while not (value := condition()) and time.monotonic() < end:
        time.sleep(pause)
    return value


# ---------------------------------------------------------------------------------------------------- Running

@dataclass
class Tally:
    passed: int = 0
    failed: int = 0
    # Verdicts by their place in the table.
    places: dict = field(default_factory=dict)

    def __str__(self):
        return f"{self.passed} passed, {self.failed} failed"

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.places.update(other.places)


def selection(parser):
    parser.add_argument("--only", default="*", metavar="PATTERNS",
                        help="checks whose name fits one of these, such as 'input.*,faults.cut*'")
    parser.add_argument("--not", dest="without", default="", metavar="PATTERNS", help="leave these out")
    parser.add_argument("--list", action="store_true", help="only print the names")
    parser.add_argument("--jobs", type=int, default=1 + (os.cpu_count() or 1), metavar="N",
                        help="how many parts run at a time, where there are several (%(default)s)")
    parser.add_argument("--verbose", action="store_true", help="print the trace of a failed check")


def chosen(suites, options):
    def fits(name, patterns):
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns.split(",") if pattern)
    return [check for suite in suites for check in suite.checks
            if fits(check.name, options.only) and not fits(check.name, options.without)]


def run(checks, world, options):
    """Runs the checks one after the other and prints a line for each."""
    tally = Tally()
    for check in checks:
        begun = time.monotonic()
        verdict, detail = outcome(check, world, options.verbose)
        if verdict == "PASS":
            tally.passed += 1
        elif verdict == "FAIL":
            tally.failed += 1
        if check.place:
            tally.places[check.place] = verdict
        print(f"{verdict} {check.name} ({(time.monotonic() - begun) * 1000:.0f} ms){detail}", flush=True)
    return tally


def outcome(check, world, verbose):
    try:
        check.function(world)
    except Skip as reason:
        return ("SKIP" if world.is_foreign or isinstance(reason, Impossible) else "FAIL"), f": {reason}"
    except Exception as error:
        if verbose:
            traceback.print_exc(file=sys.stdout)
        return "FAIL", ": " + " ".join(f"{type(error).__name__}: {error}".split())[:1200]
    return "PASS", ""


def print_table(places, columns):
    """What passes of each surface, for each upstream."""
    rows = list(dict.fromkeys(row for row, column in places if column in columns))
    if not rows:
        return
    marks = {"PASS": "yes", "FAIL": "NO", "SKIP": "?"}
    widest = max(map(len, rows))
    print("\n" + " " * widest, *columns)
    for row in rows:
        cells = [marks.get(places.get((row, column)), "-").center(len(column)) for column in columns]
        print(row.ljust(widest), *cells)
    print()


def in_a_world_of_its_own(part, options):
    """Runs a part's checks with servers that no other part uses."""
    from servers import World
    with World(options) as world:
        return run(part, world, options)


def side_by_side(parts, options):
    """Runs so many parts at a time, each in a process of its own, the first ones first."""
    context, waiting, running, total = multiprocessing.get_context("fork"), list(parts), {}, Tally()

    def begin(part):
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=lambda: sender.send(in_a_world_of_its_own(part, options)))
        process.start()
        sender.close()
        running[receiver] = part, process

    def end(receiver):
        part, process = running.pop(receiver)
        try:
            total.add(receiver.recv())
        except EOFError:
            print(f"FAIL {part[0].name} and what belongs to it: their process has died")
            total.failed += 1
        process.join()

    sys.stdout.flush()
    try:
        while waiting or running:
            while waiting and len(running) < options.jobs:
                begin(waiting.pop(0))
            for receiver in multiprocessing.connection.wait(running):
                end(receiver)
    finally:
        for _, process in running.values():
            process.terminate()
            process.join()
    return total


def main(*suites, parts=None, alone=()):
    """The command line of every script here: returns the exit status.

    - parts: suites that share their servers, where there are several such; they run side by side.
    - alone: parts that look at times, which run with nothing beside them.
    """
    from servers import EVERY_FAMILY, World
    parts = parts or [suites]
    parser = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    selection(parser)
    World.add_options(parser)
    options = parser.parse_args()
    together = [checks for part in parts if (checks := chosen(part, options))]
    apart = [checks for part in alone if (checks := chosen(part, options))]
    if options.list:
        print("\n".join(check.name for checks in (*together, *apart) for check in checks))
        return 0
    forget_ambient_settings()
    # As after Ctrl-C, what was started is ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    tally = Tally()
    # Somebody else's servers are there once only.
    if options.jobs > 1 and len(together) > 1 and not World.has_foreign(options):
        tally.add(side_by_side(together, options))
    else:
        apart = together + apart
    for checks in apart:
        tally.add(in_a_world_of_its_own(checks, options))
    print_table(tally.places, columns=EVERY_FAMILY)
    print(tally)
    return 1 if tally.failed or not tally.passed + tally.failed else 0


# ---------------------------------------------------------------------------------------------------- Inputs

def png(width=3, height=2, color=(200, 16, 46), says=None):
    """A PNG of one color, always the same. What it says stands in a text chunk, where the simulator reads it."""
    def chunk(kind, data):
        return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))

    rows = (b"\x00" + bytes(color) * width) * height
    text = chunk(b"tEXt", b"Description\x00" + says.encode()) if says else b""
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)) + text
            + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def description(image, number=1):
    """The sentence with which the simulator answers a PNG."""
    width, height = struct.unpack("!II", image[16:24])
    return (f"Image {number}: png {width}x{height}, {len(image)} bytes, "
            f"sha256 {hashlib.sha256(image).hexdigest()[:12]}.")


IMAGE = png()
IMAGE_BASE64 = base64.b64encode(IMAGE).decode()
IMAGE_URL = f"data:image/png;base64,{IMAGE_BASE64}"


@dataclass(frozen=True)
class Tool:
    """A function that takes a city, in the form that each wire has for it."""
    name: str
    summary: str

    @property
    def schema(self):
        return {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"],
                "additionalProperties": False}

    @property
    def openai(self):
        return {"type": "function", "function": {"name": self.name, "description": self.summary,
                                                 "parameters": self.schema}}

    @property
    def responses(self):
        return {"type": "function", "strict": True, "name": self.name, "description": self.summary,
                "parameters": self.schema}

    @property
    def anthropic(self):
        return {"name": self.name, "description": self.summary, "input_schema": self.schema}

    @property
    def bedrock(self):
        return {"toolSpec": {"name": self.name, "description": self.summary, "inputSchema": {"json": self.schema}}}

    @property
    def gemini(self):
        return {"name": self.name, "description": self.summary, "parameters_json_schema": self.schema}


TOOLS = (Tool("get_weather", "Current weather in a city"), Tool("get_time", "Local time in a city"))
CALL_BOTH = "[[sim:tools get_weather,get_time]] for 'Montréal'"
BOTH_CALLS = [("get_weather", {"city": "Montréal"}), ("get_time", {"city": "Montréal"})]

PLACE_SCHEMA = {
    "type": "object", "required": ["city", "count", "kind"], "additionalProperties": False,
    "properties": {"city": {"type": "string"}, "count": {"type": "integer"},
                   "kind": {"type": "string", "enum": ["town", "village"]}}}
PLACE_TEXT = "a village of 42 people called 'Ivujivik'"
PLACE = {"city": "Ivujivik", "count": 42, "kind": "village"}


def saying(text):
    """A message to which the simulator answers exactly this."""
    return f"[[sim:say@0 {text}]]"


def words(count):
    """What the simulator answers to `[[sim:words N]]`."""
    return " ".join(f"w{number}" for number in range(1, count + 1))


def user(content):
    return [{"role": "user", "content": content}]


def as_json(text, what="the body"):
    try:
        return json.loads(text)
    except ValueError:
        raise AssertionError(f"{what} is not JSON: {shortened(text)}") from None
