#!/usr/bin/env python3
"""The Messages surface, seen by Anthropic's own SDK, with a route of each kind of provider.

    check_messages.py                              starts a gateway and a strict simulator behind it
    check_messages.py --ready-file demo.json       checks the `northern demo` that wrote this file
"""
import asyncio
import functools
import json
import sys
import uuid

from check_gateway import NO_FALLBACKS, billing_models, check_headers, own_route
from harness import (BOTH_CALLS, CALL_BOTH, IMAGE, IMAGE_BASE64, PLACE, PLACE_SCHEMA, PLACE_TEXT, TOOLS, Suite, as_json,
                     description, expect, main, raised, saying, user, words)
from servers import EVERY_FAMILY, fetch, gate_name
from surfaces import (BREAKS, FALLBACKS, MESSAGES, STATUSES, EventStream, broken, expect_beginning, expect_record,
                      stream_past_a_gate)
from wire import Connection, request

sdk = Suite("messages.sdk", is_tabled=True)
streams = Suite("messages.streams", is_tabled=True)
errors = Suite("messages.errors", is_tabled=True)
promises = Suite("messages.promises", is_tabled=True)
faults = Suite("messages.faults", is_tabled=True)

# Asked on the wire of the caller, whose bytes pass.
PASSED_ON = ("anthropic", "bedrock_anthropic", "vertex_anthropic")
CLAUDES = ("bedrock", "anthropic", "bedrock_anthropic", "vertex_anthropic")
# Whose providers count tokens without an answer.
COUNTING = (*CLAUDES, "vertex")
COUNTING_NOTHING = tuple(family for family in EVERY_FAMILY if family not in COUNTING)
# The simulator's Command sees no images, and its wire knows no filter.
SEEING = tuple(family for family in EVERY_FAMILY if family != "cohere")

ANTHROPIC_TOOLS = [tool.anthropic for tool in TOOLS]
THOUGHT = "[[sim:think Hmm, yes.]][[sim:echo]]42"
THINKING = {"max_tokens": 2000, "thinking": {"type": "enabled", "budget_tokens": 1024}}
SHAPE = ["message_start", "content_block_start", "content_block_stop", "message_delta", "message_stop"]


@functools.cache
def client_of(base_url, **settings):
    import anthropic
    return anthropic.Anthropic(base_url=base_url, **{"max_retries": 0, "timeout": 20, **settings})


def client(gateway, key=None, path="", **settings):
    return client_of(gateway.base_url + path, api_key=key or gateway.key, **settings)


def asked(world, family, content, members):
    return {"model": world.gateway.route(family), "max_tokens": 200, "messages": user(content), **members}


def message(world, family, content, caller=None, **members):
    return (caller or client(world.gateway)).messages.create(**asked(world, family, content, members))


def counted(world, family, content, **members):
    return client(world.gateway).messages.count_tokens(
        **{"model": world.gateway.route(family), "messages": user(content), **members})


def streamed(world, family, content, **members):
    """The message that the SDK's helper makes of a stream, and the names of the wire's events."""
    with client(world.gateway).messages.stream(**asked(world, family, content, members)) as stream:
        kinds = [event.type for event in stream]
        return stream.get_final_message(), [kind for kind in kinds if kind.startswith(("message_", "content_block_"))]


def both_ways(world, family, content, **members):
    """The same answer, whole and streamed."""
    return {"whole": message(world, family, content, **members),
            "streamed": streamed(world, family, content, **members)[0]}.items()


def text_of(reply):
    return "".join(block.text for block in reply.content if block.type == "text")


def uses_of(reply):
    return [(block.name, block.input) for block in reply.content if block.type == "tool_use"]


def by_hand(gateway, body, headers=()):
    return fetch(gateway.base_url + MESSAGES, json.dumps(body).encode(), [*gateway.authorization, *headers])


def each_family(suite):
    return suite.check_each(EVERY_FAMILY)


# ---------------------------------------------------------------------------------------------------- Replies

@each_family(sdk)
def whole(world, family):
    reply = message(world, family, saying("Allô, monde 🍁"))
    expect([block.type for block in reply.content]).equals(["text"])
    expect((text_of(reply), reply.stop_reason, reply.stop_sequence, reply.role, reply.type)).equals(
        ("Allô, monde 🍁", "end_turn", None, "assistant", "message"))
    expect(reply.id[:4]).equals("msg_")
    expect(reply.usage.output_tokens, "a token is a word").equals(3)
    if family not in PASSED_ON:
        expect(reply.model).equals(world.gateway.route(family))


@each_family(sdk)
def conversation(world, family):
    messages = [*user("first"), {"role": "assistant", "content": "answer"}, *user("one"),
                {"role": "assistant", "content": [{"type": "text", "text": "more"}]}, *user("[[sim:echo]]last")]
    expect(text_of(message(world, family, None, messages=messages, system="Be brief."))).equals("last")


@each_family(sdk)
def blocks_of_system_and_text(world, family):
    system = [{"type": "text", "text": "Be brief."}, {"type": "text", "text": "Be kind."}]
    blocks = [{"type": "text", "text": "[[sim:echo]]one"}, {"type": "text", "text": "two"}]
    expect(text_of(message(world, family, blocks, system=system))).equals("one\ntwo")


@each_family(sdk)
def cache_marks(world, family):
    """They ask for a favor that some providers don't know, and change no answer."""
    mark = {"cache_control": {"type": "ephemeral"}}
    blocks = [{"type": "text", "text": "[[sim:echo]]kept", **mark}]
    reply = message(world, family, blocks, system=[{"type": "text", "text": "Be brief.", **mark}],
                    tools=[{**ANTHROPIC_TOOLS[0], **mark}])
    expect(text_of(reply)).equals("kept")


@each_family(sdk)
def parameters(world, family):
    # The SDK has no name for the sampling parameters any more, which older programs send.
    takes_sampling = billing_models(world.gateway)[world.gateway.route(family)]["capabilities"].get(
        "supports_sampling_parameters", True)
    settings = {"extra_body": {"temperature": 0.2} if takes_sampling else {},
                "metadata": {"user_id": "user-4711"}, "service_tier": "auto"}
    expect(text_of(message(world, family, "[[sim:echo]]tuned", **settings))).equals("tuned")


@each_family(sdk)
def stops(world, family):
    """Which sequence it was only providers of Claude tell."""
    wanted = ("stop_sequence", "w4") if family in CLAUDES else ("end_turn", None)
    for way, reply in both_ways(world, family, "[[sim:words 9]]", stop_sequences=["w4"]):
        expect((text_of(reply).strip(), reply.stop_reason, reply.stop_sequence), way).equals((words(3), *wanted))
    for way, reply in both_ways(world, family, "[[sim:words 9]]", max_tokens=4):
        expect((text_of(reply).strip(), reply.stop_reason), way).equals((words(4), "max_tokens"))


@each_family(sdk)
def an_empty_answer(world, family):
    for way, reply in both_ways(world, family, "[[sim:empty]]"):
        expect((text_of(reply), reply.stop_reason), way).equals(("", "end_turn"))


@sdk.check_each(SEEING)
def a_filtered_answer(world, family):
    for way, reply in both_ways(world, family, "[[sim:filter]]"):
        expect(reply.stop_reason, way).equals("refusal")


@each_family(sdk)
def tools(world, family):
    for way, reply in both_ways(world, family, "What is the weather in 'Montréal'?", tools=ANTHROPIC_TOOLS):
        expect((reply.stop_reason, uses_of(reply)), way).equals(("tool_use", BOTH_CALLS[:1]))


@each_family(sdk)
def parallel_tools_and_their_results(world, family):
    for way, reply in both_ways(world, family, CALL_BOTH, tools=ANTHROPIC_TOOLS):
        expect((reply.stop_reason, uses_of(reply)), way).equals(("tool_use", BOTH_CALLS))
        uses = [block for block in reply.content if block.type == "tool_use"]
        expect(len({block.id for block in uses}), "different ids").equals(2)
        results = [{"type": "tool_result", "tool_use_id": block.id, "content": f"result of {block.name}"}
                   for block in uses]
        results[1]["content"] = [{"type": "text", "text": "result of get_time"}]
        messages = [*user(CALL_BOTH), {"role": "assistant", "content": [block.to_dict() for block in reply.content]},
                    {"role": "user", "content": results}]
        answer = message(world, family, None, messages=messages, tools=ANTHROPIC_TOOLS)
        expect(text_of(answer), way).equals("Tool results: result of get_weather; result of get_time")


@each_family(sdk)
def failed_tools(world, family):
    reply = message(world, family, CALL_BOTH, tools=ANTHROPIC_TOOLS)
    results = [{"type": "tool_result", "tool_use_id": block.id, "content": "no network", "is_error": True}
               for block in reply.content if block.type == "tool_use"]
    messages = [*user(CALL_BOTH), {"role": "assistant", "content": [block.to_dict() for block in reply.content]},
                {"role": "user", "content": results}]
    expect(text_of(message(world, family, None, messages=messages, tools=ANTHROPIC_TOOLS))).contains("no network")


@each_family(sdk)
def tool_choice(world, family):
    def called(content, **choice):
        return uses_of(message(world, family, content, tools=ANTHROPIC_TOOLS, tool_choice=choice))

    if family != "cohere":  # which can't be told to call a certain one
        expect(called("for 'Iqaluit'", type="tool", name="get_time")).equals([("get_time", {"city": "Iqaluit"})])
    expect(bool(called("hi there", type="any")), "any").equals(True)
    expect(called(f"{CALL_BOTH} get_weather", type="none"), "none").equals([])


@each_family(sdk)
def one_tool_where_parallel_use_is_off(world, family):
    """Providers that can't promise it say so."""
    import anthropic
    choice = {"type": "auto", "disable_parallel_tool_use": True}
    try:
        reply = message(world, family, CALL_BOTH, tools=ANTHROPIC_TOOLS, tool_choice=choice)
    except anthropic.BadRequestError as error:
        expect(family).is_one_of(("vertex", "bedrock", "cohere"))
        expect(str(error.body)).contains("parallel")
    else:
        expect(uses_of(reply)).equals(BOTH_CALLS[:1])


@each_family(sdk)
def exact_calls(world, family):
    wanted = [("get_weather", {"city": "Québec « ça »"}), ("get_time", {})]
    marks = "".join(f"[[sim:call {name} {json.dumps(value, ensure_ascii=False)}]]" for name, value in wanted)
    for way, reply in both_ways(world, family, marks, tools=ANTHROPIC_TOOLS):
        expect(uses_of(reply), way).equals(wanted)


@sdk.check_each(SEEING)
def vision(world, family):
    source = {"type": "base64", "media_type": "image/png", "data": IMAGE_BASE64}
    reply = message(world, family, [{"type": "image", "source": source}, {"type": "text", "text": "look"}])
    expect(text_of(reply)).equals(description(IMAGE))


@each_family(sdk)
def json_schema(world, family):
    config = {"format": {"type": "json_schema", "schema": PLACE_SCHEMA}}
    for way, reply in both_ways(world, family, PLACE_TEXT, output_config=config):
        expect(as_json(text_of(reply)), way).equals(PLACE)


@each_family(sdk)
def parsed_by_the_sdk(world, family):
    import pydantic

    class Place(pydantic.BaseModel):
        city: str
        count: int

    reply = client(world.gateway).messages.parse(**asked(world, family, PLACE_TEXT, {"output_format": Place}))
    expect(reply.parsed_output).equals(Place(city="Ivujivik", count=42))


@each_family(sdk)
def thinking(world, family):
    for way, reply in both_ways(world, family, THOUGHT, **THINKING):
        expect([block.type for block in reply.content], way).equals(["thinking", "text"])
        expect((reply.content[0].thinking, text_of(reply)), way).equals(("Hmm, yes.", "42"))
        expect(bool(reply.content[0].signature), f"{way}: a signature").equals(family in CLAUDES)


@each_family(sdk)
def thinking_comes_back(world, family):
    """With its signature, where there is one; what isn't signed is taken back as well."""
    content = f"[[sim:think Hmm, yes.]]{CALL_BOTH}"
    reply = message(world, family, content, tools=ANTHROPIC_TOOLS, **THINKING)
    results = [{"type": "tool_result", "tool_use_id": block.id, "content": "r"}
               for block in reply.content if block.type == "tool_use"]
    messages = [*user(content), {"role": "assistant", "content": [block.to_dict() for block in reply.content]},
                {"role": "user", "content": results}]
    answer = message(world, family, None, messages=messages, tools=ANTHROPIC_TOOLS, **THINKING)
    expect(text_of(answer)).equals("Tool results: r; r")


# What each upstream's counters come to on our wire, where cached input is counted apart.
COUNTED_INPUT = {"vertex": (26, 0), "cohere": (26, 0), "azure": (23, 3), "openai": (23, 3), "compatible": (23, 3)}


@each_family(sdk)
def usage(world, family):
    fresh, written = COUNTED_INPUT.get(family, (31, 3))
    for way, reply in both_ways(world, family, "[[sim:usage in=31 out=12 cache-read=5 cache-write=3]]"):
        counts = reply.usage
        expect((counts.input_tokens, counts.cache_read_input_tokens, counts.cache_creation_input_tokens,
                counts.output_tokens), way).equals((fresh, 5, written, 12))


@sdk.check_each(COUNTING)
def counting_tokens(world, family):
    """By the provider itself: of the text, of the system's, and of the tools."""
    bare = counted(world, family, "one two three").input_tokens
    expect(counted(world, family, "one two three four").input_tokens, "a token is a word").equals(bare + 1)
    expect(counted(world, family, "one two three", system="Be brief.").input_tokens).equals(bare + 2)
    more = counted(world, family, "one two three", tools=ANTHROPIC_TOOLS, tool_choice={"type": "any"})
    expect(more.input_tokens >= bare, f"{more.input_tokens} tokens with tools").is_true()


@sdk.check_each(COUNTING)
def counting_is_recorded_and_free(world, family):
    raw = client(world.gateway).messages.with_raw_response.count_tokens(
        model=world.gateway.route(family), messages=user("one two three"))
    check_headers(raw.headers, billing_models(world.gateway)[world.gateway.route(family)])
    record = expect_record(
        world.gateway, raw.headers["x-ni-request-id"], "messages.count_tokens", outcome="completed",
        route=world.gateway.route(family))
    expect((record["usage"]["input_tokens"], record["money"]["charge_picodollars"])).equals((0, 0))


@each_family(sdk)
def asynchronous(world, family):
    import anthropic

    async def one(caller, number):
        async with caller.messages.stream(**asked(world, family, saying(f"no. {number}"), {})) as stream:
            return await stream.get_final_text()

    async def all_of_them():
        async with anthropic.AsyncAnthropic(base_url=world.gateway.base_url, api_key=world.gateway.key,
                                            max_retries=0, timeout=20) as caller:
            return await asyncio.gather(*(one(caller, number) for number in range(20)))

    expect(asyncio.run(all_of_them())).equals([f"no. {number}" for number in range(20)])


@each_family(sdk)
def beta_messages(world, family):
    """As coding agents ask: `?beta=true`, and a header field that names what is in trial."""
    reply = client(world.gateway).beta.messages.create(
        **asked(world, family, "[[sim:echo]]tried", {}), betas=["interleaved-thinking-2025-05-14"])
    expect(text_of(reply)).equals("tried")


@sdk.check_each(PASSED_ON)
def what_is_in_trial_reaches_the_upstream(world, family):
    """Or is refused: a demand is never dropped without a word."""
    import anthropic
    simulator, beta = world.gateway.simulator(family), "context-1m-2025-08-07"
    simulator.reset()
    try:
        client(world.gateway).beta.messages.create(**asked(world, family, "hi", {}), betas=[beta])
    except anthropic.BadRequestError:
        return
    expect(json.dumps(simulator.last()), "what the upstream saw").contains(beta)


@sdk.check
def a_body_for_vertex(world):
    """Whoever comes from Vertex has a version in the body, where the gateway puts one too."""
    extra = {"anthropic_version": "vertex-2023-10-16"}
    expect(text_of(message(world, "vertex_anthropic", "[[sim:echo]]moved", extra_body=extra))).equals("moved")


@each_family(sdk)
def large_prompt(world, family):
    expect(text_of(message(world, family, "[[sim:count]]" + "mot " * 75_000))).equals("75000")


@sdk.check
def a_bearer_token_in_place_of_a_key(world):
    caller = client_of(world.gateway.base_url, auth_token=world.gateway.key, api_key=None)
    expect(text_of(message(world, "compatible", saying("let in"), caller))).equals("let in")


@sdk.check
def a_base_url_that_ends_in_v1(world):
    caller = client(world.gateway, path="/v1")
    expect(text_of(message(world, "anthropic", saying("twice"), caller))).equals("twice")


# ---------------------------------------------------------------------------------------------------- Streams

@each_family(streams)
def events_in_their_order(world, family):
    reply, kinds = streamed(world, family, "[[sim:words 9]]")
    expect((text_of(reply), reply.stop_reason, reply.usage.output_tokens)).equals((words(9), "end_turn", 9))
    expect([kind for kind in kinds if kind != "content_block_delta"]).equals(SHAPE)


@each_family(streams)
def as_it_is_on_the_wire(world, family):
    with EventStream(world.gateway, MESSAGES, asked(world, family, CALL_BOTH, {"tools": ANTHROPIC_TOOLS})) as stream:
        stream.rest()
    stream.expect_names_to_agree()
    expect(stream.head["content-type"]).equals("text/event-stream; charset=utf-8")
    expect((stream.names[0], stream.names[-1], stream.names.count("message_stop"))).equals(
        ("message_start", "message_stop", 1))
    begun = [event["index"] for event in stream.of("content_block_start")]
    ended = [event["index"] for event in stream.of("content_block_stop")]
    expect((begun, ended), "blocks that begin and end").equals((list(range(len(begun))),) * 2)
    expect([event["delta"]["stop_reason"] for event in stream.of("message_delta")]).equals(["tool_use"])
    expect(stream.of("message_start")[0]["message"]["content"]).equals([])


@each_family(streams)
def characters_of_several_bytes(world, family):
    reply, _ = streamed(world, family, "[[sim:echo]][[sim:chunk 1]]é🍁ü \\\"ok\"\n")
    expect(text_of(reply).rstrip("\n")).equals("é🍁ü \\\"ok\"")


@each_family(streams)
def long_streams(world, family):
    reply, _ = streamed(world, family, "[[sim:words 3000]]", max_tokens=8000)
    expect(text_of(reply) == words(3000), "3000 words in order").equals(True)


@each_family(streams)
def the_first_event_leaves_before_the_upstream_has_finished(world, family):
    stream = stream_past_a_gate(world, family, MESSAGES, lambda content: asked(world, family, content, {}))
    expect((stream.text, stream.names[-1])).equals((words(9), "message_stop"))


# ---------------------------------------------------------------------------------------------------- Errors

TYPES = {400: "invalid_request_error", 429: "rate_limit_error", 502: "api_error", 503: "overloaded_error"}


def check_error(error, status, kind):
    """An error of the SDK that holds one in Anthropic's shape, with the id under which it can be looked up."""
    body = error.body
    expect((error.status_code, error.type)).equals((status, kind))
    expect((body["type"], body["request_id"])).equals(("error", error.response.headers["x-ni-request-id"]))
    expect(bool(body["error"]["message"]), "a message").is_true()


@each_family(errors)
def upstream_errors(world, family):
    import anthropic
    for upstream, status in STATUSES.items():
        for is_streamed in (False, True):
            what = f"upstream {upstream}, {'streamed' if is_streamed else 'whole'}"
            error = raised(anthropic.APIStatusError, lambda: message(
                world, family, f"[[sim:status {upstream}]]", stream=is_streamed, **NO_FALLBACKS), what)
            expect(error.status_code, what).equals(status)
            check_error(error, status, TYPES[status])


@each_family(errors)
def retry_after_is_passed_on(world, family):
    import anthropic
    error = raised(anthropic.RateLimitError, lambda: message(world, family, "[[sim:status 429 retry-after 3]]"))
    expect(error.response.headers.get("retry-after")).equals("3")


@each_family(errors)
def a_prompt_that_is_too_long(world, family):
    import anthropic
    error = raised(anthropic.BadRequestError, lambda: message(world, family, "[[sim:context-length]]"))
    check_error(error, 400, "invalid_request_error")


@each_family(errors)
def replies_that_make_no_sense(world, family):
    import anthropic
    for mark in ("garbage", "html", "headers-only"):
        for is_streamed in (False, True):
            what = f"{mark}, {'streamed' if is_streamed else 'whole'}"
            call = lambda mark=mark: list(message(world, family, f"[[sim:{mark}]]", stream=is_streamed))  # noqa: E731
            error = raised(anthropic.APIStatusError, call, what)
            expect(error.body["type"], what).equals("error")


@errors.check
def strangers(world):
    import anthropic
    stranger = client(world.gateway, "ni_live_" + "x" * 43)
    error = raised(anthropic.AuthenticationError, lambda: message(world, "compatible", "x", stranger))
    check_error(error, 401, "authentication_error")
    error = raised(anthropic.NotFoundError, lambda: message(world, "compatible", "x", model="no/such-route"))
    check_error(error, 404, "not_found_error")
    own = world.own_gateway
    error = raised(anthropic.PermissionDeniedError,
                   lambda: message(world, "bedrock", "x", client(own, own.keys["premises"])))
    check_error(error, 403, "permission_error")


BAD_BODIES = {
    "no messages": {"messages": []}, "a role of its own": {"messages": [{"role": "tool", "content": "x"}]},
    "a text for a number": {"max_tokens": "many"}, "no limit": {"max_tokens": None},
    "a choice that there isn't": {"tool_choice": {"type": "perhaps"}, "tools": ANTHROPIC_TOOLS},
    "a tool without a schema": {"tools": [{"name": "get_weather"}]}, "too warm": {"extra_body": {"temperature": 3}},
    "an image of nothing": {"messages": user([{"type": "image", "source": {
        "type": "base64", "media_type": "image/png", "data": "A"}}])},
}


@errors.check_each(BAD_BODIES)
def bad_bodies(world, kind):
    import anthropic
    # What is passed on is its upstream's to judge: only our own is known to be strict.
    for family in ("compatible", "bedrock", *(() if world.is_foreign else ("anthropic",))):
        error = raised(anthropic.BadRequestError,
                       lambda: message(world, family, "x", **BAD_BODIES[kind]), f"{kind}, {family}")
        check_error(error, 400, "invalid_request_error")


@errors.check
def bodies_that_are_not_json(world):
    for body in (b"", b"{", b"[]", b'{"model":"x","model":"y"}', b'{"model":"\xff"}'):
        status, headers, text = fetch(world.gateway.base_url + MESSAGES, body, world.gateway.authorization)
        reply = as_json(text)
        expect((status, reply["type"], reply["error"]["type"], reply["request_id"])).equals(
            (400, "error", "invalid_request_error", headers["x-ni-request-id"]))


@errors.check
def the_sdk_finds_the_request_id(world):
    """Where Anthropic has it, in `request-id`."""
    import anthropic
    error = raised(anthropic.NotFoundError, lambda: message(world, "compatible", "x", model="no/such-route"))
    expect(error.request_id).equals(error.response.headers["x-ni-request-id"])
    for family in ("compatible", "anthropic"):
        raw = client(world.gateway).messages.with_raw_response.create(**asked(world, family, "hi", {}))
        expect(raw.parse()._request_id, family).equals(raw.headers["x-ni-request-id"])


@errors.check
def the_stable_code_is_told(world):
    """`docs/errors.md` promises it of every error."""
    status, _, text = by_hand(world.gateway, {"model": "no/such-route", "max_tokens": 9, "messages": user("x")})
    expect(status).equals(404)
    expect(text).contains("model_not_found")


@errors.check
def wrong_methods(world):
    status, headers, text = fetch(world.gateway.base_url + MESSAGES, headers=world.gateway.authorization)
    expect((status, headers.get("allow"), as_json(text)["type"])).equals((405, "POST", "error"))


@errors.check_each(COUNTING_NOTHING)
def counts_that_only_an_answer_tells(world, family):
    import anthropic
    error = raised(anthropic.APIStatusError, lambda: counted(world, family, "x"))
    expect(error.status_code).equals(501)
    expect((error.body.get("type"), error.body["error"]["details"]["error_code"])).equals(
        ("error", "not_implemented_yet"))


@each_family(errors)
def a_retry_of_the_sdk_succeeds(world, family):
    patient = client(world.gateway, max_retries=2)
    mark = f"[[sim:fail-times 1 503 {uuid.uuid4().hex} 0.1]][[sim:echo]]fine"
    expect(text_of(message(world, family, mark, patient))).equals("fine")


# ---------------------------------------------------------------------------------------------------- Promises

@each_family(promises)
def header_block(world, family):
    route = billing_models(world.gateway)[world.gateway.route(family)]
    raw = client(world.gateway).messages.with_raw_response
    for members in ({}, {"stream": True}):
        check_headers(raw.create(**asked(world, family, "hi", members)).headers, route)


@each_family(promises)
def custody_record(world, family):
    raw = client(world.gateway).messages.with_raw_response
    for members in ({}, {"stream": True}):
        reply = raw.create(**asked(world, family, "[[sim:words 5]]", members))
        reply.parse() if not members else list(reply.parse())
        record = expect_record(world.gateway, reply.headers["x-ni-request-id"], "messages", outcome="completed",
                               status=200, route=world.gateway.route(family), streamed=bool(members))
        expect(record["usage"]["output_tokens"]).equals(5)


@promises.check
def refusals_have_records(world):
    _, headers, _ = by_hand(world.gateway, {"model": "no/such-route", "max_tokens": 9, "messages": user("x")})
    expect_record(world.gateway, headers["x-ni-request-id"], "messages", outcome="refused", error="model_not_found")


@each_family(promises)
def our_own_members_stay_here(world, family):
    simulator = world.gateway.simulator(family)
    simulator.reset()
    ours = {"allow_fallbacks": False, "pii_substitution": False,
            "privacy_tier": billing_models(world.gateway)[world.gateway.route(family)]["tier"]}
    expect(text_of(message(world, family, "[[sim:echo]]kept", extra_body=ours))).equals("kept")
    seen = simulator.last()
    expect([name for name in ours if name in seen["body"]], "members of ours upstream").equals([])
    expect([name for name in seen["headers"] if name.startswith(("x-ni-", "x-privacy"))]).equals([])
    expect(json.dumps(seen)).lacks(world.gateway.key)


@promises.check_each(FALLBACKS)
def a_fallback_takes_over(world, name):
    """Also where only one of the two speaks the caller's wire."""
    first, second = own_route(world, name), own_route(world, FALLBACKS[name])
    raw = client(world.gateway).messages.with_raw_response
    for members in ({}, {"stream": True}):
        mark = f"[[sim:fail-times 1 503 {uuid.uuid4().hex}]][[sim:echo]]from the second"
        reply = raw.create(**asked(world, "compatible", mark, {"model": first, **members}))
        parsed = reply.parse()
        text = "".join(event.delta.text for event in parsed if event.type == "content_block_delta"
                       ) if members else text_of(parsed)
        expect(text).equals("from the second")
        expect((reply.headers["x-ni-resolved-route"], reply.headers["x-ni-attempts"])).equals((second, "2"))
        record = world.gateway.closed_custody(reply.headers["x-ni-request-id"])
        expect([attempt["route"] for attempt in record["attempts"]]).equals([first, second])


@promises.check_each(("unreachable", "wrong_credential"))
def an_upstream_that_is_no_use(world, name):
    import anthropic
    error = raised(anthropic.InternalServerError,
                   lambda: message(world, "compatible", "x", model=own_route(world, name)))
    check_error(error, 502, "api_error")


# ---------------------------------------------------------------------------------------------------- Faults

def broken_stream(world, family, mark):
    body = asked(world, family, broken(mark), {"allow_fallbacks": False})
    with EventStream(world.gateway, MESSAGES, body) as stream:
        return stream.rest()


def check_break(world, family, mark):
    stream = broken_stream(world, family, mark)
    expect_beginning(stream)
    stream.expect_names_to_agree()
    expect(stream.names, "events").lacks("message_stop")
    expect([event["delta"]["stop_reason"] for event in stream.of("message_delta") if event["delta"].get("stop_reason")],
           "stop reasons that nobody gave").equals([])
    expect((stream.names[-1], stream.names.count("error"))).equals(("error", 1))
    last = stream.events[-1][1]
    expect(last["error"]["type"]).is_one_of(("api_error", "overloaded_error"))
    expect(last["request_id"]).equals(stream.request_id)
    record = expect_record(world.gateway, stream.request_id, "messages", outcome="failed", status=200, streamed=True)
    expect(record["error"]).is_one_of(BREAKS[mark])


@each_family(faults)
def dies_in_mid_stream(world, family):
    check_break(world, family, "cut 6")


@each_family(faults)
def ends_without_its_closing_events(world, family):
    check_break(world, family, "end 6")


@each_family(faults)
def sends_garbage(world, family):
    check_break(world, family, "garbage-event 6")


@each_family(faults)
def reports_an_error_in_mid_stream(world, family):
    check_break(world, family, "error-event 6")


@each_family(faults)
def is_noticed_by_the_sdk(world, family):
    import anthropic
    for mark in BREAKS:
        raised(anthropic.APIStatusError, lambda: streamed(world, family, broken(mark)), mark)


@each_family(faults)
def breaks_before_its_first_piece(world, family):
    for mark in ("cut 0", "end 0", "garbage-event 0"):
        stream = broken_stream(world, family, mark)
        expect(stream.text, mark).equals("")
        expect(stream.names, mark).lacks("message_stop")
        if stream.head.status == 200:
            expect(stream.names[-1:], mark).equals(["error"])
        else:
            expect(stream.head.status, mark).is_one_of((502, 503))
            expect(stream.refusal["type"], mark).equals("error")


@each_family(faults)
def breaks_off_a_whole_reply(world, family):
    status, headers, text = by_hand(world.gateway, asked(
        world, family, "[[sim:words 100]][[sim:cut 3]]", {"allow_fallbacks": False}))
    expect((status, as_json(text)["type"])).equals((502, "error"))
    expect_record(world.gateway, headers["x-ni-request-id"], "messages", outcome="failed")


@faults.check
def falls_silent(world):
    gateway = world.small_gateway
    for family in EVERY_FAMILY:
        body = {"model": gateway.route(family), "max_tokens": 99, "messages": user("[[sim:words 9]][[sim:stall 3]]")}
        with EventStream(gateway, MESSAGES, body) as stream:
            stream.rest()
        expect((stream.names or [None])[-1], family).equals("error")
        expect(stream.events[-1][1]["error"]["type"], family).equals("timeout_error")
        expect(stream.names, family).lacks("message_stop")
        expect_record(gateway, stream.request_id, "messages", outcome="failed", error="upstream_timeout")


@each_family(faults)
def its_caller_leaves(world, family):
    simulator, gate = world.gateway.simulator(family), gate_name()
    simulator.reset()
    body = asked(world, family, f"[[sim:words 50]][[sim:gate 5 {gate}]]", {})
    with EventStream(world.gateway, MESSAGES, body) as stream:
        while not stream.text:
            stream.next()
    expect(simulator.wait_for("client_aborts", 1), "upstream calls that were given up").equals(1)
    simulator.open(gate)
    expect_record(world.gateway, stream.request_id, "messages", outcome="cancelled")


@faults.check
def a_connection_goes_on_after_errors(world):
    """Of all surfaces on one connection."""
    gateway = world.gateway
    good = json.dumps(asked(world, "anthropic", "[[sim:echo]]still here", {})).encode()
    with Connection(gateway.base_url) as connection:
        for body in (b"{", json.dumps(asked(world, "anthropic", "[[sim:status 500]]", {})).encode(), b"[]"):
            reply = connection.exchange(request("POST", MESSAGES, body, gateway.authorization))
            expect(reply.json["type"]).equals("error")
            reply = connection.exchange(request("POST", MESSAGES, good, gateway.authorization))
            expect((reply.status, reply.json["content"][0]["text"])).equals((200, "still here"))


SUITES = (sdk, streams, errors, promises, faults)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
