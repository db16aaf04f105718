"""HTTP/1.1 by hand, for requests that no client library would send and replies that one would read too kindly."""
import json
import socket
import urllib.parse
from dataclasses import dataclass, field

from harness import as_json

CHAT = "/v1/chat/completions"


def request(method, path, body=b"", headers=(), version="1.1", length=True):
    """The bytes of a request. `headers` are pairs; a length is added unless it is turned off."""
    lines = [f"{method} {path} HTTP/{version}", "Host: gateway.test"]
    lines += [f"{name}: {value}" for name, value in headers]
    if length and (body or method == "POST"):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def chat_body(model, content, **members):
    return json.dumps({"model": model, "messages": [{"role": "user", "content": content}], **members}).encode()


def chunked(body, size):
    """A body in chunked coding, in chunks of one size."""
    pieces = [body[start:start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


class ConnectionEnded(Exception):
    """The other side closed, or broke off, where more was due."""


@dataclass
class Reply:
    status: int
    version: str
    fields: list
    body: bytes = b""
    interim: list = field(default_factory=list)

    def __getitem__(self, name):
        """A header field's value, or None."""
        return next((value for known, value in self.fields if known == name.lower()), None)

    @property
    def json(self):
        return as_json(self.body)

    @property
    def text(self):
        return self.json["choices"][0]["message"]["content"]


class Connection:
    """One connection to a server. Use it in a `with` statement."""

    def __init__(self, url, timeout=20):
        place = urllib.parse.urlsplit(url)
        self.socket = socket.create_connection((place.hostname, place.port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = bytearray()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def exchange(self, data):
        self.send(data)
        return self.read()

    # Reading

    def read(self):
        """The next reply, whole: heads of status 1xx are kept aside."""
        reply = self.read_head()
        return Reply(reply.status, reply.version, reply.fields, self.read_body(reply), reply.interim)

    def read_interim(self):
        """The next head, even if its status is 1xx."""
        return self._head()

    def read_head(self):
        interim = []
        while True:
            reply = self._head()
            if reply.status >= 200:
                reply.interim = interim
                return reply
            interim.append(reply.status)

    def _head(self):
        version, status, *_ = self._line().split(" ", 2)
        fields = []
        while line := self._line():
            name, _, value = line.partition(":")
            fields.append((name.strip().lower(), value.strip()))
        return Reply(int(status), version, fields)

    def read_body(self, head):
        return b"".join(self.pieces(head))

    def pieces(self, head):
        """The body as it comes: chunk by chunk, or in one piece where its length is known."""
        if "chunked" in (head["transfer-encoding"] or ""):
            yield from self._chunks()
        elif head["content-length"] is not None:
            yield self._exactly(int(head["content-length"]))
        elif head.status not in (204, 304):
            yield from self._rest()

    def events(self, head):
        """The SSE events of a streamed body as they come, each as its lines."""
        text = b""
        for piece in self.pieces(head):
            text += piece
            *complete, text = text.split(b"\n\n")
            for event in complete:
                yield event.decode()
        if text.strip():
            raise ConnectionEnded(f"the stream ends inside an event: {text!r}")

    def has_ended(self):
        """Whether the other side closes without a further byte."""
        try:
            return not self.received and not self.socket.recv(1)
        except ConnectionError:
            return True
        except TimeoutError:
            return False

    def _line(self):
        while (end := self.received.find(b"\r\n")) < 0:
            self._receive()
        return self._exactly(end + 2)[:-2].decode("latin-1")

    def _exactly(self, count):
        while len(self.received) < count:
            self._receive()
        data = bytes(self.received[:count])
        del self.received[:count]
        return data

    def _chunks(self):
        while size := int(self._line().partition(";")[0], 16):
            yield self._exactly(size)
            if self._line():
                raise ConnectionEnded("a chunk is not followed by a line break")
        while self._line():
            pass  # trailer fields

    def _rest(self):
        while True:
            if self.received:
                yield bytes(self.received)
                self.received.clear()
            try:
                self._receive()
            except ConnectionEnded:
                return

    def _receive(self):
        try:
            data = self.socket.recv(65536)
        except ConnectionError as error:
            raise ConnectionEnded(str(error)) from None
        if not data:
            raise ConnectionEnded(f"after {bytes(self.received[-200:])!r}")
        self.received += data


# ---------------------------------------------------------------------------------------------------- Streams

class ChatStream:
    """A streamed chat reply on a connection of its own, read event by event."""

    def __init__(self, gateway, model, content, **members):
        self.connection = Connection(gateway.base_url)
        members.setdefault("stream", True)
        self.connection.send(request("POST", CHAT, chat_body(model, content, **members), gateway.authorization))
        self.head = self.connection.read_head()
        self.data = []
        # A refusal is no stream: its body is read as a single event.
        self._events = self.connection.events(self.head) if self.is_stream else self._refusal()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.connection.close()

    @property
    def is_stream(self):
        return (self.head["content-type"] or "").startswith("text/event-stream")

    def _refusal(self):
        yield "data: " + self.connection.read_body(self.head).decode()

    @property
    def request_id(self):
        return self.head["x-ni-request-id"]

    def next(self):
        """The next event's data, without comments; None at the end."""
        for event in self._events:
            lines = [line for line in event.splitlines() if not line.startswith(":")]
            data = "\n".join(line[5:].lstrip() for line in lines if line.startswith("data:"))
            if data:
                self.data.append(data)
                return data
        return None

    def next_text(self):
        """The text of the next event that has any."""
        while (data := self.next()) is not None:
            text = self._delta(data)
            if text:
                return text
        return None

    def rest(self):
        while self.next() is not None:
            pass
        return self

    @staticmethod
    def _delta(data):
        choices = [] if data == "[DONE]" else as_json(data, "an event").get("choices") or []
        return choices[0]["delta"].get("content") if choices else None

    @property
    def chunks(self):
        return [as_json(data, "an event") for data in self.data if data != "[DONE]"]

    @property
    def text(self):
        return "".join(self._delta(data) or "" for data in self.data)

    @property
    def is_done(self):
        return "[DONE]" in self.data

    @property
    def error(self):
        return next((chunk["error"] for chunk in self.chunks if chunk.get("error")), None)

    @property
    def finish_reasons(self):
        return [choice["finish_reason"] for chunk in self.chunks for choice in chunk.get("choices", ())
                if choice.get("finish_reason")]
