#!/usr/bin/env python3
"""What operators and visitors see: the admin listener, and the pages on the port that callers use.

    check_admin.py                                 starts a gateway
    check_admin.py --ready-file demo.json          checks the `northern demo` that wrote this file
"""
import http.client
import json
import os
import re
import sys
import urllib.parse
import uuid

from harness import Suite, as_json, eventually, expect, main
from servers import ADMIN_TOKEN, Installation, fetch
from wire import CHAT, chat_body

admin = Suite("admin")
pages = Suite("pages")

TOKEN = {"Authorization": f"Bearer {ADMIN_TOKEN}"}


def keys_url(world):
    return world.own_gateway.admin_url + "/api/admin/keys"


def chat_status(world, key):
    body = chat_body(world.gateway.route("compatible"), "hi")
    return fetch(world.gateway.base_url + CHAT, body, {"Authorization": f"Bearer {key}"})[0]


@admin.check
def health_and_metrics(world):
    for path in ("/health/live", "/health/ready", "/metrics"):
        expect(fetch(world.own_gateway.admin_url + path)[0], path).equals(200)


@admin.check
def metrics_count_requests(world):
    def total():
        text = fetch(world.own_gateway.admin_url + "/metrics")[2]
        counts = re.findall(r'^\w*(?:requests|replies|responses)\w*\{[^}]*"200"[^}]*\} (\d+)', text, re.MULTILINE)
        return sum(map(int, counts))

    before = total()
    expect(chat_status(world, world.gateway.key)).equals(200)
    expect(eventually(lambda: total() > before), "a request more after a request").equals(True)


@admin.check
def the_admin_api_is_not_on_the_callers_port(world):
    for path in ("/api/admin/keys", "/health/ready", "/metrics"):
        expect(fetch(world.own_gateway.base_url + path, headers=TOKEN)[0], path).is_one_of((404, 405))


@admin.check
def a_token_is_demanded(world):
    for headers, code in (({}, "missing_admin_token"), ({"Authorization": "Bearer wrong"}, "invalid_admin_token"),
                          ({"Authorization": f"Bearer {world.own_gateway.key}"}, "invalid_admin_token")):
        status, _, text = fetch(keys_url(world), headers=headers)
        expect((status, as_json(text)["error"]["code"])).equals((401, code))


@admin.check
def a_key_is_made_listed_and_ended(world):
    draft = json.dumps({"name": "made over HTTP", "tiers": ["customer_premises"]}).encode()
    status, _, text = fetch(keys_url(world), draft, TOKEN)
    expect(status).equals(201)
    made = as_json(text)
    expect(eventually(lambda: chat_status(world, made["secret"]) == 200), "the key is taken").equals(True)
    listed = fetch(keys_url(world), headers=TOKEN)[2]
    expect([key["name"] for key in as_json(listed)["keys"] if key["id"] == made["id"]]).equals(["made over HTTP"])
    expect(listed).lacks(made["secret"])
    expect(fetch(f"{keys_url(world)}/{made['id']}", headers=TOKEN, method="DELETE")[0]).equals(200)
    expect(eventually(lambda: chat_status(world, made["secret"]) == 401), "the ended key is refused").equals(True)


def ask_once(url, key, draft, method="POST"):
    headers = TOKEN | {"Idempotency-Key": key, "content-type": "application/json"}
    status, fields, text = fetch(url, json.dumps(draft).encode(), headers, method)
    return status, fields.get("idempotent-replayed"), as_json(text)


@admin.check
def a_request_with_a_key_of_its_own_is_done_once_also_after_a_restart(world):
    installation = Installation(world, "idempotency")
    gateway = installation.start(installation.create_key("idempotency")["key"])
    url, key, draft = gateway.admin_url + "/api/admin/keys", str(uuid.uuid4()), {"name": "made once"}
    status, replayed, made = ask_once(url, key, draft)
    expect((status, replayed)).equals((201, None))
    expect(ask_once(url, key, draft)).equals((201, "true", made))
    status, _, error = ask_once(url, key, {"name": "another"})
    expect((status, error["error"]["code"])).equals((422, "idempotency_key_reused"))
    # What is refused takes no key.
    other = str(uuid.uuid4())
    expect(ask_once(url, other, {"name": 7})[0]).equals(400)
    expect(ask_once(url, other, {"name": "mended"})[0]).equals(201)
    expect(ask_once(url, "with space", draft)[0]).equals(400)
    gateway.process.end()
    for name in os.listdir(installation.data_directory):
        path = os.path.join(installation.data_directory, name)
        if os.path.isfile(path):
            with open(path, "rb") as file:
                expect(made["secret"].encode() in file.read(), name).equals(False)
    url = installation.start(gateway.key).admin_url + "/api/admin/keys"
    expect(ask_once(url, key, draft)).equals((201, "true", made))
    names = [each["name"] for each in as_json(fetch(url, headers=TOKEN)[2])["keys"]]
    expect(names.count("made once")).equals(1)


@admin.check
def mistakes_make_no_key(world):
    """A misspelt member would make a key that may do more than was meant."""
    before = len(as_json(fetch(keys_url(world), headers=TOKEN)[2])["keys"])
    for draft, code in (({"name": "x", "tires": ["customer_premises"]}, "unknown_parameter"), ({}, None),
                        ({"name": "x", "tiers": ["gold"]}, None), ({"name": "x", "tiers": "gold"}, None),
                        ({"name": ""}, None), ([], None)):
        status, _, text = fetch(keys_url(world), json.dumps(draft).encode(), TOKEN)
        expect(status, str(draft)).equals(400)
        if code:
            expect(as_json(text)["error"]["code"]).equals(code)
    expect(len(as_json(fetch(keys_url(world), headers=TOKEN)[2])["keys"]), "keys").equals(before)


@admin.check
def an_upstream_that_drifts_is_counted_and_listed(world):
    body = chat_body(world.gateway.route("compatible"), "[[sim:drift another-model]]hi")
    status, headers, _ = fetch(world.gateway.base_url + CHAT, body, {"Authorization": f"Bearer {world.gateway.key}"})
    expect(status).equals(200)
    drifts = as_json(fetch(world.own_gateway.admin_url + "/api/admin/drift?limit=9", headers=TOKEN)[2])["drifts"]
    mine = [drift for drift in drifts if drift["request"] == headers["x-ni-request-id"]]
    expect([(drift["kind"], drift["seen"], drift["sent"]) for drift in mine]).equals([("model", "another-model", True)])
    expect(fetch(world.own_gateway.admin_url + "/metrics")[2]).contains('northern_drifts_total{kind="model"} ')
    status, _, text = fetch(world.own_gateway.admin_url + "/api/admin/drift?limit=x", headers=TOKEN)
    expect((status, as_json(text)["error"]["param"])).equals((400, "limit"))


@pages.check
def pages_are_there(world):
    for path in ("/", "/models", "/docs/quickstart"):
        status, headers, text = fetch(world.gateway.base_url + path)
        expect((status, headers["content-type"].partition(";")[0]), path).equals((200, "text/html"))
        expect(text, path).contains("<title>")


@pages.check
def pages_load_nothing_from_elsewhere(world):
    for path in ("/", "/models", "/docs/quickstart"):
        _, headers, text = fetch(world.gateway.base_url + path)
        loaded = re.findall(r'<(?:script|img|link|iframe)[^>]*(?:src|href)="([^"]+)"', text)
        expect([url for url in loaded if url.startswith(("http", "//"))], path).equals([])
        expect(bool(headers["content-security-policy"]), f"a content security policy on {path}").equals(True)
        for url in loaded:
            if not url.startswith("data:"):
                expect(fetch(world.gateway.base_url + url)[0], url).equals(200)


@pages.check
def what_is_the_same_for_everybody_is_kept(world):
    """On one connection, since each event loop keeps pages of its own."""
    host = urllib.parse.urlsplit(world.gateway.base_url).netloc
    connection = http.client.HTTPConnection(host, timeout=20)

    def get(path, **fields):
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in fields.items()})
        reply = connection.getresponse()
        return reply, reply.read()

    path = f"/models?images=yes&{uuid.uuid4().hex}"
    first, second = get(path), get(path)
    expect((first[0].headers["age"], second[0].headers["age"] is None), "only the second is kept").equals((None, False))
    expect(second[1] == first[1] and second[0].status == 200, "the same page").equals(True)
    expect(second[0].headers["x-ni-request-id"] != first[0].headers["x-ni-request-id"], "ids of their own").equals(True)
    expect(bool(second[0].headers["content-security-policy"]), "a content security policy").equals(True)
    for fields in ({"cookie": "ni_language=fr"}, {"accept_language": "fr"}, {"cache_control": "no-cache"}):
        expect(get(path, **fields)[0].headers["age"], fields).equals(None)
    expect(get(path, accept_language="fr")[0].headers["content-language"], "kept in French").equals("fr")
    for path in ("/portal/sign-in", f"/nowhere-{uuid.uuid4().hex}"):
        get(path)
        expect(get(path)[0].headers["age"], path).equals(None)
    connection.close()


@pages.check
def links_lead_somewhere(world):
    seen, waiting = set(), ["/"]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        status, headers, text = fetch(world.gateway.base_url + path)
        expect(status, path).equals(200)
        if headers["content-type"].startswith("text/html"):
            links = re.findall(r'<a [^>]*href="(/[^"#]*)', text)
            waiting += [link for link in links if not link.startswith("/portal")]
    expect(len(seen) > 5, f"pages: {sorted(seen)}").equals(True)


SUITES = (admin, pages)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
