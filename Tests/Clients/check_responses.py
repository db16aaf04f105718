#!/usr/bin/env python3
"""The Responses surface, seen by OpenAI's own SDK, with a route of each kind of provider.

    check_responses.py                             starts a gateway and a strict simulator behind it
    check_responses.py --ready-file demo.json      checks the `northern demo` that wrote this file
"""
import asyncio
import json
import sys
import uuid

from check_gateway import NO_FALLBACKS, billing_models, check_error_object, check_headers, client, own_route
from check_messages import SEEING, THOUGHT
from harness import (BOTH_CALLS, CALL_BOTH, IMAGE, IMAGE_URL, PLACE, PLACE_SCHEMA, PLACE_TEXT, TOOLS, Suite, as_json,
                     description, expect, main, raised, saying, user, words)
from servers import EVERY_FAMILY, fetch, gate_name
from surfaces import (BREAKS, FALLBACKS, RESPONSES, STATUSES, EventStream, broken, expect_beginning, expect_record,
                      stream_past_a_gate)

sdk = Suite("responses.sdk", is_tabled=True)
streams = Suite("responses.streams", is_tabled=True)
errors = Suite("responses.errors", is_tabled=True)
promises = Suite("responses.promises", is_tabled=True)
faults = Suite("responses.faults", is_tabled=True)

# Asked on the wire of the caller, whose bytes pass.
PASSED_ON = ("openai", "azure")
RESPONSES_TOOLS = [tool.responses for tool in TOOLS]
CLOSING = ("response.completed", "response.incomplete", "response.failed")


def asked(world, family, content, members):
    return {"model": world.gateway.route(family), "input": content, **members}


def respond(world, family, content, caller=None, **members):
    return (caller or client(world.gateway)).responses.create(**asked(world, family, content, members))


def streamed(world, family, content, **members):
    """The response that the SDK's helper makes of a stream; it checks the order of the events.

    It knows no end but that of a complete response, so of one that isn't the last event's is the response.
    """
    with client(world.gateway).responses.stream(**asked(world, family, content, members)) as stream:
        last = list(stream)[-1]
        expect(last.type).is_one_of(("response.completed", "response.incomplete"))
        return stream.get_final_response() if last.type == "response.completed" else last.response


def both_ways(world, family, content, **members):
    """The same answer, whole and streamed."""
    return {"whole": respond(world, family, content, **members),
            "streamed": streamed(world, family, content, **members)}.items()


def calls_of(reply):
    return [(item.name, json.loads(item.arguments)) for item in reply.output if item.type == "function_call"]


def kinds_of(reply):
    return [item.type for item in reply.output]


def each_family(suite):
    return suite.check_each(EVERY_FAMILY)


# ---------------------------------------------------------------------------------------------------- Replies

@each_family(sdk)
def whole(world, family):
    reply = respond(world, family, saying("Allô, monde 🍁"))
    expect((reply.output_text, reply.status, reply.object, kinds_of(reply))).equals(
        ("Allô, monde 🍁", "completed", "response", ["message"]))
    expect((reply.output[0].role, reply.output[0].status, reply.error)).equals(("assistant", "completed", None))
    expect(reply.id[:5]).equals("resp_")
    expect(reply.usage.output_tokens, "a token is a word").equals(3)
    expect(reply.usage.total_tokens).equals(reply.usage.input_tokens + 3)
    if family not in PASSED_ON:
        expect(reply.model).equals(world.gateway.route(family))


@each_family(sdk)
def items_of_a_conversation(world, family):
    items = [*user("first"), {"role": "assistant", "content": "answer"},
             {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "[[sim:echo]]one"},
                                                             {"type": "input_text", "text": "two"}]}]
    expect(respond(world, family, items, instructions="Be brief.").output_text).equals("one\ntwo")


@each_family(sdk)
def output_that_comes_back(world, family):
    """As the SDK dumps it, with ids, states and annotations."""
    first = respond(world, family, saying("before"))
    items = [*user("hi"), *(item.model_dump() for item in first.output), *user("[[sim:echo]]after")]
    expect(respond(world, family, items).output_text).equals("after")


@each_family(sdk)
def parameters(world, family):
    settings = {"temperature": 0.2, "max_output_tokens": 100, "metadata": {"for": "checks"}, "store": False}
    reply = respond(world, family, "[[sim:echo]]tuned", **settings)
    expect((reply.output_text, reply.max_output_tokens, reply.metadata)).equals(("tuned", 100, {"for": "checks"}))


@each_family(sdk)
def stops(world, family):
    for way, reply in both_ways(world, family, "[[sim:words 40]]", max_output_tokens=20):
        expect((reply.output_text.strip(), reply.status, reply.incomplete_details.reason), way).equals(
            (words(20), "incomplete", "max_output_tokens"))


@sdk.check_each(SEEING)
def a_filtered_answer(world, family):
    for way, reply in both_ways(world, family, "[[sim:filter]]"):
        expect((reply.status, reply.incomplete_details.reason), way).equals(("incomplete", "content_filter"))


@each_family(sdk)
def an_empty_answer(world, family):
    for way, reply in both_ways(world, family, "[[sim:empty]]"):
        expect((reply.output_text, reply.status), way).equals(("", "completed"))


@each_family(sdk)
def tools(world, family):
    for way, reply in both_ways(world, family, "What is the weather in 'Montréal'?", tools=RESPONSES_TOOLS):
        expect((reply.status, calls_of(reply)), way).equals(("completed", BOTH_CALLS[:1]))


@each_family(sdk)
def parallel_tools_and_their_results(world, family):
    for way, reply in both_ways(world, family, CALL_BOTH, tools=RESPONSES_TOOLS):
        expect(calls_of(reply), way).equals(BOTH_CALLS)
        calls = [item for item in reply.output if item.type == "function_call"]
        expect(len({call.call_id for call in calls}), "different ids").equals(2)
        items = [*user(CALL_BOTH), *reply.output]
        items += [{"type": "function_call_output", "call_id": call.call_id, "output": f"result of {call.name}"}
                  for call in calls]
        expect(respond(world, family, items, tools=RESPONSES_TOOLS).output_text, way).equals(
            "Tool results: result of get_weather; result of get_time")


@each_family(sdk)
def tool_choice(world, family):
    def called(content, choice):
        return calls_of(respond(world, family, content, tools=RESPONSES_TOOLS, tool_choice=choice))

    if family != "cohere":  # which can't be told to call a certain one
        expect(called("for 'Iqaluit'", {"type": "function", "name": "get_time"})).equals(
            [("get_time", {"city": "Iqaluit"})])
    expect(bool(called("hi there", "required")), "required").equals(True)
    expect(called(f"{CALL_BOTH} get_weather", "none"), "none").equals([])


@each_family(sdk)
def exact_calls(world, family):
    wanted = [("get_weather", {"city": "Québec « ça »"}), ("get_time", {})]
    marks = "".join(f"[[sim:call {name} {json.dumps(value, ensure_ascii=False)}]]" for name, value in wanted)
    for way, reply in both_ways(world, family, marks, tools=RESPONSES_TOOLS):
        expect(calls_of(reply), way).equals(wanted)


@sdk.check_each(SEEING)
def vision(world, family):
    parts = [{"type": "input_text", "text": "look"}, {"type": "input_image", "image_url": IMAGE_URL, "detail": "low"}]
    expect(respond(world, family, user(parts)).output_text).equals(description(IMAGE))


@each_family(sdk)
def json_schema(world, family):
    schema = {"format": {"type": "json_schema", "name": "place", "strict": True, "schema": PLACE_SCHEMA}}
    for way, reply in both_ways(world, family, PLACE_TEXT, text=schema):
        expect(as_json(reply.output_text), way).equals(PLACE)


@each_family(sdk)
def parsed_by_the_sdk(world, family):
    import pydantic

    class Place(pydantic.BaseModel):
        city: str
        count: int

    reply = client(world.gateway).responses.parse(**asked(world, family, PLACE_TEXT, {"text_format": Place}))
    expect(reply.output_parsed).equals(Place(city="Ivujivik", count=42))


@each_family(sdk)
def reasoning(world, family):
    for way, reply in both_ways(world, family, THOUGHT):
        expect((kinds_of(reply), reply.output_text), way).equals((["reasoning", "message"], "42"))
        expect("".join(part.text for part in reply.output[0].summary), way).equals("Hmm, yes.")


@each_family(sdk)
def reasoning_comes_back(world, family):
    content = f"[[sim:think Hmm, yes.]]{CALL_BOTH}"
    reply = respond(world, family, content, tools=RESPONSES_TOOLS, include=["reasoning.encrypted_content"])
    items = [*user(content), *reply.output]
    items += [{"type": "function_call_output", "call_id": item.call_id, "output": "r"}
              for item in reply.output if item.type == "function_call"]
    expect(respond(world, family, items, tools=RESPONSES_TOOLS).output_text).equals("Tool results: r; r")


@sdk.check_each(("bedrock", "vertex", "anthropic", "bedrock_anthropic", "vertex_anthropic"))
def an_effort(world, family):
    """Of models that think, each of which has its own measure for it."""
    reply = respond(world, family, THOUGHT, reasoning={"effort": "low", "summary": "auto"})
    expect(reply.output_text).equals("42")


# What each upstream's counters come to on our wire, where cached input is a part of the input.
COUNTED_INPUT = {"bedrock": 39, "anthropic": 39, "bedrock_anthropic": 39, "vertex_anthropic": 39}


@each_family(sdk)
def usage(world, family):
    for way, reply in both_ways(world, family, "[[sim:usage in=31 out=12 cache-read=5 cache-write=3]]"):
        counts = reply.usage
        expect((counts.input_tokens, counts.input_tokens_details.cached_tokens, counts.output_tokens), way).equals(
            (COUNTED_INPUT.get(family, 31), 5, 12))
        expect(counts.total_tokens, way).equals(counts.input_tokens + 12)


@each_family(sdk)
def asynchronous(world, family):
    import openai

    async def one(caller, number):
        async with caller.responses.stream(**asked(world, family, saying(f"no. {number}"), {})) as stream:
            return (await stream.get_final_response()).output_text

    async def all_of_them():
        async with openai.AsyncOpenAI(base_url=world.gateway.base_url + "/v1", api_key=world.gateway.key,
                                      max_retries=0, timeout=20) as caller:
            return await asyncio.gather(*(one(caller, number) for number in range(20)))

    expect(asyncio.run(all_of_them())).equals([f"no. {number}" for number in range(20)])


@each_family(sdk)
def large_prompt(world, family):
    expect(respond(world, family, "[[sim:count]]" + "mot " * 75_000).output_text).equals("75000")


@sdk.check
def a_base_url_with_a_second_v1(world):
    for family in ("openai", "bedrock"):
        reply = respond(world, family, saying("twice"), client(world.gateway, path="/v1/v1"))
        expect(reply.output_text, family).equals("twice")


# ---------------------------------------------------------------------------------------------------- Streams

@each_family(streams)
def text_and_usage(world, family):
    reply = streamed(world, family, "[[sim:words 9]]")
    expect((reply.output_text, reply.status, reply.usage.output_tokens)).equals((words(9), "completed", 9))


@each_family(streams)
def as_it_is_on_the_wire(world, family):
    with EventStream(world.gateway, RESPONSES, asked(world, family, CALL_BOTH, {"tools": RESPONSES_TOOLS})) as stream:
        stream.rest()
    stream.expect_names_to_agree()
    expect(stream.head["content-type"]).equals("text/event-stream; charset=utf-8")
    expect((stream.names[:2], stream.names[-1])).equals(
        (["response.created", "response.in_progress"], "response.completed"))
    expect([data["sequence_number"] for _, data in stream.events]).equals(list(range(len(stream.events))))
    expect(len({data["response"]["id"] for _, data in stream.events if "response" in data}), "ids").equals(1)
    begun = [event["output_index"] for event in stream.of("response.output_item.added")]
    ended = [event["output_index"] for event in stream.of("response.output_item.done")]
    expect((begun, ended), "items that begin and end").equals((list(range(len(begun))),) * 2)
    done = [event["item"] for event in stream.of("response.output_item.done")]
    expect(done, "items, one by one and in the end").equals(stream.events[-1][1]["response"]["output"])


@each_family(streams)
def characters_of_several_bytes(world, family):
    reply = streamed(world, family, "[[sim:echo]][[sim:chunk 1]]é🍁ü \\\"ok\"\n")
    expect(reply.output_text.rstrip("\n")).equals("é🍁ü \\\"ok\"")


@each_family(streams)
def long_streams(world, family):
    expect(streamed(world, family, "[[sim:words 3000]]").output_text == words(3000), "3000 words in order").equals(True)


@each_family(streams)
def the_first_event_leaves_before_the_upstream_has_finished(world, family):
    stream = stream_past_a_gate(world, family, RESPONSES, lambda content: asked(world, family, content, {}))
    expect((stream.text, stream.names[-1])).equals((words(9), "response.completed"))


# ---------------------------------------------------------------------------------------------------- Errors

CODES = {400: "upstream_rejected", 429: "rate_limit_exceeded", 502: "upstream_error", 503: "upstream_unavailable"}


@each_family(errors)
def upstream_errors(world, family):
    import openai
    for upstream, status in STATUSES.items():
        for is_streamed in (False, True):
            what = f"upstream {upstream}, {'streamed' if is_streamed else 'whole'}"
            error = raised(openai.APIStatusError, lambda: respond(
                world, family, f"[[sim:status {upstream}]]", stream=is_streamed, **NO_FALLBACKS), what)
            expect((error.status_code, error.code), what).equals((status, CODES[status]))
            check_error_object(error.body)
            expect(error.request_id).equals(error.response.headers["x-ni-request-id"])


@each_family(errors)
def retry_after_is_passed_on(world, family):
    import openai
    error = raised(openai.RateLimitError, lambda: respond(world, family, "[[sim:status 429 retry-after 3]]"))
    expect(error.response.headers.get("retry-after")).equals("3")


@errors.check_each(SEEING)  # the simulated Cohere says it in words that aren't Cohere's
def a_prompt_that_is_too_long(world, family):
    import openai
    error = raised(openai.BadRequestError, lambda: respond(world, family, "[[sim:context-length]]"))
    expect(error.code).equals("context_length_exceeded")


@each_family(errors)
def replies_that_make_no_sense(world, family):
    import openai
    for mark in ("garbage", "html", "headers-only"):
        error = raised(openai.APIStatusError, lambda: respond(world, family, f"[[sim:{mark}]]"), mark)
        check_error_object(error.body)
        with EventStream(world.gateway, RESPONSES, asked(world, family, f"[[sim:{mark}]]", {})) as stream:
            stream.rest()
        expect(stream.names, mark).lacks("response.completed")
        if stream.refusal:
            check_error_object(stream.refusal["error"])
        else:
            expect(stream.names[-1], mark).is_one_of(("error", "response.failed"))


# What needs something that is kept from one request to the next, or goes on without the caller.
STORED = {"previous_response_id": "resp_1", "conversation": "conv_1", "background": True, "prompt": {"id": "pmpt_1"}}


@each_family(errors)
def what_is_stored_is_refused(world, family):
    import openai
    simulator = world.gateway.simulator(family)
    simulator.reset()
    for name, value in STORED.items():
        error = raised(openai.InternalServerError, lambda: respond(world, family, "x", **{name: value}), name)
        expect((error.status_code, error.code, error.param), name).equals((501, "not_implemented_yet", name))
    expect(simulator.stats()["requests"], "requests that left").equals(0)


@each_family(errors)
def items_that_are_stored_are_refused(world, family):
    """Of the gateway's own account at a provider no caller may name a thing by its id: others' are there too."""
    import openai
    items = [{"type": "item_reference", "id": "msg_1"}, *user("x")]
    error = raised(openai.InternalServerError, lambda: respond(world, family, items))
    expect((error.status_code, error.code, error.param)).equals((501, "not_implemented_yet", "input"))


@errors.check
def stored_responses_are_not_offered(world):
    import openai
    responses = client(world.gateway).responses
    for call in (responses.retrieve, responses.delete, responses.cancel):
        error = raised(openai.APIStatusError, lambda: call("resp_1"), call.__name__)
        expect(error.status_code, call.__name__).is_one_of((405, 501))


@errors.check
def strangers(world):
    import openai
    stranger = client(world.gateway, "ni_live_" + "x" * 43)
    error = raised(openai.AuthenticationError, lambda: respond(world, "openai", "x", stranger))
    expect(error.code).equals("invalid_api_key")
    error = raised(openai.NotFoundError, lambda: respond(world, "openai", "x", model="no/such-route"))
    expect((error.code, error.param)).equals(("model_not_found", "model"))


BAD_BODIES = {
    "no items": {"input": []}, "a number for an input": {"input": 5}, "a role of its own": {"input": [
        {"role": "tool", "content": "x"}]}, "a text for a number": {"max_output_tokens": "many"},
    "a choice that there isn't": {"tool_choice": "perhaps", "tools": RESPONSES_TOOLS}, "too warm": {"temperature": 3},
    "a call without a name": {"input": [{"type": "function_call", "call_id": "c", "arguments": "{}"}]},
}


@errors.check_each(BAD_BODIES)
def bad_bodies(world, kind):
    """On routes whose requests are written anew."""
    import openai
    for family in ("bedrock", "compatible", "anthropic"):
        error = raised(openai.BadRequestError, lambda: respond(world, family, "x", **BAD_BODIES[kind]), family)
        check_error_object(error.body)


@errors.check
def bodies_that_are_not_json(world):
    for body in (b"", b"{", b"[]", b'{"model":"x","model":"y"}', b'{"model":"\xff"}'):
        status, _, text = fetch(world.gateway.base_url + RESPONSES, body, world.gateway.authorization)
        expect(status).equals(400)
        check_error_object(as_json(text)["error"])


@each_family(errors)
def a_retry_of_the_sdk_succeeds(world, family):
    patient = client(world.gateway, max_retries=2)
    mark = f"[[sim:fail-times 1 503 {uuid.uuid4().hex} 0.1]][[sim:echo]]fine"
    expect(respond(world, family, mark, patient).output_text).equals("fine")


# ---------------------------------------------------------------------------------------------------- Promises

@each_family(promises)
def header_block(world, family):
    route = billing_models(world.gateway)[world.gateway.route(family)]
    raw = client(world.gateway).responses.with_raw_response
    for members in ({}, {"stream": True}):
        check_headers(raw.create(**asked(world, family, "hi", members)).headers, route)


@each_family(promises)
def custody_record(world, family):
    raw = client(world.gateway).responses.with_raw_response
    for members in ({}, {"stream": True}):
        reply = raw.create(**asked(world, family, "[[sim:words 5]]", members))
        reply.parse() if not members else list(reply.parse())
        record = expect_record(world.gateway, reply.headers["x-ni-request-id"], "responses", outcome="completed",
                               status=200, route=world.gateway.route(family), streamed=bool(members))
        expect(record["usage"]["output_tokens"]).equals(5)


@promises.check
def refusals_have_records(world):
    import openai
    for members, code in (({"model": "no/such-route"}, "model_not_found"),
                          ({"previous_response_id": "resp_1"}, "not_implemented_yet")):
        error = raised(openai.APIStatusError, lambda: respond(world, "bedrock", "x", **members))
        expect_record(world.gateway, error.response.headers["x-ni-request-id"], "responses", outcome="refused",
                      error=code)


@promises.check_each(PASSED_ON)
def nothing_is_kept_at_the_provider(world, family):
    """Whatever the caller asks: OpenAI keeps responses for a month unless it is told not to."""
    simulator = world.gateway.simulator(family)
    for members in ({}, {"store": True}, {"store": None}, {"store": False}):
        simulator.reset()
        expect(respond(world, family, saying("kept nowhere"), extra_body=members).output_text).equals("kept nowhere")
        expect(simulator.last()["body"].get("store"), str(members)).equals(False)


@each_family(promises)
def our_own_members_stay_here(world, family):
    simulator = world.gateway.simulator(family)
    simulator.reset()
    ours = {"allow_fallbacks": False, "pii_substitution": False,
            "privacy_tier": billing_models(world.gateway)[world.gateway.route(family)]["tier"]}
    expect(respond(world, family, "[[sim:echo]]kept", extra_body=ours).output_text).equals("kept")
    seen = simulator.last()
    expect([name for name in ours if name in seen["body"]], "members of ours upstream").equals([])
    expect([name for name in seen["headers"] if name.startswith(("x-ni-", "x-privacy"))]).equals([])
    expect(json.dumps(seen)).lacks(world.gateway.key)


@promises.check_each(FALLBACKS)
def a_fallback_takes_over(world, name):
    """Also where only one of the two speaks the caller's wire."""
    first, second = own_route(world, name), own_route(world, FALLBACKS[name])
    raw = client(world.gateway).responses.with_raw_response
    for members in ({}, {"stream": True}):
        mark = f"[[sim:fail-times 1 503 {uuid.uuid4().hex}]][[sim:echo]]from the second"
        reply = raw.create(**asked(world, "compatible", mark, {"model": first, **members}))
        parsed = reply.parse()
        text = "".join(event.delta for event in parsed if event.type == "response.output_text.delta"
                       ) if members else parsed.output_text
        expect(text).equals("from the second")
        expect((reply.headers["x-ni-resolved-route"], reply.headers["x-ni-attempts"])).equals((second, "2"))


@promises.check_each(("unreachable", "wrong_credential"))
def an_upstream_that_is_no_use(world, name):
    import openai
    error = raised(openai.InternalServerError,
                   lambda: respond(world, "compatible", "x", model=own_route(world, name)))
    expect((error.status_code, error.code)).is_one_of(((502, "upstream_unreachable"), (502, "upstream_error")))


# ---------------------------------------------------------------------------------------------------- Faults

def broken_stream(world, family, mark):
    body = asked(world, family, broken(mark), {"allow_fallbacks": False})
    with EventStream(world.gateway, RESPONSES, body) as stream:
        return stream.rest()


def error_of(stream):
    """What a broken stream says of itself: an event of its own, or a response that failed."""
    expect([name for name in stream.names if name in ("error", *CLOSING)]).is_one_of((["error"], ["response.failed"]))
    name, last = stream.events[-1]
    expect(name).is_one_of(("error", "response.failed"))
    error = last if name == "error" else last["response"]["error"]
    expect(bool(error["message"]), "a message").is_true()
    return error


def check_break(world, family, mark):
    stream = broken_stream(world, family, mark)
    expect_beginning(stream)
    stream.expect_names_to_agree()
    error = error_of(stream)
    expect(error["code"]).is_one_of(BREAKS[mark])
    numbers = [data["sequence_number"] for _, data in stream.events]
    expect(numbers, "sequence numbers").equals(sorted(set(numbers)))
    record = expect_record(world.gateway, stream.request_id, "responses", outcome="failed", status=200, streamed=True)
    expect(record["error"]).equals(error["code"])


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
    """Its helper finds no response that is complete."""
    for mark in BREAKS:
        with client(world.gateway).responses.stream(**asked(world, family, broken(mark), {})) as stream:
            kinds = [event.type for event in stream]
            expect(kinds, mark).lacks("response.completed")
            raised(RuntimeError, stream.get_final_response, mark)


@each_family(faults)
def breaks_before_its_first_piece(world, family):
    for mark in ("cut 0", "end 0", "garbage-event 0"):
        stream = broken_stream(world, family, mark)
        expect(stream.text, mark).equals("")
        if stream.head.status == 200:
            error_of(stream)
        else:
            expect(stream.head.status, mark).is_one_of((502, 503))
            check_error_object(stream.refusal["error"])


@each_family(faults)
def breaks_off_a_whole_reply(world, family):
    body = asked(world, family, "[[sim:words 100]][[sim:cut 3]]", {"allow_fallbacks": False})
    status, headers, text = fetch(world.gateway.base_url + RESPONSES, json.dumps(body).encode(),
                                  world.gateway.authorization)
    expect(status).equals(502)
    check_error_object(as_json(text)["error"])
    expect_record(world.gateway, headers["x-ni-request-id"], "responses", outcome="failed")


@faults.check
def falls_silent(world):
    gateway = world.small_gateway
    for family in EVERY_FAMILY:
        body = {"model": gateway.route(family), "input": "[[sim:words 9]][[sim:stall 3]]"}
        with EventStream(gateway, RESPONSES, body) as stream:
            stream.rest()
        expect(error_of(stream)["code"], family).equals("upstream_timeout")
        expect_record(gateway, stream.request_id, "responses", outcome="failed", error="upstream_timeout")


@each_family(faults)
def its_caller_leaves(world, family):
    simulator, gate = world.gateway.simulator(family), gate_name()
    simulator.reset()
    with EventStream(world.gateway, RESPONSES, asked(world, family, f"[[sim:words 50]][[sim:gate 5 {gate}]]", {})
                     ) as stream:
        while not stream.text:
            stream.next()
    expect(simulator.wait_for("client_aborts", 1), "upstream calls that were given up").equals(1)
    simulator.open(gate)
    expect_record(world.gateway, stream.request_id, "responses", outcome="cancelled")


SUITES = (sdk, streams, errors, promises, faults)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
