#!/usr/bin/env python3
"""The admin audit: who has changed what, over the admin API, the portal and the command line, and whether it can be forged.

    check_admin_audit.py                           starts a gateway of its own
"""
import contextlib
import json
import os
import re
import sqlite3
import sys

from check_people import PASSWORD, Browser
from custody import northern, store_of
from harness import Skip, Suite, as_json, eventually, expect, main, once
from servers import ADMIN_TOKEN, Installation, fetch

audit = Suite("admin-audit")

TOKEN = {"Authorization": f"Bearer {ADMIN_TOKEN}", "Content-Type": "application/json"}


class Office:
    """A gateway with an owner, on which some things were changed; the checks go on from one another's state."""
    def __init__(self, world):
        self.installation = Installation(world, "admin-audit")
        self.command_key = self.installation.create_key("command line")
        self.gateway = self.installation.start(self.command_key["key"])
        self.secrets = [self.command_key["key"], PASSWORD]
        made = as_json(self.admin("/keys", {"name": "over HTTP"})[2])
        self.key = made["id"]
        self.secrets.append(made["secret"])
        expect(self.admin(f"/keys/{self.key}", {"name": "renamed"}, "PATCH")[0]).equals(200)
        self.owner = Browser(self.gateway.base_url)
        link = self.installation.command("people", "link", "--url", self.gateway.base_url).strip()
        self.secrets.append(link.partition("token=")[2])
        self.owner.get(link)
        self.owner.post("/portal/claim", name="Ada", email="ada@example.test", password=PASSWORD)
        self.owner.get("/portal/organizations")
        self.owner.post("/portal/organizations", name="From the portal")

    def admin(self, path, body=None, method=None):
        data = None if body is None else json.dumps(body).encode()
        return fetch(self.gateway.admin_url + "/api/admin" + path, data, TOKEN, **({"method": method} if method else {}))

    def entries(self, query=""):
        return as_json(self.admin(f"/audit{query}")[2])["entries"]

    def keys(self):
        lines = self.installation.command("custody", "keys").splitlines()
        return [part for line in lines for part in ("--key", line.split()[0])]


@once
def office_of(world):
    if world.is_foreign:
        raise Skip("only with a gateway that is started here")
    return Office(world)


@audit.check
def each_door_says_who_it_was(world):
    office = office_of(world)
    found = [(entry["action"], entry["actor"].get("email", entry["actor"]["kind"])) for entry in office.entries()]
    for each in (("key_created", "command_line"), ("key_created", "token"), ("key_changed", "token"),
                 ("claim_link_made", "command_line"), ("owner_claimed", "ada@example.test"),
                 ("organization_created", "ada@example.test")):
        expect(each in found, f"{each} in {found}").equals(True)


@audit.check
def a_change_has_what_was_before_and_after(world):
    office = office_of(world)
    entry, = office.entries(f"?object={office.key}&action=key_changed")
    expect((entry["before"]["name"], entry["after"]["name"])).equals(("over HTTP", "renamed"))
    expect(entry["address"]).equals("127.0.0.1")
    made, = office.entries(f"?object={office.key}&action=key_created")
    expect(bool(re.fullmatch(r"hmac-sha256:[0-9a-f]{64}", made["after"]["secret"]))).equals(True)


@audit.check
def no_secret_is_in_it(world):
    office = office_of(world)
    listed = office.admin("/audit?limit=1000")[2] + office.installation.command("admin", "audit", "--format", "json")
    for secret in office.secrets:
        expect(len(secret) > 10 and secret not in listed, "a secret").equals(True)


@audit.check
def a_receipt_is_checked_as_any_other(world):
    office = office_of(world)
    entry = office.entries("?action=organization_created")[0]
    path = f"/audit/{entry['id']}/receipt"
    expect(eventually(lambda: office.admin(path)[0] == 200, seconds=10), "a receipt").equals(True)
    receipt = office.admin(path)[2]
    file = os.path.join(world.folder, "change.tlog-proof")
    for text, status in ((receipt, 0), (receipt.replace("\nindex ", "\nindex 1"), 1)):
        with open(file, "w") as target:
            target.write(text)
        done = northern(world, "custody", "verify", file, *office.keys())
        expect(done.returncode, done.stdout + done.stderr).equals(status)
    done = northern(world, "custody", "verify", file, *office.keys())
    expect(done.stdout).contains("organization_created")
    expect(done.stdout).contains("ada@example.test")


@audit.check
def the_pages_of_the_portal_show_it(world):
    office = office_of(world)
    entry = office.entries("?action=organization_created")[0]
    for path in ("/portal/admin/audit", f"/portal/admin/audit/{entry['id']}", "/portal/admin/pii-audit",
                 "/portal/admin/routes", "/portal/admin/drift", "/portal/admin/prices"):
        reply, text = office.owner.get(path)
        expect(reply.status, path).equals(200)
        expect(len(text.encode()) < 60 << 10, f"{path} has {len(text.encode())} bytes").equals(True)
    reply, text = office.owner.get(f"/portal/admin/audit/{entry['id']}/receipt")
    expect((reply.status, text.startswith("c2sp.org/tlog-proof@v1"))).equals((200, True))


@audit.check
def what_is_altered_in_the_database_is_found(world):
    """The last check: it leaves the audit as it shouldn't be."""
    office = office_of(world)
    expect("as the log has them" in office.installation.command("admin", "check")).equals(True)
    with contextlib.closing(sqlite3.connect(store_of(office.installation))) as store, store:
        store.execute("UPDATE admin_audit SET entry = replace(entry, 'renamed', 'renowned')")
        store.execute("DELETE FROM admin_audit WHERE number = (SELECT max(number) FROM admin_audit)")
    done = northern(world, "admin", "check", config=office.installation.configuration)
    expect(done.returncode, done.stdout + done.stderr).equals(1)
    expect(done.stdout).contains("WRONG        Change ")
    expect(done.stdout).contains("is missing")
    altered = [entry for entry in office.entries() if not entry["log"]["verified"]]
    expect([entry["action"] for entry in altered]).equals(["key_changed"])


SUITES = [audit]

if __name__ == "__main__":
    sys.exit(main(*SUITES))
