#!/usr/bin/env python3
"""Personal information is replaced before a request leaves, and is back in the reply: on every surface, for every
provider, whole and streamed.

    check_pii.py                                   starts gateways, and a strict simulator behind them
"""
import json
import re
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field

from harness import Suite, as_json, expect, main, once, shortened, user
from pii import (CERTAIN, FILLER, JANE, PASSES, PLACES, SURFACES, Generator, arrived, ask, protected, stream,
                 user_text)
from servers import EVERY_FAMILY, FAMILIES
from surfaces import FALLBACKS

import sample
from leaks import has_leaked

measure = Suite("pii.measure")
talks = Suite("pii.talks")
streams = Suite("pii.streams")

SEED = 20261128
CONVERSATIONS = 2016


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
    """A word can be taken for a name that isn't one, which is counted as well; not in more than one of a hundred."""
    found = talked(world)
    wrong = found.wrong.get("counts", [])
    expect(len(wrong) <= 0.01 * found.count, f"{len(wrong)} of {found.count}: {wrong[:3]}").is_true()


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
    ("[[email:jane@example.com]]", "jane@example.org", True),
    ("[[email:jane@example.com]]", "adela@example.com", False),
    ("[[location:12 Elm Street]]", "34 Oak Street", False), ("[[location:12 Elm Street]]", "34 Elm Street", True),
    ("né [[date_of_birth:3 mai 1936]]", "né 4 mai 1936", False), ("[[name:de la Cruz]]", "de la Vega", False),
)


@measure.check
def a_leak_is_what_tells_somebody(world):
    for marked, sent, is_leak in LEAKS:
        text, spans = sample.unmarked(marked)
        expect(has_leaked(text, spans[0], spans, sent), f"{marked} as {sent}").equals(is_leak)


SUITES = (measure, talks, streams)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
