#!/usr/bin/env python3
"""Images that a request names by their address: the gateway fetches them from where it may, or nobody does.

    check_images.py                starts gateways, and needs `openssl`
"""
import base64
import http.server
import os
import ssl
import sys
import threading

from check_edge import make_certificate
from check_reload import TOKEN
from custody import Custody
from harness import Suite, as_json, expect, main, once
from servers import Installation, fetch
from wire import CHAT, chat_body

images = Suite("images")

PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
# Callers write into an address what they like: it may be a secret, or a name.
CANARY = "canary-3f1c9d"


class Host:
    """Serves an image over TLS, and remembers who asked for it and how."""

    def __init__(self, world):
        self.folder = os.path.join(world.folder, "images")
        os.makedirs(self.folder)
        self.certificate, key = make_certificate(self.folder, "host")
        self.seen = seen = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                if self.path.startswith("/elsewhere"):
                    self.send_response(302)
                    self.send_header("location", "https://127.0.0.1:1/picture.png")
                    self.send_header("content-length", "0")
                    return self.end_headers()
                body = PNG if self.path.startswith("/picture") else b"<html>no image</html>"
                self.send_response(200)
                self.send_header("content-type", "image/png")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                return self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        world.processes.append(self)

    def url(self, path):
        return f"https://127.0.0.1:{self.server.server_port}{path}"

    def end(self):
        self.server.shutdown()
        self.server.server_close()


@once
def house(world):
    """A host, and a gateway that fetches from it."""
    host = Host(world)
    installation = Installation(world, "images")
    installation.edit("config.yaml", "log: {level: debug}", "\n".join([
        "log: {level: debug}",
        f"images: {{urls: fetch, allowed_networks: 127.0.0.0/8, ports: {host.server.server_port}, "
        f"ca_file: {host.certificate}}}"]))
    return host, installation, installation.start(installation.create_key("images")["key"])


def ask(gateway, url):
    content = [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": url}}]
    status, fields, text = fetch(gateway.base_url + CHAT, chat_body(gateway.route("compatible"), content),
                                 gateway.authorization)
    return status, fields, as_json(text)


@images.check
def the_provider_gets_the_content_and_the_host_nothing_of_the_caller(world):
    host, installation, gateway = house(world)
    status, fields, answer = ask(gateway, host.url(f"/picture.png?{CANARY}"))
    expect(status, answer).equals(200)
    sent = installation.simulator.last()["body"]["messages"][-1]["content"][1]["image_url"]["url"]
    expect(sent).equals("data:image/png;base64," + base64.b64encode(PNG).decode())
    (path, seen), = host.seen
    expect(path).equals(f"/picture.png?{CANARY}")
    expect({"authorization", "cookie", "x-api-key", "referer", "x-ni-request-id"} & set(seen), "fields").equals(set())

    record = Custody(gateway).proved(fields["x-ni-request-id"]).record
    expect(record["fetched"]).equals({"bytes": len(PNG), "parts": 1})
    expect(str(record), "the record").lacks(CANARY)
    expect(gateway.process.log_text(), "the log").lacks(CANARY)


@images.check_each(("/elsewhere", "/no-image"))
def what_is_no_image_is_refused_in_words_of_our_own(world, path):
    host, _, gateway = house(world)
    status, _, answer = ask(gateway, host.url(f"{path}?{CANARY}"))
    expect(status, answer).equals(400)
    expect(str(answer), "the error").lacks(CANARY)
    expect(str(answer), "the error").lacks("html")


@images.check
def where_it_may_not_go_is_not_gone_to(world):
    host, installation, gateway = house(world)
    asked = len(host.seen)
    here = host.url("/picture.png")
    for url in (here.replace("https", "http"), here.replace("127.0.0.1", "[::1]"), here.replace("127.0.0.1", "10.0.0.1"),
                "https://169.254.169.254/latest/meta-data"):
        status, _, answer = ask(gateway, url)
        expect((status, answer["error"]["code"]), f"{url}: {answer}").equals((400, "invalid_image_url"))
    expect(len(host.seen), "requests that the host saw").equals(asked)

    installation.edit("config.yaml", "urls: fetch", "urls: refuse")
    status, _, text = fetch(f"{gateway.admin_url}/api/admin/reload", b"", TOKEN, "POST")
    expect(as_json(text).get("changed"), text).equals(["images.urls"])
    status, _, answer = ask(gateway, here)
    expect((status, answer["error"]["code"])).equals((400, "url_not_allowed"))
    expect(len(host.seen), "requests that the host saw").equals(asked)


SUITES = (images,)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
