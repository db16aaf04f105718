#!/usr/bin/env python3
"""Credentials in the store: which one reaches the provider, and that none is found anywhere else.

The simulator takes one key only, which isn't the configured one: what it answers shows whose credential came.

    check_stored_credentials.py                    starts all that it needs
"""
import base64
import functools
import json
import os
import subprocess
import sys

from check_commands import northern
from harness import Skip, Suite, as_json, eventually, expect, main
from servers import ADMIN_TOKEN, Installation, fetch
from wire import CHAT, chat_body

stored = Suite("stored-credentials")

OWN = "canary-own-account-8Jx2Kq7Lm4"
STALE = "canary-stale-3Vb9Nc6Pz1"
ADMIN = [("Authorization", f"Bearer {ADMIN_TOKEN}"), ("Content-Type", "application/json")]


class Place:
    """A gateway whose configured credentials the simulator doesn't take."""

    def __init__(self, world):
        if world.is_foreign:
            raise Skip("only with a gateway that is started here")
        self.simulator = world.start_simulator("own-account", key=OWN).simulator
        self.made = Installation(world, "stored", simulator=self.simulator)
        self.gateway = self.made.start(self.made.create_key("stored")["key"])

    def admin(self, method, path, body=None):
        status, _, text = fetch(f"{self.gateway.admin_url}/api/admin/{path}",
                                json.dumps(body).encode() if body is not None else None, ADMIN, method)
        return status, as_json(text)

    def organization(self, name):
        """A new one, and a key of its own."""
        status, made = self.admin("POST", "organizations", {"name": name})
        expect(status).equals(201)
        status, key = self.admin("POST", "keys", {"name": name, "organization": made["id"]})
        expect(status).equals(201)
        return made["id"], key["secret"]

    def add(self, secret, provider="openai", organization=None):
        body = {"provider": provider, "name": "checks", "kind": "api_key", "secret": {"api_key": secret}}
        status, made = self.admin("POST", "credentials", {**body, "organization": organization})
        expect(status, json.dumps(made)).equals(201)
        return made

    def ask(self, key=None, family="openai"):
        body = chat_body(self.gateway.route(family), "hi", allow_fallbacks=False)
        key = key or self.gateway.key
        status, headers, _ = fetch(self.gateway.base_url + CHAT, body, [("Authorization", f"Bearer {key}")])
        return status, headers


@functools.cache
def place(world):
    return Place(world)


@stored.check
def an_organization_is_served_with_its_own_and_nobody_else_is(world):
    here = place(world)
    owner, key = here.organization("Owner")
    other, stranger = here.organization("Stranger")
    made = here.add(OWN, organization=owner)
    status, headers = here.ask(key)
    expect(status, "its own credential is the one that the provider takes").equals(200)
    expect(headers["x-ni-credential-source"]).equals("customer")
    for name, someone in (("platform", None), ("stranger", stranger)):
        status, headers = here.ask(someone)
        expect(status == 200, f"{name} is served with the owner's").equals(False)
        expect(headers["x-ni-credential-source"], name).equals("platform")
    here.add(STALE, organization=other)
    expect(here.ask(key)[0], "still its own").equals(200)
    expect(here.ask(key, "anthropic")[0] == 200, "of another provider it has none").equals(False)
    status, rotated = here.admin("POST", f"credentials/{made['id']}/rotate", {"secret": {"api_key": STALE}})
    expect(status).equals(200)
    expect(rotated["fingerprint"] != made["fingerprint"], "another fingerprint").is_true()
    status, headers = here.ask(key)
    expect(status == 200, "the secret from before").equals(False)
    expect(headers["x-ni-credential-source"]).equals("customer")
    expect(here.admin("POST", f"credentials/{made['id']}/check")[1]).equals(
        {"result": "refused", "upstream_status": 401})


@stored.check
def the_platforms_stored_one_goes_before_the_configured_one(world):
    here = place(world)
    expect(here.ask(family="cohere")[0] == 200, "with the configured one").equals(False)
    secret = os.path.join(here.made.folder, "secret.txt")
    with open(secret, "w") as file:
        file.write(OWN + "\n")
    said = here.made.command("credentials", "add", "--provider", "cohere", "--name", "checks", "--secret-file", secret)
    os.remove(secret)
    expect(said).lacks(OWN)
    expect(eventually(lambda: here.ask(family="cohere")[0] == 200), "known to the gateway that runs").is_true()
    status, headers = here.ask(family="cohere")
    expect(headers["x-ni-credential-source"]).equals("platform")
    record = here.gateway.closed_custody(headers["x-ni-request-id"])
    listed = here.made.command("credentials", "list")
    expect(listed).contains(record["credential"])
    expect(listed).lacks(OWN)
    identity = listed.split("cohere")[0].split()[-4]
    here.made.command("credentials", "revoke", identity)
    expect(eventually(lambda: here.ask(family="cohere")[0] != 200), "revoked").is_true()


@stored.check
def no_secret_is_in_the_log_the_answers_or_the_data_directory(world):
    here = place(world)
    if not here.admin("GET", "credentials")[1]["credentials"]:
        here.add(OWN)
    for secret in (OWN, STALE):
        expect(here.gateway.process.log_text()).lacks(secret)
        expect(json.dumps(here.admin("GET", "credentials")[1])).lacks(secret)
        for form in (secret.encode(), base64.b64encode(secret.encode())[:-4]):
            for folder, _, names in os.walk(here.made.data_directory):
                for name in names:
                    path = os.path.join(folder, name)
                    if os.path.isfile(path):
                        with open(path, "rb") as file:
                            expect(form in file.read(), f"{secret} in {name}").equals(False)


@stored.check
def the_master_key_is_exchanged_and_a_wrong_one_is_told(world):
    here = place(world)
    if not here.admin("GET", "credentials")[1]["credentials"]:
        here.add(OWN)
    wrong = base64.b64encode(b"w" * 32).decode()
    done = northern(world, "credentials", "rekey", "--config", here.made.configuration,
                    environment={"NORTHERN_MASTER_KEY": wrong})
    expect(done.returncode).equals(1)
    expect(done.stderr).contains("credentials.previous_master_keys")
    previous = os.path.join(here.made.data_directory, "master-key.secret")
    done = northern(world, "credentials", "rekey", "--config", here.made.configuration, "--set",
                    f"credentials.previous_master_keys={previous}", environment={"NORTHERN_MASTER_KEY": wrong})
    expect(done.returncode, done.stderr).equals(0)
    started = subprocess.run([world.northern, "serve", "--config", here.made.configuration, "--set", "listen.port=0",
                              "--set", "admin.port=0", "--set", f"data_directory={copied(here.made)}"],
                             capture_output=True, text=True, timeout=60)
    expect(started.returncode == 0, "a start with the key from before").equals(False)
    expect(started.stderr).contains("NORTHERN_MASTER_KEY")


def copied(made):
    """A copy of the database and the secrets: a running gateway holds the directory itself."""
    folder = os.path.join(made.folder, "copy")
    os.makedirs(folder, mode=0o700)
    subprocess.run(f"cp {made.data_directory}/northern.sqlite* {made.data_directory}/*.secret {folder}/",
                   shell=True, check=True)
    return folder


SUITES = (stored,)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
