#!/usr/bin/env python3
"""Lists of addresses that the gateway fetches itself, from a server of the checks' own.

    check_address_lists.py                         starts all that it needs
"""
import hashlib
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from harness import Skip, Suite, as_json, eventually, expect, main
from servers import ADMIN_TOKEN, Installation, fetch

address_lists = Suite("address_lists")


class Source:
    """Serves one list, and counts who asked for it."""

    def __init__(self, text):
        self.text, self.asked = text, 0
        source = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                source.asked += 1
                etag = f'"{hashlib.sha256(source.text).hexdigest()}"'
                is_known = self.headers["if-none-match"] == etag
                self.send_response(304 if is_known else 200)
                self.send_header("etag", etag)
                if not is_known:
                    self.send_header("content-length", str(len(source.text)))
                self.end_headers()
                if not is_known:
                    self.wfile.write(source.text)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/ip-ranges.json"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def aws_list(prefixes, published):
    entry = {"region": "ca-central-1", "service": "AMAZON", "network_border_group": "ca-central-1"}
    return json.dumps({
        "syncToken": str(published),
        "prefixes": [{"ip_prefix": f"198.51.{number}.0/24", **entry} for number in range(prefixes)],
        "ipv6_prefixes": [{"ipv6_prefix": "2001:db8::/32", **entry}]}).encode()


def running(world, installation):
    return installation.start(installation.create_key("lists")["key"])


def listed(gateway):
    token = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
    return as_json(fetch(f"{gateway.admin_url}/api/admin/address-lists", headers=token)[2])["address_lists"]


def in_state(gateway, state):
    return eventually(lambda: next((found for found in listed(gateway) if found["state"] == state), None))


@address_lists.check
def fetched_kept_and_held_back(world):
    if world.is_foreign:
        raise Skip("only with a gateway that is started here")
    now = int(time.time())
    source = Source(aws_list(10, now - 60))
    installation = Installation(world, "address-lists")
    installation.edit("config.yaml", "log: {level", f"egress: {{aws_addresses: '{source.url}'}}\nlog: {{level")
    gateway = running(world, installation)
    found = in_state(gateway, "in_force")
    expect((found["publisher"], found["version"], found["sha256"]), "the list").equals(
        ("aws", str(now - 60), hashlib.sha256(source.text).hexdigest()))
    metrics = fetch(gateway.admin_url + "/metrics")[2]
    expect(metrics).contains('northern_address_list_age_seconds{publisher="aws"}')
    gateway.process.end()

    # The source is away: the copy serves.
    source.stop()
    gateway = running(world, installation)
    expect(in_state(gateway, "in_force")["sha256"]).equals(found["sha256"])
    gateway.process.end()

    poorer = Source(aws_list(3, now))
    installation.edit("config.yaml", source.url, poorer.url)
    # Another URL's copy doesn't count, so there is nothing to lose.
    gateway = running(world, installation)
    expect(in_state(gateway, "in_force")["version"]).equals(str(now))
    gateway.process.end()
    poorer.text = aws_list(1, now + 1)
    gateway = running(world, installation)
    held = in_state(gateway, "held_back")
    expect(held["version"]).equals(str(now))
    expect(held["losses"]).equals([{"region": "ca-central-1", "before": 4, "after": 2}])
    expect(gateway.process.log_text()).contains("A list of addresses was held back")
    gateway.process.end()
    poorer.stop()


SUITES = (address_lists,)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
