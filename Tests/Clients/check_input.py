#!/usr/bin/env python3
"""What callers get wrong: each is an error of the catalogue with a request id, and the connection stays usable where it
can.

    check_input.py                                 starts a gateway and a strict simulator behind it
    check_input.py --ready-file demo.json          checks the `northern demo` that wrote this file
"""
import json
import re
import sys
import time

from harness import Suite, eventually, expect, main, user
from servers import fetch
from wire import CHAT, Connection, ConnectionEnded, chat_body, chunked, request

bodies = Suite("input.bodies")
keys = Suite("input.keys")
routes = Suite("input.routes")
sizes = Suite("input.sizes")
http = Suite("input.http")

MEBIBYTE = 1 << 20
REAL_LIMIT = 64 * MEBIBYTE


def check_error(reply, status, code, param=None):
    """An error in OpenAI's shape, with the id under which it can be looked up."""
    expect((reply.status, (reply.json.get("error") or {}).get("code"))).equals((status, code))
    error = reply.json["error"]
    expect(sorted(error)).equals(["code", "message", "param", "type"])
    expect(type(error["message"])).equals(str)
    expect(len(error["message"]) > 20, f"a message that says what to do: {error['message']!r}").equals(True)
    expect(error["type"]).is_one_of(("invalid_request_error", "server_error", "requests"))
    if param is not None:
        expect(error["param"], "param").equals(param)
    check_request_id(reply)
    return error


def check_request_id(reply):
    expect(bool(re.fullmatch("[0-9a-f]{32}", reply["x-ni-request-id"] or "")),
           f"x-ni-request-id: {reply['x-ni-request-id']}").equals(True)
    expect(reply["x-request-id"], "x-request-id").equals(reply["x-ni-request-id"])


def check_usable(gateway, connection, family="compatible"):
    body = chat_body(gateway.route(family), "[[sim:echo]]still here")
    reply = connection.exchange(request("POST", CHAT, body, gateway.authorization))
    expect((reply.status, reply.text)).equals((200, "still here"))


def post(gateway, connection, body, path=CHAT, headers=()):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return connection.exchange(request("POST", path, data, [*gateway.authorization, *headers]))


def refused(gateway, body, status, code, param=None, headers=()):
    """Sends a body that is refused, and sees that the connection serves a good one afterwards."""
    with Connection(gateway.base_url) as connection:
        error = check_error(post(gateway, connection, body, headers=headers), status, code, param)
        check_usable(gateway, connection)
    return error


def chat(model, **members):
    return {"model": model, "messages": user("hi"), **members}


# ---------------------------------------------------------------------------------------------------- Bodies

BROKEN_JSON = {
    "empty": b"", "blank": b" \n", "a word": b"hello", "cut off": b'{"model":"x","messages":[',
    "single quotes": b"{'model': 'x'}", "trailing comma": b'{"model":"x","messages":[{}],}',
    "NaN": b'{"model":"x","n":NaN}', "comment": b'{"model":"x"} // hi', "no quotes": b'{model:"x"}',
    "bad UTF-8": b'{"model":"\xff\xfe"}', "control character": b'{"model":"a\x01b"}',
    "bad escape": b'{"model":"\\q"}', "leading zero": b'{"n":01}', "byte order mark": b'\xef\xbb\xbf{"model":',
    "two values": b'{"model":"x","messages":[{}]}{}', "NUL behind": b'{"model":"x","messages":[{}]}\x00',
}


@bodies.check_each(BROKEN_JSON)
def invalid_json(world, kind):
    refused(world.gateway, BROKEN_JSON[kind], 400, "invalid_json")


@bodies.check
def trailing_bytes(world):
    """A whole, good request, and something behind it."""
    good = json.dumps(chat(world.gateway.route("compatible"))).encode()
    for tail in (b"x", b"}", b"{}", b",", b"\x00", good):
        refused(world.gateway, good + tail, 400, "invalid_json")


@bodies.check
def space_around(world):
    good = json.dumps(chat(world.gateway.route("compatible"))).encode()
    with Connection(world.gateway.base_url) as connection:
        expect(post(world.gateway, connection, b" \r\n\t" + good + b"\n ").status).equals(200)


@bodies.check
def other_values_than_an_object(world):
    for body in (b"[]", b'"text"', b"1", b"null", b"true"):
        refused(world.gateway, body, 400, "invalid_type")


@bodies.check
def missing_members(world):
    route = world.gateway.route("compatible")
    refused(world.gateway, {"messages": user("hi")}, 400, "missing_required_parameter", "model")
    refused(world.gateway, {"model": route}, 400, "missing_required_parameter", "messages")
    refused(world.gateway, {}, 400, "missing_required_parameter", "model")


# What the gateway itself decides on, so it is the same on all routes.
WRONG_TYPES = {
    "model": [5, ["x"], {}, True], "messages": ["hi", {}, 5], "stream": ["yes", 1, []],
    "stream_options": ["yes", []], "allow_fallbacks": ["no", 0], "pii_substitution": [3, "maybe", []],
    "privacy_tier": [3, []]}


@bodies.check_each(WRONG_TYPES)
def wrong_types(world, member):
    for value in WRONG_TYPES[member]:
        body = {**chat(world.gateway.route("compatible")), member: value}
        refused(world.gateway, body, 400, "invalid_type", member)


@bodies.check
def wrong_values(world):
    route = world.gateway.route("compatible")
    refused(world.gateway, {"model": route, "messages": []}, 400, "invalid_value", "messages")
    refused(world.gateway, chat(route, privacy_tier="gold"), 400, "invalid_value", "privacy_tier")
    refused(world.gateway, chat(route), 400, "invalid_type", headers=[("x-ni-allow-fallbacks", "perhaps")])
    refused(world.gateway, chat(route), 400, "invalid_type", headers=[("x-ni-pii-substitution", "perhaps")])
    refused(world.gateway, chat(route), 400, "invalid_value", headers=[("x-ni-nonce", "a b")])


# What has to be translated has to be understood. Where a body is passed on, its upstream judges.
BAD_MEMBERS = [
    {"temperature": "hot"}, {"temperature": 9}, {"top_p": 2}, {"max_tokens": "5"}, {"max_tokens": -1},
    {"max_tokens": 1.5}, {"stop": 5}, {"stop": [5]}, {"tools": {}}, {"tools": [{"type": "function"}]},
    {"tools": [{"type": "function", "function": {"name": "a b"}}]}, {"tool_choice": "always"},
    {"response_format": {"type": "xml"}}, {"response_format": "json"}, {"response_format": {"type": "json_schema"}},
    {"messages": ["hi"]}, {"messages": [{"content": "hi"}]}, {"messages": [{"role": "robot", "content": "hi"}]},
    {"messages": [{"role": "user"}]}, {"messages": user(5)}, {"messages": user([{"type": "smell"}])},
    {"messages": user([{"type": "text"}])},
    {"messages": user([{"type": "image_url", "image_url": {"url": "data:image/png;base64,A"}}])},
    {"messages": user([{"type": "image_url", "image_url": {"url": "data:nonsense"}}])},
    {"messages": [{"role": "tool", "content": "x"}]},
]


@bodies.check_each(("bedrock", "vertex"))
def members_that_can_not_be_translated(world, family):
    gateway = world.gateway
    simulator = gateway.simulator(family)
    wrong = []
    with Connection(gateway.base_url) as connection:
        for members in BAD_MEMBERS:
            simulator.reset()
            reply = post(gateway, connection, {**chat(gateway.route(family)), **members})
            left = simulator.stats()["requests"]
            if reply.status != 400 or left:
                wrong.append((members, reply.status, reply.json, f"{left} sent upstream"))
                continue
            check_request_id(reply)
    expect(wrong, "not refused").equals([])


@bodies.check_each(("bedrock", "vertex"))
def members_without_a_counterpart(world, family):
    """Refused where leaving them out would change the meaning, never dropped without a word."""
    for members in ({"n": 2}, {"logit_bias": {"50": 1}}, {"logprobs": True}, {"modalities": ["text", "audio"]},
                    {"no_such_member": 1}):
        refused(world.gateway, chat(world.gateway.route(family), **members), 400, "unsupported_parameter",
                next(iter(members)))


@bodies.check_each(("bedrock", "vertex", "azure"))
def a_search_that_would_send_the_prompt_onward(world, family):
    simulator = world.gateway.simulator(family)
    simulator.reset()
    with Connection(world.gateway.base_url) as connection:
        for members, name in (({"web_search_options": {"search_context_size": "low"}}, "web_search_options"),
                              ({"tools": [{"type": "web_search"}]}, "tools[0]")):
            reply = post(world.gateway, connection, chat(world.gateway.route(family), **members))
            check_error(reply, 403, "onward_not_allowed", name)
    expect(simulator.stats()["requests"], "requests that left").equals(0)


@bodies.check
def a_repeated_member(world):
    route = json.dumps(world.gateway.route("compatible"))
    other = json.dumps(world.gateway.route("bedrock"))
    messages = json.dumps(user("hi"))
    simulator = world.gateway.simulator("compatible")
    simulator.reset()
    for members, name in (
            (f'"model":{route},"messages":{messages},"model":{other}', "model"),
            (f'"model":{route},"model":{route},"messages":{messages}', "model"),
            (f'"model":{route},"messages":{messages},"messages":{messages}', "messages"),
            (f'"model":{route},"messages":{messages},"stream":false,"stream":true', "stream")):
        with Connection(world.gateway.base_url) as connection:
            reply = post(world.gateway, connection, f"{{{members}}}".encode())
            check_error(reply, 400, "repeated_parameter", name)
    expect(simulator.stats()["requests"], "requests that left").equals(0)


@bodies.check
def an_escaped_member(world):
    """Another parser would read `mod\\u0065l` as `model`, and take another route."""
    route = json.dumps(world.gateway.route("compatible"))
    other = json.dumps(world.gateway.route("bedrock"))
    rest = f'"messages":{json.dumps(user("hi"))}'
    simulator = world.gateway.simulator("compatible")
    simulator.reset()
    for members in (f'"mod\\u0065l":{route},{rest}', f'"model":{route},"mod\\u0065l":{other},{rest}',
                    f'"mod\\u0065l":{other},"model":{route},{rest}',
                    f'"model":{route},{rest},"allow\\u005ffallbacks":true'):
        with Connection(world.gateway.base_url) as connection:
            check_error(post(world.gateway, connection, f"{{{members}}}".encode()), 400, "invalid_value")
    expect(simulator.stats()["requests"], "requests that left").equals(0)


@bodies.check
def an_escaped_value(world):
    """Values may be escaped: that is what JSON is."""
    route = "".join(f"\\u{ord(letter):04x}" for letter in world.gateway.route("compatible"))
    body = f'{{"model":"{route}","messages":{json.dumps(user("[[sim:echo]]read"))}}}'.encode()
    with Connection(world.gateway.base_url) as connection:
        expect(post(world.gateway, connection, body).text).equals("read")


@bodies.check
def deep_nesting(world):
    route = json.dumps(world.gateway.route("compatible"))
    for opening, closing in (("[", "]"), ('{"a":', "}")):
        for depth in (200, 100_000):
            nest = opening * depth + "1" + closing * depth
            for body in (f'{{"model":{route},"messages":{json.dumps(user("hi"))},"metadata":{nest}}}',
                         f'{{"model":{route},"messages":[{nest}]}}', nest, opening * depth):
                begun = time.monotonic()
                with Connection(world.gateway.base_url) as connection:
                    reply = post(world.gateway, connection, body.encode())
                expect(reply.status, f"{opening!r}, {depth} deep").equals(400)
                check_request_id(reply)
                expect(time.monotonic() - begun, "seconds").is_at_most(3)


@bodies.check
def content_types(world):
    """Real clients send the wrong one, or none."""
    for kind in ("text/plain", "application/json; charset=utf-8", "application/x-www-form-urlencoded", "nonsense"):
        with Connection(world.gateway.base_url) as connection:
            reply = post(world.gateway, connection, chat(world.gateway.route("compatible")),
                         headers=[("Content-Type", kind)])
            expect(reply.status, kind).equals(200)


@bodies.check
def errors_in_french(world):
    with Connection(world.gateway.base_url) as connection:
        reply = post(world.gateway, connection, b"{", headers=[("Accept-Language", "fr-CA,fr;q=0.9,en;q=0.8")])
        error = check_error(reply, 400, "invalid_json")
    expect(error["message"]).contains("n'est pas du JSON")


# ---------------------------------------------------------------------------------------------------- Keys

def with_authorization(gateway, *headers, body=None):
    data = json.dumps(body or chat(gateway.route("compatible"))).encode()
    return request("POST", CHAT, data, headers)


BAD_KEYS = {
    "none": ((), "missing_api_key"),
    "empty": ([("Authorization", "")], "missing_api_key"),
    "another scheme": ([("Authorization", "Basic bmk6bmk=")], "missing_api_key"),
    "another provider's": ([("Authorization", "Bearer sk-proj-abcdefghijklmnop")], "invalid_api_key"),
    "unknown": ([("Authorization", "Bearer ni_live_" + "x" * 43)], "invalid_api_key"),
    "cut off": ([("Authorization", "Bearer ni_live_")], "invalid_api_key"),
    "with a space": ([("Authorization", "Bearer ni_live_abc def")], "invalid_api_key"),
    "very long": ([("Authorization", "Bearer ni_live_" + "x" * 4000)], "invalid_api_key"),
    "in x-api-key": ([("x-api-key", "ni_live_" + "y" * 43)], "invalid_api_key"),
}


@keys.check_each(BAD_KEYS)
def refused_key(world, kind):
    headers, code = BAD_KEYS[kind]
    with Connection(world.gateway.base_url) as connection:
        check_error(connection.exchange(with_authorization(world.gateway, *headers)), 401, code)
        check_usable(world.gateway, connection)


@keys.check
def a_changed_key(world):
    """One letter of a good key, in any place."""
    key = world.gateway.key
    for place in (8, len(key) // 2, len(key) - 1):
        other = key[:place] + ("a" if key[place] != "a" else "b") + key[place + 1:]
        with Connection(world.gateway.base_url) as connection:
            reply = connection.exchange(with_authorization(world.gateway, ("Authorization", f"Bearer {other}")))
            check_error(reply, 401, "invalid_api_key")


@keys.check
def a_revoked_key(world):
    gateway = world.own_gateway
    authorization = ("Authorization", f"Bearer {gateway.keys['revoked']}")
    with Connection(gateway.base_url) as connection:
        check_error(connection.exchange(with_authorization(gateway, authorization)), 401, "revoked_api_key")
        check_usable(gateway, connection)


@keys.check
def a_key_that_is_made_and_revoked_while_the_gateway_runs(world):
    gateway = world.own_gateway
    made = world.installation.create_key("short-lived")
    authorization = ("Authorization", f"Bearer {made['key']}")

    def status():
        with Connection(gateway.base_url) as connection:
            return connection.exchange(with_authorization(gateway, authorization)).status

    expect(eventually(lambda: status() == 200), "the new key is taken within 5 s").equals(True)
    world.installation.command("keys", "revoke", made["id"])
    expect(eventually(lambda: status() == 401), "the revoked key is refused within 5 s").equals(True)


@keys.check
def both_ways_to_send_a_key(world):
    for header in (("Authorization", f"Bearer {world.gateway.key}"), ("authorization", f"bearer {world.gateway.key}"),
                   ("x-api-key", world.gateway.key)):
        with Connection(world.gateway.base_url) as connection:
            reply = connection.exchange(with_authorization(world.gateway, header))
            expect(reply.status, header[0]).equals(200)


@keys.check
def a_key_is_looked_at_before_the_body(world):
    """Nobody without a key makes the gateway read a body."""
    with Connection(world.gateway.base_url) as connection:
        connection.send(request("POST", CHAT, b"", [("Content-Length", str(MEBIBYTE))], length=False))
        check_error(connection.read(), 401, "missing_api_key")


# ---------------------------------------------------------------------------------------------------- Routes

@routes.check
def unknown_routes(world):
    known = world.gateway.route("compatible")
    for name in ("gpt-4o", "", "no/such-route", known.upper(), known + " ", known[:-1], "../" + known, "x" * 5000):
        refused(world.gateway, chat(name), 404, "model_not_found", "model")


@routes.check
def similar_routes_are_named(world):
    known = world.gateway.route("compatible")
    error = refused(world.gateway, chat(known[:-1]), 404, "model_not_found")
    expect(error["message"]).contains(known)


@routes.check
def a_route_of_another_tier(world):
    gateway = world.own_gateway
    simulator = gateway.simulator("bedrock")
    simulator.reset()
    authorization = ("Authorization", f"Bearer {gateway.keys['premises']}")
    with Connection(gateway.base_url) as connection:
        data = with_authorization(gateway, authorization, body=chat(gateway.route("bedrock")))
        error = check_error(connection.exchange(data), 403, "route_not_allowed", "model")
        expect(error["message"], "a permitted alternative").contains("self-hosted/")
        expect(simulator.stats()["requests"], "requests that left").equals(0)
        expect(connection.exchange(with_authorization(gateway, authorization)).status, "its own tier").equals(200)


@routes.check
def suggestions_stay_within_the_key(world):
    gateway = world.own_gateway
    authorization = ("Authorization", f"Bearer {gateway.keys['premises']}")
    with Connection(gateway.base_url) as connection:
        data = with_authorization(gateway, authorization, body=chat(gateway.route("bedrock")[:-1]))
        error = check_error(connection.exchange(data), 404, "model_not_found")
    expect(error["message"].replace(gateway.route("bedrock")[:-1], "")).lacks("bedrock")


# ---------------------------------------------------------------------------------------------------- Sizes

def padded_chat(route, size):
    """A good request of exactly so many bytes."""
    start = json.dumps(chat(route)).encode()
    return start[:-1] + b" " * (size - len(start)) + b"}"


@sizes.check
def up_to_the_limit(world):
    gateway = world.small_gateway
    with Connection(gateway.base_url) as connection:
        expect(post(gateway, connection, padded_chat(gateway.route("compatible"), 4096)).status).equals(200)
        check_usable(gateway, connection)


@sizes.check
def over_the_limit(world):
    gateway = world.small_gateway
    for size in (4097, 3 * MEBIBYTE):
        with Connection(gateway.base_url) as connection:
            reply = send_despite_refusal(connection, request(
                "POST", CHAT, padded_chat(gateway.route("compatible"), size), gateway.authorization))
            error = check_error(reply, 413, "request_too_large")
            expect(error["message"]).contains("4096")


@sizes.check
def over_the_limit_in_chunks(world):
    gateway = world.small_gateway
    head = [*gateway.authorization, ("Transfer-Encoding", "chunked")]
    for size in (4097, 3 * MEBIBYTE):
        body = chunked(padded_chat(gateway.route("compatible"), size), 1000)
        with Connection(gateway.base_url) as connection:
            reply = send_despite_refusal(connection, request("POST", CHAT, body, head, length=False))
            check_error(reply, 413, "request_too_large")


@sizes.check
def refused_by_its_announced_length(world):
    """Before any of it was sent."""
    gateway = world.gateway
    for length in (REAL_LIMIT + 1, 1 << 40, 1 << 62):
        head = [*gateway.authorization, ("Content-Length", str(length))]
        with Connection(gateway.base_url) as connection:
            connection.send(request("POST", CHAT, b"", head, length=False))
            check_error(connection.read(), 413, "request_too_large")


@sizes.check
def up_to_the_real_limit(world):
    gateway = world.own_gateway
    body = padded_chat(gateway.route("compatible"), REAL_LIMIT)
    with Connection(gateway.base_url, timeout=60) as connection:
        expect(post(gateway, connection, body).status).equals(200)
        check_usable(gateway, connection)


@sizes.check
def over_the_real_limit(world):
    gateway = world.own_gateway
    body = padded_chat(gateway.route("compatible"), REAL_LIMIT + 1)
    in_chunks = [*gateway.authorization, ("Transfer-Encoding", "chunked")]
    for data in (request("POST", CHAT, body, gateway.authorization),
                 request("POST", CHAT, chunked(body, MEBIBYTE), in_chunks, length=False)):
        with Connection(gateway.base_url, timeout=60) as connection:
            check_error(send_despite_refusal(connection, data), 413, "request_too_large")


def send_despite_refusal(connection, data):
    """Sends all that the server takes: it may refuse and close before it has read everything."""
    try:
        connection.send(data)
    except ConnectionError:
        pass
    return connection.read()


@sizes.check
def heads_that_are_too_large(world):
    """Refused or cut off, but never waited for, and never taken."""
    gateway = world.gateway
    for headers in ([("x-filler", "y" * MEBIBYTE)], [(f"x-filler-{number}", "y" * 100) for number in range(20_000)]):
        with Connection(gateway.base_url) as connection:
            try:
                reply = send_despite_refusal(connection, request(
                    "POST", CHAT, json.dumps(chat(gateway.route("compatible"))).encode(),
                    [*headers, *gateway.authorization]))
            except ConnectionEnded:
                continue
            expect(reply.status).is_one_of((400, 413, 431))


# ---------------------------------------------------------------------------------------------------- HTTP

@http.check
def unknown_paths(world):
    for path in ("/v1/nothing", "/v1/chat", "/v1/chat/completions/", "/api/nothing", "/v1/v1/nothing"):
        for method in ("GET", "POST"):
            with Connection(world.gateway.base_url) as connection:
                reply = connection.exchange(request(method, path, b"", world.gateway.authorization))
                check_error(reply, 404, "not_found")
                check_usable(world.gateway, connection)


@http.check
def unknown_pages(world):
    """A page for people, and a request id all the same."""
    for path in ("/nothing", "/docs/nothing", "/%00", "/..%2f..%2fetc/passwd"):
        with Connection(world.gateway.base_url) as connection:
            reply = connection.exchange(request("GET", path))
            expect(reply.status, path).is_one_of((400, 404))
            check_request_id(reply)
            check_usable(world.gateway, connection)


@http.check
def a_base_url_without_v1(world):
    """The commonest mistake in a client's settings: its SDK must be able to read the answer."""
    for path in ("/chat/completions", "/messages", "/responses", "/embeddings"):
        with Connection(world.gateway.base_url) as connection:
            reply = post(world.gateway, connection, chat(world.gateway.route("compatible")), path=path)
            error = check_error(reply, 404, "not_found")
            expect(error["message"]).contains("/v1")
            check_usable(world.gateway, connection)


@http.check
def wrong_methods(world):
    for method, path in (("GET", CHAT), ("PUT", CHAT), ("DELETE", CHAT), ("POST", "/v1/models"),
                         ("DELETE", "/v1/models/x"), ("POST", "/api/billing/models")):
        with Connection(world.gateway.base_url) as connection:
            reply = connection.exchange(request(method, path, b"", world.gateway.authorization))
            check_error(reply, 405, "method_not_allowed")
            check_usable(world.gateway, connection)


@http.check
def wrong_methods_name_the_right_one(world):
    """RFC 9110, section 15.5.6: a 405 has an Allow field."""
    with Connection(world.gateway.base_url) as connection:
        reply = connection.exchange(request("GET", CHAT, b"", world.gateway.authorization))
    expect(reply["allow"]).equals("POST")


@http.check
def surfaces_that_are_not_offered_yet(world):
    for method, path in (("POST", "/v1/responses/resp_1/cancel"), ("GET", "/v1/responses/resp_1")):
        with Connection(world.gateway.base_url) as connection:
            reply = connection.exchange(request(method, path, b"", world.gateway.authorization))
            expect((reply.status, json.loads(reply.body)["error"]["code"])).equals((501, "not_implemented_yet"))
            check_request_id(reply)
            check_usable(world.gateway, connection)


@http.check
def request_ids_are_ours(world):
    """What a caller sends under the name is not taken over, and no two are alike."""
    seen = set()
    with Connection(world.gateway.base_url) as connection:
        for _ in range(20):
            reply = post(world.gateway, connection, chat(world.gateway.route("compatible")),
                         headers=[("x-ni-request-id", "0" * 32), ("x-request-id", "0" * 32)])
            check_request_id(reply)
            seen.add(reply["x-ni-request-id"])
    expect(len(seen)).equals(20)
    expect(sorted(seen)).lacks("0" * 32)


@http.check
def chunked_bodies(world):
    gateway = world.gateway
    head = [*gateway.authorization, ("Transfer-Encoding", "chunked")]
    for family in ("compatible", "bedrock"):
        body = chat_body(gateway.route(family), "[[sim:echo]]in pieces é")
        for size in (1, 7, len(body)):
            with Connection(gateway.base_url) as connection:
                data = request("POST", CHAT, chunked(body, size), head, length=False)
                expect(connection.exchange(data).text, f"{family}, chunks of {size}").equals("in pieces é")
                check_usable(gateway, connection)


@http.check
def chunk_extensions_and_trailers(world):
    gateway = world.gateway
    body = chat_body(gateway.route("compatible"), "[[sim:echo]]with a tail")
    coded = b"%x;name=value\r\n%s\r\n0\r\nx-trailer: y\r\n\r\n" % (len(body), body)
    head = [*gateway.authorization, ("Transfer-Encoding", "chunked")]
    with Connection(gateway.base_url) as connection:
        expect(connection.exchange(request("POST", CHAT, coded, head, length=False)).text).equals("with a tail")
        check_usable(gateway, connection)


@http.check
def expect_100_continue(world):
    gateway = world.gateway
    body = chat_body(gateway.route("compatible"), "[[sim:echo]]awaited")
    head = [*gateway.authorization, ("Expect", "100-continue"), ("Content-Length", str(len(body)))]
    with Connection(gateway.base_url) as connection:
        connection.send(request("POST", CHAT, b"", head, length=False))
        expect(connection.read_interim().status, "before the body").equals(100)
        connection.send(body)
        reply = connection.read()
        expect((reply.status, reply.interim, reply.text)).equals((200, [], "awaited"))
        check_usable(gateway, connection)


@http.check
def expect_100_continue_without_a_key(world):
    """The refusal comes at once, and no go-ahead before it."""
    with Connection(world.gateway.base_url) as connection:
        connection.send(request("POST", CHAT, b"", [("Expect", "100-continue"), ("Content-Length", "500")],
                                length=False))
        reply = connection.read()
        check_error(reply, 401, "missing_api_key")
        expect(reply.interim, "interim replies").equals([])


@http.check
def a_doubled_v1(world):
    gateway = world.gateway
    with Connection(gateway.base_url) as connection:
        reply = post(gateway, connection, chat(gateway.route("compatible")), path="/v1" + CHAT)
        expect(reply.status).equals(200)
        reply = connection.exchange(request("GET", "/v1/v1/models", b"", gateway.authorization))
        expect((reply.status, reply.json["object"])).equals((200, "list"))


@http.check
def queries_are_ignored(world):
    gateway = world.gateway
    with Connection(gateway.base_url) as connection:
        reply = post(gateway, connection, chat(gateway.route("compatible")), path=CHAT + "?api-version=2024-10-21&x")
        expect(reply.status).equals(200)


@http.check
def http_1_0(world):
    """Answered whole, and the connection's end is the reply's end."""
    gateway = world.gateway
    body = chat_body(gateway.route("compatible"), "[[sim:echo]]old")
    with Connection(gateway.base_url) as connection:
        reply = connection.exchange(request("POST", CHAT, body, gateway.authorization, version="1.0"))
        expect((reply.status, reply.text, reply["transfer-encoding"])).equals((200, "old", None))
        expect(connection.has_ended(), "the connection has ended").equals(True)


@http.check
def http_1_0_streams(world):
    gateway = world.gateway
    body = chat_body(gateway.route("compatible"), "[[sim:words 5]]", stream=True)
    with Connection(gateway.base_url) as connection:
        reply = connection.exchange(request("POST", CHAT, body, gateway.authorization, version="1.0"))
    expect((reply.status, reply["transfer-encoding"])).equals((200, None))
    expect(reply.body.decode().rstrip()[-12:]).equals("data: [DONE]")


@http.check
def http_1_0_errors(world):
    with Connection(world.gateway.base_url) as connection:
        reply = connection.exchange(request("POST", CHAT, b"{", world.gateway.authorization, version="1.0"))
        check_error(reply, 400, "invalid_json")
        expect(connection.has_ended(), "the connection has ended").equals(True)


@http.check
def connection_close_is_obeyed(world):
    gateway = world.gateway
    for stream in (False, True):
        body = chat_body(gateway.route("compatible"), "hi", stream=stream)
        with Connection(gateway.base_url) as connection:
            reply = connection.exchange(request("POST", CHAT, body, [*gateway.authorization, ("Connection", "close")]))
            expect((reply.status, reply["connection"])).equals((200, "close"))
            expect(connection.has_ended(), "the connection has ended").equals(True)


def texts_of(gateway, data, count):
    """The texts of replies to requests that are sent at once."""
    with Connection(gateway.base_url) as connection:
        connection.send(data)
        return [reply.text if reply.status == 200 else reply.json["error"]["code"]
                for reply in (connection.read() for _ in range(count))]


@http.check
def pipelined_requests(world):
    """Answered in their order, on whatever routes."""
    gateway = world.gateway
    families = ["bedrock", "compatible", "vertex", "azure", "openai"] * 3
    data = b"".join(request("POST", CHAT, chat_body(gateway.route(family), f"[[sim:echo]]no. {number}"),
                            gateway.authorization) for number, family in enumerate(families))
    expect(texts_of(gateway, data, len(families))).equals([f"no. {number}" for number in range(len(families))])


@http.check
def pipelined_requests_of_which_some_are_bad(world):
    gateway = world.gateway
    good = request("POST", CHAT, chat_body(gateway.route("compatible"), "[[sim:echo]]good"), gateway.authorization)
    bad = request("POST", CHAT, b"{", gateway.authorization)
    keyless = request("POST", CHAT, chat_body(gateway.route("compatible"), "hi"))
    expect(texts_of(gateway, good + bad + good + keyless + good, 5)).equals(
        ["good", "invalid_json", "good", "missing_api_key", "good"])


@http.check
def a_request_behind_a_stream(world):
    gateway = world.gateway
    stream = request("POST", CHAT, chat_body(gateway.route("bedrock"), "[[sim:words 50]]", stream=True),
                     gateway.authorization)
    whole = request("POST", CHAT, chat_body(gateway.route("compatible"), "[[sim:echo]]next"), gateway.authorization)
    with Connection(gateway.base_url) as connection:
        connection.send(stream + whole)
        expect(connection.read().body.decode().rstrip()[-12:]).equals("data: [DONE]")
        expect(connection.read().text).equals("next")


A_POST = b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n"
NO_HTTP = {
    "a word": b"hello\r\n\r\n", "no version": b"GET /\r\n\r\n",
    "TLS": bytes.fromhex("16030100c8010000c40303") + b"\0" * 200,
    "bad header": b"GET /v1/models HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n",
    "bad version": b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    "negative length": A_POST + b"Content-Length: -1\r\n\r\n",
    "length that is no number": A_POST + b"Content-Length: ten\r\n\r\n",
    "two lengths": A_POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "bad chunk": A_POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
}


@http.check_each(NO_HTTP)
def malformed_http(world, kind):
    """Answered with 400, or with 401 where the head could be read, or hung up on; the connection is at its end."""
    with Connection(world.gateway.base_url) as connection:
        connection.send(NO_HTTP[kind])
        try:
            reply = connection.read()
        except ConnectionEnded:
            return
        expect(reply.status).is_one_of((400, 401, 505))
        check_request_id(reply)
        if reply.status != 401:
            expect(connection.has_ended(), "the connection has ended").equals(True)


@http.check
def smuggled_requests(world):
    """Length and chunked coding at once: whoever stands before us may have read it otherwise (RFC 9112, 6.1)."""
    gateway = world.gateway
    hidden = request("GET", "/v1/models", b"", gateway.authorization)
    body = b"0\r\n\r\n" + hidden
    head = [*gateway.authorization, ("Content-Length", str(len(body))), ("Transfer-Encoding", "chunked")]
    with Connection(gateway.base_url) as connection:
        connection.send(request("POST", CHAT, body, head, length=False))
        try:
            expect(connection.read().status).equals(400)
        except ConnectionEnded:
            return
        expect(connection.has_ended(), "the connection has ended").equals(True)


@http.check
def the_catalogue_needs_no_key(world):
    expect(fetch(world.gateway.base_url + "/api/billing/models")[0]).equals(200)
    expect(fetch(world.gateway.base_url + "/v1/models")[0]).equals(401)


SUITES = (bodies, keys, routes, sizes, http)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
