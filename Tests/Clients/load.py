"""Much load from one process: requests of raw HTTP/1.1, on connections that are always busy.

`wire.py` reads replies with care. Here thousands a second are read, and only as far as it takes to tell which request
it was, what became of it, and whether the reply is whole.
"""
import socket
import threading
import time
import urllib.parse
from dataclasses import dataclass

# What ends a chunked body that has no trailer fields. None of ours holds it elsewhere.
LAST_CHUNK = b"\r\n0\r\n\r\n"


@dataclass(slots=True)
class Exchange:
    """A request, and what its caller saw of the reply. Times are of `time.monotonic()`."""
    # What the caller calls it.
    tag: object
    begun_at: float
    ended_at: float = None
    # Of the reply's head, once all of it is there.
    status: int = None
    request_id: str = None
    is_whole: bool = False
    # Why it isn't.
    trouble: str = None
    # Where replies are kept: as much as came, and as it came.
    head: bytes = b""
    raw_body: bytes = b""

    @property
    def seconds(self):
        return self.ended_at - self.begun_at

    @property
    def body(self):
        is_chunked = field_of(self.head, "transfer-encoding") == "chunked"
        return without_chunks(self.raw_body) if is_chunked else self.raw_body


def field_of(head, name):
    """A header field's value, or None. The gateway writes names in lower case; who is in front of it may not."""
    found = head.lower().find(b"\r\n%s: " % name.encode())
    if found < 0:
        return None
    begin = found + len(name) + 4
    return head[begin:head.index(b"\r\n", begin)].decode()


def without_chunks(data):
    pieces, place = [], 0
    while (end := data.find(b"\r\n", place)) >= 0:
        size = int(data[place:end], 16)
        pieces.append(data[end + 2:end + 2 + size])
        place = end + 4 + size
    return b"".join(pieces)


class Load:
    """Sends requests, pairs of a tag and bytes, on so many connections, in a `with` statement.

    `exchanges` has what came of each, as soon as it is over. A request that fails is not sent again. After a failure
    a connection waits a moment, and is then made anew.
    """

    def __init__(self, url, requests, connections=16, timeout=30, keeps_replies=False):
        place = urllib.parse.urlsplit(url)
        self.address = place.hostname, place.port
        self.requests = iter(requests)
        self.timeout = timeout
        self.keeps_replies = keeps_replies
        self.exchanges = []
        self.lock = threading.Lock()
        self.is_stopping = threading.Event()
        self.failures = []
        self.threads = [threading.Thread(target=self._work, daemon=True) for _ in range(connections)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.is_stopping.set()
        for thread in self.threads:
            thread.join(2 * self.timeout)

    @property
    def is_over(self):
        return not any(thread.is_alive() for thread in self.threads)

    def wait(self, seconds):
        """Until there are no more requests and all replies are there."""
        end = time.monotonic() + seconds
        for thread in self.threads:
            thread.join(max(0, end - time.monotonic()))
        self.is_stopping.set()
        if not self.is_over:
            raise AssertionError(f"only {len(self.exchanges)} requests were answered in {seconds} s")
        if self.failures:
            raise self.failures[0]

    def _work(self):
        connection = None
        try:
            while not self.is_stopping.is_set():
                with self.lock:
                    tag, data = next(self.requests, (None, None))
                if data is None:
                    break
                connection = self._exchange(connection, tag, data)
        except Exception as error:
            self.failures.append(error)
        finally:
            if connection:
                connection.close()

    def _exchange(self, connection, tag, data):
        """The connection for the next one, or None."""
        exchange = Exchange(tag, time.monotonic())
        stays = False
        try:
            connection = connection or self._connect()
            connection.sendall(data)
            stays = self._read(connection, exchange)
        except OSError as error:
            exchange.trouble = f"{type(error).__name__}: {error}"
        exchange.ended_at = time.monotonic()
        self.exchanges.append(exchange)
        if exchange.trouble:
            self.is_stopping.wait(0.02)
        if connection and not stays:
            connection.close()
        return connection if stays else None

    def _connect(self):
        connection = socket.create_connection(self.address, self.timeout)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def _read(self, connection, exchange):
        """Whether the connection can be used again."""
        received, head_size, size = b"", None, None
        try:
            while not exchange.is_whole:
                piece = connection.recv(262_144)
                if not piece:
                    raise ConnectionError("the gateway has closed the connection")
                received += piece
                if head_size is None:
                    end = received.find(b"\r\n\r\n")
                    if end < 0:
                        continue
                    head_size, head = end + 4, received[:end + 2]
                    length = field_of(head, "content-length")
                    size = None if length is None else head_size + int(length)
                    exchange.status, exchange.request_id = int(head[9:12]), field_of(head, "x-ni-request-id")
                exchange.is_whole = received.endswith(LAST_CHUNK) if size is None else len(received) >= size
        finally:
            if self.keeps_replies and head_size:
                exchange.head, exchange.raw_body = received[:head_size - 2], received[head_size:]
        return field_of(head, "connection") != "close"
