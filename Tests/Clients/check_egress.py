#!/usr/bin/env python3
"""A gateway whose routes keep to Canada, in a network of its own where each packet is counted: whatever callers,
providers, the name server and the environment do, nothing leaves for an address but those that the contract names.

    check_egress.py                                starts all that it needs; only for root, on Linux
"""
import contextlib
import http.server
import itertools
import re
import socket
import sys
import threading

from evidence import Evidence, SeenRequest, expect_none, seen_by
from harness import Skip, Suite, eventually, expect, main, once
from network import NameServer, Recorder, two_networks
from servers import ADMIN_TOKEN, EVERY_FAMILY, PROVIDER_KEY, Installation, fetch
from traffic import ELSEWHERE, Mix, canadian, host_of
from wire import Connection, request

egress = Suite("egress")

REQUESTS = 10_000
CALLERS = 24
SEED = 20261127
# Of all that is in the providers' network.
PORT = 9000

NAME_SERVER = "198.18.0.53"
# Where each provider is, by its family: one of them has only an address of IPv6.
PROVIDERS = {family: f"198.18.1.{number}" for number, family in enumerate(EVERY_FAMILY, start=1)} | {
    "cohere": "2001:db8::1:9"}
TOKENS, CHANGING, REDIRECTING, CLOSED = "198.18.2.1", "198.18.2.2", "198.18.2.3", "198.18.2.4"
# Somebody stands there as well and would answer, but no route says so.
FOREIGN, FOREIGN_6 = "203.0.113.66", "2001:db8:bad::66"
OURS = PROVIDERS["compatible"]

# Hosts and their addresses; where there are several lists, each question gets the next.
NAMES = {
    **{f"{family.replace('_', '-')}.test": [[address]] for family, address in PROVIDERS.items()},
    "tokens.test": [[TOKENS]], "redirecting.test": [[REDIRECTING]], "closed.test": [[CLOSED]],
    "changing.test": [[FOREIGN], [CHANGING]],
    "one-of-two.test": [[OURS, FOREIGN]],
    "one-of-ipv6.test": [[OURS, FOREIGN_6]],
    "mapped.test": [[f"::ffff:{FOREIGN}"]],
}
# What is asked of a proxy would go there.
PROXIES = [f"{name}=http://{ELSEWHERE}:3128" for scheme in ("http", "https", "all")
           for name in (f"{scheme}_proxy", f"{scheme}_proxy".upper())]


def routes():
    found = {family: provider(family, f"{family.replace('_', '-')}.test", PROVIDERS[family], then)
             for family, then in zip(EVERY_FAMILY, itertools.islice(itertools.cycle(EVERY_FAMILY), 1, None))}
    for name, host, address in [
            ("changing", "changing.test", CHANGING), ("redirecting", "redirecting.test", REDIRECTING),
            ("closed", "closed.test", CLOSED), ("unknown-host", "unknown-host.test", OURS),
            *((name, host, OURS) for name, host in REFUSED.items())]:
        found[name] = provider("compatible", host, address, "azure", id=f"checks/{name}-ca")
    return found


# Routes that nothing may ever be sent to: their hosts have an address that wasn't declared.
REFUSED = {"one-of-two": "one-of-two.test", "one-of-ipv6": "one-of-ipv6.test", "mapped": "mapped.test",
           "literal": FOREIGN}


def provider(family, host, address, then, **changes):
    prefix = f"{address}/{128 if ':' in address else 32}"
    return canadian(family, f"{host}:{PORT}", addresses=(prefix,), fallbacks=(f"checks/{then}-ca",), **changes)


# ---------------------------------------------------------------------------------------------------- Far away

class Redirecting(http.server.ThreadingHTTPServer):
    """A provider that sends everybody elsewhere."""

    def __init__(self, namespace):
        self.seen, self.turns = [], itertools.count()
        with namespace.entered():
            super().__init__((REDIRECTING, PORT), RedirectingHandler)

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def handle_error(self, *_):
        """Callers that leave are no error."""


class RedirectingHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        self.server.seen.append(SeenRequest({"path": self.path, "body": body}))
        statuses = (301, 302, 303, 307, 308)
        self.send_response(statuses[next(self.server.turns) % len(statuses)])
        self.send_header("location", f"http://{ELSEWHERE}{self.path}")
        self.send_header("alt-svc", f'h2="{ELSEWHERE}:443"')
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


# ---------------------------------------------------------------------------------------------------- All of it

class Observed:
    """What left a gateway that was asked thousands of times, and what is told of it. All servers are gone by then."""

    def __init__(self, world):
        with contextlib.ExitStack() as stack:
            addresses = [*PROVIDERS.values(), NAME_SERVER, TOKENS, CHANGING, REDIRECTING, CLOSED, FOREIGN, FOREIGN_6]
            self.near, self.far = stack.enter_context(two_networks(addresses, NAME_SERVER))
            self.control = self._sees_a_packet_to_anywhere()
            self.names = stack.enter_context(NameServer(self.far, NAME_SERVER, NAMES))
            self.redirecting = stack.enter_context(Redirecting(self.far))
            self.simulators = self._start_simulators(world, stack)
            self.recorder = stack.enter_context(Recorder(self.near))
            with self.near.entered():
                self._use_a_gateway(world, stack)
            self.recorder.finish()
            with self.far.entered():
                self._read_logs()

    def _sees_a_packet_to_anywhere(self):
        """What a recorder sees before anything else is there: else it would say nothing that it sees nothing later."""
        with Recorder(self.near) as recorder, self.near.entered():
            for kind, address in ((socket.AF_INET, ELSEWHERE), (socket.AF_INET6, "2001:db8:dead::1")):
                with socket.socket(kind, socket.SOCK_DGRAM) as datagram:
                    datagram.sendto(b"control", (address, 9))
            with socket.socket() as stream:
                stream.setblocking(False)
                stream.connect_ex((ELSEWHERE, 443))
            eventually(lambda: len(recorder.ways) == 3)
        return recorder

    def _start_simulators(self, world, stack):
        """By their addresses."""
        # The one for Vertex takes any token: its own are issued elsewhere.
        places = {**{address: PROVIDER_KEY for address in (*PROVIDERS.values(), CHANGING, FOREIGN)},
                  PROVIDERS["vertex"]: "", PROVIDERS["vertex_anthropic"]: "", TOKENS: ""}
        found = {}
        for address, key in places.items():
            process = world.start_simulator(
                f"egress-{address}", PORT, key, within=self.far.within,
                more=("--host", address, "--record", str(4 * REQUESTS), "--token-lifetime", "8"))
            stack.callback(process.end)
            found[address] = process.simulator
        return found

    def _use_a_gateway(self, world, stack):
        installation = Installation(world, "egress", silence=1, simulator=self.simulators[OURS], routes=routes())
        installation.edit("config.yaml", "level: debug", "level: info")
        installation.edit("config.yaml", f'vertex: {{project: checks, access_token: "{PROVIDER_KEY}"',
                          f'vertex: {{project: checks, credential_source: metadata, '
                          f'metadata_host: "tokens.test:{PORT}"')
        key = installation.create_key("egress")["key"]
        gateway = installation.start(key, within=(*self.near.within, "env", *PROXIES))
        stack.callback(gateway.process.end)
        self.gateway_ports = {int(url.rpartition(":")[2]) for url in (gateway.base_url, gateway.admin_url)}
        steps = Mix(SEED, installation.routes).steps(REQUESTS)
        self.evidence = Evidence.of(steps, installation, gateway, CALLERS, enter=self.near.enter)
        self.metrics = fetch(gateway.admin_url + "/metrics", headers=[("Authorization", f"Bearer {ADMIN_TOKEN}")])[2]
        self._ask_for_a_tunnel(gateway)
        expect(gateway.process.end(), "the gateway's exit status").equals(0)

    @staticmethod
    def _ask_for_a_tunnel(gateway):
        """As one asks a proxy for a connection."""
        with Connection(gateway.base_url) as caller:
            reply = caller.exchange(request("CONNECT", f"{ELSEWHERE}:443", headers=gateway.authorization))
        expect(reply.status >= 400, f"status {reply.status}: a refusal").is_true()

    def _read_logs(self):
        by_host = {f"{name}:{PORT}": addresses for name, [*_, addresses] in NAMES.items()}
        for route in self.evidence.routes.values():
            host = host_of(route)
            if len(by_host.get(host, ())) == 1 and by_host[host][0] in self.simulators:
                self.evidence.look_at(host, seen_by(self.simulators[by_host[host][0]]))
        self.evidence.look_at(f"redirecting.test:{PORT}", self.redirecting.seen)
        self.foreign = self.simulators[FOREIGN].stats()
        self.tokens_issued = self.simulators[TOKENS].stats()["requests"]


@once
def observed(world):
    """Observed once, then looked at by several checks."""
    if world.is_foreign:
        raise Skip("only with a gateway that is started here")
    return Observed(world)


def attempts_at(world, name):
    return [attempt for attempt in observed(world).evidence.attempts if attempt["route"] == f"checks/{name}-ca"]


# ---------------------------------------------------------------------------------------------------- Checks

@egress.check
def a_packet_to_anywhere_would_have_been_seen(world):
    """Else the recorder would find nothing with ease."""
    seen = {(way.protocol, way.address, way.port) for way in observed(world).control.ways}
    expect(sorted(seen)).equals(
        [("tcp", ELSEWHERE, 443), ("udp", ELSEWHERE, 9), ("udp", "2001:db8:dead::1", 9)])


@egress.check
def all_kinds_of_trouble_were_there(world):
    """Nor would it prove anything if nothing had tried to lead the gateway astray."""
    found = observed(world)
    expect(len(found.evidence.told)).equals(REQUESTS)
    outcomes, failures = found.evidence.tally("outcome"), found.evidence.failures()
    expect([name for name in ("completed", "failed", "cancelled", "refused") if outcomes[name] < 9], "rare").equals([])
    kinds = ("limit", "unavailable", "upstream", "timeout", "connection", "malformed", "truncated", "residency")
    expect([kind for kind in kinds if not failures[kind]], "failures that didn't happen").equals([])
    statuses = {attempt.get("status") for attempt in attempts_at(world, "redirecting")}
    expect(statuses >= {301, 302, 303, 307, 308}, f"redirections: {statuses}").is_true()
    answers = {attempt["address_check"]["result"] for attempt in attempts_at(world, "changing")
               if "address_check" in attempt}
    expect(answers, "of the name that changes").equals({"match", "mismatch"})
    tried = {attempt["route"] for attempt in found.evidence.attempts}
    expect(tried, "routes tried").equals(set(found.evidence.routes))
    expect(found.tokens_issued > 1, f"{found.tokens_issued} tokens issued").is_true()


@egress.check
def no_packet_went_anywhere_but_where_the_contract_says(world):
    found = observed(world)
    contract = {("udp", NAME_SERVER, 53), *(("tcp", address, PORT) for address in (
        *PROVIDERS.values(), TOKENS, CHANGING, REDIRECTING, CLOSED))}
    totals = {}
    for way, count in found.recorder.ways.items():
        if way.interface != "lo":
            place = (way.protocol, way.address, way.port)
            totals[place] = totals.get(place, 0) + count
    hosts = {address: host for host, [*_, [address, *_]] in reversed(NAMES.items())} | {NAME_SERVER: "name server"}
    for (protocol, address, port), count in sorted(totals.items()):
        print(f"  {count:6} packets to {address} {protocol} {port} ({hosts.get(address, 'nobody')})")
    expect(sorted(set(totals) - contract), "destinations that nobody named").equals([])
    expect(sorted(contract - set(totals)), "destinations that nothing went to").equals([])
    expect(found.recorder.lost, "packets that the recorder has missed").equals(0)


@egress.check
def on_the_machine_itself_there_was_nobody_but_callers(world):
    found = observed(world)
    others = [str(way) for way in found.recorder.ways if way.interface == "lo" and not (
        way.protocol == "tcp" and way.address == "127.0.0.1" and {way.port, way.source} & found.gateway_ports)]
    expect(others).equals([])


@egress.check
def no_name_was_asked_for_but_the_contracts(world):
    expect({name for name, _ in observed(world).names.asked} - set(NAMES)).equals({"unknown-host.test"})


@egress.check
def each_foreign_address_is_on_record_and_counted(world):
    """As what it is, and as one that nothing was sent to."""
    found = observed(world)
    checked = [attempt for attempt in found.evidence.attempts if "address_check" in attempt]
    astray = [attempt for attempt in checked if attempt["address_check"]["result"] != "match"]
    wanted = ("mismatch", "residency", 0, False)
    expect([attempt for attempt in astray if wanted != (
        attempt["address_check"]["result"], attempt.get("failure"), attempt["sent_bytes"], "address" in attempt)]
           ).equals([])
    refused_addresses = {re.sub(r":\d+$", "", attempt["refused_address"]) for attempt in astray}
    expect(refused_addresses).equals({FOREIGN, f"[{FOREIGN_6}]", f"[::ffff:{FOREIGN}]"})
    counted = re.search(r'^northern_drifts_total({kind="address"})? (\d+)$', found.metrics, re.MULTILINE)
    expect(counted and int(counted[2]), "drifts that were counted").equals(len(astray))


@egress.check_each(REFUSED)
def nothing_is_ever_sent_to_a_host_with_a_foreign_address(world, name):
    results = [(attempt["sent_bytes"], attempt.get("failure")) for attempt in attempts_at(world, name)]
    expect(set(results) - {(0, "cancelled")}).equals({(0, "residency")})


@egress.check
def whoever_stands_at_the_foreign_address_was_asked_nothing(world):
    expect(observed(world).foreign["requests"]).equals(0)


@egress.check_each(("unrecorded", "unlike_headers", "unlike_replies", "unlike_plans", "unlike_catalog", "unlike_logs"))
def records_headers_and_logs_agree(world, kind):
    expect_none(getattr(observed(world).evidence, kind)())


SUITES = (egress,)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
