#!/usr/bin/env python3
"""Thousands of requests of all kinds at once, many of which fail: what the header fields say of each, what its custody
record says, and what reached the providers agree, without an exception.

    check_agreement.py                             starts a gateway, and a simulator for each provider
"""
import sys

from evidence import Evidence, expect_none, seen_by
from harness import Skip, Suite, eventually, expect, main, once
from servers import ADMIN_TOKEN, EVERY_FAMILY, PROVIDER_KEY, Installation, fetch
from traffic import Mix, canadian

agreement = Suite("agreement")

REQUESTS = 5000
CALLERS = 32
SEED = 20261126
# Behind a door that has another key.
REFUSING = "refusing"


def start_simulators(world):
    """One for each family, so that its log tells where a request went."""
    keys = {**dict.fromkeys(EVERY_FAMILY, PROVIDER_KEY), REFUSING: "a-credential-that-nobody-else-has"}
    return {name: world.start_simulator(f"agreement-{name}", key=key, more=("--record", str(4 * REQUESTS))).simulator
            for name, key in keys.items()}


def routes(simulators):
    """One of each family, whose fallbacks are the next two, and some that always fail at first."""
    hosts = {name: simulator.url.partition("//")[2] for name, simulator in simulators.items()}
    ring = [*EVERY_FAMILY, *EVERY_FAMILY]
    found = {family: canadian(family, hosts[family], fallbacks=ids(ring[place + 1:place + 3]))
             for place, family in enumerate(EVERY_FAMILY)}
    # Nobody listens at port 9.
    found["unreachable"] = canadian("compatible", "127.0.0.1:9", id="checks/unreachable-ca", fallbacks=ids(["azure"]))
    found["unknown"] = canadian("cohere", hosts["cohere"], id="checks/unknown-ca", upstream_model="unknown",
                                fallbacks=ids(["vertex"]))
    found[REFUSING] = canadian("openai", hosts[REFUSING], id="checks/refusing-ca", fallbacks=ids(["bedrock"]))
    return found


def ids(families):
    return tuple(f"checks/{family}-ca" for family in families)


@once
def evidence(world):
    """Asked once, then looked at by several checks."""
    if world.is_foreign:
        raise Skip("only with a gateway that is started here")
    simulators = start_simulators(world)
    installation = Installation(world, "agreement", silence=1, simulator=simulators["openai"],
                                routes=routes(simulators))
    installation.edit("config.yaml", "level: debug", "level: info")
    gateway = installation.start(installation.create_key("agreement")["key"])
    steps = Mix(SEED, installation.routes).steps(REQUESTS)
    found = Evidence.of(steps, installation, gateway, CALLERS)
    for simulator in simulators.values():
        eventually(lambda: simulator.stats()["active"] == 0)
        found.look_at(simulator.url.partition("//")[2], seen_by(simulator))
    return found


@agreement.check
def all_kinds_of_requests_were_there(world):
    """Else the other checks would find nothing with ease."""
    found = evidence(world)
    expect(len(found.told)).equals(REQUESTS)
    outcomes, failures = found.tally("outcome"), found.failures()
    expect([name for name in ("completed", "failed", "cancelled", "refused") if outcomes[name] < 10], "rare").equals([])
    kinds = ("limit", "unavailable", "upstream", "timeout", "connection", "malformed", "truncated", "cancelled",
             "request", "context_length", "account", "missing")
    expect([kind for kind in kinds if not failures[kind]], "failures that didn't happen").equals([])
    expect({attempt["route"] for attempt in found.attempts}, "routes tried").equals(set(found.routes))
    saved = [record for record in found.records
             if record["outcome"] == "completed" and record["route"] != record["asked_route"]]
    expect(len(saved) >= 100, f"{len(saved)} requests answered by a fallback").is_true()
    unsent = [attempt for attempt in found.attempts if not attempt["sent_bytes"]]
    expect(len(unsent) >= 10, f"{len(unsent)} attempts that sent nothing").is_true()


@agreement.check
def each_request_has_one_record_and_none_is_open(world):
    expect_none(evidence(world).unrecorded())


@agreement.check
def headers_say_what_the_record_says(world):
    expect_none(evidence(world).unlike_headers())


@agreement.check
def the_record_says_what_the_caller_got(world):
    expect_none(evidence(world).unlike_replies())


@agreement.check
def attempts_follow_the_plan_and_without_fallbacks_there_is_one_route(world):
    expect_none(evidence(world).unlike_plans())


@agreement.check
def attempts_are_on_record_as_the_catalogue_has_their_route(world):
    expect_none(evidence(world).unlike_catalog())


@agreement.check
def each_attempt_that_sent_something_is_one_request_at_its_provider_and_there_is_no_other(world):
    expect_none(evidence(world).unlike_logs())


@agreement.check
def counters_say_what_the_records_say(world):
    found = evidence(world)
    metrics = fetch(found.gateway.admin_url + "/metrics", headers=[("Authorization", f"Bearer {ADMIN_TOKEN}")])[2]
    outcomes = found.tally("outcome")
    for outcome in ("completed", "failed", "cancelled", "refused"):
        expect(metrics).contains(f'northern_requests_total{{outcome="{outcome}"}} {outcomes[outcome]}\n')
    expect(metrics).contains("northern_requests_active 0\n")


SUITES = (agreement,)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
