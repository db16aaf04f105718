"""People who don't exist, conversations about them on every surface, and what of them arrived somewhere.

The generator is seeded: the same number makes the same conversations. All values are of kinds that are found for
certain: numbers with right check digits and a word beside them, addresses, and names that are said to be names.
"""
import json
import os
import random
import re
import sys
from dataclasses import dataclass

from harness import expect, user
from servers import EVERY_FAMILY, ROOT
from surfaces import EMBEDDINGS, MESSAGES, RESPONSES, EventStream
from wire import CHAT, ChatStream, Connection, request

sys.path.append(os.path.join(ROOT, "Tests", "Privacy"))
from leaks import has_leaked  # noqa: E402
from sample import Span, with_check_digits  # noqa: E402

SURFACES = ("chat", "messages", "responses")
PATHS = {"chat": CHAT, "messages": MESSAGES, "responses": RESPONSES, "embeddings": EMBEDDINGS}
# Where the provider speaks the surface's wire.
PASSES = {"chat": ("openai", "azure", "compatible"), "responses": ("openai", "azure"),
          "messages": ("anthropic", "vertex_anthropic", "bedrock_anthropic"),
          "embeddings": ("openai", "azure", "compatible")}
PLACES = [(surface, family) for surface in PATHS
          for family in (EVERY_FAMILY if surface != "embeddings" else PASSES["embeddings"])]
# What is found in it, by type, is JANES.
JANE = "My name is Jane Doe, email jane.doe@example.com, phone 613-555-0142"
JANES = {"name": 1, "email": 1, "phone": 1}


# ---------------------------------------------------------------------------------------------------- Values

GIVEN = {
    "en": "Margaret Desmond Priscilla Fitzgerald Winston Gwendolyn Harpreet Oluwaseun Siobhan Nadezhda Takeshi "
          "Mohammed Catherine Frederick Annabelle Rajesh Svetlana Emmanuel Josephine Esperanza".split(),
    "fr": "Véronique Ghislain Marie-Ève Jean-François Guylaine Normand Thérèse Mamadou Aminata Geneviève Réjean Sylvie "
          "Abdelkader Nathalie Étienne Jocelyne Mélanie Sébastien Fatoumata Gaétan".split()}
FAMILY = {
    "en": "Abernathy Featherstone Okonkwo Vandermeulen Dhaliwal MacPherson Petropoulos Nakamura O'Donnell Szymanski "
          "Henderson Williamson Chakraborty Fitzpatrick Lindqvist Montgomery Castellanos Blackwood Thornton".split(),
    "fr": "Thibodeau Vaillancourt Archambault Charbonneau Desrosiers Quévillon Bellavance Robitaille Castonguay "
          "Ouellette Benmoussa Letourneau Beauchemin Laframboise Pelletier Villeneuve Lachapelle Deslauriers".split()}
CITIES = {
    "en": ("Saskatoon", "Kamloops", "Lethbridge", "Fredericton", "Yellowknife", "Etobicoke", "Moose Jaw"),
    "fr": ("Rimouski", "Chicoutimi", "Drummondville", "Gatineau", "Shawinigan", "Baie-Comeau", "Sept-Îles")}
STREETS = {"en": ("{} Whitfield Street", "{} Ashcombe Avenue", "{} Maplecrest Road", "{} Thistledown Drive"),
           "fr": ("{}, rue des Cormorans", "{}, avenue des Mélèzes", "{}, chemin du Verger", "{}, boulevard Talbot")}
MONTHS = {"en": ("January", "March", "April", "June", "August", "October"),
          "fr": ("janvier", "mars", "avril", "juin", "août", "octobre")}
AREAS = (204, 226, 250, 306, 343, 403, 416, 418, 438, 450, 506, 514, 519, 581, 604, 613, 647, 709, 778, 819, 902, 905)


def number(random, form):
    """A form's digits: `0` is any, and `#` what the check digit has to be."""
    return re.sub("0", lambda _: str(random.randrange(10)), form)


def name(random, language):
    return f"{random.choice(GIVEN[language])} {random.choice(FAMILY[language])}"


def email(random, language):
    letters = "".join(random.choice("bcdfghjklmnpqrstvwxz") + random.choice("aeiou") for _ in range(4))
    domain = random.choice(("example.com", "mail.example.org", "clinic.example.net"))
    return f"{letters}{random.randrange(10, 99)}@{domain}"


def phone(random, language):
    area, last = random.choice(AREAS), f"01{random.randrange(100):02}"
    form = random.choice(("{}-555-{}", "({}) 555-{}", "{} 555-{}", "+1 {} 555 {}", "1-{}-555-{}", "{}.555.{}"))
    return form.format(area, last)


def us_ssn(random, language):
    return f"{random.randrange(100, 660)}-{random.randrange(10, 99)}-{random.randrange(1000, 9999)}"


def ca_sin(random, language):
    form = random.choice(("{}00 000 00#", "{}00-000-00#"))
    return with_check_digits("ca_sin", number(random, form.format(random.choice("1234567"))))


def credit_card(random, language):
    form = random.choice(("4539 0000 0000 000#", "5424-0000-0000-000#", "453900000000000#", "3714 000000 0000#"))
    return with_check_digits("credit_card", number(random, form))


def ip_address(random, language):
    last = random.randrange(2, 254)
    return random.choice((f"10.{last}.{random.randrange(256)}.7", f"192.0.2.{last}",
                          f"2001:db8:{last:x}::{random.randrange(1, 9999):x}"))


def location(random, language):
    return random.choice(STREETS[language]).format(random.randrange(100, 9900))


def city(random, language):
    return random.choice(CITIES[language])


def health_number(random, language):
    if language == "fr":
        letters, year = "".join(random.choice("BCDFGLMPRT") for _ in range(4)), random.randrange(50, 99)
        month, day = random.randrange(1, 13), random.randrange(1, 29)
        return f"{letters} {year}{month:02} {day:02}{random.randrange(10, 99)}"
    return with_check_digits("health_number", number(random, "{}000 000 00#".format(random.choice("1234567"))))


def iban(random, language):
    form = random.choice(("DE## 0000 0000 0000 0000 00", "NL##ABNA0000000000", "FR## 0000 0000 0000 0000 0000 000"))
    return with_check_digits("iban", number(random, form.replace("##", "%%")).replace("%%", "##"))


def date_of_birth(random, language):
    day, month, year = random.randrange(2, 28), random.choice(MONTHS[language]), random.randrange(1930, 2010)
    iso = f"{year}-{random.randrange(1, 13):02}-{day:02}"
    return random.choice((iso, f"{month} {day}, {year}" if language == "en" else f"{day} {month} {year}"))


@dataclass(frozen=True)
class Kind:
    # What it is found as.
    type: str
    make: object
    # What a member of an object is called that holds it.
    member: str
    # How people say it.
    english: tuple
    french: tuple

    def said(self, language):
        return self.english if language == "en" else self.french


KINDS = (
    Kind("name", name, "full_name", ("My name is {}.", "Please call {} tomorrow.", "The patient is Mr. {}."),
         ("Je m'appelle {}.", "Veuillez appeler {} demain.", "Le patient est M. {}.")),
    Kind("email", email, "email", ("Write to {}.", "My e-mail is {}, thanks."),
         ("Écrivez à {}.", "Mon courriel est {}.")),
    Kind("phone", phone, "phone", ("My phone number is {}.", "Call me at {} please."),
         ("Mon numéro de téléphone est le {}.", "Appelez-moi au {}.")),
    Kind("us_ssn", us_ssn, "ssn", ("My SSN is {}.",), ("Mon SSN américain est {}.",)),
    Kind("ca_sin", ca_sin, "sin", ("My SIN is {}.", "Social insurance number: {}."), ("Mon NAS est le {}.",)),
    Kind("credit_card", credit_card, "card_number", ("Charge my card {}.",), ("Débitez ma carte {}.",)),
    Kind("ip_address", ip_address, "client_ip", ("They logged in from {} today.",), ("Connexion depuis {} ce matin.",)),
    Kind("location", location, "street", ("I live at {}.", "Deliver it to {}."), ("J'habite au {}.", "Livrez au {}.")),
    Kind("location", city, "city", ("I live in {}.",), ("J'habite à {}.",)),
    Kind("health_number", health_number, "health_card", ("My health card number is {}.",),
         ("Mon numéro d'assurance maladie est {}.",)),
    Kind("iban", iban, "iban", ("The IBAN is {}.",), ("L'IBAN est {}.",)),
    Kind("date_of_birth", date_of_birth, "date_of_birth", ("I was born on {}.", "Date of birth: {}."),
         ("Date de naissance : {}.",)),
)
# Found wherever they stand, so that not a single one may arrive. Names and places are judged by a share.
CERTAIN = ("email", "phone", "us_ssn", "ca_sin", "credit_card", "ip_address", "health_number", "iban", "date_of_birth")
FILLER = {
    "en": "The committee meets on the first day of each month and the minutes are published within ten days of it. ",
    "fr": "Le comité se réunit le premier jour de chaque mois et le compte rendu paraît au plus tard dix jours après. "}

# In these there is nothing to be found, whatever it looks like.
HARMLESS = (
    "Please reset order 7781-220 and ship it with tracking 1Z999AA10123456784.",
    "id: 550e8400-e29b-41d4-a716-446655440000",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "Upgrade from version 10.4.2.1 to 10.5.0.3, please.",
    "for (let i = 0; i < items.length; i++) { total += items[i].price; }",
    "SELECT count(*), max(created_at) FROM orders WHERE status = 'open' GROUP BY region_id;",
    "git clone git@github.com:apple/swift-nio.git",
    "npm install @types/node@20.11.30 typescript@5.4.5",
    "listen on 0.0.0.0:8080, probe 127.0.0.1:8081, netmask 255.255.255.0",
    "2026-03-02T08:14:55.102Z INFO request completed status=200 bytes=1532 duration_ms=18",
    "std::vector<std::pair<int, int>> edges;",
    "Compare gpt-4.1, Claude Sonnet 4.5 and Gemini 2.5 Pro on long documents.",
    "MAC 3c:22:fb:10:9a:01, link up at 1000 Mbps",
    "epoch 1772439300123 is in milliseconds",
    "Serial numbers: 12-34-5678, 98-76-5432, 11-22-3333.",
    "What is the best way to remove red wine from a wool carpet?",
    "Comment enlever du vin rouge d'un tapis de laine?",
    "Le locataire paie son loyer d'avance, le premier jour de chaque mois.",
    "Facture F-2026-004512, total 1 284,60 $, payable en 30 jours.",
    "# Getting Started\n\n## Installation\n\n## Configuration",
    "",
    " ",
    "{\"total\": 12, \"items\": [1, 2, 3], \"ok\": true, \"note\": null}",
)


# ---------------------------------------------------------------------------------------------------- Conversations

@dataclass
class Planted:
    kind: Kind
    value: str


@dataclass
class Conversation:
    """A request of one surface, whose answer is to be `said`, or a call with these `arguments`."""
    surface: str
    body: dict
    planted: list
    said: str = None
    arguments: dict = None


# Names of tools that no word of a message begins with, so that the simulator calls none unless it is told to.
SAVE, LOOK = "xqsave", "xqlook"


class Generator:
    """Makes conversations, each with values of all kinds in all places that its surface has."""

    TOOL = {"type": "object", "properties": {"note": {"type": "string"}}}

    def __init__(self, seed):
        self.random = random.Random(seed)

    def conversation(self, surface, passes):
        """`passes`: the provider speaks the surface's wire, so that each member arrives."""
        self.language = self.random.choice(("en", "fr"))
        self.planted = []
        is_call = surface != "embeddings" and self.random.random() < 0.3
        self.arguments = self._object() if is_call else None
        self.said = self._text(self.random.randrange(1, 5))
        mark = f"[[sim:call {SAVE} {json.dumps(self.arguments, ensure_ascii=False)}]]" if is_call else "[[sim:echo]]"
        body = getattr(self, "_" + surface)(mark + self.said, passes)
        return Conversation(surface, body, self.planted, None if is_call else self.said, self.arguments)

    # Texts

    def _value(self, kind):
        self.planted.append(Planted(kind, kind.make(self.random, self.language)))
        return self.planted[-1].value

    def sentence(self):
        kind = self.random.choice(KINDS)
        return self.random.choice(kind.said(self.language)).format(self._value(kind))

    def _text(self, count):
        return self.random.choice((" ", "\n", "\n\n")).join(self.sentence() for _ in range(count))

    def _object(self):
        kinds = self.random.sample(KINDS, 3)
        return {**{kind.member: self._value(kind) for kind in kinds}, "note": self.sentence(), "count": 2}

    def _json(self):
        return json.dumps(self._object(), ensure_ascii=self.random.random() < 0.5)

    def _pick(self, *makers):
        return self.random.choice(makers)()

    def _lone(self, member):
        """A value that is all of a field."""
        return self._value(next(kind for kind in KINDS if kind.member == member))

    def _given_name(self):
        """One of those letters that the member `name` may have."""
        self.planted.append(Planted(KINDS[0], self.random.choice(GIVEN["en"])))
        return self.planted[-1].value

    # Surfaces

    def _chat(self, last, passes):
        call = {"id": "call_1", "type": "function", "function": {"name": LOOK, "arguments": self._json()}}
        body = {"messages": [
            {"role": "system", "content": self._text(1)},
            {"role": "user", "content": self._pick(lambda: self._text(2), lambda: [
                {"type": "text", "text": self._text(1)}, {"type": "text", "text": self._text(1)}])},
            {"role": "assistant", "content": self._text(1), "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "call_1", "content": self._pick(self._json, lambda: self._text(1))},
            {"role": "assistant", "content": self._text(1)},
            {"role": "user", "content": last}],
            "tools": [{"type": "function", "function": {"name": tool, "description": "d", "parameters": self.TOOL}}
                      for tool in (SAVE, LOOK)]}
        if passes:
            body |= {"user": self._lone("email"), "metadata": {"caller": self._lone("phone"), "about": self.sentence()}}
            body["messages"][1]["name"] = self._given_name()
        return body

    def _messages(self, last, passes):
        call = {"type": "tool_use", "id": "call_1", "name": LOOK, "input": self._object()}
        result = self._pick(self._json, lambda: [{"type": "text", "text": self._text(1)}])
        body = {"max_tokens": 4000,
                "system": self._pick(lambda: self._text(1), lambda: [{"type": "text", "text": self._text(1)}]),
                "messages": [
                    {"role": "user", "content": self._text(2)},
                    {"role": "assistant", "content": [{"type": "text", "text": self._text(1)}, call]},
                    {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "call_1", "content": result}]},
                    {"role": "assistant", "content": self._text(1)},
                    {"role": "user", "content": [{"type": "text", "text": last}]}],
                "tools": [{"name": tool, "description": "d", "input_schema": self.TOOL} for tool in (SAVE, LOOK)]}
        if passes:
            body["metadata"] = {"user_id": self._lone("email")}
        return body

    def _responses(self, last, passes):
        body = {"instructions": self._text(1), "input": [
            {"role": "user", "content": [{"type": "input_text", "text": self._text(2)}]},
            {"type": "function_call", "call_id": "call_1", "name": LOOK, "arguments": self._json()},
            {"type": "function_call_output", "call_id": "call_1", "output": self._pick(self._json, self.sentence)},
            {"role": "assistant", "content": self._text(1)},
            {"role": "user", "content": last}],
            "tools": [{"type": "function", "name": tool, "description": "d", "parameters": self.TOOL, "strict": False}
                      for tool in (SAVE, LOOK)]}
        if passes:
            body |= {"user": self._lone("email"), "metadata": {"about": self.sentence()}}
        return body

    def _embeddings(self, last, passes):
        body = {"input": self._pick(lambda: last, lambda: [last, self._text(2)])}
        return {**body, "user": self._lone("email")} if passes else body


# ---------------------------------------------------------------------------------------------------- Asking

@dataclass
class Got:
    """A reply, whole or streamed, on whichever surface."""
    status: int
    head: object
    text: str = ""
    # Of the first call, as JSON text.
    arguments: str = ""
    # Events with a piece of the text.
    pieces: int = 0
    error: dict = None

    @property
    def counts(self):
        """What `x-ni-pii` says: numbers by type, and the words for what isn't covered."""
        parts = (part.partition("=") for part in (self.head["x-ni-pii"] or "").split(",") if part not in ("", "none"))
        return {name.strip(): int(value) if value.isdigit() else value for name, _, value in parts}


def ask(gateway, surface, body, fields=(), key=None):
    headers = [("Authorization", f"Bearer {key or gateway.key}"), *fields]
    with Connection(gateway.base_url) as connection:
        reply = connection.exchange(request("POST", PATHS[surface], encoded(body), headers))
    if reply.status != 200:
        return Got(reply.status, reply, error=reply.json["error"])
    text, arguments = WHOLE[surface](reply.json)
    return Got(200, reply, text, arguments, 1)


def encoded(body):
    """As JSON, in which letters beyond ASCII are escaped in one half of all cases."""
    text = json.dumps(body)
    return text.encode() if len(text) % 2 else json.dumps(body, ensure_ascii=False).encode()


def of_chat(reply):
    message = reply["choices"][0]["message"]
    calls = message.get("tool_calls") or []
    return message["content"] or "", calls[0]["function"]["arguments"] if calls else ""


def of_messages(reply):
    calls = [json.dumps(block["input"]) for block in reply["content"] if block["type"] == "tool_use"]
    return "".join(block.get("text", "") for block in reply["content"]), calls[0] if calls else ""


def of_responses(reply):
    parts = [part.get("text", "") for item in reply["output"] for part in item.get("content") or []]
    calls = [item["arguments"] for item in reply["output"] if item["type"] == "function_call"]
    return "".join(parts), calls[0] if calls else ""


WHOLE = {"chat": of_chat, "messages": of_messages, "responses": of_responses, "embeddings": lambda reply: ("", "")}


def stream(gateway, surface, body):
    if surface == "chat":
        return chat_stream(gateway, body)
    with EventStream(gateway, PATHS[surface], body) as events:
        if events.refusal:
            return Got(events.head.status, events.head, error=events.refusal["error"])
        events.rest()
    deltas = [event["delta"] for event in events.of("content_block_delta")]
    texts = [delta["text"] for delta in deltas if "text" in delta]
    texts += [event["delta"] for event in events.of("response.output_text.delta")]
    arguments = [delta["partial_json"] for delta in deltas if "partial_json" in delta]
    arguments += [event["delta"] for event in events.of("response.function_call_arguments.delta")]
    return Got(200, events.head, "".join(texts), "".join(arguments), len(texts))


def chat_stream(gateway, body):
    body = dict(body)
    model, _ = body.pop("model"), body.setdefault("stream", True)
    with ChatStream(gateway, model, None, **body) as events:
        events.rest()
    if not events.is_stream:
        return Got(events.head.status, events.head, error=events.error)
    expect(events.is_done, f"[DONE]; {events.data[-1:]}").is_true()
    calls = [call["function"].get("arguments") or "" for chunk in events.chunks for choice in chunk["choices"]
             for call in choice["delta"].get("tool_calls") or ()]
    texts = [choice["delta"]["content"] for chunk in events.chunks for choice in chunk["choices"]
             if choice["delta"].get("content")]
    return Got(200, events.head, "".join(texts), "".join(calls), len(texts))


def saying(surface, text, mark="[[sim:echo]]"):
    """The least body in which a user says a text."""
    said = {"input": mark + text} if surface in ("responses", "embeddings") else {"messages": user(mark + text)}
    return {**said, "max_tokens": 4000} if surface == "messages" else said


def protected(gateway, family, surface, text, mark="[[sim:echo]]", **members):
    return {"model": gateway.route(family), **saying(surface, text, mark), "pii_substitution": True, **members}


def code_of(got):
    """On whichever surface."""
    return got.error.get("code") or got.error.get("details", {}).get("error_code")


# ---------------------------------------------------------------------------------------------------- What arrived

def strings(value):
    """All texts of a body, those of JSON inside of texts included."""
    if isinstance(value, str):
        yield value
        if value[:1] in ("{", "["):
            try:
                yield from strings(json.loads(value))
            except ValueError:
                pass  # a text that only begins so
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def arrived(planted, body):
    """Which of the values have a telling part in a request to a provider."""
    text = "\n".join(strings(body))
    found = []
    for each in planted:
        span = Span(0, len(each.value), each.kind.type)
        if has_leaked(each.value, span, (span,), text):
            found.append(each)
    return found


def user_text(body):
    """The last text of the user in a recorded request, whoever's wire it is."""
    turns = body.get("messages") or body.get("contents") or body.get("input")
    if isinstance(turns, str):
        return turns
    content = turns[-1].get("content") or turns[-1].get("parts")
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def header(value, name="x-ni-pii-substitution"):
    return [(name, value)]


def text_upstream(gateway, surface="chat", family="compatible", fields=(), key=None, text=JANE, **members):
    """What arrives of a text."""
    body = {"model": gateway.route(family), **saying(surface, text), **members}
    got = ask(gateway, surface, body, fields, key)
    expect(got.status, str(got.error)).equals(200)
    return user_text(gateway.simulator(family).last()["body"]).removeprefix("[[sim:echo]]")
