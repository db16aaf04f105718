"""A gateway's custody answers, each verified as it is read, and logs that a check serves itself."""
import contextlib
import functools
import http.server
import json
import os
import sqlite3
import subprocess
import threading
import urllib.parse

import jsonschema
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import custodylog
from custodylog import Auditor, Proved, WebLog, published_keys
from harness import Skip, as_json, eventually, expect
from servers import ROOT, fetch

RECORDS = "/api/usage/custody"
KEYS = "/.well-known/ni-keys.json"
# More than any check has, and how many records each has at most.
MOST_PAGES, LONGEST_PAGE = 10_000, 5000


class Custody:
    """What a gateway tells an organization of its requests, and everybody of its log."""

    def __init__(self, gateway, key=None):
        self.gateway = gateway
        self.key = key or gateway.key

    def get(self, path, **parameters):
        """Status, header fields and text of an answer."""
        query = "?" + urllib.parse.urlencode(parameters) if parameters else ""
        fields = {"Authorization": f"Bearer {self.key}"}
        return fetch(f"{self.gateway.base_url}{RECORDS}{path}{query}", headers=fields, timeout=120)

    def text(self, path, **parameters):
        status, _, text = self.get(path, **parameters)
        expect(status, f"status of {path} with {parameters}: {text[:300]}").equals(200)
        return text

    # The log

    @functools.cached_property
    def published(self):
        """Keys, and the list that they are in."""
        return published_keys(fetch(self.gateway.base_url + KEYS)[2].encode())

    @property
    def keys(self):
        return self.published[0]

    @property
    def origin(self):
        return self.published[1]["origin"]

    @property
    def log_url(self):
        return urllib.parse.urljoin(self.gateway.base_url, self.published[1]["log"])

    def auditor(self):
        return Auditor(WebLog(self.log_url), self.keys, self.origin)

    # Records

    def receipt(self, request_id):
        return self.text(f"/{request_id}/receipt").encode()

    def proved(self, request_id):
        """What the receipt of a request proves; it has to be the request's."""
        proved = custodylog.verified_receipt(self.receipt(request_id), self.keys, self.origin)
        expect(proved.record["id"]).equals(request_id)
        return proved

    def logged(self, request_id, seconds=5):
        """A record and where the log has it, as soon as it does."""
        answer = eventually(lambda: self._logged(request_id), seconds, pause=0.1)
        expect(bool(answer), f"{request_id} is in the log after {seconds} s").is_true()
        return placed(answer)

    def _logged(self, request_id):
        status, _, text = self.get(f"/{request_id}")
        return as_json(text) if status == 200 and "log" in as_json(text) else None

    def exported(self, **parameters):
        """What an export proves, all pages together; they are as long as they may be unless a limit is given."""
        found, cursor = [], {}
        for _ in range(MOST_PAGES):
            text = self.text("/export", **{"limit": LONGEST_PAGE, **parameters, **cursor})
            found += custodylog.verified_export(text.encode(), self.keys, self.origin)
            cursor = {"cursor": as_json(text.splitlines()[-1])["next"]}
            if cursor["cursor"] is None:
                return found
        raise AssertionError("the export has no end")

    def listed(self, **parameters):
        """The records of each page of a list, with where the log has them."""
        pages, cursor = [], {}
        for _ in range(MOST_PAGES):
            page = as_json(self.text("", **{**parameters, **cursor}))
            expect(sorted(page)).equals(["next", "records"])
            pages.append(page["records"])
            if page["next"] is None:
                return pages
            cursor = {"cursor": page["next"]}
        raise AssertionError("the list has no end")


def placed(answer):
    """A record of an answer, and where the log has it."""
    record = {name: value for name, value in answer.items() if name != "log"}
    return Proved(answer["log"]["index"], record, answer["log"]["salt"], None)


def expect_one_leaf_each(proved, entries):
    """That the log has each record, at an index of its own."""
    indexes = [each.index for each in proved]
    expect(len(set(indexes)), "different indexes").equals(len(indexes))
    expect([each.record["id"] for each in proved
            if each.index >= len(entries) or entries[each.index] != each.entry], "not in the log").equals([])


# Entries that a log begins with: of one key that was made, and of the first owner's link.
FIRST_CHANGES = 2


def changes_of(installation):
    """How many entries of the log are of changes, and not of requests."""
    return len(installation.command("admin", "audit", "--limit", "1000", "--format", "json").splitlines())


# ---------------------------------------------------------------------------------------------------- Their form

@functools.cache
def schema():
    path = os.path.join(ROOT, "docs/custody-record.schema.json")
    if not os.path.exists(path):
        raise Skip(f"{path} is not there")
    with open(path) as file:
        found = json.load(file)
    jsonschema.Draft202012Validator.check_schema(found)
    return jsonschema.Draft202012Validator(found)


def expect_fit_schema(records):
    """Records of one shape fit or don't fit together, up to their values: a few of each are looked at."""
    looked_at = {}
    for record in records:
        alike = looked_at.setdefault(shape(record), [])
        if len(alike) < 3:
            alike.append(record)
            faults = [f"{list(error.absolute_path)}: {error.message}" for error in schema().iter_errors(record)]
            expect(faults[:3], f"what doesn't fit in {record}").equals([])


def shape(value):
    if isinstance(value, dict):
        return tuple((name, shape(member)) for name, member in sorted(value.items()))
    if isinstance(value, list):
        return frozenset(map(shape, value))
    return type(value)


# ---------------------------------------------------------------------------------------------------- Commands

def northern(world, *arguments, config=None):
    """Runs a command, whatever its exit status."""
    more = ["--config", config] if config else []
    return subprocess.run([world.northern, *map(str, arguments), *more], cwd=world.folder, capture_output=True,
                          text=True, timeout=60)


def store_of(installation):
    return os.path.join(installation.data_directory, "northern.sqlite")


def signer_of(installation):
    """The key that the gateway's log is signed with, as long as it was never changed."""
    with open(os.path.join(installation.data_directory, "custody-log-key-1.secret"), "rb") as file:
        return Ed25519PrivateKey.from_private_bytes(file.read())


def create_key_of(installation, organization, *tiers):
    """A key of another organization. Nothing else makes one yet, so its row is changed, before the gateway starts."""
    made = installation.create_key(organization, *tiers)
    with contextlib.closing(sqlite3.connect(store_of(installation))) as store, store:
        store.execute("UPDATE api_keys SET organization = ? WHERE id = ?", (organization, made["id"]))
    return made["key"]


# ---------------------------------------------------------------------------------------------------- Logs of our own

class ServedLog:
    """Files of a log on a port of this machine, under /log/, and its keys; `files` may change meanwhile."""

    def __init__(self, log):
        self.files = {}
        self.show(log)
        handler = type("Handler", (FileHandler,), {"served": self})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        # Who has found something doesn't read on.
        self.server.handle_error = lambda *_: None
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def show(self, log, size=None):
        told = {"origin": log.origin, "log": "/log/", "keys": [
            {"id": key.id.hex(), "algorithm": "ed25519", "public_key": custodylog.encoded(key.public_key),
             "verifier_key": str(key), "not_before": "2026-01-01T00:00:00Z", "not_after": None} for key in log.keys]}
        self.files = {KEYS: json.dumps(told).encode(),
                      **{f"/log/{path}": data for path, data in log.files(size).items()}}

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class FileHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        data = self.served.files.get(self.path)
        self.send_response(404 if data is None else 200)
        is_text = self.path.endswith(("checkpoint", ".json"))
        self.send_header("content-type", "text/plain; charset=utf-8" if is_text else "application/octet-stream")
        self.send_header("content-length", str(len(data or b"")))
        self.end_headers()
        self.wfile.write(data or b"")

    def log_message(self, *_):
        pass
