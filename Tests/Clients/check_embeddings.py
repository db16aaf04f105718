#!/usr/bin/env python3
"""The Embeddings surface, seen by OpenAI's own SDK: some providers have it, the others' routes refuse it.

    check_embeddings.py                            starts a gateway and a strict simulator behind it
    check_embeddings.py --ready-file demo.json     checks the `northern demo` that wrote this file
"""
import base64
import json
import struct
import sys

from check_gateway import NO_FALLBACKS, billing_models, check_error_object, check_headers, client, own_route
from harness import Suite, as_json, expect, main, raised
from servers import EVERY_FAMILY, fetch
from surfaces import EMBEDDINGS, expect_record

embeddings = Suite("embeddings", is_tabled=True)

OFFERED = ("azure", "openai", "compatible")
NOT_OFFERED = tuple(family for family in EVERY_FAMILY if family not in OFFERED)


def embed(world, family, texts, caller=None, **members):
    return (caller or client(world.gateway)).embeddings.create(
        **{"model": world.gateway.route(family), "input": texts, **members})


def single(numbers):
    """The nearest numbers of single precision."""
    return struct.unpack(f"<{len(numbers)}f", struct.pack(f"<{len(numbers)}f", *numbers))


def post(world, body):
    status, headers, text = fetch(world.gateway.base_url + EMBEDDINGS, json.dumps(body).encode(),
                                  world.gateway.authorization)
    return status, headers, as_json(text)


@embeddings.check_each(OFFERED)
def numbers_and_base64(world, family):
    floats = embed(world, family, ["un", "deux"], encoding_format="float")
    # The SDK asks for Base64 unless it is told otherwise.
    packed = embed(world, family, ["un", "deux"])
    expect([vector.index for vector in floats.data]).equals([0, 1])
    for one, other in zip(floats.data, packed.data, strict=True):
        distance = max(abs(a - b) for a, b in zip(one.embedding, other.embedding, strict=True))
        expect(distance, "difference of the two encodings").is_at_most(1e-6)
    expect(floats.data[0].embedding != floats.data[1].embedding, "two texts have two vectors").is_true()
    expect((floats.object, floats.usage.prompt_tokens, floats.usage.total_tokens)).equals(("list", 2, 2))


@embeddings.check_each(OFFERED)
def as_they_are_on_the_wire(world, family):
    """The encoding that was asked for comes back as it came."""
    route = world.gateway.route(family)
    for encoding, kind in (("float", list), ("base64", str)):
        status, _, reply = post(world, {"model": route, "input": "texte é 🍁", "encoding_format": encoding})
        expect((status, type(reply["data"][0]["embedding"])), encoding).equals((200, kind))


@embeddings.check_each(OFFERED)
def base64_of_a_server_that_knows_only_numbers(world, family):
    """Whether the SDK asks by itself, or whoever uses it wants the text."""
    text = "[[sim:plain-vectors]]texte é 🍁"
    floats = embed(world, family, text, encoding_format="float").data[0].embedding
    expect(len(floats) > 0, "numbers").is_true()
    packed = embed(world, family, text, encoding_format="base64").data[0].embedding
    expect(struct.unpack(f"<{len(floats)}f", base64.b64decode(packed, validate=True))).equals(single(floats))
    expect(single(embed(world, family, text).data[0].embedding)).equals(single(floats))


@embeddings.check_each(OFFERED)
def many_numbers_as_base64(world, family):
    """More than an event loop works on by itself."""
    texts = [f"[[sim:plain-vectors]]text no. {number}" for number in range(200)]
    reply = embed(world, family, texts, encoding_format="base64", dimensions=1000)
    expect({len(base64.b64decode(vector.embedding)) for vector in reply.data}, "bytes").equals({4000})


@embeddings.check_each(OFFERED)
def dimensions_and_tokens(world, family):
    expect(len(embed(world, family, "x", dimensions=7).data[0].embedding)).equals(7)
    expect(len(embed(world, family, [[1, 2, 3], [4]], user="user-4711").data)).equals(2)


@embeddings.check_each(OFFERED)
def many_texts(world, family):
    texts = [f"text no. {number} " + "mot " * 100 for number in range(1000)]
    reply = embed(world, family, texts)
    expect([vector.index for vector in reply.data]).equals(list(range(1000)))
    expect(len({tuple(vector.embedding) for vector in reply.data}), "different vectors").equals(1000)


@embeddings.check_each(NOT_OFFERED)
def routes_that_have_none(world, family):
    import openai
    simulator = world.gateway.simulator(family)
    simulator.reset()
    error = raised(openai.BadRequestError, lambda: embed(world, family, "x"))
    check_error_object(error.body)
    expect(error.param).equals("model")
    expect(simulator.stats()["requests"], "requests that left").equals(0)
    expect_record(world.gateway, error.response.headers["x-ni-request-id"], "embeddings", outcome="refused")


@embeddings.check_each(OFFERED)
def header_block_and_record(world, family):
    route = billing_models(world.gateway)[world.gateway.route(family)]
    reply = client(world.gateway).embeddings.with_raw_response.create(model=route["model_id"], input="un deux trois")
    check_headers(reply.headers, route)
    record = expect_record(world.gateway, reply.headers["x-ni-request-id"], "embeddings", outcome="completed",
                           status=200, route=route["model_id"], streamed=False)
    expect((record["usage"]["input_tokens"], record["usage"]["output_tokens"])).equals((3, 0))


@embeddings.check_each(OFFERED)
def our_own_members_stay_here(world, family):
    simulator = world.gateway.simulator(family)
    simulator.reset()
    ours = {"allow_fallbacks": False, "pii_substitution": False}
    expect(len(embed(world, family, "x", extra_body=ours).data)).equals(1)
    seen = simulator.last()
    expect([name for name in ours if name in seen["body"]], "members of ours upstream").equals([])
    expect(json.dumps(seen)).lacks(world.gateway.key)


@embeddings.check_each(OFFERED)
def what_the_upstream_refuses(world, family):
    import openai
    for members in ({"dimensions": 0}, {"input": []}, {"dimensions": "many"}, {"encoding_format": 64}):
        error = raised(openai.BadRequestError, lambda: embed(world, family, "x", extra_body=members), str(members))
        check_error_object(error.body)


@embeddings.check
def strangers(world):
    import openai
    stranger = client(world.gateway, "ni_live_" + "x" * 43)
    raised(openai.AuthenticationError, lambda: embed(world, "openai", "x", stranger))
    error = raised(openai.NotFoundError, lambda: embed(world, "openai", "x", model="no/such-route"))
    expect((error.code, error.param)).equals(("model_not_found", "model"))
    status, _, reply = post(world, {"model": world.gateway.route("openai")})
    expect(status, "without an input").equals(400)
    check_error_object(reply["error"])


@embeddings.check
def a_base_url_with_a_second_v1(world):
    expect(len(embed(world, "openai", "x", client(world.gateway, path="/v1/v1")).data)).equals(1)


@embeddings.check_each(("unreachable", "wrong_credential"))
def an_upstream_that_is_no_use(world, name):
    import openai
    error = raised(openai.InternalServerError,
                   lambda: embed(world, "compatible", "x", model=own_route(world, name), **NO_FALLBACKS))
    expect(error.status_code).equals(502)
    expect_record(world.gateway, error.response.headers["x-ni-request-id"], "embeddings", outcome="failed")


@embeddings.check
def streams_there_are_none(world):
    """Some upstreams refuse `stream`, others answer as if it weren't there; a stream it never is."""
    status, headers, reply = post(world, {"model": world.gateway.route("openai"), "input": "x", "stream": True})
    expect(headers["content-type"]).contains("application/json")
    if status == 200:
        expect_record(world.gateway, headers["x-ni-request-id"], "embeddings", outcome="completed", streamed=False)
        expect(len(reply["data"])).equals(1)
    else:
        expect(status).equals(400)
        check_error_object(reply["error"])


SUITES = (embeddings,)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
