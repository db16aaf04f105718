"""Many requests of all kinds at once. What is asked depends on a seed alone; what is answered depends on time, too."""
import concurrent.futures
import dataclasses
import json
import random
import threading
import time
import urllib.parse
from dataclasses import dataclass, field

from harness import as_json, user
from servers import ROUTES
from surfaces import MESSAGES, RESPONSES
from wire import CHAT, Connection, ConnectionEnded, request

PATHS = {"chat.completions": CHAT, "messages": MESSAGES, "responses": RESPONSES}
CANADA = {"tier": "managed_canadian_cloud", "jurisdiction": "CA", "processing": "[CA]", "exposure": "[CA, US]"}
REGIONS = {"openai": "ca", "anthropic": "ca", "cohere": "ca", "compatible": "on-premises"}
MODELS = {"bedrock": "anthropic.claude-haiku-4-5-20251001-v1:0"}


def canadian(family, host, **changes):
    """A route of a family that keeps to Canada, at a host of its own."""
    route = ROUTES[family]
    suffix = "/v1" if family in ("openai", "compatible") else ""
    settings = {"id": f"checks/{family}-ca", "region": REGIONS.get(family, route.region),
                "upstream_model": MODELS.get(family, route.upstream_model), "base_url": f"http://{host}{suffix}",
                "fallbacks": (), **CANADA, **changes}
    return dataclasses.replace(route, **settings)


def host_of(route):
    return urllib.parse.urlsplit(route.base_url).netloc


# ---------------------------------------------------------------------------------------------------- What is asked

@dataclass(frozen=True)
class Asked:
    """A request, and whether its caller waits for the reply."""
    tag: str
    # The route's name among those of the installation.
    route: str
    surface: str = "chat.completions"
    is_streamed: bool = False
    marks: str = ""
    allows_fallbacks: bool = True
    # When the caller goes away; None: it stays.
    leaves: str = None
    # Where a picture is that the model shall look at.
    picture: str = None
    # Another host, in the place where those who ask a proxy name one.
    other_host: str = None

    @property
    def target(self):
        return (f"http://{self.other_host}" if self.other_host else "") + PATHS[self.surface]

    def body(self, model):
        content = self._content(f"{self.marks} {self.tag}")
        members = {"input" if self.surface == "responses" else "messages": user(content)}
        if self.surface == "messages":
            members["max_tokens"] = 200
        if self.is_streamed:
            members["stream"] = True
        if not self.allows_fallbacks:
            members["allow_fallbacks"] = False
        return json.dumps({"model": model, **members}).encode()

    def _content(self, text):
        if not self.picture:
            return text
        kind, image = {
            "chat.completions": ("text", {"type": "image_url", "image_url": {"url": self.picture}}),
            "messages": ("text", {"type": "image", "source": {"type": "url", "url": self.picture}}),
            "responses": ("input_text", {"type": "input_image", "image_url": self.picture})}[self.surface]
        return [{"type": kind, "text": text}, image]


ANSWER = "[[sim:words 6]]"
# What a provider does, and of how many requests in a hundred.
MARKS = {
    ANSWER: 62,
    "[[sim:status 429]]": 3, "[[sim:status 429 retry-after 1]]": 2, "[[sim:status 500]]": 3, "[[sim:status 503]]": 3,
    "[[sim:html]]": 2, "[[sim:garbage]]": 2, "[[sim:headers-only]]": 2,
    ANSWER + "[[sim:cut 0]]": 2, ANSWER + "[[sim:cut 3]]": 4, ANSWER + "[[sim:end 3]]": 3,
    ANSWER + "[[sim:error-event 3]]": 4, ANSWER + "[[sim:garbage-event 3]]": 3,
    ANSWER + "[[sim:stall 0]]": 1, ANSWER + "[[sim:stall 3]]": 1, ANSWER + "[[sim:slow-headers 4000]]": 1,
    "[[sim:status 400]]": 1, "[[sim:context-length]]": 1,
}
# How callers leave, and what keeps the answer from being there before.
LEAVING = {"at once": ANSWER, "before the first byte": ANSWER + "[[sim:slow-headers 4000]]",
           "in mid-stream": "[[sim:words 60]][[sim:tpot 50]]"}
# An address that nobody has (RFC 5737), and that nothing may be sent to.
ELSEWHERE = "192.0.2.66"


class Mix:
    """Requests by chance, always the same of one seed."""

    def __init__(self, seed, routes):
        self.random = random.Random(seed)
        self.routes = routes
        self.count = 0

    def steps(self, count):
        """So many requests in groups, each of which is asked one after the other."""
        steps = []
        while self.count < count:
            steps.append(self._pair() if count - self.count > 1 and self._happens(15) else [self._any()])
        return steps

    def asked(self, route, **settings):
        self.count += 1
        settings = {"surface": self.random.choice(list(PATHS)), "is_streamed": self._happens(50),
                    "allows_fallbacks": self._happens(65), **settings}
        return Asked(f"tag-{self.count:05d}", route, **settings)

    def _happens(self, percent):
        return self.random.randrange(100) < percent

    def _any(self):
        route = self.random.choice(list(self.routes))
        if self._happens(10):
            leaves = self.random.choice(list(LEAVING))
            more = {"is_streamed": True} if leaves == "in mid-stream" else {}
            return self.asked(route, marks=LEAVING[leaves], leaves=leaves, **more)
        if self._happens(3):
            return self.asked(route, marks=ANSWER, picture=f"http://{ELSEWHERE}/cat.png")
        if self._happens(2):
            return self.asked(route, marks=ANSWER, other_host=ELSEWHERE)
        return self.asked(route, marks=self.random.choices(list(MARKS), list(MARKS.values()))[0])

    def _pair(self):
        """A request that fails at one provider, and one that then fails at another and is answered by the first.

        Each simulator counts for itself how often it has failed under a name.
        """
        first = self.random.choice([name for name, route in self.routes.items() if route.fallbacks])
        fallback = next(name for name, route in self.routes.items() if route.id == self.routes[first].fallbacks[0])
        status = self.random.choice(("429", "500", "503"))
        marks = f"{ANSWER}[[sim:fail-times 1 {status} pair-{self.count}]]"
        return [self.asked(fallback, marks=marks, allows_fallbacks=False),
                self.asked(first, marks=marks, allows_fallbacks=True)]


# ---------------------------------------------------------------------------------------------------- Asking

@dataclass
class Told:
    """What a caller saw."""
    asked: Asked
    status: int = None
    fields: dict = field(default_factory=dict)
    body: bytes = b""
    trouble: str = None

    @property
    def is_whole(self):
        """Whether it is an answer, from beginning to end."""
        if self.status != 200:
            return False
        if not self.asked.is_streamed:
            return bool(as_json(self.body))
        endings = {"chat.completions": b"data: [DONE]", "messages": b"event: message_stop",
                   "responses": b"event: response.completed"}
        return endings[self.asked.surface] in self.body


class Caller:
    """One of many, on a connection that it keeps as long as it can."""

    def __init__(self, gateway):
        self.gateway = gateway
        self.connection = None

    def ask(self, asked):
        told = Told(asked)
        try:
            self._send("POST", asked.target, asked.body(self.gateway.route(asked.route)), [("x-ni-nonce", asked.tag)])
            self._stay(told) if asked.leaves is None else self._leave(told)
        except (OSError, ValueError, ConnectionEnded) as error:
            self._hang_up()
            if asked.leaves is None:
                told.trouble = f"{type(error).__name__}: {error}"
        return told

    def record(self, request_id):
        """A custody record."""
        self._send("GET", f"/api/usage/custody/{request_id}")
        return self.connection.read().json

    def _send(self, method, path, body=b"", fields=()):
        if self.connection is None:
            self.connection = Connection(self.gateway.base_url, timeout=60)
        self.connection.send(request(method, path, body, [*self.gateway.authorization, *fields]))

    def _read_head(self, told):
        head = self.connection.read_head()
        told.status, told.fields = head.status, dict(head.fields)
        return head

    def _stay(self, told):
        head = self._read_head(told)
        told.body = self.connection.read_body(head)
        if head["connection"] == "close":
            self._hang_up()

    def _leave(self, told):
        if told.asked.leaves == "before the first byte":
            time.sleep(0.1)
        elif told.asked.leaves == "in mid-stream":
            head = self._read_head(told)
            next(self.connection.pieces(head), None)
        self._hang_up()

    def _hang_up(self):
        if self.connection:
            self.connection.close()
        self.connection = None


def at_once(gateway, number, do, items, enter=None):
    """What comes of `do(caller, item)` for each item, by that many callers.

    `enter` is called by each of them at its beginning.
    """
    own = threading.local()

    def begin():
        if enter:
            enter()
        own.caller = Caller(gateway)

    with concurrent.futures.ThreadPoolExecutor(number, initializer=begin) as pool:
        return list(pool.map(lambda item: do(own.caller, item), items))
