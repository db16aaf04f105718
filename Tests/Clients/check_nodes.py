#!/usr/bin/env python3
"""Two gateways share one PostgreSQL database, with nginx in front of them. One is killed under load, and the database is
taken away: what callers saw is on record once, no budget and no credits are overspent, and there is one log.

    check_nodes.py                                 starts a PostgreSQL server, gateways, nginx, and a fast provider
"""
import glob
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import time
from collections import Counter
from decimal import Decimal

from check_limits import ADMIN, INPUT, OUTPUT
from check_postgres import on_postgres, server
from check_store import provider
from custody import Custody, changes_of, expect_one_leaf_each
from harness import Skip, Suite, as_json, eventually, expect, main, once
from load import Load
from provider import USAGE
from servers import Process, fetch
from wire import CHAT, chat_body, request

nodes = Suite("nodes")

REQUESTS, CONNECTIONS = 10_000, 16
SEED = 20261128
# After how many answers what happens.
KILLED, AWAY, BACK = 2_500, 4_500, 6_000
# For how many seconds the database is away.
SECONDS_AWAY = 3
# What one request costs, in dollars, and what the two keys may spend: the first less than it asks for, and both together
# less than they do.
PRICE = (USAGE["prompt_tokens"] * INPUT + USAGE["completion_tokens"] * OUTPUT) / 1_000_000
BUDGET, CREDITS = PRICE * 3_500, PRICE * 7_000

NGINX = """
daemon off; pid {folder}/nginx.pid; error_log stderr error; worker_processes 1;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    upstream nodes {{ server {first} max_fails=1 fail_timeout=1s; server {second} max_fails=1 fail_timeout=1s; keepalive 64; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{ proxy_pass http://nodes; proxy_http_version 1.1; proxy_set_header Connection ""; }}
    }}
}}
"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class LoadBalancer(Process):
    """nginx, in front of two gateways by turns."""

    def __init__(self, world, *gateways):
        found = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
        if not found:
            raise Skip("there is no nginx: 'scripts/install-packages test'")
        folder = os.path.join(world.folder, "nginx")
        os.mkdir(folder)
        port = free_port()
        first, second = (gateway.base_url.removeprefix("http://") for gateway in gateways)
        path = os.path.join(folder, "nginx.conf")
        with open(path, "w") as file:
            file.write(NGINX.format(folder=folder, port=port, first=first, second=second))
        self.log = os.path.join(folder, "nginx.log")
        with open(self.log, "ab") as log:
            self.popen = subprocess.Popen([found, "-p", folder, "-c", path], stdin=subprocess.DEVNULL, stdout=log,
                                          stderr=log)
        world.processes.append(self)
        self.url = f"http://127.0.0.1:{port}"
        expect(bool(eventually(self._answers, 10)), "nginx answers").is_true()

    def _answers(self):
        try:
            return fetch(self.url + "/health")[0]
        except OSError:
            return None


class Cluster:
    """Two installations with the same secrets on one database, and what became of a load that both had."""

    def __init__(self, world):
        self.first, url = on_postgres(world, "node-one")
        self.second, _ = on_postgres(world, "node-two", url)
        # Whoever is killed comes back to the same address.
        for installation in (self.first, self.second):
            installation.edit("config.yaml", "port: 0", f"port: {free_port()}")
        # Asks for what the load leaves behind.
        free = self.first.create_key("free")["key"]
        one = self.first.start(free)
        os.mkdir(self.second.data_directory, 0o700)
        for path in glob.glob(os.path.join(self.first.data_directory, "*.secret")):
            shutil.copy2(path, self.second.data_directory)
        two = self.second.start(free)
        self.keys = [self._make_key(one, budget={"total_usd": f"{BUDGET:f}"}), self._make_key(one)]
        self.first.command("credits", "add", "org_default", "--amount", f"{CREDITS:f}", "--reference", "checks")
        self._go(world, one, two)

    @staticmethod
    def _make_key(gateway, **members):
        status, _, text = fetch(f"{gateway.admin_url}/api/admin/keys", json.dumps({"name": "limited", **members}).encode(), ADMIN)
        expect(status, text).equals(201)
        return as_json(text)

    def _requests(self, gateway):
        asked = [request("POST", CHAT, chat_body(gateway.route("compatible"), "hi", max_tokens=5),
                         [("Authorization", f"Bearer {key['secret']}"), ("Content-Type", "application/json")])
                 for key in self.keys]
        # Not by turns, as nginx chooses: each node is to serve both.
        chance = random.Random(SEED)
        for _ in range(REQUESTS):
            place = chance.randrange(2)
            yield place, asked[place]

    def _go(self, world, one, two):
        for gateway in (one, two):
            for key in self.keys:
                eventually(lambda: fetch(gateway.base_url + "/v1/models",
                                         headers={"Authorization": f"Bearer {key['secret']}"})[0] == 200, 10)
        balancer, database = LoadBalancer(world, one, two), server(world)
        with Load(balancer.url, self._requests(one), CONNECTIONS, keeps_replies=True) as load:
            self._wait(load, KILLED)
            two.process.kill()
            self.killed_at = time.monotonic()
            self._wait(load, AWAY)
            database.stop("immediate")
            time.sleep(SECONDS_AWAY)
            database.start()
            self._wait(load, BACK)
            two = self.second.start(two.key)
            load.wait(120)
        self.exchanges, self.one, self.two = load.exchanges, one, two
        self.answered = {each.request_id: each for each in self.exchanges if each.is_whole and each.status == 200}
        self.proved = []
        eventually(self._all_are_there, 60, pause=0.5)
        self.records = {each.record["id"]: each.record for each in self.proved}

    def ask(self, gateway):
        """The status of a request with the key that has no budget of its own."""
        return fetch(gateway.base_url + CHAT, chat_body(gateway.route("compatible"), "hi", max_tokens=5),
                     {"Authorization": f"Bearer {self.keys[1]['secret']}"})[0]

    @staticmethod
    def _wait(load, count):
        expect(bool(eventually(lambda: len(load.exchanges) >= count, 120)), f"{count} answers").is_true()

    def _all_are_there(self):
        self.proved = Custody(self.two).exported()
        return set(self.answered) <= {each.record["id"] for each in self.proved} and not any(
            each.record["state"] == "open" for each in self.proved)


@once
def cluster(world):
    return Cluster(world)


@nodes.check
def only_the_node_that_dies_breaks_requests_off(world):
    found = cluster(world)
    statuses = Counter(each.status for each in found.exchanges)
    expect(set(statuses) <= {200, 402, 429, 502, None}, dict(statuses)).is_true()
    broken = [each for each in found.exchanges if each.status in (502, None)]
    expect(len(broken), "requests that broke off").is_at_most(2 * CONNECTIONS)
    late = [each for each in broken if each.begun_at > found.killed_at + 2]
    expect(late, "broken off later").equals([])


@nodes.check
def each_answer_is_on_record_once(world):
    found = cluster(world)
    expect(len(found.records), "different records").equals(len(found.proved))
    expect([id for id in found.answered if id not in found.records][:3], "answers without a record").equals([])
    wrong = [id for id in found.answered if found.records[id]["outcome"] != "completed"]
    expect(wrong[:3], "answers with another record").equals([])


@nodes.check
def no_budget_and_no_credits_are_overspent(world):
    found = cluster(world)
    charged = Counter()
    for record in found.records.values():
        if "money" in record:
            charged[record["key"]] += int(record["money"]["charge_picodollars"])
    spent = {key: Decimal(amount) / 10**12 for key, amount in charged.items()}
    limited, free = (spent[key["id"]] for key in found.keys)
    expect(limited <= BUDGET, f"{limited} of {BUDGET}").is_true()
    expect(limited + free <= CREDITS, f"{limited + free} of {CREDITS}").is_true()
    expect({each.tag for each in found.exchanges if each.status == 402}, "keys that were refused").equals({0, 1})
    # What the dead node held came back with it: where anything is left, either node has some of it again.
    if limited + free < CREDITS * Decimal("0.95"):
        for gateway in (found.one, found.two):
            expect(eventually(lambda: found.ask(gateway) == 200, 20, pause=0.2), gateway.base_url).equals(True)


@nodes.check
def there_is_one_log(world):
    found = cluster(world)
    changes = changes_of(found.first)
    auditors = [Custody(gateway).auditor() for gateway in (found.one, found.two)]

    def are_complete():
        proved[:] = Custody(found.one).exported()
        for auditor in auditors:
            auditor.look()
        return all(len(auditor.entries) == len(proved) + changes for auditor in auditors)
    proved = []
    eventually(are_complete, 15, pause=0.5)
    expect([len(auditor.entries) for auditor in auditors], "leaves").equals([len(proved) + changes] * 2)
    expect(auditors[0].entries == auditors[1].entries, "the same entries").is_true()
    expect_one_leaf_each(proved, auditors[0].entries)


@nodes.check
def either_node_knows_of_the_others_requests(world):
    found = cluster(world)
    some = list(found.answered)[:: max(1, len(found.answered) // 20)]
    for gateway in (found.one, found.two):
        for id in some:
            expect(Custody(gateway).receipt(id) is not None, id).is_true()


SUITES = (nodes,)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
