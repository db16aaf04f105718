#!/usr/bin/env python3
"""What an organization has paid in advance: two hundred clients at a time can't spend more, nor can a restart give it back.

    check_credits.py                               starts a gateway
"""
import json
import os
import subprocess
import sys
from collections import Counter
from decimal import Decimal

from check_limits import ADMIN, Limited, charged
from harness import Suite, as_json, eventually, expect, main
from load import field_of
from servers import ROUTES, Process, fetch

credits = Suite("credits")

PATH = "/api/admin/organizations/org_default/credits"
PICO = 10**12


class Prepaid(Limited):
    """An installation whose one organization has paid in advance."""

    def __init__(self, world, name, paid):
        super().__init__(world, name)
        expect(self.enter(paid, "first")[0]).equals(201)

    def enter(self, amount, reference, kind="top_up"):
        draft = json.dumps({"amount_usd": str(amount), "kind": kind, "reference": reference}).encode()
        status, _, text = fetch(self.gateway.admin_url + PATH, draft, ADMIN)
        return status, as_json(text)

    def standing(self, query=""):
        status, _, text = fetch(self.gateway.admin_url + PATH + query, headers=ADMIN)
        expect(status, text).equals(200)
        return as_json(text)

    def balance(self):
        return Decimal(self.standing()["balance_usd"])

    def check_books(self, paid):
        """All entries, what is left, the usage and the records say the same, to the pico-dollar."""
        standing = self.standing()
        expect(standing["reserved_usd"], "what is reserved while nothing is under way").equals("0")
        spent = sum(Decimal(entry["amount_usd"]) for entry in standing["entries"] if entry["kind"] == "usage")
        entered = sum(Decimal(entry["amount_usd"]) for entry in standing["entries"] if entry["kind"] == "top_up")
        expect(entered).equals(paid)
        expect(Decimal(standing["balance_usd"])).equals(paid - spent)
        expect(Decimal(standing["balance_usd"]) >= 0, standing["balance_usd"]).equals(True)
        expect(int(spent * PICO), "usage, and the records").equals(charged(self.records()))
        expect(Decimal(self.usage()["total"]["charge_usd"])).equals(spent)


@credits.check
def two_hundred_clients_never_spend_more_than_was_paid(world):
    paid = Decimal("0.005000000007")
    prepaid = Prepaid(world, "credits", paid)
    exchanges = prepaid.ask_at_once(400, "[[sim:usage in=20 out=40]]hi", max_tokens=60)
    statuses = Counter(exchange.status for exchange in exchanges)
    expect(set(statuses), dict(statuses)).equals({200, 402})
    for exchange in exchanges:
        if exchange.status == 402:
            expect(field_of(exchange.head, "x-ni-limit")).equals("credits")
    prepaid.check_books(paid)

    # Neither an orderly restart nor a killed process changes anything.
    for end in (Process.end, Process.kill):
        while prepaid.ask("[[sim:usage in=20 out=40]]hi", max_tokens=60)[0] == 200:
            pass
        before = prepaid.standing()
        end(prepaid.gateway.process)
        prepaid.gateway = prepaid.installation.start(prepaid.gateway.key)
        expect(prepaid.standing()).equals(before)
        status, headers, text = prepaid.ask("[[sim:usage in=20 out=40]]hi", max_tokens=60)
        expect((status, headers["x-ni-limit"], as_json(text)["error"]["code"])).equals(
            (402, "credits", "credits_exhausted"))
        prepaid.check_books(paid)


@credits.check
def a_process_that_is_killed_under_load_leaves_books_that_agree(world):
    paid = Decimal("1")
    prepaid = Prepaid(world, "killed", paid)
    prepaid.ask_at_once(200, "[[sim:usage in=20 out=40]]hi", max_tokens=60)
    prepaid.gateway.process.kill()
    prepaid.gateway = prepaid.installation.start(prepaid.gateway.key)
    prepaid.check_books(paid)


@credits.check
def what_is_entered_is_there_at_once_and_only_once(world):
    prepaid = Prepaid(world, "entered", Decimal("0.000001"))
    expect(prepaid.ask(max_tokens=60)[0]).equals(402)
    status, entry = prepaid.enter("1", "second")
    expect((status, entry["debit"], entry["credit"])).equals((201, "cash", "credits:org_default"))
    expect(prepaid.ask(max_tokens=60)[0]).equals(200)
    expect(prepaid.enter("1", "second")).equals((200, entry))
    expect(prepaid.enter("2", "second")[0]).equals(409)
    expect(prepaid.enter("100", "too much", "refund")[0]).equals(409)
    left = prepaid.balance()
    expect(prepaid.enter(left, "all of it", "refund")[0]).equals(201)
    expect(prepaid.balance()).equals(0)
    expect(prepaid.ask(max_tokens=60)[0]).equals(402)

    # Another process enters more.
    told = as_json(prepaid.installation.command("credits", "add", "org_default", "--amount", "3", "--reference", "third",
                                                "--format", "json"))
    expect(told["amount_usd"]).equals("3")
    expect(eventually(lambda: prepaid.ask(max_tokens=60)[0] == 200), "credits of the command line").equals(True)
    shown = as_json(prepaid.installation.command("credits", "show", "--format", "json"))
    expect(eventually(lambda: Decimal(shown["balance_usd"]) > 2)).equals(True)

    # Page by page, all of it.
    entries, cursor = [], ""
    while True:
        page = prepaid.standing(f"?limit=2{cursor}")
        entries += page["entries"]
        if not page["next"]:
            break
        cursor = f"&before={page['next']}"
    expect(entries).equals(prepaid.standing()["entries"])
    expect([entry["kind"] for entry in entries]).equals(["usage", "top_up", "refund", "top_up", "top_up"])


@credits.check
def an_invoice_is_held_against_the_records(world):
    prepaid = Prepaid(world, "invoice", Decimal("1"))
    for _ in range(3):
        expect(prepaid.ask("[[sim:usage in=20 out=40]]hi", max_tokens=60)[0]).equals(200)
    row = prepaid.usage(group_by="day,route")["rows"][0]
    model = ROUTES["compatible"].upstream_model
    installation = prepaid.installation
    invoice = os.path.join(installation.folder, "invoice.csv")

    def reconcile(tokens):
        with open(invoice, "w", encoding="utf-8") as file:
            file.write(f"day,name,in,out,usd\n{row['day']},{model},60,{tokens},{row['cost_usd']}\n")
        return subprocess.run([installation.world.northern, "usage", "reconcile", invoice, "--provider", "compatible",
                               "--from", row["day"], "--to", row["day"], "--format", "json", "--columns",
                               "date=day,model=name,input=in,output=out,cost=usd", "--config",
                               installation.configuration], capture_output=True, text=True, timeout=60)

    for tokens, status, verdict in ((120, 0, "agrees"), (121, 0, "agrees"), (130, 1, "differs")):
        done = reconcile(tokens)
        expect((done.returncode, as_json(done.stdout)["rows"][0]["verdict"])).equals((status, verdict))


SUITES = (credits,)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
