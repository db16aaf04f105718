#!/usr/bin/env python3
"""The ni-* commands of clients that pin the name of a model, seen by OpenAI's and Anthropic's own SDKs.

    check_ni_commands.py                           starts a gateway and a strict simulator behind it
"""
import json
import sys
from concurrent.futures import ThreadPoolExecutor

from check_admin import TOKEN, keys_url
from check_gateway import client as openai_client
from check_messages import client as anthropic_client
from harness import Suite, as_json, expect, main, raised, saying, user
from servers import ROUTES, Installation, fetch

ni_commands = Suite("ni_commands")

PINNED = "gpt-4o"
SURFACES = ("chat", "messages", "responses")


class Caller:
    """Somebody with a key of their own, whose client knows one model."""

    def __init__(self, gateway, key=None, **draft):
        self.gateway = gateway
        self.key = key or self._make_key(draft)
        self.openai = openai_client(gateway, self.key)
        self.anthropic = anthropic_client(gateway, self.key)

    def _make_key(self, draft):
        draft = json.dumps({"name": "commands", "commands": True, **draft}).encode()
        status, _, text = fetch(f"{self.gateway.admin_url}/api/admin/keys", draft, TOKEN)
        expect(status, text).equals(201)
        return as_json(text)["secret"]

    def ask(self, content, model=PINNED):
        """The raw reply of a chat."""
        return self.openai.chat.completions.with_raw_response.create(model=model, messages=user(content))

    def say(self, content, model=PINNED):
        return self.ask(content, model).parse().choices[0].message.content

    def route_of(self, model=PINNED):
        return self.ask("hi", model).headers["x-ni-resolved-route"]

    def both_ways(self, surface, content):
        """Text and tokens, whole and streamed."""
        return getattr(self, f"_{surface}")(content)

    def _chat(self, content):
        whole = self.openai.chat.completions.create(model=PINNED, messages=user(content))
        yield whole.choices[0].message.content, whole.usage.total_tokens, whole.choices[0].finish_reason == "stop"
        chunks = list(self.openai.chat.completions.create(
            model=PINNED, messages=user(content), stream=True, stream_options={"include_usage": True}))
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
        yield text, chunks[-1].usage.total_tokens, chunks[-2].choices[0].finish_reason == "stop"

    def _messages(self, content):
        members = {"model": PINNED, "max_tokens": 100, "messages": user([{"type": "text", "text": content}])}
        with self.anthropic.messages.stream(**members) as stream:
            streamed = stream.get_final_message()
        for reply in (self.anthropic.messages.create(**members), streamed):
            yield (reply.content[0].text, reply.usage.input_tokens + reply.usage.output_tokens,
                   reply.stop_reason == "end_turn")

    def _responses(self, content):
        members = {"model": PINNED, "input": user(content)}
        with self.openai.responses.stream(**members) as stream:
            list(stream)
            streamed = stream.get_final_response()
        for reply in (self.openai.responses.create(**members), streamed):
            yield reply.output_text, reply.usage.total_tokens, reply.status == "completed"


def route(family):
    return ROUTES[family].id


@ni_commands.check_each(SURFACES)
def are_answered_without_a_model(world, surface):
    caller = Caller(world.own_gateway)
    before = len(world.simulator.requests())
    for command, beginning in (("ni-help", "Commands are"), ("ni-models", "Routes that"), (" ni-status\n", "This key"),
                               ("ni-map-model 99", "No route"), ("ni-unmap", f"'{PINNED}' isn't mapped")):
        for text, tokens, is_complete in caller.both_ways(surface, command):
            expect((text[:len(beginning)], tokens, is_complete), command).equals((beginning, 0, True))
    expect(len(world.simulator.requests()), "requests that left").equals(before)


@ni_commands.check_each(SURFACES)
def a_mapped_name_is_asked_like_any_route(world, surface):
    caller = Caller(world.own_gateway)
    expect(caller.say(f"ni-map-model {route('vertex')}")).contains(f"now goes to {route('vertex')}")
    for text, tokens, is_complete in caller.both_ways(surface, saying("from there")):
        expect((text, tokens > 0, is_complete)).equals(("from there", True, True))


@ni_commands.check
def numbers_are_those_of_the_list_of_models(world):
    caller = Caller(world.own_gateway, tiers=["customer_premises", "managed_canadian_cloud"])
    listed = [model.id for model in caller.openai.models.list()]
    expect(caller.say("ni-models").splitlines()[1:]).equals(
        [f"{number}. {model}" for number, model in enumerate(listed, 1)])
    for number, model in enumerate(listed, 1):
        expect(caller.say(f"ni-map-model {number}")).contains(f"now goes to {model},")


@ni_commands.check
def only_with_the_right(world):
    import openai
    plain = Caller(world.own_gateway, commands=False)
    expect(plain.ask("ni-help", route("compatible")).headers["x-ni-attempts"]).equals("1")
    raised(openai.NotFoundError, lambda: plain.say("ni-help"))
    mapped = Caller(world.own_gateway)
    mapped.say("ni-map-model 1")
    raised(openai.NotFoundError, lambda: plain.say("hi"), "another key's mapping")


@ni_commands.check
def a_mapping_never_leads_outside_the_rights_of_the_key(world):
    caller = Caller(world.own_gateway, tiers=["managed_canadian_cloud"])
    expect(caller.say(f"ni-map-model {route('openai')}")).contains("may not use")
    expect(caller.say("ni-status")).contains("has mapped no name")


@ni_commands.check
def a_route_by_name_leads_no_further(world):
    caller = Caller(world.own_gateway)
    expect(caller.say(f"ni-map-model {route('openai')}", route("azure"))).contains("is itself a route")
    expect(caller.route_of(route("azure"))).equals(route("azure"))
    caller.say(f"ni-map-model {route('compatible')}", route("azure"))
    expect(caller.route_of(route("azure"))).equals(route("compatible"))


@ni_commands.check
def mappings_made_at_once_all_hold(world):
    caller = Caller(world.own_gateway)
    names = [f"pinned-{number}" for number in range(8)]
    with ThreadPoolExecutor(len(names)) as pool:
        said = list(pool.map(lambda name: caller.say("ni-map-model 1", name), names))
    expect([text[:5] for text in said]).equals(["Done:"] * len(names))
    listed = caller.say("ni-status")
    expect([name for name in names if f"'{name}' -> " not in listed], "names that were lost").equals([])
    expect(len({caller.route_of(name) for name in names})).equals(1)


@ni_commands.check
def records_and_administrators_see_what_was_mapped(world):
    gateway = world.own_gateway
    caller = Caller(gateway)
    made = caller.ask(f"ni-map-model {route('azure')}").headers["x-ni-request-id"]
    used = caller.ask("hi").headers["x-ni-request-id"]
    ended = caller.ask("ni-unmap").headers["x-ni-request-id"]
    mapping = {"name": PINNED, "route": route("azure")}
    records = [gateway.closed_custody(request) for request in (made, used, ended)]
    expect([record.get("command") for record in records]).equals(["ni-map-model", None, "ni-unmap"])
    expect([record["mapping"] for record in records]).equals([mapping, mapping, {"name": PINNED}])
    expect([len(record["attempts"]) for record in records]).equals([0, 1, 0])
    listed = as_json(fetch(keys_url(world).replace("/keys", "/mappings"), headers=TOKEN)[2])["ended"]
    mine = [entry for entry in listed if entry["mapped_by"] == made]
    expect([(entry["name"], entry["route"], entry["ended_by"], entry["key"]) for entry in mine]).equals(
        [(PINNED, route("azure"), ended, records[0]["key"])])


@ni_commands.check
def a_mapping_outlives_kill_9(world):
    """With a key that was made on the command line."""
    installation = Installation(world, "ni-commands")
    key = as_json(installation.command("keys", "create", "--name", "x", "--commands", "--format", "json"))["key"]
    gateway = installation.start(key)
    expect(Caller(gateway, key).say(f"ni-map-model {route('vertex')}")[:5]).equals("Done:")
    gateway.process.kill()
    again = Caller(installation.start(key), key)
    expect({again.route_of() for _ in range(4)}).equals({route("vertex")})


SUITES = (ni_commands,)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
