#!/usr/bin/env python3
"""A provider on OpenAI's wire that answers at once and always the same, as fast as one process of Python can.

The simulator is the provider of nearly all checks. This one is for those that need thousands of replies a second.

    provider.py                                    prints its port, and serves until its standard input ends
"""
import asyncio
import json
import subprocess
import sys

from servers import ROUTES, Process

REPLY = "an answer of five words"
MODEL = ROUTES["compatible"].upstream_model
USAGE = {"prompt_tokens": 2, "completion_tokens": 5, "total_tokens": 7}


class InstantProvider(Process):
    """It, as a process of ours."""

    def __init__(self, world):
        self.popen = subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        world.processes.append(self)
        self.url = f"http://127.0.0.1:{int(self.popen.stdout.readline())}"


def whole():
    body = json.dumps({
        "id": "chatcmpl-instant", "object": "chat.completion", "created": 1735689600, "model": MODEL,
        "choices": [{"index": 0, "message": {"role": "assistant", "content": REPLY}, "finish_reason": "stop"}],
        "usage": USAGE}).encode()
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)


def streamed():
    def event(choices, **members):
        return b"data: %s\n\n" % json.dumps({
            "id": "chatcmpl-instant", "object": "chat.completion.chunk", "created": 1735689600, "model": MODEL,
            "choices": choices, **members}).encode()
    deltas = [{"role": "assistant", "content": ""}, *({"content": word + " "} for word in REPLY.split(" "))]
    events = [event([{"index": 0, "delta": delta, "finish_reason": None}]) for delta in deltas]
    events += [event([{"index": 0, "delta": {}, "finish_reason": "stop"}]), event([], usage=USAGE), b"data: [DONE]\n\n"]
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(data), data) for data in (*events, b""))
    return b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n" + chunks


class Answering(asyncio.Protocol):
    """One connection; it reads no more of a request than where it ends and whether it is streamed."""

    WHOLE, STREAMED = whole(), streamed()

    def connection_made(self, transport):
        self.transport = transport
        self.received = b""

    def data_received(self, data):
        self.received += data
        while (end := self.received.find(b"\r\n\r\n") + 4) > 3:
            end += int(self.received[:end].lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0] or b"0")
            if len(self.received) < end:
                return
            is_streamed = b'"stream"' in self.received[:end]
            self.received = self.received[end:]
            self.transport.write(self.STREAMED if is_streamed else self.WHOLE)


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Answering, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
