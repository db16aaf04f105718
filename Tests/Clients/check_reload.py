#!/usr/bin/env python3
"""The configuration is read again while the gateway serves: all of it is in force afterwards, or none of it.

    check_reload.py                starts gateways
"""
import itertools
import json
import os
import signal
import stat
import subprocess
import sys
import time

from harness import Suite, as_json, eventually, expect, main
from load import Load
from servers import ADMIN_TOKEN, PROVIDER_KEY, Installation, fetch
from wire import CHAT, chat_body

reload = Suite("reload")

TOKEN = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
RELOADS = 1_000
# MiB that memory may grow by over the second half of the reloads.
GROWTH = 12


class House:
    """A gateway of its own, and its files."""

    def __init__(self, world, name):
        self.installation = Installation(world, name)
        self.gateway = self.installation.start(self.installation.create_key(name)["key"])
        self.route = self.gateway.route("compatible")

    def admin(self, path, method="GET", token=TOKEN):
        body = b"" if method == "POST" else None
        status, _, text = fetch(f"{self.gateway.admin_url}/api/admin/{path}", body, token, method)
        return status, as_json(text)

    def reload(self):
        return self.admin("reload", "POST")

    def file(self, name):
        return os.path.join(self.installation.folder, name)

    def read(self, name):
        with open(self.file(name)) as file:
            return file.read()

    def write(self, name, text):
        with open(self.file(name), "w") as file:
            file.write(text)

    def chat(self):
        return fetch(self.gateway.base_url + CHAT, chat_body(self.route, "hi"), dict(self.gateway.authorization))

    def price(self):
        listed = as_json(fetch(self.gateway.base_url + "/api/billing/models")[2])["models"]
        return next(model["prices"] for model in listed if model["model_id"] == self.route)

    def metric(self, line):
        text = fetch(self.gateway.admin_url + "/metrics")[2]
        found = [each for each in text.splitlines() if each.startswith(line + " ")]
        return float(found[0].rsplit(" ", 1)[1]) if found else None

    @property
    def memory(self):
        """MiB."""
        with open(f"/proc/{self.gateway.process.popen.pid}/status") as file:
            line = next(line for line in file if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024


@reload.check
def a_price_is_in_force_after_a_reload(world):
    house = House(world, "reload")
    before = house.price()
    house.write("routes.yaml", house.read("routes.yaml").replace("input: 1.00", "input: 2.50"))
    expect(house.price(), "before the reload").equals(before)
    status, answer = house.reload()
    expect((status, answer["result"], answer["version"])).equals((200, "applied", 2))
    expect(answer["changed"]).equals([house.file("routes.yaml")])
    expect(house.price() != before, "another price").equals(True)
    status, headers, _ = house.chat()
    expect(status).equals(200)
    record = house.gateway.closed_custody(headers["x-ni-request-id"])
    expect(record["state"]).equals("closed")
    in_force = [each for each in house.admin("prices")[1]["prices"] if each["route"] == house.route and each["in_force"]]
    expect(len(in_force)).equals(1)
    expect(house.reload()[1]["result"]).equals("unchanged")


@reload.check
def a_change_is_in_the_audit_with_what_was_before(world):
    house = House(world, "reload-audit")
    house.installation.edit("config.yaml", f'openai: {{api_key: "{PROVIDER_KEY}"', 'openai: {api_key: "another-key-9f8e7d"')
    expect(house.reload()[1]["changed"]).equals(["openai.api_key"])
    entry, = house.admin("audit?action=configuration_changed")[1]["entries"]
    expect(entry["actor"]["kind"]).equals("token")
    expect(entry["before"]["digest"] != entry["after"]["digest"]).equals(True)
    for side in ("before", "after"):
        expect(list(entry[side]["settings"])).equals(["openai.api_key"])
        expect(entry[side]["settings"]["openai.api_key"].startswith("hmac-sha256:")).equals(True)
    listed = json.dumps([entry, house.admin("configuration")[1]])
    for secret in (PROVIDER_KEY, "another-key-9f8e7d", ADMIN_TOKEN):
        expect(listed).lacks(secret)
        expect(house.gateway.process.log_text()).lacks(secret)


@reload.check
def what_cannot_be_worked_with_is_refused_and_the_old_one_lives(world):
    house = House(world, "reload-bad")
    digest = house.admin("configuration")[1]["digest"]
    good = {name: house.read(name) for name in ("config.yaml", "routes.yaml")}
    for name, text in (("config.yaml", "listen: [what"), ("config.yaml", good["config.yaml"] + "mispelt: 1\n"),
                       ("routes.yaml", good["routes.yaml"].replace("tier: provider_api", "tier: none", 1)),
                       ("routes.yaml", "secret-line-77: [")):
        house.write(name, text)
        status, answer = house.reload()
        expect((status, answer["error"]["code"]), text[-20:]).equals((422, "configuration_refused"))
        expect(house.chat()[0]).equals(200)
        house.write(name, good[name])
    state = house.admin("configuration")[1]
    expect((state["digest"], state["version"])).equals((digest, 1))
    expect(state["last_reload"]["result"]).equals("refused")
    expect(house.metric('northern_configuration_reloads_total{result="refused"}')).equals(4.0)
    expect(house.metric("northern_configuration_last_reload_successful")).equals(0.0)
    expect(house.gateway.process.log_text()).contains("the one before stays in force")
    expect(house.reload()[1]["result"]).equals("unchanged")
    expect(house.metric("northern_configuration_last_reload_successful")).equals(1.0)


@reload.check
def what_needs_a_restart_is_named(world):
    house = House(world, "reload-restart")
    house.installation.edit("config.yaml", "listen: {host: 127.0.0.1, port: 0", "listen: {host: 127.0.0.1, port: 1")
    house.installation.edit("config.yaml", "log: {level: debug}", "log: {level: info}")
    answer = house.reload()[1]
    expect((answer["result"], answer["changed"], answer["restart_needed"])).equals(
        ("applied", ["log.level"], ["listen.port"]))
    state = house.admin("configuration")[1]
    in_force = {each["key"]: each["value"] for each in state["settings"]}
    expect((in_force["listen.port"], in_force["log.level"], state["restart_needed"])).equals(
        ("0", "info", ["listen.port"]))
    expect(house.metric("northern_configuration_restart_needed")).equals(1.0)


@reload.check
def a_signal_does_it_too_and_the_token_can_be_exchanged(world):
    house = House(world, "reload-signal")
    house.installation.edit("config.yaml", ADMIN_TOKEN, "another-admin-token-6c2")
    house.gateway.process.popen.send_signal(signal.SIGHUP)
    new = {"Authorization": "Bearer another-admin-token-6c2"}
    expect(eventually(lambda: house.admin("configuration", token=new)[0] == 200), "the new token").equals(True)
    expect(house.admin("configuration")[0], "the old token").equals(401)
    entry, = house.admin("audit?action=configuration_changed", token=new)[1]["entries"]
    expect(entry["actor"]["kind"]).equals("command_line")


def command(house, *more):
    """Exit status and output of `northern reload`."""
    installation = house.installation
    done = subprocess.run([installation.world.northern, "reload", "--config", installation.configuration, *more],
                          cwd=installation.folder, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


@reload.check
def a_command_does_it_and_says_what_came_of_it(world):
    house = House(world, "reload-command")
    routes = len(house.admin("configuration")[1]["routes"])
    expect(command(house)).equals(
        (0, f"The configuration says what is in force already: version 1, {routes} routes.\n", ""))
    good = house.read("routes.yaml")
    house.write("routes.yaml", good.replace("input: 1.00", "input: 2.50"))
    house.installation.edit("config.yaml", "listen: {host: 127.0.0.1, port: 0", "listen: {host: 127.0.0.1, port: 1")
    expect(command(house)).equals((0, f"Another configuration is in force: version 2, {routes} routes.\n"
                                   f"Changed: {house.file('routes.yaml')}\nNeeds a restart: listen.port\n", ""))
    house.write("routes.yaml", good)
    status, text, _ = command(house, "--format", "json")
    expect((status, as_json(text)["result"], as_json(text)["version"])).equals((0, "applied", 3))
    entry, = house.admin("audit?action=configuration_changed&limit=1")[1]["entries"]
    expect(entry["actor"]["kind"]).equals("command_line")
    # Names of settings are checked by the command, too, but the gateway says what is wrong with the rest.
    house.write("routes.yaml", good.replace("tier: provider_api", "tier: none", 1))
    status, text, trouble = command(house)
    expect((status, text)).equals((1, ""))
    expect(trouble).contains("routes.yaml")
    expect(house.metric('northern_configuration_reloads_total{result="refused"}')).equals(1.0)


@reload.check
def a_command_says_where_nobody_listens(world):
    house = House(world, "reload-nobody")
    mode = os.stat(os.path.join(house.installation.data_directory, "command.sock")).st_mode
    expect((stat.S_ISSOCK(mode), stat.S_IMODE(mode))).equals((True, 0o600))
    house.gateway.process.end()
    status, text, trouble = command(house)
    expect((status, text)).equals((3, ""))
    expect(trouble).contains("northern serve")


@reload.check
def a_log_of_json_has_an_object_a_line(world):
    house = House(world, "reload-json")
    house.installation.edit("config.yaml", "log: {level: debug}", "log: {level: debug, format: json}")
    begin = len(house.gateway.process.log_text())
    expect(house.reload()[0]).equals(200)
    house.chat()
    house.reload()

    def lines():
        return [line for line in house.gateway.process.log_text()[begin:].splitlines() if line.startswith("{")]

    expect(eventually(lambda: len(lines()) >= 2), "lines of JSON").equals(True)
    for line in lines():
        expect({"time", "level", "logger", "source", "message"} <= set(json.loads(line))).equals(True)


@reload.check
def a_thousand_reloads_fail_no_request(world):
    house = House(world, "reload-load")
    first = house.read("routes.yaml")
    texts = (first.replace("input: 1.00", "input: 2.00"), first.replace("tier: provider_api", "tier: none", 1), first)
    body = chat_body(house.route, "hi")
    request = (f"POST {CHAT} HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer {house.gateway.key}\r\n"
               f"content-length: {len(body)}\r\n\r\n").encode() + body
    results, memory = {}, []
    with Load(house.gateway.base_url, ((number, request) for number in itertools.count()), connections=4) as load:
        for number in range(RELOADS):
            house.write("routes.yaml", texts[number % 3])
            status, answer = house.reload()
            result = answer["result"] if status == 200 else answer["error"]["code"]
            results[result] = results.get(result, 0) + 1
            if number % (RELOADS // 10) == RELOADS // 10 - 1:
                memory.append(house.memory)
            time.sleep(0.002)
    expect(load.failures).equals([])
    failed = [(each.status, each.trouble) for each in load.exchanges if each.status != 200 or not each.is_whole]
    expect(failed[:3], "failed requests").equals([])
    print(f"     {RELOADS} reloads beside {len(load.exchanges)} requests: {results}; "
          f"MiB {' '.join(f'{each:.0f}' for each in memory)}")
    expect(results["applied"] + results["configuration_refused"], f"{results}").equals(RELOADS)
    expect(len(load.exchanges) > RELOADS, f"{len(load.exchanges)} requests").equals(True)
    expect(memory[-1] - memory[len(memory) // 2], "MiB").is_at_most(GROWTH)


SUITES = [reload]

if __name__ == "__main__":
    sys.exit(main(*SUITES))
