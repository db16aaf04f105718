"""A witness of logs, written from C2SP's tlog-witness and tlog-cosignature, without anything of the gateway's."""
import http.server
import threading
import time
import urllib.parse

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custodylog import (HASH_SIZE, BadSignature, Checkpoint, Malformed, Rewritten, RolledBack, Unsigned, WitnessKey,
                        check_consistency, decimal, decoded, encoded, need)

LONGEST_REQUEST = 64 << 10
MOST_HASHES = 63


class Witness:
    """On a port of this machine. It cosigns what goes on from what it has cosigned last, of the logs that it knows."""

    def __init__(self, name):
        self.signer = Ed25519PrivateKey.generate()
        self.key = WitnessKey(name, self.signer.public_key().public_bytes_raw())
        # By origin, the keys that are trusted.
        self.logs = {}
        # By origin, the last checkpoint.
        self.cosigned = {}
        # What was asked, as (origin, old size, size, status), in order.
        self.asked = []
        self.lock = threading.Lock()
        handler = type("Handler", (WitnessHandler,), {"witness": self})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    @property
    def setting(self):
        return f"{self.key}@{self.url}/w"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def statuses(self):
        with self.lock:
            return [status for *_, status in self.asked]

    # What is asked

    def add_checkpoint(self, body):
        """Status, content type and body of the answer."""
        try:
            earlier, proof, note = self._parsed(body)
            origin, size = note.split(b"\n", 2)[0].decode(), decimal(note.split(b"\n", 2)[1].decode())
        except (Malformed, IndexError, UnicodeDecodeError) as error:
            return 400, "text/plain", f"{error}\n"
        with self.lock:
            answer = self._answer(origin, earlier, proof, note)
            self.asked.append((origin, earlier, size, answer[0]))
        return answer

    @staticmethod
    def _parsed(body):
        head, separator, note = body.partition(b"\n\n")
        old, *hashes = head.decode("ascii").split("\n")
        need(separator and old.startswith("old ") and len(hashes) <= MOST_HASHES, f"not a request: {body[:100]!r}")
        return decimal(old[4:]), [decoded(line, HASH_SIZE) for line in hashes], note

    def _answer(self, origin, earlier, proof, note):
        if origin not in self.logs:
            return 404, "text/plain", "unknown log\n"
        try:
            checkpoint = Checkpoint.parse(note, self.logs[origin], origin)
        except (Unsigned, BadSignature) as error:
            return 403, "text/plain", f"{error}\n"
        known = self.cosigned.get(origin)
        if earlier > checkpoint.size:
            return 400, "text/plain", "the old size is larger than the new one\n"
        if earlier != (known.size if known else 0):
            return 409, "text/x.tlog.size", f"{known.size if known else 0}\n"
        try:
            check_consistency(earlier, known.root if known else b"", checkpoint.size, checkpoint.root, proof)
        except (Rewritten, RolledBack) as error:
            return 409 if earlier == checkpoint.size else 422, "text/plain", f"{error}\n"
        self.cosigned[origin] = checkpoint
        return 200, "text/plain; charset=utf-8", self._line(note)

    def _line(self, note):
        text, now = note.rpartition(b"\n\n")[0] + b"\n", int(time.time())
        signature = self.signer.sign(b"cosignature/v1\ntime %d\n" % now + text)
        return f"\u2014 {self.key.name} {encoded(self.key.id + now.to_bytes(8, 'big') + signature)}\n"


class WitnessHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        size = int(self.headers.get("content-length", "0"))
        is_right = urllib.parse.urlsplit(self.path).path == "/w/add-checkpoint" and size <= LONGEST_REQUEST
        status, kind, text = self.witness.add_checkpoint(self.rfile.read(size)) if is_right else (
            404, "text/plain", "not here\n")
        data = text.encode()
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass
