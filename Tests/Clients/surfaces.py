"""What the checks of all inference surfaces share: streams read by hand, broken ones above all."""
import json

from harness import as_json, expect, words
from servers import gate_name
from wire import Connection, request

MESSAGES, RESPONSES, EMBEDDINGS = "/v1/messages", "/v1/responses", "/v1/embeddings"

# How a stream breaks in the middle, and what our code for it may be.
BREAKS = {
    "cut 6": ("upstream_truncated", "upstream_unreachable", "upstream_error"),
    "end 6": ("upstream_truncated",),
    "garbage-event 6": ("upstream_error", "upstream_truncated"),
    "error-event 6": ("upstream_error", "upstream_unavailable"),
}
# The status of our reply for one of the upstream's. Its troubles with us are no fault of the caller's.
STATUSES = {400: 400, 401: 502, 403: 502, 404: 502, 429: 429, 500: 502, 503: 503}
# Routes that fall back, and the family that answers when the first fails.
FALLBACKS = {"with_fallback": "compatible", "openai_then_anthropic": "anthropic", "anthropic_then_openai": "openai"}


class EventStream:
    """A streamed reply on a connection of its own: its events are pairs of a name and an object."""

    def __init__(self, gateway, path, body):
        self.connection = Connection(gateway.base_url)
        data = json.dumps({**body, "stream": True}).encode()
        self.connection.send(request("POST", path, data, gateway.authorization))
        self.head = self.connection.read_head()
        self.events = []
        self.refusal = None
        is_stream = (self.head["content-type"] or "").startswith("text/event-stream")
        self._blocks = self.connection.events(self.head) if is_stream else iter(())
        if not is_stream:
            self.refusal = as_json(self.connection.read_body(self.head))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    @property
    def request_id(self):
        return self.head["x-ni-request-id"]

    def next(self):
        """The next event, without comments; None at the end."""
        for block in self._blocks:
            fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
            if "data" in fields:
                self.events.append((fields.get("event"), as_json(fields["data"], "an event")))
                return self.events[-1]
        return None

    def rest(self):
        while self.next() is not None:
            pass
        return self

    @property
    def names(self):
        return [name for name, _ in self.events]

    def of(self, name):
        return [data for known, data in self.events if known == name]

    @property
    def text(self):
        """On whichever surface."""
        deltas = [event["delta"] for event in self.of("content_block_delta")]
        return ("".join(delta.get("text", "") for delta in deltas)
                + "".join(event["delta"] for event in self.of("response.output_text.delta")))

    def expect_names_to_agree(self):
        """Each event's name is its type, too."""
        for name, data in self.events:
            expect(data.get("type"), "type of an event").equals(name)


def stream_past_a_gate(world, family, path, asking):
    """A stream of nine words, read to its end. The upstream waits behind the third, and they are there by then."""
    simulator, gate = world.gateway.simulator(family), gate_name()
    simulator.reset()
    with EventStream(world.gateway, path, asking(f"[[sim:words 9]][[sim:gate 3 {gate}]]")) as stream:
        try:
            while stream.text.strip() != words(3):
                stream.next()
            stats = simulator.stats()
            expect((stats["active"], stats["completed"]), "active and completed upstream").equals((1, 0))
        finally:
            simulator.open(gate)
        return stream.rest()


def broken(mark):
    """A prompt whose answer of 40 words breaks after some."""
    return f"[[sim:words 40]][[sim:tpot 2]][[sim:{mark}]]"


def expect_beginning(stream):
    """Of a broken stream: it had begun, and what came is the beginning of the answer."""
    expect(stream.head.status, "status").equals(200)
    expect(bool(stream.text) and words(40).startswith(stream.text), f"a beginning of the text: {stream.text!r}"
           ).is_true()


def expect_record(gateway, request_id, surface, **wanted):
    """The closed custody record of a request to a surface."""
    record = gateway.closed_custody(request_id)
    expect({"surface": record["surface"], **{name: record[name] for name in wanted}}).equals(
        {"surface": surface, **wanted})
    return record
