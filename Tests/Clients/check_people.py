#!/usr/bin/env python3
"""People: the first owner's link, signing in, invitations, roles, all over the port that callers use.

    check_people.py                                starts a gateway of its own
"""
import http.client
import re
import sys
import urllib.parse

from harness import Skip, Suite, as_json, expect, main, once
from servers import ADMIN_TOKEN, Installation, fetch

people = Suite("people")

PASSWORD = "canary-outside-password"


class Browser:
    """Keeps cookies, and sends a form with the hidden fields of the page that it looked at last."""

    def __init__(self, base_url):
        self.base = urllib.parse.urlsplit(base_url)
        self.cookies = {}
        self.hidden = {}

    def _send(self, method, target, body=None, headers=()):
        parts = urllib.parse.urlsplit(target)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection = http.client.HTTPConnection(self.base.hostname, self.base.port, timeout=20)
        fields = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
                  "Accept": "text/html", **dict(headers)}
        connection.request(method, path, body, fields)
        reply = connection.getresponse()
        text = reply.read().decode()
        for field in reply.headers.get_all("set-cookie") or []:
            name, value = field.split(";")[0].split("=", 1)
            if "Max-Age=0" in field:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        connection.close()
        return reply, text

    def get(self, target):
        reply, text = self._send("GET", target)
        self.hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text))
        return reply, text

    def post(self, target, headers=(), **fields):
        body = urllib.parse.urlencode({**self.hidden, **fields})
        return self._send("POST", target, body,
                          {"Content-Type": "application/x-www-form-urlencoded", **dict(headers)})


class House:
    """A gateway that nobody owns yet; the checks go on from one another's state."""
    def __init__(self, world):
        self.installation = Installation(world, "people")
        self.gateway = self.installation.start(self.installation.create_key("people"))
        self.owner = Browser(self.gateway.base_url)
        link = self.installation.command("people", "link", "--url", self.gateway.base_url).strip()
        reply, _ = self.owner.get(link)
        expect(reply.status, "the link's page").equals(200)
        reply, _ = self.owner.post("/portal/claim", name="Ada", email="Ada@example.test", password=PASSWORD)
        expect((reply.status, reply.headers["location"]), "the claim").equals((303, "/portal"))
        self.link = link

    def invite(self, email, role):
        self.owner.get("/portal/members")
        _, text = self.owner.post("/portal/members/invite", email=email, role=role)
        found = re.search(r"https?://\S+/portal/invitation\?token=\w+", text)
        expect(bool(found), "a link on the page").equals(True)
        return found.group(0)

    def member(self, name, role):
        browser = Browser(self.gateway.base_url)
        browser.get(self.invite(f"{name}@example.test", role))
        reply, _ = browser.post("/portal/invitation", name=name, password=PASSWORD)
        expect(reply.status, "the invitation is accepted").equals(303)
        return browser


@once
def house_of(world):
    if world.is_foreign:
        raise Skip("only with a gateway that is started here")
    return House(world)


@people.check
def the_first_owner_is_made_once(world):
    house = house_of(world)
    reply, text = house.owner.get("/portal/members")
    expect(reply.status).equals(200)
    expect("ada@example.test" in text, "the owner is a member").equals(True)
    expect(Browser(house.gateway.base_url).get(house.link)[0].status, "the link again").equals(410)


@people.check
def a_password_lets_in_and_a_wrong_one_does_not(world):
    house = house_of(world)
    for password, status in ((PASSWORD, 303), ("wrong-password", 403)):
        browser = Browser(house.gateway.base_url)
        browser.get("/portal/sign-in")
        expect(browser.post("/portal/sign-in", email="ada@example.test", password=password)[0].status).equals(status)


@people.check
def a_form_from_elsewhere_changes_nothing(world):
    house = house_of(world)
    house.owner.get("/portal/organizations")
    for headers in ({"Origin": "https://evil.test"}, {"Sec-Fetch-Site": "cross-site"}):
        expect(house.owner.post("/portal/organizations", headers, name="Evil")[0].status).equals(403)
    expect("Evil" in house.owner.get("/portal/organizations")[1]).equals(False)


@people.check
def roles_open_their_pages_only(world):
    house = house_of(world)
    for role, status in (("admin", 200), ("developer", 403), ("auditor", 403)):
        browser = house.member(f"{role}-member", role)
        expect(browser.get("/portal/members")[0].status, role).equals(status)
        expect(browser.get("/portal/account")[0].status, role).equals(200)


@people.check
def sessions_open_the_admin_api_with_their_token_only(world):
    house = house_of(world)
    house.owner.get("/portal/account")
    url = house.gateway.admin_url + "/api/admin/organizations"
    cookie = "; ".join(f"{name}={value}" for name, value in house.owner.cookies.items())
    status, _, text = fetch(url, headers={"Cookie": cookie, "x-csrf-token": house.owner.hidden["csrf"]})
    expect(status).equals(200)
    expect([one["id"] for one in as_json(text)["organizations"]]).equals(["org_default"])
    expect(fetch(url, headers={"Cookie": cookie})[0], "without the token").equals(403)
    expect(fetch(url, headers={"Authorization": f"Bearer {ADMIN_TOKEN}"})[0], "the admin token").equals(200)


@people.check
def callers_cannot_say_where_they_are(world):
    """Tries count by network, whatever address a caller makes up."""
    house = house_of(world)
    statuses = []
    for number in range(8):
        browser = Browser(house.gateway.base_url)
        browser.get("/portal/sign-in")
        reply, _ = browser.post("/portal/sign-in", {"x-ni-client-address": f"203.0.113.{number}"},
                                email="nobody@example.test", password="wrong-password")
        statuses.append(reply.status)
    expect(429 in statuses, "some are told to wait").equals(True)


SUITES = (people,)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
