"""What callers, custody records and the providers' own logs say of the same requests, held against each other.

What became of a request may depend on time, so nothing here says what must: only that all who tell of it tell the same.
"""
import functools
import hashlib
import ipaddress
import json
import re
import urllib.parse
from collections import Counter

from harness import as_json, eventually, expect
from servers import fetch
from traffic import at_once, host_of

# Why an attempt may have sent nothing.
NOT_SENT = ("connection", "timeout", "residency", "cancelled")


def expect_none(faults):
    faults = list(faults)
    expect(len(faults), f"disagreements, such as: {faults[:3]}").equals(0)


# ---------------------------------------------------------------------------------------------------- What was logged

class SeenRequest:
    """A request as a simulator's log has it."""

    def __init__(self, seen):
        self.path = urllib.parse.unquote(seen["path"])
        self.text = seen["body"]
        self.body = as_json(self.text, "a body in a simulator's log")
        found = re.search(r"tag-\d{5}", self.text)
        self.tag = found[0] if found else None

    @property
    def size(self):
        return len(self.text.encode())

    @property
    def model(self):
        """In the path, on wires that have it there."""
        found = re.search(r"/model/(.+)/|/models/(.+):", self.path)
        return (found[1] or found[2]) if found else self.body.get("model")

    @functools.cached_property
    def digest(self):
        """What the simulator's own ids of the request are made of."""
        canonical = json.dumps(self.body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()[:24]


def seen_by(simulator):
    """All requests for an answer that reached a simulator, the oldest first."""
    _, _, text = fetch(f"{simulator.url}/__sim/requests")
    return [SeenRequest(seen) for seen in as_json(text) if seen["method"] == "POST"]


# ---------------------------------------------------------------------------------------------------- Together

def may_be_at(route, address):
    """Whether a connection for a route may have ended there: at an address that was declared, or its host itself."""
    wanted, got = urllib.parse.urlsplit(route.base_url), urllib.parse.urlsplit(f"http://{address}")
    networks = [ipaddress.ip_network(prefix) for prefix in route.addresses or [wanted.hostname]]
    return got.port == wanted.port and any(ipaddress.ip_address(got.hostname) in network for network in networks)


def answered_ids(gateway):
    """Of all requests that a gateway has answered: it says so of each, in its log."""
    lines = gateway.process.log_text().splitlines()
    return [re.search(r"\bid=([0-9a-f]{32})\b", line)[1] for line in lines if "Answered a request" in line]


class Evidence:
    """All that is told of some requests, after the last of them is over."""

    def __init__(self, installation, gateway, told, records):
        self.gateway = gateway
        self.routes = {route.id: route for route in installation.routes.values()}
        self.told = {each.asked.tag: each for each in told}
        self.records = records
        self.names = self._published_names()
        self.seen = {}

    @classmethod
    def of(cls, steps, installation, gateway, callers, enter=None):
        """Asks, and reads the records. The gateway has to log at info."""
        groups = at_once(gateway, callers, lambda caller, step: [caller.ask(asked) for asked in step], steps, enter)
        told = [each for group in groups for each in group]
        # Those that left may be gone before the gateway knows of it.
        eventually(lambda: len(answered_ids(gateway)) >= len(told), seconds=20, pause=0.2)
        records = at_once(gateway, callers, lambda caller, each: caller.record(each), answered_ids(gateway), enter)
        return cls(installation, gateway, told, records)

    def look_at(self, host, seen):
        """Takes the log of what stands at a host."""
        self.seen[host] = seen

    @functools.cached_property
    def by_tag(self):
        return {record.get("nonce"): record for record in self.records}

    @property
    def pairs(self):
        """What the caller saw and what is on record, of each request that has a record."""
        return [(told, self.by_tag[tag]) for tag, told in self.told.items() if tag in self.by_tag]

    @property
    def attempts(self):
        return [attempt for record in self.records for attempt in record["attempts"]]

    def tally(self, member):
        return Counter(record[member] for record in self.records)

    def failures(self):
        return Counter(attempt["failure"] for attempt in self.attempts if "failure" in attempt)

    # What doesn't agree, as sentences. None is what is expected.

    def unrecorded(self):
        """Requests without a closed record of their own, and records without a request."""
        counts = Counter(record.get("nonce") for record in self.records)
        for tag, told in self.told.items():
            if told.trouble:
                yield f"{tag} got no reply: {told.trouble}"
            if counts[tag] != 1:
                yield f"{tag} has {counts[tag]} records: {told.asked}"
        for record in self.records:
            if record.get("nonce") not in self.told:
                yield f"{record['id']} is a record of nobody's request"
            open_attempts = [attempt for attempt in record["attempts"] if "ended_at" not in attempt]
            if record["state"] != "closed" or "closed_at" not in record or open_attempts:
                yield f"{record['id']} is still open"

    def unlike_headers(self):
        """Replies whose header fields say something else than the record."""
        for told, record in self.pairs:
            if not told.fields:
                continue
            wanted = self._headers(record)
            got = {name: told.fields.get(name) for name in wanted}
            if got != wanted:
                yield f"{told.asked.tag}: {got}, and the record says {wanted}"

    def _headers(self, record):
        attempts, residency = record["attempts"], record.get("residency", {})
        is_observed = bool(attempts) and attempts[-1].get("address_check", {}).get("result") == "match"
        evidence = "observed_network" if is_observed else residency.get("evidence")
        route = {"route": record.get("route"), "tier": record.get("tier"), "region": residency.get("region"),
                 "jurisdiction": residency.get("jurisdiction"),
                 "provider": self.names[record["route"]] if attempts else None}
        return {"x-ni-request-id": record["id"], "x-ni-attempts": str(len(attempts)),
                "x-ni-evidence": evidence or "none", "x-ni-processing": residency.get("processing", "none"),
                "x-ni-policy": record["policy"],
                **{f"x-ni-resolved-{name}": value or "none" for name, value in route.items()}}

    def _published_names(self):
        """Of the routes' providers, as the gateway publishes them."""
        published = as_json(self.gateway.get("/api/billing/models", key=False)[2])["models"]
        return {route["model_id"]: route["provider"] for route in published}

    def unlike_replies(self):
        """Replies that are something else than the record says."""
        for told, record in self.pairs:
            if told.asked.leaves is None:
                yield from (f"{told.asked.tag}: {fault}" for fault in self._unlike(told, record))
            elif record["outcome"] not in ("cancelled", "completed", "failed", "refused"):
                yield f"{told.asked.tag}: {record['outcome']}, and its caller left"

    @staticmethod
    def _unlike(told, record):
        asked, outcome, error = told.asked, record["outcome"], record.get("error")
        if (record["surface"], record["streamed"]) != (asked.surface, asked.is_streamed):
            yield f"on record as {record['surface']}, streamed {record['streamed']}"
        if record.get("status") != told.status:
            yield f"status {told.status}, on record {record.get('status')}"
        if told.is_whole != (outcome == "completed"):
            yield f"a whole answer: {told.is_whole}, on record {outcome}"
        if (error is None) != (outcome == "completed") or error and error not in told.body.decode():
            yield f"the error {error} on record, and the reply {told.body[-300:]}"
        if outcome == "completed" and record["response_bytes"] != len(told.body):
            yield f"{len(told.body)} bytes, on record {record['response_bytes']}"

    def unlike_plans(self):
        """Attempts that the request's route or its fallbacks don't lead to, or not in that order."""
        for told, record in self.pairs:
            route = self._asked_route(told.asked)
            plan = [route.id, *(route.fallbacks if told.asked.allows_fallbacks else ())]
            tried = [attempt["route"] for attempt in record["attempts"]]
            if record.get("asked_route") != route.id or not set(tried) <= set(plan):
                yield f"{told.asked.tag}: asked for {record.get('asked_route')}, tried {tried}, the plan was {plan}"
            elif [*map(plan.index, tried)] != sorted(map(plan.index, tried)):
                yield f"{told.asked.tag}: tried {tried}, the plan was {plan}"
            elif record.get("route") != (tried[-1] if tried else None):
                yield f"{told.asked.tag}: tried {tried}, on record {record.get('route')}"

    def _asked_route(self, asked):
        return self.routes[self.gateway.route(asked.route)]

    def unlike_catalog(self):
        """Attempts that are on record with something else than the catalogue has of their route."""
        for record in self.records:
            if record["attempts"] and record["residency"]["region"] != record["attempts"][-1]["region"]:
                yield f"{record['id']}: {record['residency']}, and the last attempt's is another"
            for attempt in record["attempts"]:
                route = self.routes[attempt["route"]]
                wanted = {"provider": route.provider, "upstream_model": route.upstream_model, "region": route.region,
                          "host": host_of(route)}
                if wanted != {name: attempt[name] for name in wanted}:
                    yield f"{record['id']}: {attempt}, and the catalogue has {wanted}"
                if "address" in attempt and not may_be_at(route, attempt["address"]):
                    yield f"{record['id']}: {attempt}, and that is not where the catalogue says"

    def unlike_logs(self):
        """Attempts that aren't what the providers have seen: one request for each that sent something, and no other."""
        for tag in {*self.by_tag, *(seen.tag for log in self.seen.values() for seen in log)}:
            attempts = self.by_tag.get(tag, {"attempts": []})["attempts"]
            for host in {*self.seen, *(attempt["host"] for attempt in attempts)}:
                here = [attempt for attempt in attempts if attempt["host"] == host]
                yield from (f"{tag} at {host}: {fault}" for fault in self._unlike_log(here, self._seen(host, tag)))

    def _unlike_log(self, attempts, seen):
        for attempt in attempts:
            is_sent = attempt["sent_bytes"] > 0
            if is_sent != ("address" in attempt) or not is_sent and attempt.get("failure") not in NOT_SENT:
                yield f"sent or not: {attempt}"
        sent = [attempt for attempt in attempts if attempt["sent_bytes"] > 0]
        if len(sent) != len(seen):
            yield f"{len(sent)} attempts on record, {len(seen)} in the log: {sent}"
            return
        for attempt, request_seen in zip(sent, seen):
            got = (request_seen.model, request_seen.size)
            if got != (attempt["upstream_model"], attempt["sent_bytes"]):
                yield f"{got} in the log, on record {attempt['upstream_model']}, {attempt['sent_bytes']}"
            yield from self._unlike_id(attempt, request_seen.digest)

    @staticmethod
    def _unlike_id(attempt, digest):
        """Where the provider gives its requests ids; some of its failures have none."""
        given = attempt.get("upstream_request_id")
        is_due = "failure" not in attempt and attempt["provider"] not in ("vertex", "cohere")
        if given is None and is_due or given is not None and digest not in given.replace("-", ""):
            yield f"the provider's id is {given}, and not of {digest}"

    def _seen(self, host, tag):
        return self._log_by_tag.get((host, tag), [])

    @functools.cached_property
    def _log_by_tag(self):
        found = {}
        for host, log in self.seen.items():
            for seen in log:
                found.setdefault((host, seen.tag), []).append(seen)
        return found
