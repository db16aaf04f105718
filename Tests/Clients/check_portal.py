#!/usr/bin/env python3
"""What developers and auditors do in the portal, in a browser: from the link of the first start to a receipt that the page
itself verifies.

Needs Debian's package `chromium`, as check_browser.py does.

    check_portal.py                                starts a `northern demo` of its own
"""
import json
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from urllib.parse import urlsplit

from check_browser import LANGUAGES, MOST_BYTES, SCHEMES, chromium, keep_picture, violations
from harness import Skip, Suite, eventually, expect, main, once
from servers import fetch

portal = Suite("portal")

PASSWORD = "canary-portal-password"
SECRET = "canary-provider-secret"


class House:
    """A demo whose first owner has come in by its link, made a key and used it up."""

    def __init__(self, world):
        self.world = world
        process = world.start("portal", "demo", "--port", "0")
        self.base = process.ready()["base_url"]
        self.link = eventually(lambda: re.search(r"http\S+/portal/claim\?token=\w+", process.log_text())).group(0)
        self.state = None
        self.routes = []

    @contextmanager
    def tab(self, language="en", scheme="light", scripts=True, width=1280):
        context = chromium(self.world).new_context(
            color_scheme=scheme, locale={"en": "en-CA", "fr": "fr-CA"}[language], java_script_enabled=scripts,
            viewport={"width": width, "height": 900}, base_url=self.base, storage_state=self.state,
            accept_downloads=True)
        try:
            yield context.new_page()
        finally:
            context.close()

    def claim(self):
        with self.tab() as page:
            page.goto(self.link)
            page.get_by_label("Your name").fill("Ada")
            page.get_by_label("E-mail").fill("ada@example.test")
            page.locator("input[name=password]").fill(PASSWORD)
            page.locator("main form .button").click()
            page.wait_for_url("**/portal/account")
            self.state = page.context.storage_state()

    def make_key(self, name, **fields):
        """By the form; its id, and its secret as the page shows it."""
        with self.tab() as page:
            page.goto("/portal/keys")
            page.get_by_role("link", name="Make a key").click()
            page.locator("input[name=name]").fill(name)
            for field, value in fields.items():
                page.locator(f"[name={field}]").fill(value)
            page.get_by_role("button", name="Make", exact=True).click()
            secret = page.locator("main pre code").first.inner_text()
            page.goto("/portal/keys")
            path = page.get_by_role("link", name=name).get_attribute("href")
            return path.rsplit("/", 1)[1], secret

    def newest_change(self, action):
        with self.tab() as page:
            page.goto(f"/portal/admin/audit?action={action}")
            return page.get_by_role("link", name="Look").first.get_attribute("href").rsplit("/", 1)[1]

    def keep_credential(self):
        """By the form; its page."""
        with self.tab() as page:
            page.goto("/portal/admin/credentials")
            page.get_by_role("link", name="API key").click()
            page.locator("input[name=provider]").fill("cohere")
            page.locator("main input[name=name]").fill("main")
            page.get_by_label("API key").fill(SECRET)
            page.get_by_role("button", name="Keep").click()
            page.wait_for_url("**/portal/admin/credentials/cred_*")
            return urlsplit(page.url).path

    def ask(self, secret, text="hi", **more):
        route = self.routes[0] if self.routes else self.first_route(secret)
        messages = [{"role": "user", "content": text}]
        body = json.dumps({"model": route, "messages": messages, "max_tokens": 20, **more}).encode()
        return fetch(f"{self.base}/v1/chat/completions", body,
                     [("Authorization", f"Bearer {secret}"), ("Content-Type", "application/json")])

    def first_route(self, secret):
        _, _, text = fetch(f"{self.base}/v1/models", headers=[("Authorization", f"Bearer {secret}")])
        self.routes = [model["id"] for model in json.loads(text)["data"]]
        return self.routes[0]


@once
def house(world):
    if world.is_foreign:
        raise Skip("only with a gateway that is started here")
    chromium(world)
    made = House(world)
    made.claim()
    made.key, made.secret = made.make_key("first", requests_per_minute="2")
    made.credential = made.keep_credential()
    replies = [made.ask(made.secret) for _ in range(3)]
    made.statuses = [status for status, _, _ in replies]
    made.request, made.refused = (replies[index][1]["x-ni-request-id"] for index in (0, 2))
    made.change = made.newest_change("key_created")
    return made


def pages(world):
    made = house(world)
    return ["/portal/keys", "/portal/keys/new", f"/portal/keys/{made.key}", "/portal/usage",
            "/portal/usage?group_by=key&from=2026-01-01&to=2026-12-31", "/portal/requests",
            "/portal/requests?outcome=interrupted", f"/portal/requests/{made.request}",
            f"/portal/requests/{made.refused}", "/portal/ledger", "/portal/playground", "/portal/account",
            "/portal/members", "/portal/organizations", "/portal/admin/credentials", made.credential,
            "/portal/admin/credentials/new?kind=aws_keys",
            "/portal/admin/credentials/new?kind=google_service_account", "/portal/credits", "/portal/admin/rates",
            "/portal/admin/invoice", "/portal/admin/audit", "/portal/admin/audit?action=key_created",
            f"/portal/admin/audit/{made.change}", "/portal/admin/pii-audit", "/portal/admin/routes",
            "/portal/admin/drift", "/portal/admin/prices"]


@portal.check
def a_key_from_the_portal_works_up_to_its_limit(world):
    made = house(world)
    expect(made.statuses, "the statuses of three calls with two a minute").equals([200, 200, 429])
    with made.tab() as page:
        page.goto(f"/portal/keys/{made.key}")
        expect(made.secret in page.content(), "whether its page shows the secret").equals(False)


@portal.check
def a_revoked_key_is_refused_at_once(world):
    made = house(world)
    key, secret = made.make_key("short-lived")
    expect(made.ask(secret)[0]).equals(200)
    with made.tab() as page:
        page.goto(f"/portal/keys/{key}")
        page.get_by_role("button", name="Revoke").click()
        expect(page.locator("main .badge").first.inner_text()).equals("revoked")
    expect(made.ask(secret)[0]).equals(401)


@portal.check
def a_rotated_key_works_with_its_new_secret(world):
    made = house(world)
    key, secret = made.make_key("rotated")
    with made.tab() as page:
        page.goto(f"/portal/keys/{key}")
        page.locator("select[name=overlap]").select_option("0")
        page.get_by_role("button", name="Make another secret").click()
        other = page.locator("main pre code").first.inner_text()
    expect((made.ask(secret)[0], made.ask(other)[0])).equals((401, 200))


@portal.check
def a_credential_is_kept_and_its_secret_never_shown(world):
    made = house(world)
    with made.tab() as page:
        for path in ("/portal/admin/credentials", made.credential, "/portal/admin/audit"):
            page.goto(path)
            expect(SECRET in page.content(), f"whether {path} shows the secret").equals(False)
        page.goto(made.credential)
        before = page.locator("main dd code").last.inner_text()
        page.get_by_label("API key").fill(f"{SECRET}-2")
        page.get_by_role("button", name="Exchange the secret").click()
        page.wait_for_url(f"**{made.credential}")
        expect(page.locator("main dd code").last.inner_text() == before, "the same fingerprint").equals(False)
        expect(SECRET in page.content(), "whether the page shows the secret").equals(False)
        page.get_by_role("button", name="Check now").click()
        expect(page.locator("main [role=status], main [role=alert]").count(), "verdicts").equals(1)
        expect(violations(page), "what axe finds").equals([])


@portal.check
def credits_are_entered_and_told(world):
    made = house(world)
    with made.tab() as page:
        page.goto("/portal/organizations")
        page.locator("main input[name=name]").fill("Prepaid")
        page.get_by_role("button", name="Make").click()
        page.goto("/portal/credits")
        for told in ("Entered as credit_", "entered before"):
            page.locator("select[name=organization]").select_option(label="Prepaid")
            page.locator("input[name=amount_usd]").fill("12,50")
            page.locator("input[name=reference]").fill("invoice 1")
            page.get_by_role("button", name="Enter").click()
            expect(page.locator("main [role=status]").inner_text()).contains(told)
        expect(violations(page), "what axe finds").equals([])
        page.locator("select[name=organization]").select_option(label="Prepaid")
        page.locator("input[name=amount_usd]").fill("ten")
        page.locator("input[name=reference]").fill("invoice 2")
        page.get_by_role("button", name="Enter").click()
        expect(page.locator("main [role=alert]").inner_text()).contains("12.50")
        expect(page.locator("input[name=reference]").input_value(), "what was filled in").equals("invoice 2")


@portal.check
def a_rate_is_entered_for_a_day(world):
    made = house(world)
    with made.tab() as page:
        page.goto("/portal/admin/rates")
        for rate in ("1,5", "1,3702"):
            page.locator("input[name=date]").fill("2026-11-26")
            page.locator("input[name=cad_per_usd]").fill(rate)
            page.locator("input[name=source]").fill("Bank of Canada")
            page.get_by_role("button", name="Enter").click()
            page.wait_for_url("**/portal/admin/rates")
        expect(page.locator("tbody tr").all_inner_texts(), "rates").equals(["2026-11-26\t1.3702\tBank of Canada\t"])


def send_invoice(page, path, rows, **fields):
    with open(path, "w", encoding="utf-8") as file:
        file.write("day,name,in,out,usd\n" + rows)
    page.goto("/portal/admin/invoice")
    page.locator("select[name=preset]").select_option("")
    page.locator("input[name=columns]").fill("date=day,model=name,input=in,output=out,cost=usd")
    page.locator("input[name=from]").fill("2026-11-01")
    page.locator("input[name=to]").fill("2026-11-30")
    for field, value in fields.items():
        page.locator(f"[name={field}]").select_option(value)
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name=re.compile("^(Compare|Comparer)$")).click()


@portal.check_each(LANGUAGES)
def an_invoice_is_held_against_the_records(world, language):
    made = house(world)
    path = os.path.join(world.folder, f"portal-invoice-{language}.csv")
    with made.tab(language) as page:
        page.goto(f"/portal/account?lang={language}")
        send_invoice(page, path, "2026-11-02,nobody's model,1,2,3\n")
        page.locator("main [role=alert]").wait_for()
        expect(page.locator("tbody tr", has_text="nobody's model").count(), "rows of the invoice").equals(1)
        expect(len(page.content().encode()) < MOST_BYTES, "whether the report is small").equals(True)
        expect(violations(page), "what axe finds").equals([])
        send_invoice(page, path, "2026-11-02,m\n")
        expect(page.locator("main [role=alert]").inner_text()).contains({"en": "Line 2:", "fr": "Ligne 2 :"}[language])
        with page.expect_download() as waiting:
            send_invoice(page, path, "2026-11-02,nobody's model,1,2,3\n", report="json")
        with open(waiting.value.path()) as file:
            expect(json.load(file)["summary"]["only_theirs"], "rows that only they have").equals(1)


@portal.check
def a_file_that_is_too_large_is_told_before_it_is_sent(world):
    made = house(world)
    path = os.path.join(world.folder, "portal-large.csv")
    rows = "2026-11-02,m,1,2,3\n" * 120_000
    with made.tab() as page:
        send_invoice(page, path, rows)
        message = page.locator("input[type=file]").evaluate("input => input.validationMessage")
        expect(message).contains("1000000 bytes")
        expect(page.locator("main [role=alert]").count(), "pages that tell of a mistake").equals(0)


def open_receipt(made, page):
    """The request's page, once its receipt is there."""
    for _ in range(40):
        page.goto(f"/portal/requests/{made.request}")
        if page.locator("[data-receipt]").count():
            return
        page.wait_for_timeout(250)
    raise AssertionError("the request has no receipt")


def findings(page):
    page.get_by_role("button", name=re.compile("Verify|Vérifier")).click()
    page.locator("[data-findings] li").first.wait_for()
    return page.locator("[data-findings] li").evaluate_all("all => all.map(one => [one.dataset.kind, one.innerText])")


@portal.check
def the_page_finds_a_request_and_verifies_its_receipt_without_asking(world):
    made = house(world)
    with made.tab() as page:
        page.goto("/portal/requests")
        expect(page.locator("tbody tr").count() >= 3, "whether the calls are listed").equals(True)
        page.get_by_label(re.compile("request's id")).fill(made.request)
        page.locator(".filters button").click()
        page.wait_for_url(f"**/portal/requests/{made.request}")
        open_receipt(made, page)
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        found = findings(page)
        if [kind for kind, _ in found][-1:] == ["unchecked"]:
            raise Skip("this Chromium has no Ed25519")
        expect([kind for kind, _ in found], found).equals(["verified"] * 3)
        expect(asked, "what was asked for meanwhile").equals([])


@portal.check
def a_receipt_that_was_changed_is_found_out(world):
    made = house(world)
    with made.tab() as page:
        open_receipt(made, page)
        good = page.locator("[data-receipt]").input_value()
        lines = good.split("\n")
        size = lines.index("") + 2
        index = next(number for number, line in enumerate(lines) if line.startswith("index "))
        signature = next(number for number, line in enumerate(lines) if line.startswith("— "))
        for number, changed in ((index, "index 999999"), (size, "7777"), (1, lines[1].replace("A", "B", 1)),
                                (signature, lines[signature][:-6] + "AAAA" + lines[signature][-2:])):
            page.locator("[data-receipt]").fill("\n".join([*lines[:number], changed, *lines[number + 1:]]))
            kinds = [kind for kind, _ in findings(page)]
            expect("wrong" in kinds, f"{lines[number][:20]} became {changed[:20]}").equals(True)
        page.locator("[data-receipt]").fill(good)
        page.locator("[data-keys]").fill("")
        expect([kind for kind, _ in findings(page)][-1], "without a key").equals("unchecked")


@portal.check
def the_receipt_that_is_downloaded_is_the_one_that_the_command_verifies(world):
    made = house(world)
    with made.tab() as page:
        open_receipt(made, page)
        command = page.locator("pre code").last.inner_text()
        with page.expect_download() as waiting:
            page.get_by_role("link", name="Download the receipt").click()
        path = os.path.join(world.folder, waiting.value.suggested_filename)
        waiting.value.save_as(path)
    key = re.search(r"--key '([^']+)'", command).group(1)
    done = subprocess.run([world.northern, "custody", "verify", path, "--key", key], capture_output=True, text=True)
    expect(done.returncode, done.stdout + done.stderr).equals(0)


@portal.check
def an_export_says_how_far_it_is_and_can_be_verified(world):
    made = house(world)
    with made.tab() as page:
        open_receipt(made, page)
        page.goto("/portal/ledger")
        key = page.locator("code[data-copy]").first.inner_text()
        with page.expect_download() as waiting:
            page.get_by_role("button", name="Download").click()
        path = os.path.join(world.folder, "portal-export.ndjson")
        waiting.value.save_as(path)
        expect(bool(re.search(r"\d+ lines", page.locator("[data-progress]").inner_text()))).equals(True)
    done = subprocess.run([world.northern, "custody", "verify", path, "--key", key], capture_output=True, text=True)
    expect(done.returncode, done.stdout + done.stderr).equals(0)


@portal.check
def usage_is_a_picture_and_a_file(world):
    made = house(world)
    with made.tab() as page:
        page.goto("/portal/usage")
        expect(page.locator("svg.picture").count(), "pictures").equals(3)
        page.locator("select[name=group_by]").select_option("key")
        page.wait_for_url(re.compile("group_by=key"))
        with page.expect_download() as waiting:
            page.get_by_role("link", name="CSV").click()
        with open(waiting.value.path()) as file:
            expect(file.readline()).contains("day,route,key,requests")


@portal.check
def the_playground_streams_an_answer_and_shows_its_custody(world):
    made = house(world)
    with made.tab() as page:
        page.goto("/portal/playground")
        page.get_by_role("button", name="Make one for an hour").click()
        page.locator("textarea[name=text]").fill("Hello there")
        page.get_by_role("button", name="Send").click()
        page.locator("[data-facts] dt", has_text="x-ni-request-id").wait_for()
        page.wait_for_function("document.querySelector('[data-answer]').textContent.includes('Hello there')")
        page.locator("textarea[name=text]").fill("My name is Jane Doe, email jane@example.com")
        page.get_by_role("button", name="What would be replaced?").click()
        page.locator("mark").first.wait_for()
        expect(page.locator("mark").all_inner_texts()).contains("jane@example.com")
        expect(violations(page), "what axe finds").equals([])


@portal.check
def what_was_replaced_is_in_the_audit_and_leads_to_its_request(world):
    """By what it was replaced, and never what it was."""
    made = house(world)
    _, secret = made.make_key("case workers")
    email = "jane.canary@example.com"
    status, headers, text = made.ask(secret, f"Write to {email} today.", pii_substitution=True)
    expect((status, headers["x-ni-pii"]), "the status and what was replaced").equals((200, "email=1"))
    request = headers["x-ni-request-id"]
    with made.tab() as page:
        row = page.locator("tbody tr", has_text=request)
        for _ in range(40):
            page.goto("/portal/admin/pii-audit?type=email")
            if row.count():
                break
            page.wait_for_timeout(250)
        expect(row.locator("td").nth(3).inner_text()).equals("email")
        expect(email in page.content(), "whether the page has the address").equals(False)
        row.get_by_role("link").click()
        page.wait_for_url(f"**/portal/requests/{request}")
        expect(email in page.content(), "whether the request's page has the address").equals(False)


@portal.check
def a_change_says_what_was_before_and_after(world):
    made = house(world)
    with made.tab() as page:
        page.goto(f"/portal/keys/{made.key}")
        page.locator("input[name=requests_per_minute]").fill("3")
        page.get_by_role("button", name=re.compile("Change|Save")).first.click()
        page.goto(f"/portal/admin/audit?object={made.key}")
        page.get_by_role("link", name="Look").first.click()
        row = page.locator("tbody tr", has_text="requests_per_minute").locator("td")
        expect(row.all_inner_texts()[:4]).equals(["requests_per_minute", "2", "3", "changed"])
        page.goto(f"/portal/keys/{made.key}")
        page.locator("input[name=requests_per_minute]").fill("2")
        page.get_by_role("button", name=re.compile("Change|Save")).first.click()


@portal.check_each([f"{language}-{scheme}" for language in LANGUAGES for scheme in SCHEMES])
def axe_finds_no_fault(world, look):
    language, scheme = look.split("-")
    found = []
    with house(world).tab(language, scheme) as page:
        for path in pages(world):
            page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
            expect(page.locator("html").get_attribute("lang"), path).equals(language)
            keep_picture(page, path, language, scheme, 1280)
            found += [f"{path}: {fault}" for fault in violations(page)]
    expect(found, "what axe finds").equals([])


@portal.check
def pages_are_small_and_ask_nobody_else(world):
    made = house(world)
    host, others, large, told = urlsplit(made.base).netloc, [], [], []
    with made.tab() as page:
        page.on("request", lambda request: others.append(request.url) if urlsplit(request.url).netloc != host else None)
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on("console", lambda message: told.append(message.text) if message.type in ("error", "warning") else None)
        for path in pages(world):
            size = len(page.goto(path).body())
            if size > MOST_BYTES:
                large.append(f"{path}: {size}")
    expect(others, "requests to others").equals([])
    expect(large, "pages above 60 KiB").equals([])
    expect(told, "what the console shows").equals([])


@portal.check
def no_page_is_wider_than_a_telephone(world):
    wide = []
    with house(world).tab(width=360) as page:
        for path in pages(world):
            page.goto(path)
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(path)
    expect(wide, "pages to be scrolled sideways").equals([])


@portal.check
def pages_do_without_scripts(world):
    made = house(world)
    with made.tab(scripts=False) as page:
        page.goto(f"/portal/requests/{made.request}")
        expect(page.locator("[data-verify]").is_visible(), "the button of a script").equals(False)
        expect("northern custody verify" in page.content(), "the command").equals(True)
        page.goto("/portal/requests")
        page.locator("select[name=outcome]").select_option("refused")
        page.locator(".filters button").click()
        expect(page.locator("tbody tr").count(), "refused requests").equals(1)


SUITES = (portal,)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
