#!/usr/bin/env python3
"""The provider simulator, seen by the providers' own SDKs with no gateway between.

If these fail, nothing that other checks say about the gateway counts.

    check_simulator.py                              starts a simulator of its own
    check_simulator.py --simulator-url http://127.0.0.1:9101 --simulator-key sim
"""
import asyncio
import functools
import json
import sys
import urllib.parse
import uuid

from harness import (BOTH_CALLS, CALL_BOTH, IMAGE, IMAGE_BASE64, IMAGE_URL, PLACE, PLACE_SCHEMA, PLACE_TEXT, TOOLS,
                     Suite, as_json, description, expect, main, raised, saying, user, words)
from servers import fetch

MODEL, VISION, ODD_MODEL = "sim-basic", "sim-vision", "sim/odd:1"
THOUGHT = "[[sim:think Hmm, yes.]][[sim:echo]]42"

openai_chat = Suite("simulator.openai")
anthropic_messages = Suite("simulator.anthropic")
bedrock = Suite("simulator.bedrock")
vertex = Suite("simulator.vertex")
doors = Suite("simulator.doors")
faults = Suite("simulator.faults")


def post(world, path, body, headers=None, form=False):
    """A reply to a POST by hand: status, header fields, text."""
    data = urllib.parse.urlencode(body) if form else body if isinstance(body, str) else json.dumps(body)
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    return fetch(world.simulator.url + path, data.encode(), {"content-type": kind, **(headers or {})})


def bearer(world):
    return {"authorization": f"Bearer {world.simulator.key}"}


# ---------------------------------------------------------------------------------------------------- OpenAI chat

@functools.cache
def openai_client(simulator, key=None, **settings):
    import openai
    settings = {"max_retries": 0, "timeout": 20, **settings}
    return openai.OpenAI(base_url=simulator.url + "/v1", api_key=key or simulator.key, **settings)


def chat(world, content, client=None, **members):
    client = client or openai_client(world.simulator)
    return client.chat.completions.create(**{"model": MODEL, "messages": user(content), **members})


def chat_text(world, content, **members):
    return chat(world, content, **members).choices[0].message.content


def text_of(chunks):
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


def calls_of(message):
    return [(call.function.name, json.loads(call.function.arguments)) for call in message.tool_calls or ()]


OPENAI_TOOLS = [tool.openai for tool in TOOLS]


@openai_chat.check
def text(world):
    reply = chat(world, saying("Bonjour, ça va? 🍁"))
    choice = reply.choices[0]
    expect((choice.message.content, choice.finish_reason)).equals(("Bonjour, ça va? 🍁", "stop"))
    expect((reply.object, reply.model, reply.created)).equals(("chat.completion", MODEL, 1735689600))


@openai_chat.check
def a_token_is_a_word(world):
    usage = chat(world, saying("one two three")).usage
    expect(usage.completion_tokens).equals(3)
    expect(usage.total_tokens).equals(usage.prompt_tokens + usage.completion_tokens)


@openai_chat.check
def plain_text_comes_back(world):
    expect(chat_text(world, "plain words")).equals("You said: plain words")
    expect(chat_text(world, "[[sim:echo]]exactly this")).equals("exactly this")
    expect(chat_text(world, "count to five")).equals("1, 2, 3, 4, 5")


@openai_chat.check
def the_same_request_gets_the_same_bytes(world):
    body = {"model": MODEL, "stream": True, "messages": user("count to five")}
    replies = {post(world, "/v1/chat/completions", body, bearer(world))[2] for _ in range(3)}
    expect(len(replies), "different replies").equals(1)
    expect(replies.pop().rstrip()[-12:]).equals("data: [DONE]")


@openai_chat.check
def tools(world):
    choice = chat(world, CALL_BOTH, tools=OPENAI_TOOLS).choices[0]
    expect((choice.finish_reason, calls_of(choice.message))).equals(("tool_calls", BOTH_CALLS))
    expect(len({call.id for call in choice.message.tool_calls}), "different ids").equals(2)


@openai_chat.check
def one_tool_where_parallel_calls_are_off(world):
    message = chat(world, CALL_BOTH, tools=OPENAI_TOOLS, parallel_tool_calls=False).choices[0].message
    expect(calls_of(message)).equals(BOTH_CALLS[:1])


@openai_chat.check
def tool_choice(world):
    named = {"type": "function", "function": {"name": "get_time"}}
    message = chat(world, "for 'Iqaluit'", tools=OPENAI_TOOLS, tool_choice=named).choices[0].message
    expect(calls_of(message)).equals([("get_time", {"city": "Iqaluit"})])
    message = chat(world, "hi there", tools=OPENAI_TOOLS, tool_choice="required").choices[0].message
    expect(calls_of(message), "required").is_true()
    message = chat(world, CALL_BOTH, tools=OPENAI_TOOLS, tool_choice="none").choices[0].message
    expect(calls_of(message), "none").equals([])


@openai_chat.check
def tool_results(world):
    messages = user(CALL_BOTH)
    message = chat(world, None, messages=messages, tools=OPENAI_TOOLS).choices[0].message
    messages.append(message.model_dump(exclude_none=True))
    messages += [{"role": "tool", "tool_call_id": call.id, "content": f"r-{call.function.name}"}
                 for call in message.tool_calls]
    expect(chat_text(world, None, messages=messages, tools=OPENAI_TOOLS)).equals(
        "Tool results: r-get_weather; r-get_time")


@openai_chat.check
def exact_calls(world):
    wanted = [("get_weather", {"city": "Québec « ça »"}), ("get_time", {})]
    marks = "".join(f"[[sim:call {name} {json.dumps(value, ensure_ascii=False)}]]" for name, value in wanted)
    expect(calls_of(chat(world, marks, tools=OPENAI_TOOLS).choices[0].message)).equals(wanted)


@openai_chat.check
def structured(world):
    import pydantic

    class Place(pydantic.BaseModel):
        city: str
        count: int

    reply = openai_client(world.simulator).chat.completions.parse(
        model=MODEL, messages=user(PLACE_TEXT), response_format=Place)
    expect(reply.choices[0].message.parsed).equals(Place(city="Ivujivik", count=42))


@openai_chat.check
def json_object(world):
    text = chat_text(world, "give 'a' and 'b'", response_format={"type": "json_object"})
    expect(type(as_json(text, "the answer"))).equals(dict)


@openai_chat.check
def vision(world):
    import openai

    def look(url):
        return chat_text(world, [{"type": "text", "text": "see"}, {"type": "image_url", "image_url": {"url": url}}],
                         model=VISION)

    expect(look(IMAGE_URL)).equals(description(IMAGE))
    raised(openai.BadRequestError, lambda: look("data:image/png;base64,A"), "bytes that are not Base64")


@openai_chat.check
def finish_reasons(world):
    def ending(content, **members):
        choice = chat(world, content, **members).choices[0]
        return (choice.message.content or "").strip(), choice.finish_reason

    expect(ending("[[sim:words 9]]", max_completion_tokens=4)).equals((words(4), "length"))
    expect(ending("[[sim:words 9]]", stop=["w3"])).equals((words(2), "stop"))
    expect(ending("[[sim:filter]]")[1]).equals("content_filter")
    expect(ending("[[sim:empty]]")).equals(("", "stop"))
    refusal = chat(world, "[[sim:refuse]]").choices[0]
    expect((bool(refusal.message.refusal), refusal.finish_reason)).equals((True, "stop"))


@openai_chat.check
def reasoning(world):
    message = chat(world, THOUGHT).choices[0].message
    expect(((message.model_extra or {}).get("reasoning_content"), message.content)).equals(("Hmm, yes.", "42"))


@openai_chat.check
def stream(world):
    chunks = list(chat(world, "[[sim:words 12]]", stream=True, stream_options={"include_usage": True}))
    expect(text_of(chunks)).equals(words(12))
    expect(chunks[0].choices[0].delta.role).equals("assistant")
    endings = [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices and chunk.choices[0].finish_reason]
    expect(endings).equals(["stop"])
    expect((chunks[-1].choices, chunks[-1].usage.completion_tokens)).equals(([], 12))
    expect([chunk for chunk in chunks[:-1] if chunk.usage], "earlier usage").equals([])


@openai_chat.check
def no_usage_unless_asked(world):
    chunks = list(chat(world, "[[sim:words 3]]", stream=True))
    expect([chunk for chunk in chunks if chunk.usage or not chunk.choices]).equals([])


@openai_chat.check
def stream_of_tools(world):
    client = openai_client(world.simulator)
    with client.chat.completions.stream(model=MODEL, tools=OPENAI_TOOLS, messages=user(CALL_BOTH)) as events:
        chunks = [event.chunk for event in events if event.type == "chunk"]
        expect(calls_of(events.get_final_completion().choices[0].message)).equals(BOTH_CALLS)
    deltas = [call for chunk in chunks if chunk.choices for call in chunk.choices[0].delta.tool_calls or ()]
    expect(sorted({delta.index for delta in deltas}), "indexes").equals([0, 1])
    expect(len([delta for delta in deltas if delta.id]), "deltas with an id").equals(2)
    expect(len(deltas) > 4, "arguments in several pieces").is_true()


@openai_chat.check
def stream_by_characters(world):
    chunks = list(chat(world, "[[sim:echo]][[sim:chunk 1]]é🍁ü ok", stream=True))
    expect(text_of(chunks)).equals("é🍁ü ok")
    pieces = [chunk for chunk in chunks if chunk.choices and chunk.choices[0].delta.content]
    expect(len(pieces) >= 6, f"one character a piece ({len(pieces)} pieces)").is_true()


@openai_chat.check
def many_streams_at_once(world):
    import openai

    async def one(client, number):
        chunks = await client.chat.completions.create(model=MODEL, stream=True, messages=user(saying(f"no. {number}")))
        return text_of([chunk async for chunk in chunks])

    async def all_of_them():
        async with openai.AsyncOpenAI(base_url=world.simulator.url + "/v1", api_key=world.simulator.key,
                                      max_retries=0, timeout=20) as client:
            return await asyncio.gather(*(one(client, number) for number in range(20)))

    expect(asyncio.run(all_of_them())).equals([f"no. {number}" for number in range(20)])


OPENAI_ERRORS = {400: "BadRequestError", 401: "AuthenticationError", 403: "PermissionDeniedError",
                 404: "NotFoundError", 429: "RateLimitError", 500: "InternalServerError", 503: "InternalServerError"}


@openai_chat.check_each(OPENAI_ERRORS)
def error(world, status):
    import openai
    error = raised(getattr(openai, OPENAI_ERRORS[status]),
                   lambda: chat(world, f"[[sim:status {status} retry-after 7]]"), f"status {status}")
    expect(error.response.headers.get("retry-after")).equals("7")
    expect(bool(error.body["message"]) and "type" in error.body, f"an error object in {error.body}").is_true()


@openai_chat.check
def errors_of_requests(world):
    import openai
    stranger = openai_client(world.simulator, "wrong-key")
    raised(openai.AuthenticationError, lambda: chat(world, "x", stranger))
    raised(openai.NotFoundError, lambda: chat(world, "x", model="no-such-model"))
    raised(openai.BadRequestError, lambda: chat(world, None, messages=[]))
    expect(post(world, "/v1/chat/completions", "{nonsense", bearer(world))[0]).equals(400)


@openai_chat.check
def context_length(world):
    import openai
    error = raised(openai.BadRequestError, lambda: chat(world, "[[sim:context-length]]"))
    expect(error.code).equals("context_length_exceeded")


@openai_chat.check
def a_retry_succeeds(world):
    patient = openai_client(world.simulator, max_retries=2)
    mark = f"[[sim:fail-times 1 503 {uuid.uuid4().hex} 0.1]][[sim:echo]]fine"
    expect(chat(world, mark, patient).choices[0].message.content).equals("fine")


@openai_chat.check
def broken_streams(world):
    import openai
    for mark, classes in (("cut 5", openai.APIConnectionError), ("error-event 5", openai.APIError)):
        chunks = []

        def read(mark=mark, chunks=chunks):
            for chunk in chat(world, f"[[sim:words 40]][[sim:tpot 5]][[sim:{mark}]]", stream=True):
                chunks.append(chunk)

        # How a dropped connection shows differs between versions of the HTTP library below the SDK.
        raised((classes, Exception) if mark == "cut 5" else classes, read, mark)
        expect(0 < len(chunks) < 30, f"{mark}: some chunks came first ({len(chunks)})").is_true()


@openai_chat.check
def silence_times_out(world):
    import openai
    hasty = openai_client(world.simulator, timeout=0.4)
    raised(openai.APITimeoutError, lambda: chat(world, "[[sim:delay 3000]]", hasty), "delay")
    raised(Exception, lambda: list(chat(world, "[[sim:words 9]][[sim:stall 3]]", hasty, stream=True)), "stall")


@openai_chat.check
def replies_that_are_not_json(world):
    import openai
    raised(Exception, lambda: chat(world, "[[sim:garbage]]").choices[0], "garbage")
    expect(raised(openai.InternalServerError, lambda: chat(world, "[[sim:html]]")).status_code).equals(502)


@openai_chat.check
def drift(world):
    expect(chat(world, "[[sim:drift other-model]]hi").model).equals("other-model")


@openai_chat.check
def models(world):
    client = openai_client(world.simulator)
    listed = [model.id for model in client.models.list().data]
    for model in (MODEL, VISION):
        expect(listed).contains(model)
        expect(client.models.retrieve(model).id).equals(model)


@openai_chat.check
def a_model_with_slash_and_colon(world):
    client = openai_client(world.simulator)
    expect(client.models.retrieve(ODD_MODEL).id).equals(ODD_MODEL)
    expect(chat_text(world, saying("odd"), model=ODD_MODEL)).equals("odd")


@openai_chat.check
def embeddings(world):
    client = openai_client(world.simulator)
    texts = ["one", "two"]
    floats = client.embeddings.create(model=MODEL, input=texts, encoding_format="float").data
    # The SDK asks for Base64 unless it is told otherwise.
    packed = client.embeddings.create(model=MODEL, input=texts).data
    expect([vector.index for vector in floats]).equals([0, 1])
    for one, other in zip(floats, packed):
        distance = max(abs(a - b) for a, b in zip(one.embedding, other.embedding))
        expect(distance, "difference of the two encodings").is_at_most(1e-6)
    expect(floats[0].embedding != floats[1].embedding, "two texts have two vectors").is_true()


@openai_chat.check
def responses(world):
    client = openai_client(world.simulator)
    reply = client.responses.create(model=MODEL, input=saying("Bonjour"))
    expect((reply.output_text, reply.status)).equals(("Bonjour", "completed"))
    reply = client.responses.create(model=MODEL, input=CALL_BOTH, tools=[tool.responses for tool in TOOLS])
    expect([(item.name, json.loads(item.arguments)) for item in reply.output if item.type == "function_call"]
           ).equals(BOTH_CALLS)


@openai_chat.check
def stream_of_a_response(world):
    with openai_client(world.simulator).responses.stream(model=MODEL, input="[[sim:words 6]]") as stream:
        events = list(stream)
        expect(stream.get_final_response().output_text).equals(words(6))
    expect((events[0].type, events[-1].type)).equals(("response.created", "response.completed"))
    numbers = [event.sequence_number for event in events if hasattr(event, "sequence_number")]
    expect(numbers, "sequence numbers").equals(sorted(numbers))


@openai_chat.check
def requests_are_remembered(world):
    world.simulator.reset()
    chat(world, "look at me")
    seen = world.simulator.last()
    expect((seen["path"], seen["body"]["messages"])).equals(("/v1/chat/completions", user("look at me")))
    expect(json.dumps(seen["headers"]), "headers, where credentials are hashed").lacks(f" {world.simulator.key}\"")


@openai_chat.check
def callers_that_leave_are_counted(world):
    world.simulator.reset()
    stream = chat(world, "[[sim:words 500]][[sim:tpot 20]]", stream=True)
    next(iter(stream))
    stream.close()
    expect(world.simulator.wait_for("client_aborts", 1)).equals(1)


# ---------------------------------------------------------------------------------------------------- Anthropic

@functools.cache
def anthropic_client(simulator, key=None):
    import anthropic
    return anthropic.Anthropic(base_url=simulator.url, api_key=key or simulator.key, max_retries=0, timeout=20)


def message(world, content, client=None, **members):
    client = client or anthropic_client(world.simulator)
    return client.messages.create(**{"model": MODEL, "max_tokens": 200, "messages": user(content), **members})


def streamed_message(world, content, client=None, **members):
    client = client or anthropic_client(world.simulator)
    with client.messages.stream(**{"model": MODEL, "max_tokens": 200, "messages": user(content), **members}) as stream:
        kinds = [event.type for event in stream]
        return stream.get_final_message(), kinds


ANTHROPIC_TOOLS = [tool.anthropic for tool in TOOLS]


def uses_of(reply):
    return [(block.name, block.input) for block in reply.content if block.type == "tool_use"]


@anthropic_messages.check
def answer(world):
    reply = message(world, saying("Bonjour"), system="Be brief.")
    expect((reply.content[0].text, reply.stop_reason, reply.role, reply.usage.output_tokens)).equals(
        ("Bonjour", "end_turn", "assistant", 1))


@anthropic_messages.check
def both_kinds_of_credential(world):
    body = {"model": MODEL, "max_tokens": 9, "messages": user("x")}
    for credential in ({"x-api-key": world.simulator.key}, bearer(world)):
        status = post(world, "/v1/messages", body, {"anthropic-version": "2023-06-01", **credential})[0]
        expect(status, str(list(credential))).equals(200)


@anthropic_messages.check
def streamed_answer(world):
    reply, kinds = streamed_message(world, "[[sim:words 6]]")
    expect((reply.content[0].text, reply.stop_reason, reply.usage.output_tokens)).equals((words(6), "end_turn", 6))
    expect([kind for kind in kinds if kind.startswith(("message_", "content_block_st"))]).equals(
        ["message_start", "content_block_start", "content_block_stop", "message_delta", "message_stop"])


@anthropic_messages.check
def tool_use(world):
    for reply in (message(world, CALL_BOTH, tools=ANTHROPIC_TOOLS),
                  streamed_message(world, CALL_BOTH, tools=ANTHROPIC_TOOLS)[0]):
        expect((reply.stop_reason, uses_of(reply))).equals(("tool_use", BOTH_CALLS))


@anthropic_messages.check
def results_of_tools(world):
    asked = message(world, CALL_BOTH, tools=ANTHROPIC_TOOLS)
    results = [{"type": "tool_result", "tool_use_id": block.id, "content": f"r-{block.name}"}
               for block in asked.content if block.type == "tool_use"]
    messages = [*user(CALL_BOTH), {"role": "assistant", "content": [block.model_dump() for block in asked.content]},
                {"role": "user", "content": results}]
    reply = message(world, None, tools=ANTHROPIC_TOOLS, messages=messages)
    expect(reply.content[0].text).equals("Tool results: r-get_weather; r-get_time")


@anthropic_messages.check
def exact_calls_of_tools(world):
    wanted = [("get_weather", {"city": "Québec « ça »"}), ("get_time", {})]
    marks = "".join(f"[[sim:call {name} {json.dumps(value, ensure_ascii=False)}]]" for name, value in wanted)
    expect(uses_of(message(world, marks, tools=ANTHROPIC_TOOLS))).equals(wanted)
    expect(uses_of(streamed_message(world, marks, tools=ANTHROPIC_TOOLS)[0])).equals(wanted)


@anthropic_messages.check
def signed_thinking(world):
    reply, _ = streamed_message(world, THOUGHT, max_tokens=2000,
                                thinking={"type": "enabled", "budget_tokens": 1024})
    thinking, text = reply.content
    expect((thinking.thinking, text.text)).equals(("Hmm, yes.", "42"))
    expect(thinking.signature, "signature").is_true()


@anthropic_messages.check
def image(world):
    source = {"type": "base64", "media_type": "image/png", "data": IMAGE_BASE64}
    reply = message(world, [{"type": "image", "source": source}, {"type": "text", "text": "see"}], model=VISION)
    expect(reply.content[0].text).equals(description(IMAGE))


@anthropic_messages.check
def structured_answer(world):
    reply = message(world, PLACE_TEXT, output_config={"format": {"type": "json_schema", "schema": PLACE_SCHEMA}})
    expect(as_json(reply.content[0].text)).equals(PLACE)


@anthropic_messages.check
def stop_reasons(world):
    reply = message(world, "[[sim:words 9]]", stop_sequences=["w4"])
    expect((reply.stop_reason, reply.stop_sequence, reply.content[0].text.strip())).equals(
        ("stop_sequence", "w4", words(3)))
    expect(message(world, "[[sim:words 9]]", max_tokens=2).stop_reason).equals("max_tokens")
    expect(message(world, "[[sim:refuse]]").stop_reason).equals("refusal")


ANTHROPIC_ERRORS = {
    400: ("BadRequestError", "invalid_request_error"), 401: ("AuthenticationError", "authentication_error"),
    403: ("PermissionDeniedError", "permission_error"), 404: ("NotFoundError", "not_found_error"),
    429: ("RateLimitError", "rate_limit_error"), 500: ("InternalServerError", "api_error"),
    529: ("OverloadedError", "overloaded_error")}


@anthropic_messages.check
def errors(world):
    import anthropic
    for status, (name, kind) in ANTHROPIC_ERRORS.items():
        error = raised(getattr(anthropic, name), lambda: message(world, f"[[sim:status {status}]]"), str(status))
        expect(error.type, str(status)).equals(kind)
    stranger = anthropic_client(world.simulator, "wrong-key")
    raised(anthropic.AuthenticationError, lambda: message(world, "x", stranger))
    raised(anthropic.NotFoundError, lambda: message(world, "x", model="no-such-model"))


@anthropic_messages.check
def error_in_a_stream(world):
    import anthropic
    error = raised(anthropic.APIStatusError,
                   lambda: list(message(world, "[[sim:words 40]][[sim:error-event 8]]", stream=True)))
    expect(error.type).equals("overloaded_error")


@anthropic_messages.check
def count_tokens(world):
    counted = anthropic_client(world.simulator).messages.count_tokens(model=MODEL, messages=user("one two three"))
    expect(counted.input_tokens >= 3, f"{counted.input_tokens} tokens").is_true()


# ---------------------------------------------------------------------------------------------------- Bedrock

@functools.cache
def aws_client(simulator, service="bedrock-runtime", secret=None, session_token=None):
    import boto3
    from botocore.config import Config
    return boto3.session.Session().client(
        service, endpoint_url=simulator.url, region_name="ca-central-1", aws_access_key_id="AKIDSIM",
        aws_secret_access_key=secret or simulator.key, aws_session_token=session_token,
        config=Config(retries={"total_max_attempts": 1}, read_timeout=20))


def converse(world, content, client=None, stream=False, **members):
    client = client or aws_client(world.simulator)
    blocks = [{"text": content}] if isinstance(content, str) else content
    call = client.converse_stream if stream else client.converse
    return call(**{"modelId": MODEL, "messages": [{"role": "user", "content": blocks}], **members})


def blocks_of(reply):
    return reply["output"]["message"]["content"]


def events_of(world, content, **members):
    reply = converse(world, content, stream=True, **members)
    return [(kind, event) for entry in reply["stream"] for kind, event in entry.items()]


BEDROCK_TOOLS = {"tools": [tool.bedrock for tool in TOOLS]}


@bedrock.check
def converse_text(world):
    reply = converse(world, saying("Bonjour"), system=[{"text": "Be brief."}],
                     inferenceConfig={"maxTokens": 50, "temperature": 0.2})
    expect((blocks_of(reply), reply["stopReason"])).equals(([{"text": "Bonjour"}], "end_turn"))
    usage = reply["usage"]
    expect(usage["totalTokens"]).equals(usage["inputTokens"] + usage["outputTokens"])


@bedrock.check
def signatures_are_verified(world):
    from botocore.exceptions import ClientError
    forger = aws_client(world.simulator, secret="not-the-secret")
    error = raised(ClientError, lambda: converse(world, "x", forger))
    expect(error.response["ResponseMetadata"]["HTTPStatusCode"]).equals(403)


@bedrock.check
def other_credentials(world):
    session = aws_client(world.simulator, session_token="session/token+x=")
    expect(blocks_of(converse(world, saying("ok"), session)), "session token").equals([{"text": "ok"}])
    body = {"messages": [{"role": "user", "content": [{"text": "x"}]}]}
    expect(post(world, f"/model/{MODEL}/converse", body, bearer(world))[0], "bearer key").equals(200)


@bedrock.check
def a_model_id_that_is_encoded_in_the_path(world):
    expect(blocks_of(converse(world, saying("odd"), modelId=ODD_MODEL))).equals([{"text": "odd"}])


@bedrock.check
def converse_tools(world):
    reply = converse(world, CALL_BOTH, toolConfig=BEDROCK_TOOLS)
    asked = reply["output"]["message"]
    uses = [block["toolUse"] for block in asked["content"] if "toolUse" in block]
    expect((reply["stopReason"], [(use["name"], use["input"]) for use in uses])).equals(("tool_use", BOTH_CALLS))
    results = [{"toolResult": {"toolUseId": use["toolUseId"], "content": [{"text": f"r-{use['name']}"}]}}
               for use in uses]
    messages = [{"role": "user", "content": [{"text": CALL_BOTH}]}, asked, {"role": "user", "content": results}]
    reply = converse(world, None, messages=messages, toolConfig=BEDROCK_TOOLS)
    expect(blocks_of(reply)).equals([{"text": "Tool results: r-get_weather; r-get_time"}])


@bedrock.check
def converse_exact_calls(world):
    wanted = [("get_weather", {"city": "Québec « ça »"}), ("get_time", {})]
    marks = "".join(f"[[sim:call {name} {json.dumps(value, ensure_ascii=False)}]]" for name, value in wanted)
    uses = [block["toolUse"] for block in blocks_of(converse(world, marks, toolConfig=BEDROCK_TOOLS))
            if "toolUse" in block]
    expect([(use["name"], use["input"]) for use in uses]).equals(wanted)


@bedrock.check
def converse_stream(world):
    events = events_of(world, "[[sim:words 6]]")
    kinds = [kind for kind, _ in events]
    expect((kinds[0], kinds[-2:])).equals(("messageStart", ["messageStop", "metadata"]))
    expect(kinds, "kinds of a stream of text").lacks("contentBlockStart")
    expect("".join(event["delta"]["text"] for kind, event in events if kind == "contentBlockDelta")).equals(words(6))
    expect(events[-1][1]["usage"]["outputTokens"]).equals(6)


@bedrock.check
def converse_stream_of_tools(world):
    names, arguments = {}, {}
    for kind, event in events_of(world, CALL_BOTH, toolConfig=BEDROCK_TOOLS):
        index = event.get("contentBlockIndex")
        if kind == "contentBlockStart":
            names[index] = event["start"]["toolUse"]["name"]
        if kind == "contentBlockDelta" and "toolUse" in event["delta"]:
            arguments[index] = arguments.get(index, "") + event["delta"]["toolUse"]["input"]
    expect([(names[index], json.loads(arguments[index])) for index in sorted(names)]).equals(BOTH_CALLS)


@bedrock.check
def converse_image(world):
    picture = {"image": {"format": "png", "source": {"bytes": IMAGE}}}
    expect(blocks_of(converse(world, [picture, {"text": "see"}], modelId=VISION))).equals(
        [{"text": description(IMAGE)}])


@bedrock.check
def converse_structured(world):
    schema = {"type": "json_schema", "structure": {"jsonSchema": {"schema": json.dumps(PLACE_SCHEMA), "name": "place"}}}
    reply = converse(world, PLACE_TEXT, outputConfig={"textFormat": schema})
    expect(as_json(blocks_of(reply)[0]["text"])).equals(PLACE)


@bedrock.check
def converse_stop_reasons(world):
    def reason(content, **settings):
        return converse(world, content, inferenceConfig={"maxTokens": 100, **settings})["stopReason"]

    expect(reason("[[sim:words 9]]", maxTokens=3)).equals("max_tokens")
    expect(reason("[[sim:words 9]]", stopSequences=["w4"])).equals("stop_sequence")
    expect(reason("[[sim:filter]]")).equals("content_filtered")


BEDROCK_ERRORS = {
    400: "ValidationException", 403: "AccessDeniedException", 404: "ResourceNotFoundException",
    408: "ModelTimeoutException", 424: "ModelErrorException", 429: "ThrottlingException",
    500: "InternalServerException", 503: "ServiceUnavailableException"}


@bedrock.check
def converse_errors(world):
    from botocore.exceptions import ClientError
    for status, name in BEDROCK_ERRORS.items():
        error = raised(ClientError, lambda: converse(world, f"[[sim:status {status}]]"), str(status)).response
        expect((error["Error"]["Code"], error["ResponseMetadata"]["HTTPStatusCode"])).equals((name, status))
    raised(ClientError, lambda: converse(world, "x", modelId="no.such-model"), "unknown model")


@bedrock.check
def converse_stream_errors(world):
    from botocore.exceptions import EventStreamError
    error = raised(EventStreamError, lambda: events_of(world, "[[sim:words 40]][[sim:error-event 5]]"))
    expect(error.response["Error"]["Code"]).equals("modelStreamErrorException")
    raised(Exception, lambda: events_of(world, "[[sim:words 40]][[sim:tpot 5]][[sim:cut 5]]"), "cut")


CLAUDE_BODY = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 99, "messages": user("[[sim:words 5]]")}


@bedrock.check
def invoke(world):
    client = aws_client(world.simulator)
    reply = client.invoke_model(modelId=MODEL, body=json.dumps(CLAUDE_BODY))
    expect(json.loads(reply["body"].read())["content"][0]["text"]).equals(words(5))
    stream = client.invoke_model_with_response_stream(modelId=MODEL, body=json.dumps(CLAUDE_BODY))["body"]
    events = [json.loads(event["chunk"]["bytes"]) for event in stream]
    pieces = [event["delta"].get("text", "") for event in events if event["type"] == "content_block_delta"]
    expect("".join(pieces)).equals(words(5))
    expect(events[-1]).contains("amazon-bedrock-invocationMetrics")


@bedrock.check
def inference_profiles(world):
    from botocore.exceptions import ClientError
    client = aws_client(world.simulator, service="bedrock")

    def profile(name):
        reply = client.get_inference_profile(inferenceProfileIdentifier=name)
        return reply["type"], sorted(model["modelArn"].split(":")[3] for model in reply["models"])

    expect(profile("ca.amazon.nova-lite-v1:0")).equals(("SYSTEM_DEFINED", ["ca-central-1", "ca-west-1"]))
    expect(profile("global.anthropic.claude-haiku-4-5-20251001-v1:0")[1], "regions of a global profile").contains("")
    application = "arn:aws:bedrock:ca-central-1:111122223333:application-inference-profile/a1b2c3d4e5f6"
    kind, regions = profile(application)
    expect(kind).equals("APPLICATION")
    expect(regions).contains("us-east-1")
    raised(ClientError, lambda: profile("zz.some.model-v1:0"), "unknown profile")


# ---------------------------------------------------------------------------------------------------- Vertex

@functools.cache
def google_models(simulator):
    from google import genai
    from google.auth.credentials import Credentials

    class FixedToken(Credentials):
        def __init__(self):
            super().__init__()
            self.token = simulator.key

        def refresh(self, request):
            self.token = simulator.key

    client = genai.Client(
        vertexai=True, project="p", location="northamerica-northeast1", credentials=FixedToken(),
        http_options={"base_url": simulator.url, "retry_options": {"attempts": 1}})
    # The models hold on to the client only through this: without it the client is closed.
    google_models.clients = [*getattr(google_models, "clients", ()), client]
    return client.models


def generate(world, contents, model=MODEL, **config):
    return google_models(world.simulator).generate_content(model=model, contents=contents, config=config or None)


def generated_chunks(world, contents, **config):
    return list(google_models(world.simulator).generate_content_stream(
        model=MODEL, contents=contents, config=config or None))


GEMINI_TOOLS = {"tools": [{"function_declarations": [tool.gemini for tool in TOOLS]}],
                "automatic_function_calling": {"disable": True}}


def ending_of(reply):
    return reply.candidates[0].finish_reason.value


@vertex.check
def generate_text(world):
    reply = generate(world, saying("Bonjour"), system_instruction="Be brief.", temperature=0.2)
    expect((reply.text, ending_of(reply), reply.model_version)).equals(("Bonjour", "STOP", MODEL))
    usage = reply.usage_metadata
    expect(usage.total_token_count).equals(usage.prompt_token_count + usage.candidates_token_count)


@vertex.check
def function_calls(world):
    from google.genai import types
    reply = generate(world, CALL_BOTH, **GEMINI_TOOLS)
    expect([(call.name, call.args) for call in reply.function_calls]).equals(BOTH_CALLS)
    # Gemini has no finish reason of its own for calls.
    expect(ending_of(reply)).equals("STOP")
    results = [types.Part.from_function_response(name=name, response={"output": f"r-{name}"})
               for name, _ in BOTH_CALLS]
    history = [types.Content(role="user", parts=[types.Part(text=CALL_BOTH)]), reply.candidates[0].content,
               types.Content(role="user", parts=results)]
    text = generate(world, history, **GEMINI_TOOLS).text
    for name, _ in BOTH_CALLS:
        expect(text).contains(f"r-{name}")


@vertex.check
def exact_function_calls(world):
    wanted = [("get_weather", {"city": "Québec « ça »"}), ("get_time", {})]
    marks = "".join(f"[[sim:call {name} {json.dumps(value, ensure_ascii=False)}]]" for name, value in wanted)
    calls = generate(world, marks, **GEMINI_TOOLS).function_calls
    expect([(call.name, call.args or {}) for call in calls]).equals(wanted)


@vertex.check
def functions_are_called_by_the_sdk(world):
    asked = []

    def get_weather(city: str) -> str:
        """Current weather in a city."""
        asked.append(city)
        return f"sun over {city}"

    reply = generate(world, "[[sim:tools get_weather]] for 'Montréal'", tools=[get_weather])
    expect(asked).equals(["Montréal"])
    expect(reply.text).contains("sun over Montréal")


@vertex.check
def generate_stream(world):
    chunks = generated_chunks(world, "[[sim:words 6]]")
    expect("".join(chunk.text or "" for chunk in chunks)).equals(words(6))
    expect(ending_of(chunks[-1])).equals("STOP")
    expect(len(chunks) > 4, "several pieces").is_true()
    chunks = generated_chunks(world, CALL_BOTH, **GEMINI_TOOLS)
    expect([(call.name, call.args) for chunk in chunks for call in chunk.function_calls or ()]).equals(BOTH_CALLS)


@vertex.check
def inline_image(world):
    from google.genai import types
    parts = [types.Part.from_bytes(data=IMAGE, mime_type="image/png"), "see"]
    expect(generate(world, parts, VISION).text).equals(description(IMAGE))


@vertex.check
def response_schema(world):
    reply = generate(world, PLACE_TEXT, response_mime_type="application/json", response_json_schema=PLACE_SCHEMA)
    expect(as_json(reply.text)).equals(PLACE)


@vertex.check
def finish_reasons_of_gemini(world):
    expect(ending_of(generate(world, "[[sim:words 9]]", max_output_tokens=3))).equals("MAX_TOKENS")
    expect(ending_of(generate(world, "[[sim:filter]]"))).equals("SAFETY")


@vertex.check
def thoughts(world):
    reply = generate(world, THOUGHT, thinking_config={"include_thoughts": True})
    parts = [(bool(part.thought), part.text) for part in reply.candidates[0].content.parts]
    expect(parts).equals([(True, "Hmm, yes."), (False, "42")])


def member_names(value):
    """The names of all members in a JSON value, those of a call's arguments aside."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            if name != "args":
                yield from member_names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from member_names(inner)


@vertex.check
def answers_are_in_camel_case(world):
    path = f"/v1/projects/p/locations/northamerica-northeast1/publishers/google/models/{MODEL}:"
    # Google's own clients mix both spellings in one body.
    body = {"contents": [{"role": "user", "parts": [{"text": CALL_BOTH}]}],
            "tools": [{"functionDeclarations": [{"name": tool.name, "parameters_json_schema": tool.schema}
                                                for tool in TOOLS]}]}
    whole = as_json(post(world, path + "generateContent", body, bearer(world))[2])
    lines = post(world, path + "streamGenerateContent?alt=sse", body, bearer(world))[2].splitlines()
    parts = [as_json(line[6:]) for line in lines if line.startswith("data: ")]
    expect(parts, "lines that begin with 'data: '").is_true()
    for reply in (whole, *parts):
        expect([name for name in member_names(reply) if "_" in name]).equals([])
    expect({"candidates", "usageMetadata", "modelVersion", "responseId"} - set(whole), "missing members").equals(set())


VERTEX_ERRORS = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
                 429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE"}


@vertex.check
def errors_of_google(world):
    from google.genai import errors as google
    for status, name in VERTEX_ERRORS.items():
        kind = google.ClientError if status < 500 else google.ServerError
        error = raised(kind, lambda: generate(world, f"[[sim:status {status}]]"), str(status))
        expect((error.code, error.status)).equals((status, name))
    raised(google.ClientError, lambda: generate(world, "x", "no-such-model"), "unknown model")


@vertex.check
def errors_in_a_stream(world):
    from google.genai import errors as google
    raised(google.APIError, lambda: generated_chunks(world, "[[sim:words 40]][[sim:error-event 5]]"), "error event")
    raised(Exception, lambda: generated_chunks(world, "[[sim:words 40]][[sim:tpot 5]][[sim:cut 5]]"), "cut")


# ---------------------------------------------------------------------------------------------------- Other doors

@doors.check
def azure(world):
    import openai
    client = openai.AzureOpenAI(azure_endpoint=world.simulator.url, api_key=world.simulator.key,
                                api_version="2024-10-21", max_retries=0)
    choice = chat(world, saying("Bonjour"), client).choices[0]
    expect(choice.message.content).equals("Bonjour")
    expect(choice.model_extra or {}).contains("content_filter_results")
    chunks = list(chat(world, "[[sim:words 5]]", client, stream=True))
    expect((chunks[0].choices, "prompt_filter_results" in (chunks[0].model_extra or {}))).equals(([], True))
    expect(text_of(chunks)).equals(words(5))


@doors.check
def azure_by_hand(world):
    path, body = f"/openai/deployments/{MODEL}/chat/completions", {"messages": user("x")}
    credential = {"api-key": world.simulator.key}
    _, headers, _ = post(world, f"{path}?api-version=2024-10-21", body, credential)
    expect(bool(headers["x-ms-region"] and headers["apim-request-id"]), "x-ms-region, apim-request-id").is_true()
    expect(post(world, path, body, credential)[0], "no version").equals(404)
    body = {"model": MODEL, "messages": user("x")}
    expect(post(world, "/openai/v1/chat/completions", body, credential)[0], "the v1 path").equals(200)


@doors.check
def claude_on_vertex(world):
    import anthropic
    client = anthropic.AnthropicVertex(base_url=world.simulator.url + "/v1", project_id="p", region="us-east5",
                                       access_token=world.simulator.key, max_retries=0)
    expect(message(world, saying("Salut"), client).content[0].text).equals("Salut")
    expect(streamed_message(world, "[[sim:words 5]]", client)[0].content[0].text).equals(words(5))


@doors.check
def cohere(world):
    import cohere
    client = cohere.ClientV2(api_key=world.simulator.key, base_url=world.simulator.url)
    reply = client.chat(model=MODEL, messages=user("[[sim:words 5]]"))
    expect((reply.message.content[0].text, reply.finish_reason)).equals((words(5), "COMPLETE"))
    events = list(client.chat_stream(model=MODEL, messages=user("[[sim:words 5]]")))
    expect("".join(event.delta.message.content.text for event in events if event.type == "content-delta")
           ).equals(words(5))
    expect((events[0].type, events[-1].type)).equals(("message-start", "message-end"))


@doors.check
def token_of_the_metadata_server(world):
    url = world.simulator.url + "/computeMetadata/v1/instance/service-accounts/default/token"
    expect(fetch(url)[0], "without Metadata-Flavor").equals(403)
    _, headers, text = fetch(url, headers={"Metadata-Flavor": "Google"})
    token = as_json(text)
    expect(bool(token["access_token"] and token["expires_in"])).is_true()
    expect(headers["metadata-flavor"]).equals("Google")


@doors.check
def token_of_entra(world):
    form = {"grant_type": "client_credentials", "client_id": "a",
            "client_secret": world.simulator.key,
            "scope": "https://cognitiveservices.azure.com/.default"}
    token = as_json(post(world, "/tenant-id/oauth2/v2.0/token", form, form=True)[2])
    expect((bool(token["access_token"]), token["token_type"])).equals((True, "Bearer"))


@doors.check
def token_for_no_assertion(world):
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": "not-a-jwt"}
    status, _, text = post(world, "/token", form, form=True)
    expect((status, as_json(text).get("error"))).equals((400, "invalid_grant"))


# ---------------------------------------------------------------------------------------------------- Faults

CUT_SHORT = "[[sim:words 20]][[sim:end 5]]"


@faults.check
def end_of_openai(world):
    chunks = list(chat(world, CUT_SHORT, stream=True))
    expect(text_of(chunks), "text").is_true()
    expect([chunk for chunk in chunks if chunk.choices and chunk.choices[0].finish_reason]).equals([])
    body = {"model": MODEL, "stream": True, "messages": user(CUT_SHORT)}
    expect(post(world, "/v1/chat/completions", body, bearer(world))[2]).lacks("[DONE]")


@faults.check
def end_of_anthropic(world):
    kinds = [event.type for event in message(world, CUT_SHORT, stream=True)]
    expect(kinds).contains("content_block_delta")
    expect(kinds).lacks("message_stop")


@faults.check
def end_of_bedrock(world):
    kinds = [kind for kind, _ in events_of(world, CUT_SHORT)]
    expect(kinds).contains("contentBlockDelta")
    expect(kinds).lacks("messageStop")


@faults.check
def end_of_vertex(world):
    chunks = generated_chunks(world, CUT_SHORT)
    expect(chunks, "chunks").is_true()
    expect([chunk for chunk in chunks if chunk.candidates and chunk.candidates[0].finish_reason]).equals([])


@faults.check
def garbage_in_a_stream(world):
    from botocore.eventstream import ParserError
    from botocore.exceptions import EventStreamError
    mark = "[[sim:words 20]][[sim:garbage-event 5]]"
    raised(Exception, lambda: list(chat(world, mark, stream=True)), "openai")
    raised((ParserError, EventStreamError), lambda: events_of(world, mark), "bedrock")
    # Anthropic's SDK passes over it, and shows a message that never stops.
    expect([event.type for event in message(world, mark, stream=True)]).lacks("message_stop")


@faults.check
def usage_as_each_provider_counts(world):
    mark = "[[sim:usage in=31 out=12 cache-read=5 cache-write=3 reasoning=4]]"
    usage = chat(world, mark).usage
    expect((usage.prompt_tokens, usage.completion_tokens, usage.total_tokens,
            usage.prompt_tokens_details.cached_tokens, usage.completion_tokens_details.reasoning_tokens)
           ).equals((31, 12, 43, 5, 4))
    usage = message(world, mark).usage
    expect((usage.input_tokens, usage.output_tokens, usage.cache_read_input_tokens,
            usage.cache_creation_input_tokens)).equals((31, 12, 5, 3))
    usage = converse(world, mark)["usage"]
    expect((usage["inputTokens"], usage["outputTokens"], usage["cacheReadInputTokens"],
            usage["cacheWriteInputTokens"])).equals((31, 12, 5, 3))
    usage = generate(world, mark).usage_metadata
    expect((usage.prompt_token_count, usage.candidates_token_count, usage.thoughts_token_count,
            usage.total_token_count, usage.cached_content_token_count)).equals((31, 8, 4, 43, 5))


@faults.check
def a_strict_simulator_refuses_what_the_provider_would(world):
    import anthropic
    import openai
    from botocore.exceptions import ClientError
    raised(openai.BadRequestError, lambda: chat(world, "x", extra_body={"allow_fallbacks": False}), "openai: our field")
    raised(anthropic.BadRequestError, lambda: message(world, "x", extra_body={"pii_substitution": True}),
           "anthropic: our field")
    raised(anthropic.BadRequestError, lambda: message(world, [{"type": "text", "text": ""}]), "an empty block of text")
    turn = {"role": "user", "content": [{"text": "a"}]}
    raised(ClientError, lambda: converse(world, None, messages=[turn, turn]), "roles that do not alternate")
    body = {"model": MODEL, "max_tokens": 9, "messages": user("x")}
    status = post(world, "/v1/messages", body, {"x-api-key": world.simulator.key})[0]
    expect(status, "no anthropic-version").equals(400)


@faults.check
def a_gate_holds_a_stream_back(world):
    from servers import gate_name
    gate = gate_name()
    world.simulator.reset()
    chunks = chat(world, f"[[sim:words 9]][[sim:gate 3 {gate}]]", stream=True)
    first = [next(iter(chunks)) for _ in range(3)]
    expect(world.simulator.stats()["active"], "answers under way").equals(1)
    world.simulator.open(gate)
    expect(text_of([*first, *chunks])).equals(words(9))


SUITES = (openai_chat, anthropic_messages, bedrock, vertex, doors, faults)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
