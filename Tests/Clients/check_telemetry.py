#!/usr/bin/env python3
"""Traces and metrics reach a collector, and nothing of prompts, replies and keys does.

    check_telemetry.py             starts gateways, and collectors of its own
"""
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading

from google.protobuf import json_format
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from harness import Impossible, Suite, as_json, eventually, expect, main, once, saying, user
from servers import ADMIN_TOKEN, PROVIDER_KEY, ROOT, Installation, fetch
from wire import CHAT, chat_body

telemetry = Suite("telemetry")

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
COLLECTOR_TOKEN = "collector-token-4kq9"
CANARY = "canary-prompt-7Hq2 of Zoë Tremblay-Nakamura"
SPOKEN = "canary-reply-9Lw3"


class Collector:
    """Takes OTLP over HTTP as JSON, and reads it as the protocol's own types do."""

    def __init__(self):
        collector = self
        self.bodies, self.spans, self.metrics, self.tokens, self.errors = [], [], {}, set(), []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                collector.tokens.add(self.headers.get("authorization"))
                try:
                    collector.take(self.path, body)
                except Exception as error:
                    collector.errors.append(repr(error))
                self.send_response(200)
                self.send_header("content-length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def take(self, path, body):
        self.bodies.append(body)
        # The JSON form has ids in hex digits, where that of protobuf would have Base64.
        if path == "/v1/traces":
            parsed = json_format.Parse(re.sub(r'"(traceId|spanId|parentSpanId)":"([0-9a-f]+)"', self.base64, body),
                                       ExportTraceServiceRequest())
            for resource in parsed.resource_spans:
                for scope in resource.scope_spans:
                    self.spans += scope.spans
        else:
            parsed = json_format.Parse(body, ExportMetricsServiceRequest())
            for resource in parsed.resource_metrics:
                for scope in resource.scope_metrics:
                    self.metrics |= {metric.name: metric for metric in scope.metrics}

    @staticmethod
    def base64(found):
        import base64
        return f'"{found[1]}":"{base64.b64encode(bytes.fromhex(found[2])).decode()}"'

    def spans_of(self, trace):
        return [span for span in self.spans if span.trace_id.hex() == trace]


def attributes(span):
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in span.attributes}


class House:
    def __init__(self, world, name, settings, collector=None):
        self.collector = collector
        self.installation = Installation(world, name)
        with open(self.installation.configuration, "a") as file:
            file.write(f"telemetry: {json.dumps(settings)}\n")
        self.gateway = self.installation.start(self.installation.create_key(name)["key"])

    def ask(self, text="hi", route="compatible", stream=False, **headers):
        fields = {"Authorization": f"Bearer {self.gateway.key}", **headers}
        body = as_json(chat_body(self.gateway.route(route), text)) | {"stream": stream}
        return fetch(self.gateway.base_url + CHAT, json.dumps(body).encode(), fields)

    def metrics(self):
        return fetch(self.gateway.admin_url + "/metrics")[2]


@once
def house_of(world):
    collector = Collector()
    return House(world, "telemetry", {
        "otlp_url": collector.url, "otlp_headers": f"authorization=Bearer {COLLECTOR_TOKEN}", "interval_seconds": 1,
        "propagate_to": "customer_premises", "service_name": "checks"}, collector)


@telemetry.check
def a_request_is_a_span_with_one_below_for_each_attempt(world):
    house = house_of(world)
    status, headers, _ = house.ask()
    expect(status).equals(200)
    # Without a trace of the caller's, the request's id is the trace's.
    trace = headers["x-ni-request-id"]
    spans = eventually(lambda: house.collector.spans_of(trace), seconds=8)
    expect((house.collector.errors, len(spans))).equals(([], 2))
    request, attempt = sorted(spans, key=lambda span: span.kind)
    expect((request.kind, attempt.kind, request.parent_span_id, attempt.parent_span_id)).equals(
        (2, 3, b"", request.span_id))
    expect((request.name, attempt.name)).equals(("POST /v1/chat/completions", "chat llama-3.3-70b"))
    whole, one = attributes(request), attributes(attempt)
    expect(one["gen_ai.operation.name"]).equals("chat")
    expect(one["gen_ai.request.model"]).equals("llama-3.3-70b")
    expect(one["server.address"]).equals("127.0.0.1")
    expect(one["northern.jurisdiction"]).equals("CA")
    expect(one["gen_ai.usage.input_tokens"] > 0 and one["gen_ai.usage.output_tokens"] > 0).equals(True)
    expect((whole["http.response.status_code"], whole["northern.route"])).equals((200, house.gateway.route("compatible")))
    expect(request.start_time_unix_nano <= attempt.start_time_unix_nano <= attempt.end_time_unix_nano
           <= request.end_time_unix_nano).equals(True)
    expect(house.collector.tokens).equals({f"Bearer {COLLECTOR_TOKEN}"})


@telemetry.check
def a_fallback_has_a_span_for_each_and_says_why(world):
    house = house_of(world)
    trace = house.ask("hi", route="with_fallback")[1]["x-ni-request-id"]
    spans = eventually(lambda: house.collector.spans_of(trace), seconds=8)
    routes = [attributes(span)["northern.route"] for span in spans if span.kind == 3]
    expect(len(routes) >= 1, f"{routes}").equals(True)
    trace = house.ask(route="unreachable")[1]["x-ni-request-id"]
    spans = eventually(lambda: house.collector.spans_of(trace), seconds=8)
    failed = [attributes(span)["error.type"] for span in spans]
    expect((len(failed), [span.status.code for span in spans])).equals((2, [2, 2]))


@telemetry.check
def a_callers_trace_goes_on_in_ours_in_the_record_and_at_a_provider_that_may_know(world):
    house = house_of(world)
    _, headers, _ = house.ask(traceparent=f"00-{TRACE}-{SPAN}-01", tracestate="vendor=1,other=2")
    record = house.gateway.closed_custody(headers["x-ni-request-id"])
    expect(record["trace"]).equals(TRACE)
    spans = eventually(lambda: house.collector.spans_of(TRACE), seconds=8)
    request, attempt = sorted(spans, key=lambda span: span.kind)
    expect(request.parent_span_id.hex()).equals(SPAN)
    seen = house.gateway.simulator("compatible").last()["headers"]
    seen = {name.lower(): value for name, value in (seen.items() if isinstance(seen, dict) else seen)}
    expect(seen["traceparent"]).equals(f"00-{TRACE}-{attempt.span_id.hex()}-01")
    expect(seen["tracestate"]).equals("vendor=1,other=2")
    # A tier that isn't named is told nothing.
    house.ask(route="openai", traceparent=f"00-{TRACE}-{SPAN}-01", tracestate="vendor=1")
    told = json.dumps(house.gateway.simulator("openai").last()).lower()
    for what in ("traceparent", "tracestate", TRACE, "vendor=1"):
        expect(told).lacks(what)


@telemetry.check
def a_trace_that_is_not_valid_is_none(world):
    house = house_of(world)
    for wrong in (f"00-{TRACE.upper()}-{SPAN}-01", f"ff-{TRACE}-{SPAN}-01", f"00-{'0' * 32}-{SPAN}-01",
                  f"00-{TRACE}-{'0' * 16}-01", f"00-{TRACE}-{SPAN}-01-more", f"00-{TRACE}-{SPAN}", "canary-header"):
        status, headers, _ = house.ask(traceparent=wrong)
        record = house.gateway.closed_custody(headers["x-ni-request-id"])
        expect((status, "trace" in record), wrong).equals((200, False))


@telemetry.check
def who_is_not_sampled_is_not_told_of(world):
    house = house_of(world)
    other = "11111111111111112222222222222222"
    house.ask(traceparent=f"00-{other}-{SPAN}-00")
    trace = house.ask()[1]["x-ni-request-id"]
    expect(len(eventually(lambda: house.collector.spans_of(trace), seconds=8))).equals(2)
    expect(house.collector.spans_of(other)).equals([])


@telemetry.check
def metrics_reach_it_as_they_stand_at_our_own_address(world):
    house = house_of(world)
    house.ask(stream=True)
    names = ("gen_ai.client.operation.duration", "gen_ai.client.token.usage",
             "gen_ai.client.operation.time_to_first_chunk", "northern_requests")
    expect(eventually(lambda: all(name in house.collector.metrics for name in names), seconds=8)).equals(True)
    point = next(point for point in house.collector.metrics[names[0]].histogram.data_points)
    expect(len(point.bucket_counts)).equals(len(point.explicit_bounds) + 1)
    expect(sum(point.bucket_counts)).equals(point.count)
    route = house.gateway.route("compatible")
    found = re.findall(rf'^gen_ai_client_operation_time_to_first_chunk_seconds_count\{{[^}}]*northern_route="{re.escape(route)}"'
                       r'[^}]*\} (\d+)', house.metrics(), re.MULTILINE)
    expect(found and int(found[0]) >= 1).equals(True)


@telemetry.check
def no_text_and_no_key_is_in_any_of_it(world):
    house = house_of(world)
    spoken = saying(SPOKEN) + CANARY
    for stream in (False, True):
        trace = house.ask(spoken, stream=stream, **{"x-ni-nonce": "canary-nonce-3"})[1]["x-ni-request-id"]
        expect(len(eventually(lambda: house.collector.spans_of(trace), seconds=8))).equals(2)
    fetch(house.gateway.base_url + CHAT, chat_body("canary-model-5", CANARY),
          {"Authorization": f"Bearer {house.gateway.key}"})
    trace = house.ask()[1]["x-ni-request-id"]
    eventually(lambda: house.collector.spans_of(trace), seconds=8)
    told = "\n".join(house.collector.bodies)
    expect(len(told) > 1000).equals(True)
    for secret in (CANARY, "Tremblay", SPOKEN, house.gateway.key, house.gateway.key[:16], PROVIDER_KEY, ADMIN_TOKEN,
                   COLLECTOR_TOKEN, "canary-"):
        expect(told).lacks(secret)
    for secret in (CANARY, SPOKEN, house.gateway.key, PROVIDER_KEY, COLLECTOR_TOKEN):
        expect(house.gateway.process.log_text()).lacks(secret)


@telemetry.check
def a_dead_collector_harms_nothing(world):
    house = House(world, "telemetry-dead", {"otlp_url": "http://127.0.0.1:9", "interval_seconds": 1})
    for _ in range(20):
        expect(house.ask()[0]).equals(200)

    def failed():
        return re.findall(r'^northern_telemetry_requests_total\{result="failed"\} (\d+)', house.metrics(), re.MULTILINE)

    expect(eventually(lambda: int(failed()[0]) >= 20, seconds=10)).equals(True)
    expect(house.gateway.process.log_text().count("doesn't take what it is sent")).equals(1)
    expect(house.ask()[0]).equals(200)


@telemetry.check
def prometheus_takes_the_alert_rules(world):
    if not (tool := shutil.which("promtool")):
        raise Impossible("promtool isn't installed (Debian: prometheus)")
    rules = os.path.join(ROOT, "Packaging", "monitoring", "northern-alerts.yaml")
    done = subprocess.run([tool, "check", "rules", rules], capture_output=True, text=True)
    expect(done.returncode, done.stdout + done.stderr).equals(0)


@telemetry.check
def every_metric_of_the_dashboard_and_the_alerts_is_there(world):
    house = house_of(world)
    house.ask(stream=True)
    there = set(re.findall(r"^# TYPE (\S+)", house.metrics(), re.MULTILINE))
    for name in ("northern-dashboard.json", "northern-alerts.yaml"):
        with open(os.path.join(ROOT, "Packaging", "monitoring", name)) as file:
            named = set(re.findall(r"\b((?:northern|gen_ai)_[a-z_]+[a-z])\b(?=[{\[)\s])", file.read()))
        metrics = {re.sub("_(bucket|sum|count)$", "", each) for each in named}
        labels = {"northern_route", "gen_ai_provider_name", "gen_ai_token_type"}
        expect(metrics - labels - there, f"{name} names what isn't there").equals(set())
        expect(len(metrics) > 4).equals(True)


SUITES = [telemetry]

if __name__ == "__main__":
    sys.exit(main(*SUITES))
