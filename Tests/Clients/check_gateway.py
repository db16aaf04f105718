#!/usr/bin/env python3
"""The gateway, seen by OpenAI's own SDK and by curl's likes, with a route of each kind of provider.

    check_gateway.py                               starts a gateway and a strict simulator behind it
    check_gateway.py --ready-file demo.json        checks the `northern demo` that wrote this file
    check_gateway.py --base-url URL --key KEY --simulator bedrock=URL ...
"""
import asyncio
import functools
import json
import re
import sys
import urllib.parse
import uuid

from harness import (BOTH_CALLS, CALL_BOTH, IMAGE, IMAGE_URL, PLACE, PLACE_SCHEMA, PLACE_TEXT, TOOLS, Skip, Suite,
                     as_json, description, expect, main, raised, saying, user, words)
from servers import FAMILIES, ROUTES, fetch, gate_name
from wire import CHAT, ChatStream

sdk = Suite("gateway.sdk")
streams = Suite("gateway.streams")
errors = Suite("gateway.errors")
promises = Suite("gateway.promises")
catalog = Suite("gateway.catalog")

# Requests for these are written anew for the provider's own wire; for the others they are passed on.
TRANSLATED = ("bedrock", "vertex")
PASSED_ON = tuple(family for family in FAMILIES if family not in TRANSLATED)

OPENAI_TOOLS = [tool.openai for tool in TOOLS]
USAGE = {"stream_options": {"include_usage": True}}
NO_FALLBACKS = {"extra_body": {"allow_fallbacks": False}}


@functools.cache
def client_of(base_url, key, **settings):
    import openai
    return openai.OpenAI(base_url=base_url, api_key=key, **{"max_retries": 0, "timeout": 20, **settings})


def client(gateway, key=None, path="/v1", **settings):
    return client_of(gateway.base_url + path, key or gateway.key, **settings)


def chat(world, family, content, caller=None, **members):
    caller = caller or client(world.gateway)
    return caller.chat.completions.create(
        **{"model": world.gateway.route(family), "messages": user(content), **members})


def chat_choice(world, family, content, **members):
    return chat(world, family, content, **members).choices[0]


def chat_text(world, family, content, **members):
    return chat_choice(world, family, content, **members).message.content


def text_of(chunks):
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


def calls_of(message):
    return [(call.function.name, json.loads(call.function.arguments)) for call in message.tool_calls or ()]


def each_family(suite):
    return suite.check_each(FAMILIES)


# ---------------------------------------------------------------------------------------------------- Whole replies

@each_family(sdk)
def whole(world, family):
    reply = chat(world, family, saying("Allô, monde 🍁"))
    choice = reply.choices[0]
    expect((choice.message.role, choice.message.content, choice.finish_reason)).equals(
        ("assistant", "Allô, monde 🍁", "stop"))
    expect((reply.object, len(reply.choices), choice.index)).equals(("chat.completion", 1, 0))
    expect(reply.usage.completion_tokens, "a token is a word").equals(3)
    expect(reply.usage.total_tokens).equals(reply.usage.prompt_tokens + reply.usage.completion_tokens)


@each_family(sdk)
def conversation(world, family):
    messages = [{"role": "system", "content": "Be brief."}, {"role": "developer", "content": "Be kind."},
                *user("first"), {"role": "assistant", "content": "answer"}, *user("one"), *user("two"),
                {"role": "assistant", "content": "more"}, *user("[[sim:echo]]last")]
    if family in PASSED_ON:
        del messages[1]  # whether both may come is its upstream's business
    expect(chat_text(world, family, None, messages=messages)).equals("last")


@each_family(sdk)
def parts_of_text(world, family):
    parts = [{"type": "text", "text": "[[sim:echo]]one"}, {"type": "text", "text": "two"}]
    expect(chat_text(world, family, parts)).equals("one\ntwo")


@each_family(sdk)
def parameters(world, family):
    settings = {"temperature": 0.2, "top_p": 0.9, "max_tokens": 100, "seed": 7, "user": "somebody",
                "presence_penalty": 0.1, "frequency_penalty": 0.1}
    expect(chat_text(world, family, "[[sim:echo]]tuned", **settings)).equals("tuned")


@each_family(sdk)
def finish_reasons(world, family):
    def ending(content, **members):
        choice = chat_choice(world, family, content, **members)
        return (choice.message.content or "").strip(), choice.finish_reason

    expect(ending("[[sim:words 9]]", max_tokens=4)).equals((words(4), "length"))
    expect(ending("[[sim:words 9]]", max_completion_tokens=4)).equals((words(4), "length"))
    expect(ending("[[sim:words 9]]", stop=["w3"])).equals((words(2), "stop"))
    expect(ending("[[sim:words 9]]", stop="w3")).equals((words(2), "stop"))
    expect(ending("[[sim:filter]]")[1]).equals("content_filter")
    expect(ending("[[sim:empty]]")).equals(("", "stop"))


@each_family(sdk)
def tools(world, family):
    choice = chat_choice(world, family, "What is the weather in 'Montréal'?", tools=OPENAI_TOOLS)
    expect((choice.finish_reason, calls_of(choice.message))).equals(("tool_calls", BOTH_CALLS[:1]))
    expect(choice.message.content, "content beside a call").is_one_of((None, ""))


@each_family(sdk)
def parallel_tools_and_their_results(world, family):
    messages = user(CALL_BOTH)
    choice = chat_choice(world, family, None, messages=messages, tools=OPENAI_TOOLS)
    expect((choice.finish_reason, calls_of(choice.message))).equals(("tool_calls", BOTH_CALLS))
    expect(len({call.id for call in choice.message.tool_calls}), "different ids").equals(2)
    messages.append(choice.message.model_dump(exclude_none=True))
    messages += [{"role": "tool", "tool_call_id": call.id, "content": f"result of {call.function.name}"}
                 for call in choice.message.tool_calls]
    expect(chat_text(world, family, None, messages=messages, tools=OPENAI_TOOLS)).equals(
        "Tool results: result of get_weather; result of get_time")


@sdk.check_each(TRANSLATED)
def messages_come_back_as_the_sdk_dumps_them(world, family):
    """With every null and empty member that the reply had."""
    messages = user(CALL_BOTH)
    message = chat_choice(world, family, None, messages=messages, tools=OPENAI_TOOLS).message
    messages.append(message.model_dump())
    messages += [{"role": "tool", "tool_call_id": call.id, "content": "r"} for call in message.tool_calls]
    expect(chat_text(world, family, None, messages=messages, tools=OPENAI_TOOLS)).equals("Tool results: r; r")


@sdk.check_each(PASSED_ON)
def messages_pass_as_they_are(world, family):
    content = "[[sim:echo]]é\u2028 🍁 \t as it is"
    simulator = world.gateway.simulator(family)
    simulator.reset()
    expect(chat_text(world, family, content)).equals(content.removeprefix("[[sim:echo]]"))
    expect(simulator.last()["body"]["messages"]).equals(user(content))


@each_family(sdk)
def tool_choice(world, family):
    def called(content, choice):
        return calls_of(chat_choice(world, family, content, tools=OPENAI_TOOLS, tool_choice=choice).message)

    named = {"type": "function", "function": {"name": "get_time"}}
    expect(called("for 'Iqaluit'", named)).equals([("get_time", {"city": "Iqaluit"})])
    expect(bool(called("hi there", "required")), "required").equals(True)


@each_family(sdk)
def tool_choice_none(world, family):
    reply = chat_choice(world, family, f"{CALL_BOTH} get_weather", tools=OPENAI_TOOLS, tool_choice="none")
    expect((calls_of(reply.message), reply.finish_reason)).equals(([], "stop"))


@each_family(sdk)
def exact_calls(world, family):
    wanted = [("get_weather", {"city": "Québec « ça »"}), ("get_time", {})]
    marks = "".join(f"[[sim:call {name} {json.dumps(value, ensure_ascii=False)}]]" for name, value in wanted)
    expect(calls_of(chat_choice(world, family, marks, tools=OPENAI_TOOLS).message), "whole").equals(wanted)
    chunks = list(chat(world, family, marks, tools=OPENAI_TOOLS, stream=True))
    arguments = {}
    for chunk in chunks:
        for call in (chunk.choices[0].delta.tool_calls or ()) if chunk.choices else ():
            arguments[call.index] = arguments.get(call.index, "") + (call.function.arguments or "")
    expect([json.loads(arguments[index] or "null") for index in sorted(arguments)], "streamed").equals(
        [value for _, value in wanted])


@each_family(sdk)
def vision(world, family):
    parts = [{"type": "text", "text": "look"}, {"type": "image_url", "image_url": {"url": IMAGE_URL, "detail": "low"}}]
    expect(chat_text(world, family, parts)).equals(description(IMAGE))


@each_family(sdk)
def json_schema(world, family):
    schema = {"type": "json_schema", "json_schema": {"name": "place", "strict": True, "schema": PLACE_SCHEMA}}
    expect(as_json(chat_text(world, family, PLACE_TEXT, response_format=schema))).equals(PLACE)


@each_family(sdk)
def parsed_by_the_sdk(world, family):
    import pydantic

    class Place(pydantic.BaseModel):
        city: str
        count: int

    reply = client(world.gateway).chat.completions.parse(
        model=world.gateway.route(family), messages=user(PLACE_TEXT), response_format=Place)
    expect(reply.choices[0].message.parsed).equals(Place(city="Ivujivik", count=42))


@each_family(sdk)
def json_object(world, family):
    """Bedrock can't promise it, and says so."""
    import openai
    wanted = {"response_format": {"type": "json_object"}}
    if family == "bedrock":
        error = raised(openai.BadRequestError, lambda: chat(world, family, "give 'a'", **wanted))
        expect((error.code, error.param)).equals(("unsupported_parameter", "response_format"))
    else:
        expect(type(as_json(chat_text(world, family, "give 'a' and 'b'", **wanted)))).equals(dict)


# What each upstream's counters come to on our wire: cached input is a part of the prompt everywhere.
MARKED_USAGE = "[[sim:usage in=31 out=12 cache-read=5]]"
COUNTED_USAGE = {"bedrock": (36, 12, 48, 5)}


@each_family(sdk)
def usage(world, family):
    wanted = COUNTED_USAGE.get(family, (31, 12, 43, 5))
    chunks = list(chat(world, family, MARKED_USAGE, stream=True, **USAGE))
    for counts in (chat(world, family, MARKED_USAGE).usage, chunks[-1].usage):
        expect((counts.prompt_tokens, counts.completion_tokens, counts.total_tokens,
                counts.prompt_tokens_details.cached_tokens)).equals(wanted)


@each_family(sdk)
def asynchronous(world, family):
    import openai

    async def one(caller, number):
        chunks = await caller.chat.completions.create(model=world.gateway.route(family), stream=True,
                                                      messages=user(saying(f"no. {number}")))
        return text_of([chunk async for chunk in chunks])

    async def all_of_them():
        async with openai.AsyncOpenAI(base_url=world.gateway.base_url + "/v1", api_key=world.gateway.key,
                                      max_retries=0, timeout=20) as caller:
            return await asyncio.gather(*(one(caller, number) for number in range(20)))

    expect(asyncio.run(all_of_them())).equals([f"no. {number}" for number in range(20)])


@each_family(sdk)
def large_prompt(world, family):
    """Above the size at which a body is read elsewhere than on the event loop."""
    text = "mot " * 75_000
    expect(chat_text(world, family, f"[[sim:count]]{text}")).equals("75000")


# ---------------------------------------------------------------------------------------------------- Streams

@each_family(streams)
def text_and_usage(world, family):
    chunks = list(chat(world, family, "[[sim:words 9]]", stream=True, **USAGE))
    expect(text_of(chunks)).equals(words(9))
    endings = [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices and chunk.choices[0].finish_reason]
    expect(endings).equals(["stop"])
    expect((chunks[-1].choices, chunks[-1].usage.completion_tokens)).equals(([], 9))
    expect([chunk for chunk in chunks[:-1] if chunk.usage], "earlier usage").equals([])
    roles = [chunk.choices[0].delta.role for chunk in chunks if chunk.choices and chunk.choices[0].delta.role]
    expect(roles).equals(["assistant"])


@each_family(streams)
def no_usage_unless_asked(world, family):
    with ChatStream(world.gateway, world.gateway.route(family), "[[sim:words 3]]") as stream:
        stream.rest()
        expect([chunk for chunk in stream.chunks if chunk.get("usage")], "chunks with usage").equals([])
        expect((stream.text, stream.is_done)).equals((words(3), True))


@each_family(streams)
def one_identity(world, family):
    with ChatStream(world.gateway, world.gateway.route(family), "[[sim:words 5]]", **USAGE) as stream:
        stream.rest()
    expect(stream.head["content-type"]).equals("text/event-stream; charset=utf-8")
    with_choices = [chunk for chunk in stream.chunks if chunk["choices"]]
    if family == "azure":
        with_choices = [chunk for chunk in with_choices if chunk["id"]]
    expect(len({(chunk["id"], chunk["created"], chunk["model"]) for chunk in with_choices}), "identities").equals(1)
    expect({chunk["object"] for chunk in with_choices}).equals({"chat.completion.chunk"})
    expect(all("usage" in chunk for chunk in with_choices), "'usage': null in every chunk").equals(True)


@each_family(streams)
def parallel_tools(world, family):
    with client(world.gateway).chat.completions.stream(
            model=world.gateway.route(family), tools=OPENAI_TOOLS, messages=user(CALL_BOTH)) as stream:
        chunks = [event.chunk for event in stream if event.type == "chunk"]
        choice = stream.get_final_completion().choices[0]
    expect((choice.finish_reason, calls_of(choice.message))).equals(("tool_calls", BOTH_CALLS))
    deltas = [call for chunk in chunks if chunk.choices for call in chunk.choices[0].delta.tool_calls or ()]
    expect(sorted({delta.index for delta in deltas}), "indexes").equals([0, 1])
    expect(len([delta for delta in deltas if delta.id]), "deltas with an id").equals(2)


@each_family(streams)
def characters_of_several_bytes(world, family):
    chunks = list(chat(world, family, "[[sim:echo]][[sim:chunk 1]]é🍁ü \\\"ok\"\n", stream=True))
    expect(text_of(chunks).rstrip("\n")).equals("é🍁ü \\\"ok\"")


@each_family(streams)
def long_streams(world, family):
    chunks = list(chat(world, family, "[[sim:words 3000]]", stream=True))
    expect(text_of(chunks) == words(3000), "3000 words in order").equals(True)


@each_family(streams)
def finish_reason_of_a_cut_answer(world, family):
    chunks = list(chat(world, family, "[[sim:words 9]]", stream=True, max_tokens=4))
    endings = [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices and chunk.choices[0].finish_reason]
    expect((text_of(chunks), endings)).equals((words(4), ["length"]))


@each_family(streams)
def the_first_chunk_leaves_before_the_upstream_has_finished(world, family):
    """No clock decides: the upstream stands at a gate that is opened only once the chunk is here."""
    simulator, gate = world.gateway.simulator(family), gate_name()
    simulator.reset()
    content = f"[[sim:words 9]][[sim:gate 3 {gate}]]"
    with ChatStream(world.gateway, world.gateway.route(family), content, **USAGE) as stream:
        try:
            text = ""
            while text != words(3):
                text += stream.next_text()
            stats = simulator.stats()
            expect((stats["active"], stats["completed"]), "active and completed upstream").equals((1, 0))
        finally:
            simulator.open(gate)
        stream.rest()
    expect(stream.text).equals(words(9))
    expect(stream.finish_reasons).equals(["stop"])
    expect(stream.data[-1]).equals("[DONE]")
    last = stream.chunks[-1]
    expect((last["choices"], last["usage"]["completion_tokens"])).equals(([], 9))


# ---------------------------------------------------------------------------------------------------- Errors

# The SDK's class and our code for a status of the upstream. Its troubles with us are no fault of the caller's, so
# what it says of credentials and models is a 502.
UPSTREAM_ERRORS = {
    400: ("BadRequestError", "upstream_rejected"), 401: ("InternalServerError", "upstream_error"),
    403: ("InternalServerError", "upstream_error"), 404: ("InternalServerError", "upstream_error"),
    429: ("RateLimitError", "rate_limit_exceeded"), 500: ("InternalServerError", "upstream_error"),
    503: ("InternalServerError", "upstream_unavailable")}


def check_error_object(body):
    expect(sorted(body)).equals(["code", "message", "param", "type"])
    expect(bool(body["message"] and body["type"] and body["code"]), f"message, type and code in {body}").equals(True)


@each_family(errors)
def upstream_errors(world, family):
    import openai
    for status, (name, code) in UPSTREAM_ERRORS.items():
        for is_streamed in (False, True):
            what = f"upstream {status}, {'streamed' if is_streamed else 'whole'}"
            error = raised(getattr(openai, name),
                           lambda: chat(world, family, f"[[sim:status {status}]]", stream=is_streamed), what)
            expect(error.code, what).equals(code)
            check_error_object(error.body)


@each_family(errors)
def retry_after_is_passed_on(world, family):
    import openai
    error = raised(openai.RateLimitError, lambda: chat(world, family, "[[sim:status 429 retry-after 3]]"))
    expect(error.response.headers.get("retry-after")).equals("3")


@each_family(errors)
def context_length(world, family):
    import openai
    error = raised(openai.BadRequestError, lambda: chat(world, family, "[[sim:context-length]]"))
    expect(error.code).equals("context_length_exceeded")


@each_family(errors)
def replies_that_make_no_sense(world, family):
    import openai
    for mark in ("garbage", "html", "headers-only"):
        for is_streamed in (False, True):
            what = f"{mark}, {'streamed' if is_streamed else 'whole'}"
            caller = lambda mark=mark: list(chat(world, family, f"[[sim:{mark}]]", stream=is_streamed))  # noqa: E731
            error = raised(openai.APIError, caller, what)
            check_error_object(error.body)


@errors.check
def strangers(world):
    import openai
    stranger = client(world.gateway, "ni_live_" + "x" * 43)
    error = raised(openai.AuthenticationError, lambda: chat(world, "compatible", "x", stranger))
    expect(error.code).equals("invalid_api_key")
    error = raised(openai.NotFoundError, lambda: chat(world, "compatible", "x", model="no/such-route"))
    expect((error.code, error.param)).equals(("model_not_found", "model"))
    error = raised(openai.BadRequestError, lambda: chat(world, "compatible", None, messages=[]))
    expect(error.param).equals("messages")


@each_family(errors)
def a_retry_of_the_sdk_succeeds(world, family):
    patient = client(world.gateway, max_retries=2)
    mark = f"[[sim:fail-times 1 503 {uuid.uuid4().hex} 0.1]][[sim:echo]]fine"
    expect(chat(world, family, mark, patient).choices[0].message.content).equals("fine")


# ---------------------------------------------------------------------------------------------------- Promises

HEADERS = ("request-id", "resolved-tier", "resolved-provider", "resolved-region", "resolved-jurisdiction",
           "custody-path", "credential-source", "resolved-litellm-model", "resolved-route", "processing", "exposure",
           "evidence", "attempts", "policy")


def check_headers(headers, route):
    """The header block of a reply against what the catalogue says of the route."""
    expect([name for name in HEADERS if not headers.get(f"x-ni-{name}")], "missing header fields").equals([])
    provider, residency = route["provider"], route["residency"]
    wanted = {
        "resolved-tier": route["tier"], "resolved-provider": provider, "resolved-route": route["model_id"],
        "resolved-region": residency["endpoint_region"], "resolved-jurisdiction": residency["endpoint_jurisdiction"],
        "custody-path": f"NI-CA -> {provider}-{residency['endpoint_jurisdiction']}",
        "credential-source": route["credential_source"], "processing": ",".join(residency["processing"]),
        "exposure": ",".join(residency["exposure"]), "attempts": "1"}
    expect({name: headers.get(f"x-ni-{name}") for name in wanted}).equals(wanted)
    expect(bool(re.fullmatch("[0-9a-f]{32}", headers["x-ni-request-id"])), headers["x-ni-request-id"]).equals(True)
    expect(headers["x-ni-resolved-litellm-model"].partition("/")[2], "upstream model").equals(route["upstream_model"])


def billing_models(gateway):
    status, _, text = gateway.get("/api/billing/models", key=False)
    expect(status).equals(200)
    return {model["model_id"]: model for model in as_json(text)["models"]}


@each_family(promises)
def header_block(world, family):
    route = billing_models(world.gateway)[world.gateway.route(family)]
    raw = client(world.gateway).chat.completions.with_raw_response
    for members in ({}, {"stream": True}):
        reply = raw.create(model=route["model_id"], messages=user("hi"), **members)
        check_headers(reply.headers, route)


@each_family(promises)
def header_block_of_errors(world, family):
    import openai
    route = billing_models(world.gateway)[world.gateway.route(family)]
    for mark in ("status 400", "status 503", "garbage"):
        error = raised(openai.APIStatusError, lambda: chat(world, family, f"[[sim:{mark}]]", **NO_FALLBACKS), mark)
        check_headers(error.response.headers, route)


@promises.check
def header_block_of_refusals(world):
    body = json.dumps({"model": "no/such-route", "messages": user("hi")}).encode()
    for authorization in ([], world.gateway.authorization):
        _, headers, _ = fetch(world.gateway.base_url + CHAT, body, authorization)
        missing = [name for name in HEADERS if not headers.get(f"x-ni-{name}") and name != "policy"]
        expect(missing, "missing header fields").equals([])


@each_family(promises)
def custody_record(world, family):
    raw = client(world.gateway).chat.completions.with_raw_response
    route = billing_models(world.gateway)[world.gateway.route(family)]
    for members in ({}, {"stream": True}):
        reply = raw.create(model=route["model_id"], messages=user("[[sim:words 5]]"), **members)
        reply.parse() if not members else list(reply.parse())
        record = world.gateway.closed_custody(reply.headers["x-ni-request-id"])
        expect((record["outcome"], record["status"], record["route"], record["streamed"])).equals(
            ("completed", 200, route["model_id"], bool(members)))
        expect(record["usage"]["output_tokens"]).equals(5)
        expect([attempt["status"] for attempt in record["attempts"]]).equals([200])
        expect(bool(record["attempts"][0]["address"]), "the address that was connected to").equals(True)


@promises.check
def custody_records_are_private(world):
    raw = client(world.gateway).chat.completions.with_raw_response
    reply = raw.create(model=world.gateway.route("compatible"), messages=user("hi"))
    path = f"/api/usage/custody/{reply.headers['x-ni-request-id']}"
    world.gateway.closed_custody(reply.headers["x-ni-request-id"])
    expect(world.gateway.get(path, key=False)[0], "without a key").equals(401)
    status, _, text = world.gateway.get("/api/usage/custody/" + "0" * 32)
    expect((status, as_json(text)["error"]["code"])).equals((404, "record_not_found"))


@promises.check
def a_nonce_is_in_the_record(world):
    raw = client(world.gateway).chat.completions.with_raw_response
    reply = raw.create(model=world.gateway.route("compatible"), messages=user("hi"),
                       extra_headers={"x-ni-nonce": "nonce-4711"})
    expect(world.gateway.closed_custody(reply.headers["x-ni-request-id"])["nonce"]).equals("nonce-4711")


@promises.check
def refusals_have_records(world):
    import openai
    error = raised(openai.NotFoundError, lambda: chat(world, "compatible", "x", model="no/such-route"))
    record = world.gateway.closed_custody(error.response.headers["x-ni-request-id"])
    expect((record["outcome"], record["attempts"], record["error"])).equals(("refused", [], "model_not_found"))


@each_family(promises)
def our_own_members_stay_here(world, family):
    """The strict simulator would refuse them; whoever is behind another gateway must at least not see them."""
    simulator = world.gateway.simulator(family)
    simulator.reset()
    ours = {"allow_fallbacks": False, "pii_substitution": False,
            "privacy_tier": billing_models(world.gateway)[world.gateway.route(family)]["tier"]}
    expect(chat_text(world, family, "[[sim:echo]]kept", extra_body=ours)).equals("kept")
    seen = simulator.last()
    expect([name for name in ours if name in seen["body"]], "members of ours upstream").equals([])
    expect([name for name in seen["headers"] if name.startswith(("x-ni-", "x-privacy"))]).equals([])
    expect(json.dumps(seen)).lacks(world.gateway.key)


@promises.check
def a_demand_for_another_tier_is_refused(world):
    import openai
    simulator = world.gateway.simulator("bedrock")
    simulator.reset()
    for demand in ({"extra_body": {"privacy_tier": "customer_premises"}},
                   {"extra_headers": {"x-privacy-tier": "customer_premises"}}):
        error = raised(openai.PermissionDeniedError, lambda: chat(world, "bedrock", "x", **demand))
        expect(error.code).equals("route_not_allowed")
    expect(simulator.stats()["requests"], "requests that left").equals(0)


# ---------------------------------------------------------------------------------------------------- Fallbacks

def failing_once():
    return f"[[sim:fail-times 1 503 {uuid.uuid4().hex}]][[sim:echo]]from the second"


def own_route(world, name):
    if world.is_foreign:
        raise Skip("only with a gateway that is started here")
    return ROUTES[name].id


@promises.check
def a_fallback_takes_over(world):
    first, second = own_route(world, "with_fallback"), own_route(world, "compatible")
    for members in ({}, {"stream": True}):
        reply = client(world.gateway).chat.completions.with_raw_response.create(
            model=first, messages=user(failing_once()), **members)
        parsed = reply.parse()
        text = text_of(list(parsed)) if members else parsed.choices[0].message.content
        expect(text).equals("from the second")
        expect((reply.headers["x-ni-resolved-route"], reply.headers["x-ni-attempts"])).equals((second, "2"))
        record = world.gateway.closed_custody(reply.headers["x-ni-request-id"])
        expect([attempt["route"] for attempt in record["attempts"]]).equals([first, second])
        expect((record["asked_route"], record["route"])).equals((first, second))


@promises.check
def after_several_attempts_the_sdk_is_told_not_to_multiply_them(world):
    import openai
    first = own_route(world, "with_fallback")
    error = raised(openai.InternalServerError, lambda: chat(world, "compatible", "[[sim:status 503]]", model=first))
    headers = error.response.headers
    expect((error.status_code, headers["x-ni-attempts"], headers.get("x-should-retry"))).equals((503, "2", "false"))


@promises.check
def no_fallback_where_it_is_forbidden(world):
    import openai
    first = own_route(world, "with_fallback")
    for demand in (NO_FALLBACKS, {"extra_headers": {"x-ni-allow-fallbacks": "false"}}):
        error = raised(openai.InternalServerError,
                       lambda: chat(world, "compatible", failing_once(), model=first, **demand))
        expect((error.status_code, error.response.headers["x-ni-attempts"])).equals((503, "1"))


@promises.check
def no_fallback_for_the_callers_own_mistakes(world):
    import openai
    first = own_route(world, "with_fallback")
    error = raised(openai.BadRequestError, lambda: chat(world, "compatible", "[[sim:status 400]]", model=first))
    expect(error.response.headers["x-ni-attempts"]).equals("1")


@promises.check
def an_upstream_that_is_not_there(world):
    import openai
    route = own_route(world, "unreachable")
    error = raised(openai.InternalServerError, lambda: chat(world, "compatible", "x", model=route))
    expect((error.status_code, error.code)).equals((502, "upstream_unreachable"))
    record = world.gateway.closed_custody(error.response.headers["x-ni-request-id"])
    expect((record["outcome"], len(record["attempts"]))).equals(("failed", 1))


@promises.check
def a_credential_that_is_refused_upstream(world):
    """It is the operator's trouble, not the caller's: no 401."""
    import openai
    route = own_route(world, "wrong_credential")
    error = raised(openai.InternalServerError, lambda: chat(world, "compatible", "x", model=route))
    expect((error.status_code, error.code)).equals((502, "upstream_error"))


# ---------------------------------------------------------------------------------------------------- Catalogue

@catalog.check
def routes_are_listed(world):
    billing = billing_models(world.gateway)
    listed = {model.id: model for model in client(world.gateway).models.list().data}
    for route in world.gateway.routes.values():
        expect(sorted(billing)).contains(route)
        expect(sorted(listed)).contains(route)
        entry = listed[route].model_dump()
        expect((entry["object"], entry["supports_vision"])).equals(("model", entry["capabilities"]["supports_vision"]))


@catalog.check
def entries_are_complete(world):
    wanted = {"supports_vision": bool, "modalities": list, "context_window": int, "max_output_tokens": int,
              "supports_function_calling": bool}
    for name, entry in billing_models(world.gateway).items():
        kinds = {member: type(entry["capabilities"][member]) for member in wanted}
        expect(kinds, name).equals(wanted)
        for member in ("provider", "tier", "residency", "prices", "lifecycle", "supports_vision"):
            expect(sorted(entry), name).contains(member)


@each_family(catalog)
def one_route_by_its_id(world, family):
    route = world.gateway.route(family)
    expect(client(world.gateway).models.retrieve(route).id, "as the SDK writes it").equals(route)
    for name in (route, urllib.parse.quote(route, safe="")):
        status, _, text = world.gateway.get(f"/v1/models/{name}")
        expect((status, as_json(text).get("id")), name).equals((200, route))


@catalog.check
def an_unknown_route_by_its_id(world):
    import openai
    error = raised(openai.NotFoundError, lambda: client(world.gateway).models.retrieve("no/such-route"))
    expect(error.code).equals("model_not_found")


@catalog.check
def a_base_url_with_a_second_v1(world):
    twice = client(world.gateway, path="/v1/v1")
    expect(chat(world, "compatible", saying("twice"), twice).choices[0].message.content).equals("twice")
    expect(bool(twice.models.list().data)).equals(True)


@catalog.check
def a_key_sees_only_its_own_routes(world):
    gateway = world.own_gateway
    listed = {model.id for model in client(gateway, gateway.keys["premises"]).models.list().data}
    wanted = {route.id for route in ROUTES.values() if route.tier == "customer_premises"}
    expect(listed).equals(wanted)


@catalog.check
def every_route_of_the_demo_answers(world):
    """With the header block that its catalogue entry announces."""
    demo = world.demo
    raw = client(demo).chat.completions.with_raw_response
    billing = billing_models(demo)
    listed = [model.id for model in client(demo).models.list().data]
    expect(bool(listed), "routes").equals(True)
    for route in listed:
        reply = raw.create(model=route, messages=user("hi"), max_tokens=20)
        expect(reply.parse().choices[0].message.content, route).equals("You said: hi")
        check_headers(reply.headers, billing[route])


SUITES = (sdk, streams, errors, promises, catalog)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
