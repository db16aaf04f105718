#!/usr/bin/env python3
"""`openapi.yaml` is true: requests are made from it, and each reply has to be one of those that it names.

    check_openapi.py               starts a gateway

Requests that the document allows, and requests that it doesn't, go to both listeners, with a credential and without:
always the same ones. No reply may be a failure of the gateway's own.
"""
import os
import re
import sys

import yaml
from schemathesis import openapi
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from harness import Suite, expect, main, shortened
from servers import ADMIN_TOKEN, ROOT, ROUTES, Installation

conformance = Suite("openapi")

SEED = 20261128
# For each operation, beside those that are made from the edges of each value.
EXAMPLES = 8
FEW = 2
# What a provider may be to blame for, and what isn't offered. Where an operation doesn't name them, they are refused.
NO_FAULT = ["2xx", "3xx", "4xx", 501, 502, 503, 504]
BODIES = ("ChatRequest", "MessagesRequest", "ResponsesRequest", "EmbeddingsRequest")


def document():
    with open(os.path.join(ROOT, "openapi.yaml")) as file:
        return yaml.safe_load(file)


def listener(told, is_admin):
    """The document of one of the two listeners."""
    paths = {path: item for path, item in told["paths"].items() if ("servers" in item) == is_admin}
    return told | {"paths": paths}


def operations(told):
    for path, item in told["paths"].items():
        for method, operation in item.items():
            if method in ("get", "put", "post", "delete", "patch"):
                yield f"{method.upper()} {path}", operation


def reaching_models(told):
    """With no other models and demands than such as get past the routes: most requests would ask nobody otherwise."""
    schemas = told["components"]["schemas"]
    for name in BODIES:
        schemas[name]["properties"]["model"] = {"enum": [ROUTES[family].id for family in ("vertex", "azure", "bedrock")]}
    demand = {"enum": [ROUTES["vertex"].tier]}
    schemas["PrivacyTier"] = told["components"]["parameters"]["PrivacyTier"]["schema"] = demand
    return told


def with_events(told):
    """With what each event of a stream has to be, which OpenAPI 3.1 has words for in descriptions only."""
    for _, operation in operations(told):
        for content in (reply.get("content", {}) for reply in operation["responses"].values()):
            if "text/event-stream" in content:
                said = content["text/event-stream"]["schema"]["description"]
                names = re.findall("`([A-Za-z]+)`", said)
                data = [{"const": "[DONE]"}] if "[DONE]" in said else []
                data.append({"contentMediaType": "application/json", "contentSchema": {
                    "anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in names]}})
                content["text/event-stream"]["schema"] = {
                    "type": "object", "required": ["data"], "properties": {"data": {"anyOf": data}}}
    return told


def configured(url, headers, examples, edges):
    checks = ("not_a_server_error", "status_code_conformance", "content_type_conformance",
              "response_headers_conformance", "response_schema_conformance", "unsupported_method")
    return SchemathesisConfig.from_dict({
        "base-url": url, "headers": headers, "seed": SEED, "suppress-health-check": ["all"], "request-timeout": 20,
        "generation": {"max-examples": examples, "database": "none"},
        "phases": {"coverage": {"enabled": edges}, "stateful": {"enabled": False}},
        # Their requests are those of others.
        "operations": [{"include-path": path, "phases": {"coverage": {"enabled": False}}}
                       for path in ("/v1/messages/count_tokens", "/api/explain")]
        # What isn't offered isn't so by any method.
        + [{"include-path": "/v1/responses/{id}", "checks": {"unsupported_method": {"enabled": False}}}],
        "checks": {"enabled": False} | {name: {"enabled": True} for name in checks}
        | {"not_a_server_error": {"enabled": True, "expected-statuses": NO_FAULT}}})


def run(told, config):
    """Sends all requests. What each was answered with, as pairs of an operation and a status, and what is wrong."""
    answers, wrong = [], {}
    for event in from_schema(openapi.from_dict(told, config=config)).execute():
        if isinstance(event, events.NonFatalError):
            raise AssertionError(f"{event.label}: {event.info.title}: {event.info.message}")
        if not isinstance(event, events.ScenarioFinished):
            continue
        answers += [(event.label, each.response.status_code) for each in event.recorder.interactions.values()
                    if each.response]
        for failed in (each for found in event.recorder.checks.values() for each in found if each.failure_info):
            failure = failed.failure_info.failure
            wrong.setdefault((event.label, failure.title, shortened(failure.message, 200)),
                             failed.failure_info.code_sample)
    return answers, [f"{': '.join(what)} ({shortened(request, 500)})" for what, request in wrong.items()]


def check(told, url, headers=(), examples=EXAMPLES, edges=True):
    answers, wrong = run(told, configured(url, dict(headers), examples, edges))
    expect(wrong, f"{len(wrong)} of {len(answers)} replies are other than documented").equals([])
    print(f"     {len(answers)} replies are as documented")
    return answers


def is_refused_without(told, answers):
    """Nobody gets anything without a credential but what the document says that everybody gets."""
    guarded = {label for label, operation in operations(told) if operation.get("security", told["security"])}
    expect({status for label, status in answers if label in guarded}, "statuses").equals({401})


@conformance.check
def callers_get_what_is_documented(world):
    told = with_events(reaching_models(listener(document(), is_admin=False)))
    answers = check(told, world.own_gateway.base_url, world.own_gateway.authorization)
    for path in ("chat/completions", "messages", "responses"):
        statuses = [status for label, status in answers if label == f"POST /v1/{path}"]
        expect(statuses.count(200) > 20, f"answers of models on {path}: {statuses.count(200)}").equals(True)


@conformance.check
def without_a_key_they_get_what_is_documented(world):
    told = listener(document(), is_admin=False)
    is_refused_without(told, check(told, world.own_gateway.base_url, examples=FEW, edges=False))


@conformance.check
def operators_get_what_is_documented(world):
    # Keys are ended here, and exchange rates entered.
    installation = Installation(world, "openapi")
    gateway = installation.start(installation.create_key("openapi")["key"])
    answers = check(listener(document(), is_admin=True), gateway.admin_url, [("Authorization", f"Bearer {ADMIN_TOKEN}")])
    done = {label for label, status in answers if 200 <= status < 300}
    expect({"POST /api/admin/keys", "GET /api/admin/audit/{id}", "POST /api/admin/reload"} - done, "not done").equals(set())
    expect(gateway.process.is_alive, "the gateway is alive").equals(True)


@conformance.check
def without_the_token_they_get_what_is_documented(world):
    told = listener(document(), is_admin=True)
    is_refused_without(told, check(told, world.own_gateway.admin_url, examples=FEW, edges=False))


SUITES = (conformance,)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
