#!/usr/bin/env python3
"""How the substitution of personal information is asked for and what it says of itself: header fields, keys, scopes,
explanations, the audit log, a recognizer of one's own; and nothing personal is kept.

    check_pii_demands.py                           starts gateways, and a strict simulator behind them
"""
import contextlib
import http.server
import json
import os
import re
import sys
import threading
from dataclasses import dataclass

from custody import create_key_of
from harness import IMAGE_BASE64, IMAGE_URL, Skip, Suite, as_json, eventually, expect, main, once, user
from pii import (CERTAIN, HARMLESS, JANE, JANES, PASSES, PATHS, PLACES, SURFACES, Generator, arrived, ask, code_of,
                 header, protected, saying, stream, strings, text_upstream, user_text)
from servers import ADMIN_TOKEN, EVERY_FAMILY, Installation, fetch

asked = Suite("pii.asked")
stand_ins = Suite("pii.stand_ins")
told = Suite("pii.told")
recognizer = Suite("pii.recognizer")

SEED = 20261129


# ---------------------------------------------------------------------------------------------------- Asking for it

@asked.check_each(PATHS)
def harmless_texts_pass_as_they_are(world, surface):
    """Byte for byte, but for one in eleven: a word of a text that is about no one can be taken for a name."""
    gateway, changed = world.own_gateway, set()
    for text in HARMLESS:
        for family in PASSES[surface][:1] + ("bedrock",) * (surface != "embeddings"):
            got = ask(gateway, surface, protected(gateway, family, surface, text))
            expect(got.status, f"{text!r}: {got.error}").equals(200)
            is_same = user_text(gateway.simulator(family).last()["body"]) == "[[sim:echo]]" + text
            expect(is_same, text).equals(got.counts == {})
            if not is_same:
                changed.add(text)
    expect(len(changed) <= len(HARMLESS) // 11, str(changed)).is_true()


@asked.check_each(SURFACES)
def a_count_for_each_type(world, surface):
    gateway = world.own_gateway
    for family in EVERY_FAMILY:
        for got in (ask(gateway, surface, protected(gateway, family, surface, JANE)),
                    stream(gateway, surface, protected(gateway, family, surface, JANE))):
            expect((got.text, got.counts), family).equals((JANE, JANES))


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
    expect(record["pii"]["entities"]).equals(JANES)
    expect(json.dumps(record)).lacks("Jane")
    got = ask(gateway, "chat", {"model": gateway.route("bedrock"), **saying("chat", JANE)})
    expect("entities" in (gateway.closed_custody(got.head["x-ni-request-id"]).get("pii") or {})).equals(False)


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
    stand_ins = set(re.findall(r'"stand_in": "([^"]*)"', told))
    expect(len(told) > 10_000, "the audit log has entries").is_true()
    mine.gateway.process.end()
    files = {mine.gateway.process.log: contents(mine.gateway.process.log), "the audit log": told.encode(),
             **{path: contents(path) for path in paths_in(mine.installation.data_directory)}}
    mine.restart()
    for each in planted:
        value = each.value.encode()
        # A lone given name or a town may be a stand-in, too, and so may what is of the few that are reserved. A date
        # has a few hundred stand-ins, and one may be somebody else's date.
        is_chance = each.kind.type == "date_of_birth" and each.value in stand_ins
        if each.kind.type in CERTAIN and each.kind.type not in ("ip_address", "phone") and not is_chance:
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


SUITES = (asked, stand_ins, told, recognizer)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
