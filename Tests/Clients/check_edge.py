#!/usr/bin/env python3
"""The public door under strain: thousands of callers that never finish, callers that don't read, the end of the gateway
while it works, TLS whose certificate is renewed meanwhile, and HTTP/2.

    check_edge.py                                  starts gateways, and needs `openssl` and `curl`
"""
import contextlib
import os
import resource
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse

import httpx
import openai

from harness import Skip, Suite, as_json, eventually, expect, main
from servers import ROUTES, Installation, fetch, gate_name
from wire import CHAT, ChatStream, Connection, chat_body, request

strain = Suite("strain")
ending = Suite("ending")
tls = Suite("tls")
http2 = Suite("http2")

ROUTE = ROUTES["compatible"].id
LISTEN = "listen: {host: 127.0.0.1, port: 0"
SLOW = 10_000


def house(world, name, listen="", more=""):
    """An installation with a key; `listen` is added under `listen`, `more` at the end of the configuration."""
    installation = Installation(world, name)
    if listen:
        installation.edit("config.yaml", LISTEN, f"{LISTEN}, {listen}")
    installation.edit("config.yaml", "level: debug", "level: notice")
    with open(installation.configuration, "a") as file:
        file.write(more)
    return installation, installation.create_key("edge")["key"]


def counted(gateway, name, **labels):
    """A metric's value."""
    _, _, text = fetch(f"{gateway.admin_url}/metrics")
    wanted = name + ("{" + ",".join(f'{key}="{value}"' for key, value in labels.items()) + "}" if labels else "")
    for line in text.splitlines():
        if line.startswith(wanted + " "):
            return float(line.rpartition(" ")[2])
    raise AssertionError(f"no metric {wanted}")


def open_files(process):
    return len(os.listdir(f"/proc/{process.popen.pid}/fd"))


def memory(process):
    """Resident, in MiB."""
    with open(f"/proc/{process.popen.pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) / 1024


# ---------------------------------------------------------------------------------------------------- Strain

@contextlib.contextmanager
def many_files(count):
    """As many open files as that, here and in what is started."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, max(hard, count)))
    except (ValueError, OSError) as error:
        raise Skip(f"this machine allows {hard} open files: {error}") from None
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, max(hard, count)))


def slow_callers(gateway, count):
    """Connections from many addresses, each with the beginning of a request."""
    port = urllib.parse.urlsplit(gateway.base_url).port
    found = []
    for number in range(count):
        caller = socket.socket()
        caller.bind((f"127.{1 + number // 2000}.{number // 200 % 10}.{1 + number % 200}", 0))
        caller.settimeout(10)
        caller.connect(("127.0.0.1", port))
        caller.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nX-A: ")
        found.append(caller)
    return found


@strain.check
def ten_thousand_callers_that_never_finish_starve_nobody(world):
    with many_files(SLOW + 2_000):
        installation, key = house(world, "loris", f"head_timeout_seconds: 60, max_connections: {2 * SLOW}")
        gateway = installation.start(key)
        body = chat_body(ROUTE, "[[sim:echo]]hi")
        client = openai.OpenAI(base_url=f"{gateway.base_url}/v1", api_key=key, max_retries=0, timeout=20)

        def ask():
            reply = client.chat.completions.create(model=ROUTE, messages=[{"role": "user", "content": "[[sim:echo]]hi"}])
            expect(reply.choices[0].message.content).equals("hi")
        for _ in range(20):
            ask()
        files, before = open_files(gateway.process), memory(gateway.process)
        callers = slow_callers(gateway, SLOW)
        expect(eventually(lambda: counted(gateway, "northern_connections") >= SLOW, 20), "all of them stand").is_true()
        held = memory(gateway.process)
        slowest = 0.0
        for _ in range(200):
            began = time.monotonic()
            ask()
            slowest = max(slowest, time.monotonic() - began)
            for caller in callers[:50]:
                caller.send(b"a")
        # New connections too.
        for _ in range(50):
            expect(fetch(gateway.base_url + CHAT, body, gateway.authorization)[0]).equals(200)
        expect(slowest, "seconds of the slowest request").is_at_most(5)
        for caller in callers:
            caller.close()
        expect(eventually(lambda: counted(gateway, "northern_connections") < 10, 20), "they are gone").is_true()
        expect(open_files(gateway.process), "open files afterwards").is_at_most(files + 20)
        after = memory(gateway.process)
        print(f"      {SLOW} slow callers: {(held - before) * 1024 / SLOW:.1f} KiB each, slowest request "
              f"{slowest * 1000:.0f} ms; resident {before:.0f}, {held:.0f}, {after:.0f} MiB")
        expect(after, "MiB afterwards").is_at_most(before + 100)


@strain.check
def a_caller_that_never_finishes_is_told_so(world):
    installation, key = house(world, "slow", "head_timeout_seconds: 1, body_timeout_seconds: 1")
    gateway = installation.start(key)
    with Connection(gateway.base_url) as connection:
        connection.send(b"GET /v1/models HTTP/1.1\r\nHost: x\r\n")
        expect(connection.read().status).equals(408)
        expect(connection.has_ended(), "the connection has ended").equals(True)
    with Connection(gateway.base_url) as connection:
        head = [*gateway.authorization, ("Content-Length", "100000")]
        connection.send(request("POST", "/v1/messages", b"", head, length=False))
        reply = connection.read()
        expect((reply.status, reply.json["error"]["type"])).equals((408, "timeout_error"))
    expect(counted(gateway, "northern_caller_faults_total", reason="slow_head")).equals(1)
    expect(counted(gateway, "northern_caller_faults_total", reason="slow_body")).equals(1)


@strain.check
def a_caller_that_reads_nothing_is_let_go(world):
    """What is ready for it isn't kept for ever, and its provider isn't read meanwhile."""
    installation, key = house(world, "stalled", "write_timeout_seconds: 2")
    gateway = installation.start(key)
    caller = socket.socket()
    caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    caller.connect(("127.0.0.1", urllib.parse.urlsplit(gateway.base_url).port))
    caller.sendall(request("POST", CHAT, chat_body(ROUTE, "[[sim:words 400000]]", stream=True), gateway.authorization))
    expect(eventually(lambda: counted(gateway, "northern_caller_faults_total", reason="stalled") == 1, 40),
           "it was let go").is_true()
    expect(eventually(lambda: counted(gateway, "northern_requests_active") == 0), "nothing is left").is_true()
    caller.close()


# ---------------------------------------------------------------------------------------------------- The end

def streams(gateway, gate, count):
    """Streams whose provider waits for a gate."""
    return [ChatStream(gateway, ROUTE, f"[[sim:gate 1 {gate}]][[sim:echo]]one two three {number}")
            for number in range(count)]


@ending.check
def fifty_streams_end_whole_while_nothing_new_is_begun(world):
    installation, key = house(world, "drain", more="drain: {delay_seconds: 1, timeout_seconds: 60}\n")
    gateway = installation.start(key)
    gate = gate_name()
    running = streams(gateway, gate, 50)
    firsts = [stream.next_text() for stream in running]
    gateway.process.popen.send_signal(signal.SIGTERM)

    def not_ready():
        return fetch(f"{gateway.admin_url}/health/ready")[0] == 503
    expect(eventually(not_ready, 2), "it isn't ready any more").is_true()
    # For a second, those who don't know that yet are served.
    status, headers, _ = fetch(gateway.base_url + "/v1/models", headers=gateway.authorization)
    expect((status, headers["connection"])).equals((200, "close"))

    def refused():
        try:
            return fetch(gateway.base_url + "/v1/models", headers=gateway.authorization, timeout=2)[0] == 503
        except OSError:
            return True
    expect(eventually(refused, 5), "nothing new is begun").is_true()
    gateway.simulator("compatible").open(gate)
    for number, (stream, first) in enumerate(zip(running, firsts)):
        stream.rest()
        expect(stream.is_done).equals(True)
        stream.close()
    expect(gateway.process.popen.wait(20), "exit status").equals(0)
    again = installation.start(key)
    records = as_json(again.get("/api/usage/custody?limit=1000")[2])["records"]
    expect({record["state"] for record in records}).equals({"closed"})
    expect(sum(record["outcome"] == "completed" for record in records)).equals(50)


@ending.check
def a_second_signal_ends_it_at_once(world):
    installation, key = house(world, "hurry", more="drain: {timeout_seconds: 600}\n")
    gateway = installation.start(key)
    running = streams(gateway, gate_name(), 5)
    for stream in running:
        stream.next_text()
    gateway.process.popen.send_signal(signal.SIGTERM)
    expect(eventually(lambda: fetch(f"{gateway.admin_url}/health/ready")[0] == 503, 2), "it is draining").is_true()
    began = time.monotonic()
    gateway.process.popen.send_signal(signal.SIGTERM)
    for stream in running:
        stream.rest()
        expect(stream.error["code"]).equals("gateway_unavailable")
    expect(gateway.process.popen.wait(20), "exit status").equals(0)
    expect(time.monotonic() - began, "seconds until it was gone").is_at_most(8)
    again = installation.start(key)
    records = as_json(again.get("/api/usage/custody?limit=1000")[2])["records"]
    expect([(record["state"], record["outcome"]) for record in records]).equals([("closed", "failed")] * 5)


# ---------------------------------------------------------------------------------------------------- TLS

def make_certificate(folder, name, days=30):
    """A certificate of its own authority for 127.0.0.1, as two files."""
    certificate, key = (os.path.join(folder, f"{name}.{end}") for end in ("crt", "key"))
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
         str(days), "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", key,
         "-out", certificate], check=True, capture_output=True)
    return certificate, key


class Secured:
    """A gateway behind TLS."""

    def __init__(self, world, name, more=""):
        self.installation, self.key = house(world, name)
        folder = self.installation.folder
        self.certificate, self.key_file = os.path.join(folder, "now.crt"), os.path.join(folder, "now.key")
        self.use(*make_certificate(folder, "first"))
        self.installation.edit(
            "config.yaml", LISTEN,
            f"{LISTEN}, tls: {{certificate_file: {self.certificate}, key_file: {self.key_file}}}{more}")
        self.gateway = self.installation.start(self.key)

    def use(self, certificate, key):
        """As tools do it that renew certificates: each file is replaced at once."""
        for source, place in ((certificate, self.certificate), (key, self.key_file)):
            with open(source) as file, open(place + ".new", "w") as copy:
                copy.write(file.read())
            os.replace(place + ".new", place)

    def shown(self):
        """The name on the certificate that callers are shown."""
        place = urllib.parse.urlsplit(self.gateway.base_url)
        text = ssl.get_server_certificate((place.hostname, place.port))
        done = subprocess.run(["openssl", "x509", "-noout", "-subject"], input=text, text=True, capture_output=True,
                              check=True)
        return done.stdout.strip().rpartition("= ")[2].rpartition("=")[2]

    def client(self, http2=False, trusts=None):
        return httpx.Client(base_url=self.gateway.base_url, http2=http2, timeout=20,
                            verify=ssl.create_default_context(cafile=trusts or self.certificate),
                            headers={"Authorization": f"Bearer {self.key}"})


@tls.check
def an_sdk_that_checks_the_certificate(world):
    secured = Secured(world, "tls")
    expect(secured.gateway.base_url).contains("https://")
    with secured.client() as http:
        client = openai.OpenAI(base_url=f"{secured.gateway.base_url}/v1", api_key=secured.key, http_client=http)
        reply = client.chat.completions.create(
            model=ROUTE, messages=[{"role": "user", "content": "[[sim:echo]]secret"}])
        expect(reply.choices[0].message.content).equals("secret")
    with httpx.Client(timeout=20) as stranger:
        try:
            stranger.get(secured.gateway.base_url + "/v1/models")
            raise AssertionError("a certificate of nobody was trusted")
        except httpx.ConnectError as error:
            expect(str(error)).contains("CERTIFICATE_VERIFY_FAILED")


@tls.check
def versions_before_1_2_are_refused(world):
    secured = Secured(world, "tls-versions")
    place = urllib.parse.urlsplit(secured.gateway.base_url)
    for version, accepted in ((ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_3, True),
                              (ssl.TLSVersion.TLSv1_1, False)):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(secured.certificate)
        context.set_ciphers("DEFAULT@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version
        try:
            with socket.create_connection((place.hostname, place.port), 10) as plain, \
                    context.wrap_socket(plain, server_hostname="127.0.0.1") as secure:
                expect((secure.version(), accepted)).equals((secure.version(), True))
        except ssl.SSLError:
            expect(accepted, str(version)).equals(False)


@tls.check
def a_certificate_is_renewed_under_load(world):
    secured = Secured(world, "renewed")
    folder = secured.installation.folder
    second = make_certificate(folder, "second")
    both = os.path.join(folder, "both.crt")
    with open(both, "w") as file:
        for path in (os.path.join(folder, "first.crt"), second[0]):
            with open(path) as certificate:
                file.write(certificate.read())
    stop, statuses, troubles = threading.Event(), [], []

    def work(keeps):
        body = {"model": ROUTE, "messages": [{"role": "user", "content": "[[sim:echo]]hi"}]}
        client = secured.client(trusts=both)
        while not stop.is_set():
            try:
                statuses.append(client.post(CHAT, json=body).status_code)
            except httpx.HTTPError as error:
                troubles.append(repr(error))
            if not keeps:
                client.close()
                client = secured.client(trusts=both)
        client.close()
    workers = [threading.Thread(target=work, args=(number % 2 == 0,)) for number in range(6)]
    for worker in workers:
        worker.start()
    time.sleep(1)
    secured.use(*second)
    expect(eventually(lambda: secured.shown() == "second", 15), "the new one is shown").is_true()
    # A pair that isn't one: the old one stays.
    third = make_certificate(folder, "third")
    secured.use(third[0], second[1])

    def refused():
        return "The new certificate can't be used" in secured.gateway.process.log_text()
    expect(eventually(refused, 15), "the log says so").is_true()
    expect(secured.shown()).equals("second")
    stop.set()
    for worker in workers:
        worker.join()
    expect(troubles).equals([])
    expect(set(statuses)).equals({200})
    print(f"      {len(statuses)} requests over TLS while the certificate was renewed, none failed")
    # And the right one after it.
    secured.use(*third)
    expect(eventually(lambda: secured.shown() == "third", 15), "the next one is shown").is_true()
    expect(secured.gateway.process.log_text()).lacks("PRIVATE KEY")


@tls.check
def a_pair_that_is_none_is_named_at_the_start(world):
    installation, key = house(world, "mismatch")
    first, second = (make_certificate(installation.folder, name) for name in ("one", "two"))
    for certificate, key_file, words in (
            (first[0], second[1], "isn't that of the certificate"), ("/nowhere.crt", first[1], "can't be read as PEM"),
            (first[0], first[0], "can't be read as PEM")):
        with open(installation.configuration) as file:
            before = file.read()
        installation.edit("config.yaml", LISTEN,
                          f"{LISTEN}, tls: {{certificate_file: {certificate}, key_file: {key_file}}}")
        done = subprocess.run([world.northern, "serve", "--config", installation.configuration],
                              cwd=installation.folder, capture_output=True, text=True, timeout=60)
        expect(done.returncode != 0, "it ended with a fault").equals(True)
        expect(done.stderr + done.stdout).contains(words)
        with open(installation.configuration, "w") as file:
            file.write(before)


@tls.check
def the_admin_listener_too(world):
    installation, key = house(world, "admin-tls")
    folder = installation.folder
    certificate, key_file = make_certificate(folder, "admin")
    installation.edit("config.yaml", "admin: {host",
                      f"admin: {{tls: {{certificate_file: {certificate}, key_file: {key_file}}}, host")
    gateway = installation.start(key)
    expect(gateway.admin_url).contains("https://")
    place = urllib.parse.urlsplit(gateway.admin_url)
    verify = ssl.create_default_context(cafile=certificate)
    expect(httpx.get(f"{gateway.admin_url}/health/ready", verify=verify).json()).equals({"status": "ready"})

    def shown():
        return ssl.get_server_certificate((place.hostname, place.port))
    before = shown()
    # The same names, made anew.
    os.replace(make_certificate(folder, "admin-next")[1], key_file)
    os.replace(os.path.join(folder, "admin-next.crt"), certificate)
    expect(eventually(lambda: shown() != before, 15), "the new one is shown").is_true()
    verify = ssl.create_default_context(cafile=certificate)
    expect(httpx.get(f"{gateway.admin_url}/health/live", verify=verify).status_code).equals(200)


@tls.check
def pages_over_tls_keep_their_cookies_to_it(world):
    secured = Secured(world, "pages")
    with secured.client() as http:
        reply = http.get("/login", headers={"X-Forwarded-Proto": "http"})
        expect(reply.headers["strict-transport-security"]).contains("max-age=")
        for cookie in reply.headers.get_list("set-cookie"):
            expect(cookie).contains("__Host-")
            expect(cookie).contains("Secure")


@tls.check
def a_handshake_that_never_ends_is_let_go(world):
    secured = Secured(world, "handshake", more=", head_timeout_seconds: 5")
    installation = secured.installation
    secured.gateway.process.end()
    installation.edit("config.yaml", "tls: {", "tls: {handshake_timeout_seconds: 1, ")
    gateway = installation.start(secured.key)
    with Connection(gateway.base_url) as connection:
        connection.send(bytes.fromhex("1603010200010001fc0303"))
        expect(connection.has_ended(), "the connection has ended").equals(True)
    expect(counted(gateway, "northern_caller_faults_total", reason="slow_handshake")).equals(1)


# ---------------------------------------------------------------------------------------------------- HTTP/2

@http2.check
def an_sdk_over_http2(world):
    secured = Secured(world, "h2-sdk")
    with secured.client(http2=True) as http:
        client = openai.OpenAI(base_url=f"{secured.gateway.base_url}/v1", api_key=secured.key, http_client=http)
        reply = client.chat.completions.with_raw_response.create(
            model=ROUTE, messages=[{"role": "user", "content": "[[sim:echo]]two"}])
        expect(reply.http_response.http_version).equals("HTTP/2")
        expect(reply.parse().choices[0].message.content).equals("two")
        expect("x-ni-request-id" in reply.headers).equals(True)
        stream = client.chat.completions.create(
            model=ROUTE, stream=True, messages=[{"role": "user", "content": "[[sim:echo]]a b c d"}])
        text = "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)
        expect(text).equals("a b c d")
        # Large both ways, so that windows have to be opened.
        long = "word " * 100_000
        reply = client.chat.completions.create(
            model=ROUTE, messages=[{"role": "user", "content": f"[[sim:echo]]{long}"}])
        expect(len(reply.choices[0].message.content.strip())).equals(len(long.strip()))
        expect(http.get("/v1/models/none").status_code).equals(404)
        expect(http.head("/v1/models").content).equals(b"")


@http2.check
def a_hundred_requests_on_one_connection(world):
    secured = Secured(world, "h2-many")
    context = ssl.create_default_context(cafile=secured.certificate)

    async def ask_all():
        import asyncio
        async with httpx.AsyncClient(http2=True, verify=context, base_url=secured.gateway.base_url, timeout=60,
                                     limits=httpx.Limits(max_connections=1),
                                     headers={"Authorization": f"Bearer {secured.key}"}) as client:
            async def ask(number):
                body = {"model": ROUTE, "messages": [{"role": "user", "content": f"[[sim:echo]]no. {number}"}]}
                reply = await client.post(CHAT, json=body)
                return reply.json()["choices"][0]["message"]["content"]
            return await asyncio.gather(*(ask(number) for number in range(300)))
    import asyncio
    expect(asyncio.run(ask_all())).equals([f"no. {number}" for number in range(300)])
    expect(counted(secured.gateway, "northern_connections")).is_at_most(1)


@http2.check
def curl_speaks_it(world):
    secured = Secured(world, "h2-curl")
    done = subprocess.run(
        ["curl", "-sS", "--http2", "--cacert", secured.certificate, "-H", f"Authorization: Bearer {secured.key}", "-w",
         "\n%{http_version} %{http_code}", "-d", chat_body(ROUTE, "[[sim:echo]]curl").decode(),
         secured.gateway.base_url + CHAT], capture_output=True, text=True, timeout=60)
    expect(done.stdout.rpartition("\n")[2], done.stderr).equals("2 200")
    expect(done.stdout).contains('"curl"')
    # Without TLS it isn't offered.
    plain = subprocess.run(
        ["curl", "-sS", "--http2-prior-knowledge", world.gateway.base_url + "/v1/models"], capture_output=True,
        text=True, timeout=60)
    expect(plain.returncode != 0, plain.stdout).equals(True)


class Http2Wire:
    """A connection of HTTP/2 whose frames are made by hand."""

    def __init__(self, secured):
        import h2.config
        import h2.connection
        place = urllib.parse.urlsplit(secured.gateway.base_url)
        context = ssl.create_default_context(cafile=secured.certificate)
        context.set_alpn_protocols(["h2"])
        self.socket = context.wrap_socket(socket.create_connection((place.hostname, place.port), 20),
                                          server_hostname="127.0.0.1")
        self.secured = secured
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(
            header_encoding="utf-8", validate_outbound_headers=False, normalize_outbound_headers=False))
        self.h2.initiate_connection()
        self.flush()

    def flush(self):
        self.socket.sendall(self.h2.data_to_send())

    def head(self, path=CHAT, method="POST", more=()):
        return [(":method", method), (":path", path), (":scheme", "https"), (":authority", "gateway.test"),
                ("authorization", f"Bearer {self.secured.key}"), *more]

    def ask(self, body, **how):
        stream = self.h2.get_next_available_stream_id()
        self.h2.send_headers(stream, self.head(**how), end_stream=not body)
        if body:
            self.h2.send_data(stream, body, end_stream=True)
        self.flush()
        return stream

    def events(self, until, seconds=20):
        """What comes, up to an event that is waited for, or the connection's end."""
        found, end = [], time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                data = self.socket.recv(65536)
            except (TimeoutError, OSError):
                data = b""
            if not data:
                return found, True
            for event in self.h2.receive_data(data):
                found.append(event)
                if type(event).__name__ == "DataReceived":
                    self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            self.flush()
            if any(until(event) for event in found):
                return found, False
        return found, False


def named(name):
    return lambda event: type(event).__name__ == name


@http2.check
def a_stream_that_is_reset_ends_its_provider(world):
    secured = Secured(world, "h2-reset")
    wire = Http2Wire(secured)
    simulator = secured.gateway.simulator("compatible")
    gate = gate_name()
    stream = wire.ask(chat_body(ROUTE, f"[[sim:gate 1 {gate}]][[sim:echo]]a b", stream=True))
    wire.events(named("DataReceived"))
    expect(simulator.stats()["active"]).equals(1)
    wire.h2.reset_stream(stream)
    wire.flush()
    expect(eventually(lambda: simulator.stats()["active"] == 0, 5), "the provider's stream is closed").is_true()
    # The connection goes on.
    wire.ask(chat_body(ROUTE, "[[sim:echo]]still here"))
    found, _ = wire.events(named("StreamEnded"))
    text = b"".join(event.data for event in found if named("DataReceived")(event))
    expect(text.decode()).contains("still here")
    simulator.open(gate)


@http2.check
def a_stop_lets_its_streams_end(world):
    """New ones are refused meanwhile, and the caller is told goodbye afterwards (RFC 9113, section 6.8)."""
    secured = Secured(world, "h2-stop")
    gateway = secured.gateway
    wire = Http2Wire(secured)
    gate = gate_name()
    first = wire.ask(chat_body(ROUTE, f"[[sim:gate 1 {gate}]][[sim:echo]]one two three", stream=True))
    found, _ = wire.events(named("DataReceived"))
    gateway.process.popen.send_signal(signal.SIGTERM)
    expect(eventually(lambda: fetch(f"{gateway.admin_url}/health/ready")[0] == 503, 5), "it is draining").is_true()
    second = wire.ask(chat_body(ROUTE, "[[sim:echo]]too late"))
    refused, _ = wire.events(lambda event: named("StreamEnded")(event) and event.stream_id == second)
    statuses = [dict(event.headers)[":status"] for event in refused if named("ResponseReceived")(event)]
    expect(statuses).equals(["503"])
    gateway.simulator("compatible").open(gate)
    rest, _ = wire.events(lambda event: named("StreamEnded")(event) and event.stream_id == first)
    text = b"".join(event.data for event in found + refused + rest
                    if named("DataReceived")(event) and event.stream_id == first)
    expect(text.decode()).contains("[DONE]")
    wire.socket.close()
    expect(gateway.process.popen.wait(20), "exit status").equals(0)


@http2.check
def what_floods_is_cut_off(world):
    """Rapid resets (CVE-2023-44487), pings and settings without end, and heads that never end (CVE-2024-27316)."""
    secured = Secured(world, "h2-floods")

    def rapid_resets(wire):
        for _ in range(2_000):
            stream = wire.h2.get_next_available_stream_id()
            wire.h2.send_headers(stream, wire.head("/v1/models", "GET"), end_stream=True)
            wire.h2.reset_stream(stream)
            wire.flush()

    def pings(wire):
        for _ in range(50_000):
            wire.h2.ping(b"01234567")
        wire.flush()

    def settings(wire):
        for _ in range(50_000):
            wire.socket.sendall(b"\0\0\0\4\0\0\0\0\0")

    def endless_head(wire):
        wire.socket.sendall(b"\0\0\1\1\0\0\0\0\1\x82")
        for _ in range(5_000):
            wire.socket.sendall(b"\0\0\0\x09\0\0\0\0\1")

    for flood in (rapid_resets, pings, settings, endless_head):
        wire = Http2Wire(secured)
        try:
            flood(wire)
            _, is_over = wire.events(named("ConnectionTerminated"), seconds=10)
            over = is_over or bool(_)
        except OSError:
            over = True
        expect(over, flood.__name__).equals(True)
        with secured.client(http2=True) as http:
            expect(http.get("/v1/models").status_code, f"after {flood.__name__}").equals(200)


@http2.check
def what_could_be_read_in_two_ways_there_reaches_nobody(world):
    """Downgrade attacks: fields that would end a line, a head or a body in HTTP/1.1 (RFC 9113, section 10.3)."""
    secured = Secured(world, "h2-smuggling")
    simulator = secured.gateway.simulator("compatible")
    before = simulator.stats()["requests"]
    hidden = "x\r\n\r\nPOST /v1/chat/completions HTTP/1.1\r\nhost: y"
    for more in ((("x-a", hidden),), (("x-a\r\nx-b", "c"),), (("transfer-encoding", "chunked"),),
                 (("connection", "keep-alive"),), (("content-length", "5"), ("content-length", "6")),
                 (("content-length", "1"),), (("host", "elsewhere.test"),), (("X-Upper", "a"),), (("x-a", "b\0c"),)):
        wire = Http2Wire(secured)
        try:
            wire.ask(chat_body(ROUTE, "[[sim:echo]]smuggled"), more=more)
            found, is_over = wire.events(lambda event: named("StreamReset")(event) or named("StreamEnded")(event)
                                         or named("ConnectionTerminated")(event))
            statuses = [dict(event.headers).get(":status") for event in found if named("ResponseReceived")(event)]
            expect("200" in statuses, f"{more!r}: {statuses}").equals(False)
        except OSError:
            pass
    for path in (f"/v1/models HTTP/1.1\r\nx: y", "/v1/mod els", "v1/models", "*"):
        wire = Http2Wire(secured)
        wire.ask(b"", path=path, method="GET")
        found, is_over = wire.events(lambda event: named("StreamReset")(event) or named("StreamEnded")(event)
                                     or named("ConnectionTerminated")(event))
        statuses = [dict(event.headers).get(":status") for event in found if named("ResponseReceived")(event)]
        expect("200" in statuses, f"{path!r}: {statuses}").equals(False)
    expect(simulator.stats()["requests"] - before, "requests that reached the provider").equals(0)


SUITES = (strain, ending, tls, http2)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
