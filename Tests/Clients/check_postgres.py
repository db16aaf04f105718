#!/usr/bin/env python3
"""A gateway whose store is PostgreSQL: everything that is kept is kept there, the database may be away for a while, and
all of it can be taken to SQLite and back.

    check_postgres.py                              starts a PostgreSQL server and gateways
"""
import contextlib
import os
import sys
import time

from check_people import Browser, PASSWORD
from check_store import expect_all_on_record, expect_refused_in_order, go_through, installed
from custody import Custody, changes_of, expect_one_leaf_each, northern, store_of
from database import Server
from harness import Suite, eventually, expect, main, once
from servers import fetch
from wire import CHAT, chat_body

postgres = Suite("postgres")

# For how many seconds the database is away.
AWAY = 3


@once
def server(world):
    found = Server()
    # Ended with the processes of the checks.
    world.processes.append(found)
    return found


def on_postgres(world, name, url=None):
    url = url or server(world).new_url()
    return installed(world, name, f'store: {{url: "{url}"}}'), url


def calls(gateway, count=5):
    ids = []
    for _ in range(count):
        status, fields, text = fetch(gateway.base_url + CHAT, chat_body(gateway.route("compatible"), "hi"),
                                     gateway.authorization)
        expect(status, text[:300]).equals(200)
        ids.append(fields["x-ni-request-id"])
    return ids


def expect_recorded(gateway, ids, changes):
    """These and no others, each with a leaf of its own."""
    custody = Custody(gateway)
    eventually(lambda: set(ids) <= {each.record["id"] for each in custody.exported()}, 15, pause=0.2)
    proved = custody.exported()
    expect({each.record["id"] for each in proved}).equals(set(ids))
    auditor = custody.auditor()
    auditor.look()
    expect_one_leaf_each(proved, auditor.entries)
    expect(len(auditor.entries), "leaves").equals(len(ids) + changes)


# ---------------------------------------------------------------------------------------------------- Day by day

@once
def day(world):
    """A gateway that was used, killed, and started again."""
    installation, url = on_postgres(world, "postgres")
    made = installation.create_key("one")
    gateway = installation.start(made["key"])
    ids = calls(gateway)
    owner = Browser(gateway.base_url)
    owner.get(installation.command("people", "link", "--url", gateway.base_url).strip())
    reply, _ = owner.post("/portal/claim", name="Ada", email="ada@example.test", password=PASSWORD)
    expect(reply.status, "the claim").equals(303)
    gateway.process.kill()
    gateway = installation.start(made["key"])
    ids += calls(gateway)
    return installation, url, gateway, ids, made


@postgres.check
def what_was_answered_before_a_kill_is_on_record(world):
    installation, _, gateway, ids, _ = day(world)
    expect_recorded(gateway, ids, changes_of(installation))


@postgres.check
def nothing_is_kept_in_a_file_beside_it(world):
    installation, *_ = day(world)
    expect(os.path.exists(store_of(installation)), "a database of SQLite's").equals(False)


@postgres.check
def commands_see_what_the_gateway_does(world):
    installation, _, gateway, _, made = day(world)
    expect(installation.command("keys", "list")).contains(made["id"])
    expect(installation.command("check")).contains("PostgreSQL, up to date")
    installation.command("credits", "add", "org_default", "--amount", "10", "--reference", "checks")
    expect(installation.command("credits", "show", "org_default")).contains("10")
    expect(installation.command("admin", "audit", "--limit", "10", "--format", "json")).contains("credit_entered")
    installation.command("custody", "retention", "--days", "30")


@postgres.check
def somebody_signs_in_with_what_they_chose_before_the_kill(world):
    _, _, gateway, *_ = day(world)
    browser = Browser(gateway.base_url)
    browser.get("/portal/sign-in")
    reply, _ = browser.post("/portal/sign-in", email="ada@example.test", password=PASSWORD)
    expect(reply.status).equals(303)
    expect(browser.get("/portal/members")[1]).contains("ada@example.test")


@postgres.check
def a_key_that_is_revoked_by_a_command_is_refused_soon(world):
    installation, _, gateway, *_ = day(world)
    other = installation.create_key("three")
    fields = {"Authorization": f"Bearer {other['key']}"}

    def status():
        return fetch(gateway.base_url + "/v1/models", headers=fields)[0]
    expect(bool(eventually(lambda: status() == 200, 10, pause=0.1)), "it is let in").is_true()
    installation.command("keys", "revoke", other["id"])
    expect(bool(eventually(lambda: status() == 401, 10, pause=0.1)), "it is refused").is_true()


@postgres.check
def a_node_with_other_secrets_does_not_start(world):
    _, url, *_ = day(world)
    other, _ = on_postgres(world, "stranger", url)
    done = northern(world, "keys", "list", config=other.configuration)
    expect(done.returncode).equals(1)
    expect(done.stderr).contains("key-hash.secret' is missing")
    expect([name for name in os.listdir(other.data_directory) if name.endswith(".secret")]).equals([])


@postgres.check
def neither_the_configuration_nor_an_error_tells_the_password(world):
    installation, _ = on_postgres(world, "secret", "postgres://northern:Ver7Secret@127.0.0.1:9/none")
    done = northern(world, "keys", "list", config=installation.configuration)
    expect(done.returncode).equals(1)
    expect(done.stderr).contains("isn't running there")
    expect(done.stderr + done.stdout).lacks("Ver7Secret")


# ---------------------------------------------------------------------------------------------------- Trouble

@once
def outage(world):
    installation, _ = on_postgres(world, "outage")
    database = server(world)

    @contextlib.contextmanager
    def away(_):
        database.stop("immediate")
        time.sleep(AWAY)
        try:
            yield
        finally:
            database.start()
    return go_through(installation, away, 1)


@postgres.check
def a_database_that_is_away_fails_no_request(world):
    found = outage(world)
    expect(len(found.within) > 100, f"{len(found.within)} requests while it was away").is_true()
    expect_refused_in_order(found)
    failed = [each for each in found.exchanges if not each.is_whole or each.status != 200]
    expect(failed[:3], f"{len(failed)} requests failed").equals([])


@postgres.check
def a_database_that_is_away_loses_no_record(world):
    expect_all_on_record(outage(world))


# ---------------------------------------------------------------------------------------------------- There and back

@postgres.check
def all_is_taken_from_sqlite_and_back(world):
    installation = installed(world, "moved")
    key = installation.create_key("moved")["key"]
    gateway = installation.start(key)
    ids = calls(gateway)
    expect(gateway.process.end()).equals(0)
    url, path = server(world).new_url(), store_of(installation)
    done = northern(world, "migrate", "--from", f"sqlite:{path}", "--to", url)
    expect(done.returncode, done.stderr).equals(0)
    os.rename(path, path + ".old")
    installation.edit("config.yaml", "log: {level: notice}", f'log: {{level: notice}}\nstore: {{url: "{url}"}}')
    gateway = installation.start(key)
    ids += calls(gateway)
    expect_recorded(gateway, ids, changes_of(installation))
    expect(gateway.process.end()).equals(0)
    done = northern(world, "migrate", "--from", url, "--to", f"sqlite:{path}")
    expect(done.returncode, done.stderr).equals(0)
    installation.edit("config.yaml", f'store: {{url: "{url}"}}', "")
    gateway = installation.start(key)
    ids += calls(gateway)
    expect_recorded(gateway, ids, changes_of(installation))
    expect(gateway.process.end()).equals(0)
    done = northern(world, "migrate", "--from", f"sqlite:{path}", "--to", url)
    expect(done.returncode).equals(1)
    expect(done.stderr).contains("isn't empty")


SUITES = (postgres,)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
