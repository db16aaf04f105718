#!/usr/bin/env python3
"""Nothing personal and no secret is ever printed or kept: distinctive texts are planted on every path through the
gateway, then searched for in all that it wrote.

    check_secrecy.py                               starts a gateway, with its log at trace
"""
import base64
import functools
import json
import os
import sys

from custody import Custody
from custodylog import decoded, paths_of
from harness import Skip, Suite, expect, main, user
from servers import ADMIN_TOKEN, EVERY_FAMILY, FAMILIES, PROVIDER_KEY, Installation, fetch, gate_name
from surfaces import EMBEDDINGS, MESSAGES, RESPONSES
from wire import CHAT, ChatStream, Connection, ConnectionEnded, chat_body, request

secrecy = Suite("secrecy")

PROMPT = "canary-prompt-Jean-Tremblay-8f3a91"
REPLY = "canary-reply-7c20de"
PATHS = {"chat": CHAT, "messages": MESSAGES, "responses": RESPONSES, "embeddings": EMBEDDINGS,
         "counts": MESSAGES + "/count_tokens"}


def canary(place):
    """Letters and digits alone, and a multiple of four of them: so it may be a name, and stand in Base64."""
    text = "canary" + "".join(filter(str.isalnum, place))
    return text + "8f3a9"[:4 - len(text) % 4]


# ---------------------------------------------------------------------------------------------------- What is planted

def schema(name):
    return {"type": "object", "properties": {name: {"type": "string"}}, "required": [name],
            "additionalProperties": False}


def tools(form, name="f", description="d", parameters=None):
    """One tool, as a surface has it."""
    function = {"name": name, "description": description,
                "input_schema" if form == "messages" else "parameters": parameters or schema("a")}
    if form == "chat":
        return [{"type": "function", "function": function}]
    return [{"type": "function", **function}] if form == "responses" else [function]


def chat_places(text):
    def called(arguments="{}", result="r"):
        call = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": arguments}}
        return {"tools": tools("chat"), "messages": [
            *user("hi"), {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "call_1", "content": result}]}

    def thought(thinking="hm", signature=SIGNATURE):
        block = {"type": "thinking", "thinking": thinking, "signature": signature}
        return {"messages": [*user("hi"), {"role": "assistant", "content": "a", "thinking_blocks": [block]},
                             *user("go on")]}
    form = {"name": "n", "schema": schema(text)}
    return {
        "system": {"messages": [{"role": "system", "content": text}, *user("hi")]},
        "arguments": called(arguments=json.dumps({"a": text})),
        "result": called(result=text),
        "thinking": thought(thinking=text),
        "signature": thought(signature=signed(text)),
        "image": {"messages": user([{"type": "image_url", "image_url": {"url": DATA_URL + text}}])},
        "form": {"response_format": {"type": "json_schema", "json_schema": form}},
        "user": {"user": text},
        "metadata": {"metadata": {text: text}},
    }


def messages_places(text):
    def said(*blocks):
        return {"messages": [*user("hi"), {"role": "assistant", "content": list(blocks)}, *user("go on")]}

    def called(arguments, result):
        blocks = said({"type": "tool_use", "id": "call_1", "name": "f", "input": arguments})["messages"]
        blocks[-1]["content"] = [{"type": "tool_result", "tool_use_id": "call_1", "content": result}]
        return {"tools": tools("messages"), "messages": blocks}

    def thought(thinking="hm", signature=SIGNATURE):
        return said({"type": "thinking", "thinking": thinking, "signature": signature}, {"type": "text", "text": "a"})
    source = {"type": "base64", "media_type": "image/png", "data": PNG + text}
    return {
        "system": {"system": text},
        "arguments": called({"a": text}, "r"),
        "result": called({}, text),
        "thinking": thought(thinking=text),
        "signature": thought(signature=signed(text)),
        "image": {"messages": user([{"type": "image", "source": source}])},
        "form": {"output_config": {"format": {"type": "json_schema", "schema": schema(text)}}},
        "user": {"metadata": {"user_id": text}},
    }


def responses_places(text):
    def called(arguments="{}", result="r"):
        return {"tools": tools("responses"), "input": [
            *user("hi"), {"type": "function_call", "call_id": "call_1", "name": "f", "arguments": arguments},
            {"type": "function_call_output", "call_id": "call_1", "output": result}]}

    def thought(thinking="hm", signature=SIGNATURE):
        item = {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": thinking}],
                "encrypted_content": "signed:" + signature}
        return {"input": [*user("hi"), item, {"role": "assistant", "content": "a"}, *user("go on")]}
    form = {"type": "json_schema", "name": "n", "schema": schema(text)}
    return {
        "system": {"instructions": text},
        "arguments": called(arguments=json.dumps({"a": text})),
        "result": called(result=text),
        "thinking": thought(thinking=text),
        "signature": thought(signature=signed(text)),
        "image": {"input": user([{"type": "input_image", "image_url": DATA_URL + text}])},
        "form": {"text": {"format": form}},
        "user": {"user": text},
        "metadata": {"metadata": {text: text}},
    }


PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"
DATA_URL = "data:image/png;base64," + PNG
# The simulator's own, of the thought "hm".
SIGNATURE = "c2lnLWI4MmUyMTc4ZWNmNGQwYzU4NTlkYzJlMQ=="


def signed(text):
    return SIGNATURE[:-2] + text + SIGNATURE[-2:]


LEAST = {"chat": {"messages": user("hi")}, "messages": {"max_tokens": 200, "messages": user("hi")},
         "responses": {"input": "hi"}, "embeddings": {"input": "hi"}, "counts": {"messages": user("hi")}}
OF_SURFACES = {"chat": chat_places, "messages": messages_places, "responses": responses_places,
               "embeddings": lambda text: {"user": {"user": text}}, "counts": messages_places}


def asking(surface, text):
    return {"input": text} if surface in ("responses", "embeddings") else {"messages": user(text)}


def places_of(surface, text):
    """Members of a request with a text in each of the places that it has, and in what the upstream says."""
    found = {"prompt": asking(surface, "[[sim:echo]]" + text), **OF_SURFACES[surface](text),
             "failure": asking(surface, f"[[sim:status 500]][[sim:complaint {text}]]"),
             "refusal": asking(surface, f"[[sim:status 401]][[sim:complaint {text}]]"),
             "garbage": asking(surface, f"[[sim:garbage]][[sim:complaint {text}]]")}
    if surface != "embeddings":
        form = "messages" if surface == "counts" else surface
        found |= {"tool_name": {"tools": tools(form, name=text)}, "tool_text": {"tools": tools(form, description=text)},
                  "tool_schema": {"tools": tools(form, parameters=schema(text))}}
    if surface in ("chat", "messages", "responses"):
        call = json.dumps({"a": text})
        found |= {"thought": asking(surface, f"[[sim:think {text}]]hi"),
                  "call": {**asking(surface, f"[[sim:call f {call}]]"), "tools": tools(surface)},
                  "break": asking(surface, f"[[sim:words 9]][[sim:error-event 3]][[sim:complaint {text}]]")}
    return found


PLACES = [f"{surface}.{place}" for surface in PATHS for place in places_of(surface, "")]


# ---------------------------------------------------------------------------------------------------- Planting

class Planted:
    """A gateway that has seen the canaries in every way that a request can go, and was then ended."""

    def __init__(self, world):
        self.installation = Installation(world, "secrecy")
        self.installation.edit("config.yaml", "level: debug", "level: trace")
        made = self.installation.create_key("canary")
        self.gateway = self.installation.start(made["key"])
        self.replies, self.records, self.told = [], [], []
        # Files of the log, by path.
        self.published = {}
        # The places whose texts reached the upstream.
        self.arrived = set()
        self.simulator = world.simulator
        for place in PLACES:
            self._plant(place)
        self._plant_in_broken_chats()
        self._plant_in_broken_requests()
        self._plant_in_the_control_plane()
        self._leave_in_mid_stream()
        self.seen = json.dumps(self.simulator.requests())
        self._read_records()
        self._read_log()
        admin = [("Authorization", f"Bearer {ADMIN_TOKEN}")]
        self.told += [fetch(self.gateway.admin_url + path, headers=admin)[2]
                      for path in ("/metrics", "/health/ready", "/api/admin/keys", "/api/admin/mappings")]
        self._kill_in_mid_stream()

    def _plant(self, place):
        surface, _, name = place.partition(".")
        members = places_of(surface, canary(place))[name]
        self.simulator.reset()
        for family in EVERY_FAMILY:
            for stream in (False, True) if surface in ("chat", "messages", "responses") else (False,):
                body = {"model": self.gateway.route(family), **LEAST[surface], **members}
                body |= {"stream": True} if stream else {}
                self._post(PATHS[surface], json.dumps(body).encode())
        if canary(place) in json.dumps(self.simulator.requests()):
            self.arrived.add(place)

    def _plant_in_broken_chats(self):
        for family in FAMILIES:
            for mark in ("", "[[sim:html]]"):
                self._post(CHAT, self._echo(family, mark))
            for mark in ("[[sim:cut 3]]", "[[sim:end 3]]", "[[sim:garbage-event 3]]"):
                self._post(CHAT, self._echo(family, mark + "[[sim:tpot 2]]", stream=True))

    def _echo(self, family, mark, **members):
        return chat_body(self.gateway.route(family), f"{mark}[[sim:echo]]{PROMPT} {REPLY} and some more words",
                         user=PROMPT, allow_fallbacks=False, **members)

    def _plant_in_broken_requests(self):
        for surface, path in PATHS.items():
            body = {"model": self.gateway.route("openai"), **LEAST[surface], **asking(surface, PROMPT)}
            broken = json.dumps(body).encode()[:-1]
            self._post(path, broken)
            self._post(path, broken + b',"model":"x"}')
            for members in ({"model": PROMPT}, {"no_such_member": PROMPT}, {PROMPT: 1}, {"pii_substitution": True}):
                self._post(path, json.dumps({**body, **members}).encode())
            self._exchange(request("POST", path, json.dumps(body).encode()))
            self._exchange(request("POST", f"{path}?{PROMPT}", broken + b"}", [
                *self.gateway.authorization, ("Cookie", PROMPT), ("X-Request-Id", PROMPT), ("User-Agent", PROMPT)]))
        self._exchange(b"POST /v1/" + PROMPT.encode() + b" nonsense\r\n\r\n")

    def _plant_in_the_control_plane(self):
        fields = [("Cookie", PROMPT), ("Accept", "text/html")]
        for url in (self.gateway.base_url, self.gateway.admin_url):
            for path in (f"/{PROMPT}", f"/docs/{PROMPT}", f"/?{PROMPT}", f"/api/admin/keys/{PROMPT}"):
                fetch(url + path, headers=fields)
        for token in (ADMIN_TOKEN, PROMPT):
            for body in ({"no_such_member": PROMPT}, {"name": 7, PROMPT: PROMPT}, PROMPT):
                fetch(self.gateway.admin_url + "/api/admin/keys", json.dumps(body).encode(),
                      [("Authorization", f"Bearer {token}")])

    def _post(self, path, body):
        self._exchange(request("POST", path, body, self.gateway.authorization))

    def _exchange(self, data):
        with Connection(self.gateway.base_url) as connection:
            try:
                self.replies.append(connection.exchange(data))
            except ConnectionEnded:
                pass  # a reply is not what this is about

    def _leave_in_mid_stream(self):
        gate = gate_name()
        with ChatStream(self.gateway, self.gateway.route("bedrock"), self._gated(gate)) as stream:
            stream.next_text()
        self.simulator.open(gate)

    def _gated(self, gate):
        return f"[[sim:gate 2 {gate}]][[sim:echo]]{PROMPT} {REPLY} and some more words"

    def _read_records(self):
        for reply in self.replies:
            status, _, text = self.gateway.get(f"/api/usage/custody/{reply['x-ni-request-id']}")
            if status == 200:
                self.records.append(text)

    def _read_log(self):
        """All that the log publishes, and what proves records to their owner."""
        custody = Custody(self.gateway)
        exported = custody.exported()
        self.records += [json.dumps(each.record, ensure_ascii=False) for each in exported]
        for each in exported[::50]:
            receipt = custody.receipt(each.record["id"])
            self.told += [receipt.decode(), decoded(receipt.split(b"\n")[1][6:]).decode()]
        self.told += [custody.text("/export"), custody.text("")]
        tree = custody.auditor().look()
        self.published = {path: tree.source.read(path) for path in paths_of(tree.size)}

    def _kill_in_mid_stream(self):
        """With whatever was not yet written in order."""
        gate = gate_name()
        with ChatStream(self.gateway, self.gateway.route("vertex"), self._gated(gate)) as stream:
            stream.next_text()
            self.gateway.process.kill()
        self.simulator.open(gate)

    # Searching

    @functools.cached_property
    def files(self):
        """Everything that was written, by path: all of the data directory and of the log, and what was printed."""
        found = {self.gateway.process.log: self._bytes(self.gateway.process.log), **self.published}
        for folder, _, names in os.walk(self.installation.data_directory):
            for name in names:
                path = os.path.join(folder, name)
                if os.path.isfile(path):
                    found[path] = self._bytes(path)
        return found

    @staticmethod
    def _bytes(path):
        with open(path, "rb") as file:
            return file.read()


@functools.cache
def planted(world):
    """Planted once, then searched by several checks."""
    if world.is_foreign:
        raise Skip("only with a gateway that is started here")
    return Planted(world)


def forms(text):
    """A text, and what it looks like in Base64 at any of the three places it can begin at."""
    data = text.encode()
    yield data
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + data)
        yield coded[4 if shift else 0:len(coded) - 4]


def places(world, text):
    return [path for path, data in planted(world).files.items() if any(form in data for form in forms(text))]


def expect_nowhere(world, text):
    expect(places(world, text), "files that hold it").equals([])
    evidence = planted(world)
    expect([record for record in evidence.records if text in record], "records that hold it").equals([])
    expect([told for told in evidence.told if text in told], "what an operator is told").equals([])
    expect([reply.fields for reply in evidence.replies if text in str(reply.fields)], "header fields").equals([])


# ---------------------------------------------------------------------------------------------------- Checks

@secrecy.check
def something_was_planted(world):
    """Else the other checks would find nothing with ease."""
    evidence = planted(world)
    texts = [reply.body.decode(errors="replace") for reply in evidence.replies]
    expect(len([text for text in texts if REPLY in text]) >= 2 * len(FAMILIES), "replies with the canary").equals(True)
    expect(PROMPT in evidence.seen, "the canary reached the upstream").equals(True)
    expect(len(evidence.records) >= 10 * len(PLACES), f"{len(evidence.records)} records").equals(True)
    files = evidence.files
    expect(len(files) >= 3 and sum(map(len, files.values())) > 1_000_000, f"files: {sorted(files)}").equals(True)


@secrecy.check_each(PLACES)
def content_is_nowhere(world, place):
    expect(place in planted(world).arrived, "it reached the upstream").is_true()
    expect_nowhere(world, canary(place))


@secrecy.check_each(("prompt", "reply"))
def content_of_what_breaks_is_nowhere(world, kind):
    expect_nowhere(world, {"prompt": PROMPT, "reply": REPLY}[kind])


@secrecy.check
def keys_are_nowhere(world):
    """Neither the caller's nor the provider's; they are kept as hashes, or not at all."""
    for secret in (planted(world).gateway.key, PROVIDER_KEY, ADMIN_TOKEN):
        expect(places(world, secret), "files that hold it").equals([])


@secrecy.check
def the_providers_key_reaches_no_caller(world):
    for reply in planted(world).replies:
        expect(f"{reply.fields} {reply.body!r}").lacks(PROVIDER_KEY)


@secrecy.check_each(PATHS)
def a_callers_key_comes_back_in_no_error(world, surface):
    key = "ni_live_" + "Canary7" * 6 + "x"
    with Connection(world.gateway.base_url) as connection:
        body = json.dumps({"model": world.gateway.route("compatible"), **LEAST[surface]}).encode()
        reply = connection.exchange(request("POST", PATHS[surface], body, [("Authorization", f"Bearer {key}")]))
    expect(reply.status).equals(401)
    expect(f"{reply.fields} {reply.body!r}").lacks(key[8:20])


@secrecy.check
def the_data_directory_is_for_its_owner(world):
    folder = planted(world).installation.data_directory
    readable = [path for path in (folder, *planted(world).files) if path.startswith(folder)
                and os.stat(path).st_mode & 0o077 and not os.path.isdir(path)]
    if os.stat(folder).st_mode & 0o077:
        expect(readable, "files that others may read").equals([])


SUITES = (secrecy,)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
