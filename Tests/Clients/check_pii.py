#!/usr/bin/env python3
"""Personal information is replaced before a request leaves, and is back in the reply: on every surface, for every
provider, whole and streamed; and nothing of it is kept.

    check_pii.py                                   starts gateways, and a strict simulator behind them
"""
import contextlib
import http.server
import json
import os
import re
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field

from custody import create_key_of
from harness import IMAGE_BASE64, IMAGE_URL, Skip, Suite, as_json, eventually, expect, main, once, shortened, user
from pii import CERTAIN, FILLER, HARMLESS, PATHS, Generator, arrived, ask, stream, strings, user_text
from servers import ADMIN_TOKEN, EVERY_FAMILY, FAMILIES, Installation, fetch
from surfaces import FALLBACKS

import sample  # noqa: E402
from leaks import has_leaked  # noqa: E402

talks = Suite("pii.talks")
streams = Suite("pii.streams")
asked = Suite("pii.asked")
stand_ins = Suite("pii.stand_ins")
told = Suite("pii.told")
recognizer = Suite("pii.recognizer")
measure = Suite("pii.measure")

SEED = 20261128
CONVERSATIONS = 2016
# Where the provider speaks the surface's wire.
PASSES = {"chat": ("openai", "azure", "compatible"), "responses": ("openai", "azure"),
          "messages": ("anthropic", "vertex_anthropic", "bedrock_anthropic"),
          "embeddings": ("openai", "azure", "compatible")}
PLACES = [(surface, family) for surface in PATHS
          for family in (EVERY_FAMILY if surface != "embeddings" else PASSES["embeddings"])]
JANE = "My name is Jane Doe, email jane.doe@example.com, phone 613-555-0142"
JANES = {"name": 1, "email": 1, "phone": 1}


# ---------------------------------------------------------------------------------------------------- Talking

@dataclass
class Talks:
    """What came of all conversations."""
    count: int = 0
    planted: Counter = field(default_factory=Counter)
    # Descriptions of what was wrong, by what it is.
    leaks: dict = field(default_factory=dict)
    wrong: dict = field(default_factory=dict)

    def complain(self, what, detail):
        self.wrong.setdefault(what, []).append(detail)

    def expect_none(self, what):
        expect(self.count, "conversations").equals(CONVERSATIONS)
        found = self.wrong.get(what, [])
        expect(found[:3], f"{len(found)} of {self.count}").equals([])


@once
def talked(world):
    """Held once, then looked at by several checks."""
    found, generator = Talks(), Generator(SEED)
    gateway = world.own_gateway
    for number in range(CONVERSATIONS):
        surface, family = PLACES[number % len(PLACES)]
        talk(gateway, generator.conversation(surface, family in PASSES[surface]), family, number, found)
    return found


def talk(gateway, conversation, family, number, found):
    place = f"{conversation.surface} {family} {number}"
    body = {"model": gateway.route(family), **conversation.body, "pii_substitution": True}
    whole = ask(gateway, conversation.surface, body)
    found.count += 1
    if whole.status != 200:
        return found.complain("status", f"{place}: {whole.status} {whole.error}")
    look(gateway, conversation, family, place, found)
    compare(conversation, whole, place, found)
    counts = Counter(type for type, _ in {(each.kind.type, each.value) for each in conversation.planted})
    if any(whole.counts.get(type) != counts[type] for type in CERTAIN if counts[type]):
        found.complain("counts", f"{place}: {whole.counts} of {dict(counts)}")
    if conversation.surface == "embeddings":
        return
    streamed = stream(gateway, conversation.surface, body)
    look(gateway, conversation, family, place + " streamed", found)
    if streamed.status != 200:
        return found.complain("status", f"{place}, streamed: {streamed.status} {streamed.error}")
    compare(conversation, streamed, place + " streamed", found)
    if streamed.counts != whole.counts:
        found.complain("counts", f"{place}: {streamed.counts} streamed, {whole.counts} whole")


def look(gateway, conversation, family, place, found):
    seen = gateway.simulator(family).last()["body"]
    found.planted.update(each.kind.type for each in conversation.planted)
    for each in arrived(conversation.planted, seen):
        found.leaks.setdefault(each.kind.type, []).append(f"{place}: {each.value}")
    if "pii_substitution" in seen:
        found.complain("member", place)


def compare(conversation, got, place, found):
    if conversation.said is not None and conversation.surface != "embeddings" and got.text != conversation.said:
        found.complain("text", f"{place}: {shortened(got.text)} in place of {shortened(conversation.said)}")
    if conversation.arguments is None:
        return
    try:
        arguments = json.loads(got.arguments)
    except ValueError:
        return found.complain("json", f"{place}: {shortened(got.arguments)}")
    if arguments != conversation.arguments:
        found.complain("arguments", f"{place}: {arguments} in place of {conversation.arguments}")


@talks.check_each(CERTAIN)
def nothing_certain_arrives(world, type):
    """Not a single one, in none of the fields."""
    found = talked(world)
    expect(found.planted[type] > 1000, f"{found.planted[type]} planted").is_true()
    leaks = found.leaks.get(type, [])
    expect(leaks[:5], f"{len(leaks)} of {found.planted[type]} arrived").equals([])


@talks.check_each(("name", "location"))
def hardly_any_arrives(world, type):
    """Those that stand alone in a field have nothing beside them that gives them away."""
    found = talked(world)
    leaks = found.leaks.get(type, [])
    expect(len(leaks) <= 0.02 * found.planted[type],
           f"{len(leaks)} of {found.planted[type]} arrived, such as {leaks[:5]}").is_true()


@talks.check
def every_request_is_answered(world):
    talked(world).expect_none("status")


@talks.check
def what_was_replaced_is_back(world):
    """Byte for byte, whole and streamed."""
    talked(world).expect_none("text")


@talks.check
def arguments_of_calls_are_json(world):
    talked(world).expect_none("json")


@talks.check
def what_was_replaced_is_back_in_arguments(world):
    talked(world).expect_none("arguments")


@talks.check
def the_header_counts_what_was_replaced(world):
    talked(world).expect_none("counts")


@talks.check
def members_of_ours_stay_here(world):
    talked(world).expect_none("member")


@talks.check
def requests_at_once_are_not_mixed_up(world):
    gateway, generator, wrong = world.own_gateway, Generator(SEED + 2), []
    conversations = [(place, generator.conversation(place[0], place[1] in PASSES[place[0]])) for place in PLACES * 12
                     if place[0] != "embeddings"]

    def hold(share):
        found = Talks()
        for (surface, family), conversation in share:
            body = {"model": gateway.route(family), **conversation.body, "pii_substitution": True}
            for got in (ask(gateway, surface, body), stream(gateway, surface, body)):
                compare(conversation, got, f"{surface} {family}", found)
        wrong.extend(found.wrong.items())
    threads = [threading.Thread(target=hold, args=(conversations[start::16],)) for start in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expect(wrong[:3], f"{len(wrong)} kinds of mistakes").equals([])


@talks.check
def a_long_prompt_of_many_people(world):
    """Hundreds of values of all kinds in one request."""
    gateway, generator = world.own_gateway, Generator(SEED + 3)
    generator.language, generator.planted = "fr", []
    text = "\n".join(generator.sentence() for _ in range(600))
    for family in ("openai", "bedrock", "vertex"):
        body = {"model": gateway.route(family), "messages": user("[[sim:echo]]" + text), "pii_substitution": True}
        for got in (ask(gateway, "chat", body), stream(gateway, "chat", body)):
            expect(got.status, str(got.error)).equals(200)
            expect(got.text == text, f"{family}: restored").is_true()
        certain = [each for each in generator.planted if each.kind.type in CERTAIN]
        expect(arrived(certain, gateway.simulator(family).last()["body"]), family).equals([])


# ---------------------------------------------------------------------------------------------------- Streams

SURFACES = ("chat", "messages", "responses")


def saying(surface, text, mark="[[sim:echo]]"):
    """The least body in which a user says a text."""
    said = {"input": mark + text} if surface in ("responses", "embeddings") else {"messages": user(mark + text)}
    return {**said, "max_tokens": 4000} if surface == "messages" else said


def protected(gateway, family, surface, text, mark="[[sim:echo]]", **members):
    return {"model": gateway.route(family), **saying(surface, text, mark), "pii_substitution": True, **members}


def long_text(number):
    generator = Generator(SEED + number)
    generator.language, generator.planted = "en" if number % 2 else "fr", []
    filler = FILLER[generator.language]
    return "".join(filler * 2 + generator.sentence() + " " for _ in range(4)) + filler


@streams.check_each(SURFACES)
def a_stream_is_hardly_held_back(world, surface):
    """As many events as the provider sent, but for a tenth of them."""
    gateway, sent, got = world.own_gateway, 0, 0
    for number in range(20):
        for family in EVERY_FAMILY:
            text = long_text(number)
            streamed = stream(gateway, surface, protected(gateway, family, surface, text))
            expect(streamed.text, family).equals(text)
            # The simulator sends a piece for each word.
            sent += len(user_text(gateway.simulator(family).last()["body"]).split())
            got += streamed.pieces
    expect(got >= 0.9 * sent, f"{got} events for {sent}").is_true()


@streams.check_each(SURFACES)
def a_stream_may_be_cut_anywhere(world, surface):
    gateway = world.own_gateway
    for number in range(12):
        for length in (1, 2, 3, 5, 8, 13):
            family = EVERY_FAMILY[(number + length) % len(EVERY_FAMILY)]
            text = long_text(number)
            body = protected(gateway, family, surface, text, f"[[sim:chunk {length}]][[sim:echo]]")
            expect(stream(gateway, surface, body).text, f"{family}, {length} at a time").equals(text)


@streams.check_each(SURFACES)
def text_that_stops_in_the_middle_of_a_stand_in(world, surface):
    """What was held back comes at the end, and nothing is invented."""
    gateway = world.own_gateway
    for family in FAMILIES:
        body = protected(gateway, family, surface, "one two three Jane Doe", **{
            "max_output_tokens" if surface == "responses" else "max_tokens": 4})
        got = stream(gateway, surface, body)
        expect(got.status, str(got.error)).equals(200)
        expect(got.text.split()[:3], family).equals(["one", "two", "three"])
        expect(got.text, family).equals(ask(gateway, surface, body).text)


@streams.check
def thinking_goes_back_as_it_came(world):
    """Its signature is that of what the model wrote, in which the stand-ins were."""
    gateway = world.own_gateway
    for family in ("anthropic", "bedrock_anthropic", "bedrock"):
        first = protected(gateway, family, "messages", JANE, f"[[sim:think {JANE}]]",
                          thinking={"type": "enabled", "budget_tokens": 1024})
        got = ask(gateway, "messages", first)
        expect(got.status, f"{family}: {got.error}").equals(200)
        content = got.head.json["content"]
        expect([block["thinking"] for block in content if block["type"] == "thinking"], family).equals([JANE])
        messages = [*first["messages"], {"role": "assistant", "content": content}, *user("[[sim:echo]]and Jane Doe?")]
        got = ask(gateway, "messages", {**first, "messages": messages})
        expect((got.status, got.text), f"{family}: {got.error}").equals((200, "and Jane Doe?"))


@streams.check_each(SURFACES)
def letters_that_json_escapes(world, surface):
    """A name with a line break in it, quotation marks around it, beyond ASCII: the arguments are JSON all the same."""
    gateway = world.own_gateway
    arguments = {"a": 'Mr. "Étienne\nThibodeau" said\\\t“hi”',
                 "b": {"c": ["jane.doe@example.com", "Étienne Thibodeau"]}}
    mark = f"[[sim:call xqsave {json.dumps(arguments)}]]"
    schema = {"type": "object", "properties": {}}
    tool = {"name": "xqsave", "description": "d", "input_schema" if surface == "messages" else "parameters": schema}
    tool = {"type": "function", "function": tool} if surface == "chat" else {
        **tool, **({"type": "function", "strict": False} if surface == "responses" else {})}
    for family in EVERY_FAMILY:
        body = protected(gateway, family, surface, "My name is Étienne Thibodeau", mark, tools=[tool])
        for got in (ask(gateway, surface, body), stream(gateway, surface, body)):
            expect(as_json(got.arguments), family).equals(arguments)


@streams.check_each(FALLBACKS)
def a_fallback_is_asked_about_the_same(world, name):
    gateway = world.own_gateway
    simulator = gateway.simulator(name)
    simulator.reset()
    mark = f"[[sim:fail-times 1 503 {name}{SEED}]][[sim:echo]]"
    got = ask(gateway, "chat", {"model": gateway.route(name), "messages": user(mark + JANE), "pii_substitution": True})
    expect((got.status, got.text), str(got.error)).equals((200, JANE))
    texts = [user_text(seen["body"]) for seen in simulator.requests()]
    expect(len(texts)).equals(2)
    expect(texts[0]).equals(texts[1])
    expect(texts[0]).lacks("Jane")


# ---------------------------------------------------------------------------------------------------- Asking for it

@asked.check_each(PATHS)
def harmless_texts_pass_as_they_are(world, surface):
    gateway = world.own_gateway
    for text in HARMLESS:
        for family in PASSES[surface][:1] + ("bedrock",) * (surface != "embeddings"):
            got = ask(gateway, surface, protected(gateway, family, surface, text))
            expect(got.status, f"{text!r}: {got.error}").equals(200)
            expect(user_text(gateway.simulator(family).last()["body"]), family).equals("[[sim:echo]]" + text)
            expect(got.counts, text).equals({})


@asked.check_each(SURFACES)
def a_count_for_each_type(world, surface):
    gateway = world.own_gateway
    for family in EVERY_FAMILY:
        for got in (ask(gateway, surface, protected(gateway, family, surface, JANE)),
                    stream(gateway, surface, protected(gateway, family, surface, JANE))):
            expect((got.text, got.counts), family).equals((JANE, JANES))


def text_upstream(gateway, surface="chat", family="compatible", fields=(), key=None, text=JANE, **members):
    """What arrives of a text."""
    body = {"model": gateway.route(family), **saying(surface, text), **members}
    got = ask(gateway, surface, body, fields, key)
    expect(got.status, str(got.error)).equals(200)
    return user_text(gateway.simulator(family).last()["body"]).removeprefix("[[sim:echo]]")


def header(value, name="x-ni-pii-substitution"):
    return [(name, value)]


@asked.check
def the_header_does_what_the_member_does(world):
    gateway = world.own_gateway
    replaced = text_upstream(gateway, pii_substitution=True)
    expect(replaced).lacks("Jane")
    for value in ("true", "required"):
        expect(text_upstream(gateway, fields=header(value)), value).equals(replaced)
    expect(text_upstream(gateway, fields=header("false"))).equals(JANE)
    expect(text_upstream(gateway)).equals(JANE)


@asked.check
def the_member_wins_over_the_header(world):
    gateway = world.own_gateway
    expect(text_upstream(gateway, fields=header("true"), pii_substitution=False)).equals(JANE)
    expect(text_upstream(gateway, fields=header("false"), pii_substitution=True)).lacks("Jane")


@asked.check_each(PATHS)
def a_wrong_value_is_refused(world, surface):
    gateway = world.own_gateway
    simulator = gateway.simulator("openai")
    simulator.reset()
    body = {"model": gateway.route("openai"), **saying(surface, JANE)}
    for value in ("maybe", 3, [], {}):
        expect(ask(gateway, surface, {**body, "pii_substitution": value}).status, repr(value)).equals(400)
    expect(ask(gateway, surface, body, header("perhaps")).status).equals(400)
    for scope in ("a b", "é", "x" * 300):
        fields = header(scope.encode().decode("latin-1"), "x-ni-pii-scope")
        expect(ask(gateway, surface, {**body, "pii_substitution": True}, fields).status, scope).equals(400)
    expect(simulator.stats()["requests"], "requests upstream").equals(0)


def with_image(surface):
    """A body that asks about Jane with an image."""
    if surface == "responses":
        return {"input": user([{"type": "input_text", "text": JANE}, {"type": "input_image", "image_url": IMAGE_URL}])}
    if surface == "chat":
        image = {"type": "image_url", "image_url": {"url": IMAGE_URL}}
    else:
        image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": IMAGE_BASE64}}
    return {"max_tokens": 4000, "messages": user([{"type": "text", "text": JANE}, image])}


@asked.check_each(SURFACES)
def an_image_is_named_as_not_covered(world, surface):
    gateway = world.own_gateway
    for family in ("openai", "anthropic", "bedrock", "vertex"):
        body = {"model": gateway.route(family), **with_image(surface), "pii_substitution": True}
        got = ask(gateway, surface, body)
        expect((got.status, got.counts), f"{family} {got.error}").equals((200, {**JANES, "image": "not_covered"}))
        expect("\n".join(strings(gateway.simulator(family).last()["body"])), family).lacks("Jane")


@asked.check_each(SURFACES)
def who_demands_protection_sends_no_image(world, surface):
    gateway = world.own_gateway
    for family in ("openai", "anthropic", "bedrock", "vertex"):
        simulator = gateway.simulator(family)
        simulator.reset()
        body = {"model": gateway.route(family), **with_image(surface), "pii_substitution": "required"}
        for got in (ask(gateway, surface, body), stream(gateway, surface, body)):
            expect((got.status, code_of(got)), family).equals((503, "pii_protection_unavailable"))
        expect(simulator.stats()["requests"], "requests upstream").equals(0)
        expect(ask(gateway, surface, protected(gateway, family, surface, JANE, pii_substitution="required")).text
               ).equals(JANE)


def code_of(got):
    """On whichever surface."""
    return got.error.get("code") or got.error.get("details", {}).get("error_code")


@asked.check
def a_key_says_what_holds_for_its_requests(world):
    gateway, installation = world.own_gateway, world.installation
    keys = {demand: as_json(installation.command("keys", "create", "--name", f"pii {demand}", "--format", "json",
                                                 "--pii-substitution", demand))["key"]
            for demand in ("off", "on", "required")}
    expect(eventually(lambda: ask(gateway, "chat", protected(gateway, "compatible", "chat", "x"), key=keys["required"]
                                  ).status == 200), "the key is known").is_true()
    expect(text_upstream(gateway, key=keys["off"])).equals(JANE)
    for demand in ("on", "required"):
        expect(text_upstream(gateway, key=keys[demand]), demand).lacks("Jane")
    expect(text_upstream(gateway, key=keys["off"], pii_substitution=True)).lacks("Jane")
    expect(text_upstream(gateway, key=keys["on"], pii_substitution=False)).equals(JANE)
    body = {"model": gateway.route("compatible"), **with_image("chat")}
    expect(ask(gateway, "chat", body, key=keys["on"]).status).equals(200)
    expect(code_of(ask(gateway, "chat", body, key=keys["required"]))).equals("pii_protection_unavailable")


# ---------------------------------------------------------------------------------------------------- Stand-ins

@dataclass
class Own:
    """A gateway of this page's own, which can be started again."""
    installation: Installation
    gateway: object
    others: str

    def restart(self):
        self.gateway.process.end()
        self.gateway = self.installation.start(self.gateway.key)
        return self.gateway


@once
def own(world):
    if world.is_foreign:
        raise Skip("only with a gateway that is started here")
    installation = Installation(world, "pii")
    installation.edit("config.yaml", "level: debug", "level: trace")
    key = installation.create_key("pii")["key"]
    others = create_key_of(installation, "org_others")
    return Own(installation, installation.start(key), others)


@stand_ins.check
def stand_ins_stay_when_the_gateway_starts_again(world):
    mine = own(world)
    before = text_upstream(mine.gateway, pii_substitution=True)
    expect(before).lacks("Jane")
    expect(text_upstream(mine.restart(), pii_substitution=True)).equals(before)


@stand_ins.check
def another_organization_has_other_stand_ins(world):
    mine = own(world)
    ours = text_upstream(mine.gateway, pii_substitution=True)
    expect(text_upstream(mine.gateway, key=mine.others, pii_substitution=True) != ours, ours).is_true()


@stand_ins.check
def another_installation_has_other_stand_ins(world):
    ours = text_upstream(own(world).gateway, pii_substitution=True)
    expect(text_upstream(world.own_gateway, pii_substitution=True) != ours, ours).is_true()


@stand_ins.check
def stand_ins_are_the_same_for_every_wire(world):
    gateway = own(world).gateway
    found = {text_upstream(gateway, surface, family, pii_substitution=True)
             for surface in SURFACES for family in ("openai", "anthropic", "bedrock", "vertex")}
    expect(len(found), str(found)).equals(1)


@stand_ins.check
def a_growing_conversation_keeps_its_stand_ins(world):
    """So its beginning is the same each time, which is what the provider's prompt cache looks at."""
    gateway, generator = own(world).gateway, Generator(SEED)
    generator.language, generator.planted = "en", []
    turns, before = [], []
    for _ in range(8):
        turns += user(generator.sentence() + " " + generator.sentence())
        got = ask(gateway, "chat", {"model": gateway.route("compatible"), "messages": turns, "pii_substitution": True})
        expect(got.status, str(got.error)).equals(200)
        seen = [turn["content"] for turn in gateway.simulator("compatible").last()["body"]["messages"]]
        expect(seen[:len(before)]).equals(before)
        before = seen
        expect(arrived(generator.planted, {"seen": seen}), "what arrived").equals([])
        turns += [{"role": "assistant", "content": got.text}]


@stand_ins.check
def a_scope_has_stand_ins_of_its_own(world):
    gateway = own(world).gateway

    def of(scope):
        return text_upstream(gateway, fields=header(scope, "x-ni-pii-scope"), pii_substitution=True)
    without = text_upstream(gateway, pii_substitution=True)
    expect(of("organization")).equals(without)
    expect(of("matter-2207")).equals(of("matter-2207"))
    expect(len({without, of("matter-2207"), of("matter-2208"), of("request"), of("request")})).equals(5)


@stand_ins.check
def a_stand_in_is_realistic(world):
    """It has the form of what it stands for."""
    gateway = own(world).gateway
    text = text_upstream(gateway, pii_substitution=True)
    expect(bool(re.fullmatch(r"My name is [A-Z]\w+ [A-Z]\w+, email [\w.]+@(\w+\.)*example\.(com|org|net), "
                             r"phone [2-9]\d\d-555-01\d\d", text)), text).is_true()
    for original in ("Jane", "Doe", "jane", "doe", "613-555-0142"):
        expect(text).lacks(original)


# ---------------------------------------------------------------------------------------------------- What is told

def explained(gateway, body):
    status, _, text = fetch(f"{gateway.base_url}/api/explain", json.dumps(body).encode(), gateway.authorization)
    expect(status, text).equals(200)
    return as_json(text)


@told.check
def an_explanation_says_what_would_be_replaced(world):
    gateway = world.own_gateway
    simulator = gateway.simulator("compatible")
    simulator.reset()
    call = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": '{"to":"jane.doe@example.com"}'}}
    body = {"model": gateway.route("compatible"), "pii_substitution": True, "messages": [
        {"role": "system", "content": "🙂 Be kind to Étienne Thibodeau."},
        {"role": "user", "content": [{"type": "text", "text": JANE}]},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": "sent"}, *user("Thanks!")]}
    told = explained(gateway, body)["pii"]
    expect(told["substitution"]).equals("on")
    found = {(entity["type"], entity["at"], entity["start"], entity["end"]) for entity in told["entities"]}
    for wanted in (("name", "/messages/0/content", 13, 30), ("name", "/messages/1/content/0/text", 11, 19),
                   ("email", "/messages/1/content/0/text", 27, 47), ("phone", "/messages/1/content/0/text", 55, 67)):
        expect(wanted in found, f"{wanted} in {found}").is_true()
    expect([entity for entity in found if entity[0] == "email" and "tool_calls" in entity[1]], str(found)).is_true()
    expect(simulator.stats()["requests"], "requests upstream").equals(0)


@told.check
def an_explanation_without_substitution_finds_nothing(world):
    gateway = world.own_gateway
    body = {"model": gateway.route("compatible"), "messages": user(JANE)}
    for members in ({}, {"pii_substitution": False}):
        expect((explained(gateway, {**body, **members}).get("pii") or {}).get("entities", [])).equals([])


@told.check
def the_record_has_the_counts(world):
    gateway = world.own_gateway
    got = ask(gateway, "chat", protected(gateway, "bedrock", "chat", JANE))
    record = gateway.closed_custody(got.head["x-ni-request-id"])
    expect(record["pii"]["counts"]).equals(JANES)
    expect(json.dumps(record)).lacks("Jane")
    got = ask(gateway, "chat", {"model": gateway.route("bedrock"), **saying("chat", JANE)})
    expect("counts" in (gateway.closed_custody(got.head["x-ni-request-id"]).get("pii") or {})).equals(False)


def audit(gateway, query):
    status, _, text = fetch(f"{gateway.admin_url}/api/admin/pii-audit?{query}",
                            headers=[("Authorization", f"Bearer {ADMIN_TOKEN}")])
    expect(status, text).equals(200)
    return as_json(text)


@told.check
def the_audit_log_has_an_entry_for_each_value(world):
    gateway = world.own_gateway
    got = ask(gateway, "chat", protected(gateway, "compatible", "chat", JANE))
    upstream = user_text(gateway.simulator("compatible").last()["body"])
    request_id = got.head["x-ni-request-id"]
    gateway.closed_custody(request_id)
    entries = eventually(lambda: entries_of(audit(gateway, f"request={request_id}")))
    expect(sorted(entry["type"] for entry in entries), str(entries)).equals(sorted(JANES))
    for entry in entries:
        expect((entry["request"], entry["count"]), str(entry)).equals((request_id, 1))
        expect(bool(re.fullmatch("[0-9a-f]{16}", entry["digest"])), str(entry)).is_true()
        expect(upstream).contains(entry["stand_in"])
    expect(json.dumps(entries)).lacks("Jane")
    again = ask(gateway, "chat", protected(gateway, "compatible", "chat", JANE)).head["x-ni-request-id"]
    expect(sorted(entry["digest"] for entry in eventually(lambda: entries_of(audit(gateway, f"request={again}"))))
           ).equals(sorted(entry["digest"] for entry in entries))
    expect({entry["type"] for entry in entries_of(audit(gateway, "type=email&limit=5"))}).equals({"email"})


def entries_of(page):
    """The one list of a page of the admin API."""
    return next(value for value in page.values() if isinstance(value, list))


@told.check
def no_original_is_kept(world):
    """Canaries of every kind, sent in all places, then looked for in all that was written or is told."""
    mine, generator = own(world), Generator(SEED + 1)
    planted = []
    for number in range(120):
        surface, family = PLACES[number % len(PLACES)]
        conversation = generator.conversation(surface, family in PASSES[surface])
        planted += conversation.planted
        body = {"model": mine.gateway.route(family), **conversation.body, "pii_substitution": True}
        ask(mine.gateway, surface, body)
        if surface != "embeddings":
            stream(mine.gateway, surface, body)
    told = json.dumps(audit(mine.gateway, "limit=1000"), ensure_ascii=False)
    expect(len(told) > 10_000, "the audit log has entries").is_true()
    mine.gateway.process.end()
    files = {mine.gateway.process.log: contents(mine.gateway.process.log), "the audit log": told.encode(),
             **{path: contents(path) for path in paths_in(mine.installation.data_directory)}}
    mine.restart()
    for each in planted:
        value = each.value.encode()
        # A lone given name or a town may be a stand-in, too.
        if each.kind.type in CERTAIN:
            expect([path for path, data in files.items() if value in data], each.value).equals([])


def paths_in(folder):
    return [os.path.join(inner, name) for inner, _, names in os.walk(folder) for name in names]


def contents(path):
    with open(path, "rb") as file:
        return file.read()


# ---------------------------------------------------------------------------------------------------- A recognizer

class Analyzer:
    """A recognizer that speaks Presidio's analyzer API and finds one word; `says` may be something else."""

    WORD = "qwyxelbrand"

    def __init__(self):
        self.seen, self.says = [], self.found
        handler = type("Handler", (AnalyzerHandler,), {"analyzer": self})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/analyze"

    def found(self, text):
        return 200, [{"entity_type": "PERSON", "start": place.start(), "end": place.end(), "score": 0.9}
                     for place in re.finditer(self.WORD, text)]


class AnalyzerHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.analyzer.seen.append(body)
        status, answer = self.analyzer.says(body["text"])
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


@once
def with_analyzer(world):
    if world.is_foreign:
        raise Skip("only with a gateway that is started here")
    analyzer, installation = Analyzer(), Installation(world, "recognizer")
    installation.edit("config.yaml", "\nlog: {", f"""
pii: {{recognizer_url: "{analyzer.url}", recognizer_timeout_seconds: 1, allowed: ["Clara Quist", "desk@example.com"]}}
log: {{""")
    return analyzer, installation.start(installation.create_key("recognizer")["key"])


@recognizer.check
def what_it_finds_is_replaced_in_addition(world):
    analyzer, gateway = with_analyzer(world)
    text = f"{JANE}, {analyzer.WORD} 😀 {analyzer.WORD}"
    seen = text_upstream(gateway, text=text, pii_substitution=True)
    expect(seen).lacks(analyzer.WORD)
    expect(seen).lacks("Jane")
    expect(ask(gateway, "chat", protected(gateway, "bedrock", "chat", text)).text).equals(text)


@recognizer.check
def it_is_not_asked_without_need(world):
    analyzer, gateway = with_analyzer(world)
    count = len(analyzer.seen)
    expect(text_upstream(gateway)).equals(JANE)
    expect(len(analyzer.seen)).equals(count)


@recognizer.check
def without_its_answer_nothing_is_sent(world):
    analyzer, gateway = with_analyzer(world)
    simulator = gateway.simulator("compatible")
    release = threading.Event()
    silent = lambda text: (release.wait(5), (200, []))[1]  # noqa: E731
    wrong = ((500, {"error": "x"}), (200, {"entities": []}),
             (200, [{"entity_type": "PERSON", "start": 5, "end": 99999}]))
    simulator.reset()
    with restored(analyzer):
        for says in (*(lambda text, answer=answer: answer for answer in wrong), silent):
            analyzer.says = says
            for value in (True, "required"):
                body = protected(gateway, "compatible", "chat", JANE, pii_substitution=value)
                got = ask(gateway, "chat", body)
                expect((got.status, code_of(got)), str(got.error)).equals((503, "pii_protection_unavailable"))
        release.set()
    expect(simulator.stats()["requests"], "requests upstream").equals(0)


@contextlib.contextmanager
def restored(analyzer):
    try:
        yield
    finally:
        analyzer.says = analyzer.found


@recognizer.check
def what_is_allowed_stays(world):
    _, gateway = with_analyzer(world)
    text = "My name is Clara Quist, write to DESK@example.com or to jane.doe@example.com"
    seen = text_upstream(gateway, text=text, pii_substitution=True)
    expect(seen.startswith("My name is Clara Quist, write to DESK@example.com or to "), seen).is_true()
    expect(seen).lacks("jane")


# ---------------------------------------------------------------------------------------------------- The measure

@measure.check
def the_sample_is_large_enough(world):
    found = sample.texts()
    by = Counter((text.language, text.kind) for text in found)
    expect(len(found) >= 700, f"{len(found)} texts").is_true()
    expect(sum(by["fr", kind] for kind in ("pos", "neg", "know")) >= 0.45 * len(found), str(by)).is_true()
    expect(by["en", "neg"] + by["fr", "neg"] >= 150, str(by)).is_true()
    types = Counter(span.type for text in found for span in text.needed)
    expect([type for type in sample.TYPES if types[type] < 10], "types with too few").equals([])


@measure.check
def its_check_digits_are_right(world):
    """But for the one whose text says that it isn't."""
    wrong = []
    for text in sample.texts():
        for span in text.needed:
            digits = re.sub(r"\D", "", text.value(span))
            if span.type in ("credit_card", "ca_sin") and sample.luhn_digit(digits[:-1]) != int(digits[-1]):
                wrong.append(text.value(span))
    expect(wrong).equals(["583920174"])


LEAKS = (
    ("I am [[name:Jane Doe]].", "I am Adela Brookes.", False), ("I am [[name:Jane Doe]].", "I am Adela Doe.", True),
    ("I am [[name:Jane Doe]].", "I am JANE Brookes.", True), ("I am [[name:Jane Doe]].", "I am Janet Doerr.", False),
    ("[[name:Mark]] will mark it.", "Peter will mark it.", False), ("[[name:Mark]] marks it.", "Mark marks it.", True),
    ("[[phone:613-555-0142]]", "(613) 555 0142", True), ("[[phone:613-555-0142]]", "613-555-0143", False),
    ("[[email:jane@example.com]]", "jane@example.org", True), ("[[email:jane@example.com]]", "adela@example.com", False),
    ("[[location:12 Elm Street]]", "34 Oak Street", False), ("[[location:12 Elm Street]]", "34 Elm Street", True),
    ("né [[date_of_birth:3 mai 1936]]", "né 4 mai 1936", False), ("[[name:de la Cruz]]", "de la Vega", False),
)


@measure.check
def a_leak_is_what_tells_somebody(world):
    for marked, sent, is_leak in LEAKS:
        text, spans = sample.unmarked(marked)
        expect(has_leaked(text, spans[0], spans, sent), f"{marked} as {sent}").equals(is_leak)


SUITES = (measure, talks, streams, asked, stand_ins, told, recognizer)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
