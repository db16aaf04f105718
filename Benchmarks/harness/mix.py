"""What the soak sends at the same time: the kinds of requests, and how each of them must end."""
import json
from dataclasses import dataclass, field
from typing import Optional

from .cases import PEOPLE, text


@dataclass(frozen=True)
class Kind:
    name: str
    prompt: str
    model: str = "mock-model"
    conns: int = 16
    rate: Optional[float] = None   # requests a second; None: a share of as many as can be answered
    events: int = 0                # content events of the stream; 0: a whole answer
    pii: bool = False
    embeds: bool = False
    cancel: Optional[int] = None   # the caller leaves after so many events
    # How a request may fail, in the load generator's words; without any, it must be answered.
    failures: frozenset = field(default_factory=frozenset)

    @property
    def is_rated(self):
        return self.rate is None

    @property
    def path(self):
        return "/v1/embeddings" if self.embeds else "/v1/chat/completions"

    def body(self):
        prompt = "UNIQUE-xxxxxxxx " + self.prompt
        if self.embeds:
            return json.dumps({"model": self.model, "input": prompt})
        request = {"model": self.model, "messages": [{"role": "user", "content": prompt}], "max_tokens": 64}
        if self.events:
            request.update(stream=True, stream_options={"include_usage": True})
        if self.pii:
            request.update(pii_substitution=True)
        return json.dumps(request, ensure_ascii=False)

    def options(self):
        options = ["--conns", str(self.conns)]
        if self.events:
            options += ["--stream", str(self.events)]
        if self.cancel is not None:
            options += ["--cancel", str(self.cancel)]
        if self.embeds:
            options += ["--expect", '"embedding"']
        return options

    def wrong(self, load):
        """How many requests ended otherwise than they must."""
        if self.failures:
            return load["sent"] - sum(load["failures"].get(name, 0) for name in self.failures)
        return load["sent"] - load["cancelled" if self.cancel is not None else "answered"]


FAULTY = "mock-faulty"
REFUSED, BROKEN = frozenset(["status"]), frozenset(["lost_events"])

# The first ones share what the machine can do; the others come at a rate of their own.
KINDS = [
    Kind("whole", "Say hello."),
    Kind("stream", "Count. mock(chunks=50)", events=50),
    Kind("1 MiB", text(1 << 20), conns=4),
    Kind("embeddings", "Some text.", embeds=True),
    Kind("Bedrock", "Say hello.", model="mock-bedrock"),
    Kind("Bedrock stream", "Count. mock(chunks=50)", model="mock-bedrock", events=50),
    Kind("Vertex", "Say hello.", model="mock-vertex"),
    Kind("personal data", PEOPLE + text(3000), pii=True),
    Kind("slow stream", "Count. mock(chunks=100,delay=100)", conns=100, rate=10, events=100),
    Kind("personal stream", PEOPLE + "Count. mock(chunks=50,delay=10)", rate=5, events=50, pii=True),
    Kind("left stream", "Count. mock(chunks=50,delay=20)", rate=10, events=50, cancel=5),
    Kind("left early", "Say hello. mock(latency=200)", rate=10, cancel=0),
    Kind("429", "mock(status=429)", model=FAULTY, conns=64, rate=5, failures=REFUSED),
    Kind("500", "mock(status=500)", model=FAULTY, conns=64, rate=5, failures=REFUSED),
    Kind("reset", "mock(reset=0)", model=FAULTY, conns=64, rate=5, failures=REFUSED),
    Kind("stream reset", "mock(chunks=20,reset=5)", model=FAULTY, conns=64, rate=5, events=20, failures=BROKEN),
    Kind("silence", "mock(stall=0)", model=FAULTY, conns=64, rate=2, failures=REFUSED),
    Kind("stream silence", "mock(chunks=20,stall=5)", model=FAULTY, conns=64, rate=2, events=20, failures=BROKEN),
]
