#!/usr/bin/env python3
"""What a key may use and spend: two hundred clients at a time can't make a gateway forget it, nor can a restart.

    check_limits.py                                starts a gateway
"""
import json
import socket
import sys
import urllib.parse
from collections import Counter
from decimal import Decimal

from harness import Suite, as_json, eventually, expect, main
from load import Load, field_of
from servers import ADMIN_TOKEN, ROUTES, Installation, Process, fetch, gate_name
from wire import CHAT, chat_body, request

limits = Suite("limits")

ADMIN = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
CLIENTS = 200
ROUTE = ROUTES["compatible"].id
# Dollars per million tokens of the routes, which are those of `servers.py`.
INPUT, OUTPUT = Decimal(1), Decimal(5)


class Limited:
    """An installation with one key that has limits, and a gateway that serves it."""

    def __init__(self, world, name, **members):
        self.installation = Installation(world, name)
        self.gateway = self.installation.start(self.installation.create_key("main")["key"])
        self.key = self.make(**members)

    def make(self, **members):
        draft = json.dumps({"name": "limited", **members}).encode()
        status, _, text = fetch(f"{self.gateway.admin_url}/api/admin/keys", draft, ADMIN)
        expect(status, text).equals(201)
        return as_json(text)

    def restart(self):
        self.gateway.process.end()
        self.gateway = self.installation.start(self.gateway.key)

    def ask(self, content="hi", secret=None, headers=(), **members):
        fields = {"Authorization": f"Bearer {secret or self.key['secret']}", **dict(headers)}
        return fetch(self.gateway.base_url + CHAT, chat_body(ROUTE, content, **members), fields)

    def ask_at_once(self, number, content, **members):
        """Each of two hundred clients asks as fast as it can, until all has been asked."""
        body = chat_body(ROUTE, content, **members)
        fields = [("Authorization", f"Bearer {self.key['secret']}"), ("Content-Type", "application/json")]
        calls = ((number, request("POST", CHAT, body, fields)) for number in range(number))
        with Load(self.gateway.base_url, calls, connections=CLIENTS, keeps_replies=True) as load:
            load.wait(60)
        return load.exchanges

    def usage(self, **more):
        query = "&".join(f"{name}={value}" for name, value in {"key": self.key["id"], **more}.items())
        status, _, text = self.gateway.get(f"/api/usage?{query}")
        expect(status, text).equals(200)
        return as_json(text)

    def records(self):
        """All records of the key."""
        found, cursor = [], ""
        while True:
            page = as_json(self.gateway.get(f"/api/usage/custody?key={self.key['id']}&limit=1000{cursor}")[2])
            found += page["records"]
            if not page["next"]:
                return found
            cursor = f"&cursor={page['next']}"


def charged(records):
    """In pico-dollars."""
    return sum(int(record["money"]["charge_picodollars"]) for record in records if "money" in record)


@limits.check
def two_hundred_clients_stay_within_every_limit(world):
    budget = Decimal("0.02")
    limited = Limited(world, "limits", requests_per_minute=100, tokens_per_minute=10_000,
                      budget={"total_usd": str(budget)})
    simulator = limited.gateway.simulator("compatible")
    before = simulator.stats()["requests"]
    exchanges = limited.ask_at_once(600, "[[sim:usage in=20 out=40]]hi", max_tokens=60)
    statuses = Counter(exchange.status for exchange in exchanges)
    expect(set(statuses) <= {200, 429, 402}, dict(statuses)).equals(True)
    served = statuses[200]
    expect(served, "requests that were served").is_at_most(100)
    expect(served > 0, "whether any was served").equals(True)
    expect(simulator.stats()["requests"] - before, "requests that reached the provider").equals(served)
    for exchange in exchanges:
        if exchange.status != 200:
            expect(field_of(exchange.head, "x-ni-limit")).is_one_of(
                ("requests_per_minute", "tokens_per_minute", "budget_total"))

    # The ledger adds up, to the pico-dollar.
    records = limited.records()
    usage = limited.usage()["total"]
    expect(len(records)).equals(600)
    expect(usage["requests"], "requests that count").equals(600)
    expect(usage["completed"]).equals(served)
    expect(usage["refused"]).equals(600 - served)
    expect(int(Decimal(usage["charge_usd"]) * 10**12)).equals(charged(records))
    expect(charged(records)).equals(served * int((20 * INPUT + 40 * OUTPUT) * 10**6))
    expect(Decimal(usage["charge_usd"]) <= budget, usage["charge_usd"]).equals(True)


@limits.check
def a_budget_is_spent_to_its_last_request_and_no_further(world):
    # Each costs 220 millionths of a dollar, and may cost some 370.
    budget = Decimal("0.005")
    limited = Limited(world, "budget", budget={"day_usd": str(budget)})
    exchanges = limited.ask_at_once(400, "[[sim:usage in=20 out=40]]hi", max_tokens=60)
    statuses = Counter(exchange.status for exchange in exchanges)
    expect(set(statuses), dict(statuses)).equals({200, 402})
    spent = Decimal(limited.usage()["total"]["charge_usd"])
    expect(spent <= budget, spent).equals(True)
    expect(spent).equals(statuses[200] * Decimal("0.00022"))

    # Neither an orderly restart nor a killed process gives any of it back.
    for end in (Process.end, Process.kill):
        while limited.ask("[[sim:usage in=20 out=40]]hi", max_tokens=60)[0] == 200:
            pass
        spent = Decimal(limited.usage()["total"]["charge_usd"])
        expect(spent <= budget, spent).equals(True)
        end(limited.gateway.process)
        limited.gateway = limited.installation.start(limited.gateway.key)
        status, headers, _ = limited.ask("[[sim:usage in=20 out=40]]hi", max_tokens=60)
        expect((status, headers["x-ni-limit"])).equals((402, "budget_day"))
        expect(int(headers["retry-after"])).is_at_most(86_400)

    # A higher one is in force at once.
    change = json.dumps({"budget": {"day_usd": "1"}}).encode()
    url = f"{limited.gateway.admin_url}/api/admin/keys/{limited.key['id']}"
    expect(fetch(url, change, ADMIN, method="PATCH")[0]).equals(200)
    expect(eventually(lambda: limited.ask("hi", max_tokens=60)[0] == 200), "a raised budget").equals(True)


@limits.check
def a_stream_that_its_caller_leaves_gives_back_what_it_held(world):
    limited = Limited(world, "left", budget={"day_usd": "0.01"})
    fields = [("Authorization", f"Bearer {limited.key['secret']}")]
    place = urllib.parse.urlsplit(limited.gateway.base_url)
    for _ in range(3):
        # Two thousand tokens would be all of it.
        content = f"[[sim:words 9]][[sim:gate 3 {gate_name()}]]"
        body = chat_body(ROUTE, content, stream=True, max_tokens=1_900)
        with socket.create_connection((place.hostname, place.port), timeout=10) as connection:
            connection.sendall(request("POST", CHAT, body, fields))
            expect(connection.recv(12)).equals(b"HTTP/1.1 200")
            expect(limited.ask("hi", max_tokens=1_900)[0], "while it is held").equals(402)
        expect(eventually(lambda: limited.ask("hi", max_tokens=10)[0] == 200)).equals(True)
        expect(eventually(lambda: limited.usage()["total"]["cancelled"] > 0)).equals(True)


@limits.check
def callers_are_where_a_trusted_proxy_says(world):
    limited = Limited(world, "proxies", networks=["203.0.113.0/24"])
    expect(limited.ask()[0], "from loopback").equals(403)
    limited.installation.edit("config.yaml", "listen: {", "listen: {trusted_proxies: [127.0.0.0/8], ")
    limited.restart()
    for forwarded, status in (("203.0.113.9", 200), ("198.51.100.1, 203.0.113.9", 200), ("203.0.113.9, 198.51.100.1", 403),
                              ("203.0.113.9, 127.0.0.2", 200), ("nobody", 403), ("203.0.113.9,,", 200)):
        got = limited.ask(headers={"X-Forwarded-For": forwarded})[0]
        expect((forwarded, got)).equals((forwarded, status))
    expect(limited.ask()[0], "without the field").equals(403)


@limits.check
def a_rotated_key_has_two_secrets_for_a_while(world):
    limited = Limited(world, "rotated")
    old = limited.key["secret"]
    told = as_json(limited.installation.command("keys", "rotate", limited.key["id"], "--overlap-hours", "1",
                                                "--format", "json"))
    expect(told["id"]).equals(limited.key["id"])
    expect(eventually(lambda: limited.ask(secret=told["key"])[0] == 200), "the new one").equals(True)
    expect(limited.ask(secret=old)[0], "the old one").equals(200)
    url = f"{limited.gateway.admin_url}/api/admin/keys/{limited.key['id']}/rotate"
    status, _, text = fetch(url, b'{"overlap_seconds": 0}', ADMIN)
    expect(status).equals(200)
    newest = as_json(text)["secret"]
    expect(eventually(lambda: limited.ask(secret=newest)[0] == 200)).equals(True)
    expect(limited.ask(secret=told["key"])[0], "one without an overlap").equals(401)
    expect(limited.ask(secret=old)[0], "one whose overlap goes on").equals(200)

    def last_used():
        listed = as_json(fetch(f"{limited.gateway.admin_url}/api/admin/keys", headers=ADMIN)[2])["keys"]
        return next(key for key in listed if key["id"] == limited.key["id"])["last_used_at"]

    expect(eventually(last_used), "when it was used").is_true()


@limits.check
def limits_are_set_and_taken_away_on_the_command_line(world):
    limited = Limited(world, "commands")
    key = limited.key["id"]
    limited.installation.command("keys", "limit", key, "--rpm", "1", "--budget-day", "5", "--network", "127.0.0.0/8")

    def shown():
        return as_json(fetch(f"{limited.gateway.admin_url}/api/admin/keys/{key}", headers=ADMIN)[2])

    expect((shown()["requests_per_minute"], shown()["budget"]["day_usd"], shown()["networks"])).equals(
        (1, "5", ["127.0.0.0/8"]))
    expect(eventually(lambda: limited.ask()[0] == 429), "the limit").equals(True)
    limited.installation.command("keys", "limit", key, "--rpm", "0", "--budget-day", "none", "--network", "any")
    expect((shown()["requests_per_minute"], shown()["budget"], shown()["networks"])).equals((None, None, None))
    expect(eventually(lambda: limited.ask()[0] == 200), "without the limit").equals(True)


SUITES = (limits,)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
