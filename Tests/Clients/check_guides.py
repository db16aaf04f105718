#!/usr/bin/env python3
"""Holds the settings that docs/sdks.md and docs/harnesses.md show against a gateway.

Most of these programs can't be run here. So each file is read as its program reads it, and what it names (base URL, key,
routes) is asked on the surface that the page says. What can be run is, by check_quickstart.py.

    check_guides.py                            starts a `northern demo`
    check_guides.py --ready-file demo.json     checks the one that wrote this file
"""
import functools
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass

import yaml
from check_quickstart import read_page
from harness import Check, Impossible, Suite, as_json, expect, main
from servers import ROOT, fetch

guides = Suite("guides")

HARNESSES = os.path.join(ROOT, "docs", "harnesses.md")
SDKS = os.path.join(ROOT, "docs", "sdks.md")
KEY_VARIABLE = "NI_API_KEY"


@dataclass
class Settings:
    """What a program is told."""
    base_url: str
    key: str
    models: list
    surface: str


# ---------------------------------------------------------------------------------------------------- Files

def after(prefix, name):
    expect(name[:len(prefix)], f"the prefix of {name}").equals(prefix)
    return name[len(prefix):]


def aider(text):
    file = yaml.safe_load(text)
    models = [after("openai/", file[name]) for name in ("model", "weak-model")]
    return Settings(file["openai-api-base"], file["openai-api-key"], models, "chat completions")


def claude_code(text):
    variables = json.loads(text)["env"]
    models = [value for name, value in variables.items() if name.endswith("_MODEL")]
    return Settings(variables["ANTHROPIC_BASE_URL"], variables["ANTHROPIC_AUTH_TOKEN"], models, "Messages")


def codex(text):
    file = tomllib.loads(text)
    provider = file["model_providers"][file["model_provider"]]
    expect((provider["wire_api"], provider["env_key"])).equals(("responses", KEY_VARIABLE))
    return Settings(provider["base_url"], KEY_VARIABLE, [file["model"]], "Responses")


def continues(text):
    file = yaml.safe_load(text)
    expect([name for name in ("name", "version", "schema") if name not in file], "members that it lacks").equals([])
    model = file["models"][0]
    expect(model["provider"]).equals("openai")
    return Settings(model["apiBase"], model["apiKey"], [model["model"]], "chat completions")


def zed(text):
    providers = json.loads(text)["language_models"]["openai_compatible"]
    expect(list(providers), "the provider, after which the variable of its key is named").equals(["northern"])
    models = [model["name"] for model in providers["northern"]["available_models"]]
    return Settings(providers["northern"]["api_url"], KEY_VARIABLE, models, "chat completions")


def node(text):
    def member(name):
        return re.search(rf'{name}: "([^"]+)"', text)[1]
    return Settings(member("baseURL"), member("apiKey"), [member("model")], "chat completions")


# By page, section and language of the block.
READERS = {
    (HARNESSES, "Aider", "yaml"): aider, (HARNESSES, "Claude Code", "json"): claude_code,
    (HARNESSES, "Codex", "toml"): codex, (HARNESSES, "Continue", "yaml"): continues, (HARNESSES, "Zed", "json"): zed,
    (SDKS, "OpenAI", "js"): node,
}


@functools.cache
def blocks():
    """The blocks of both pages, by page, section and language."""
    found = {}
    for path in (HARNESSES, SDKS):
        with open(path) as file:
            lines = file.read().splitlines()
        for fence in read_page(path).fences:
            section = next(line[3:] for line in reversed(lines[:fence.line]) if line.startswith("## "))
            found[path, section, fence.language] = fence.text
    return found


# ---------------------------------------------------------------------------------------------------- Asking

def question(surface, model):
    """Path behind a base URL that has `/v1`, and body."""
    message = {"role": "user", "content": "hi"}
    return {
        "chat completions": ("chat/completions", {"model": model, "messages": [message]}),
        "Messages": ("messages?beta=true", {"model": model, "messages": [message], "max_tokens": 50}),
        "Responses": ("responses", {"model": model, "input": [message], "store": False}),
    }[surface]


def ask(world, settings, model, more=None):
    """As the program would, whose settings these are; with further members."""
    base_url = settings.base_url.replace("http://127.0.0.1:8080", world.demo.base_url)
    key = re.sub(rf"ni_live_\w+|{KEY_VARIABLE}", world.demo.key, settings.key)
    path, body = question(settings.surface, model)
    # Anthropic's clients add `/v1` themselves.
    url = f"{base_url}/v1/{path}" if settings.surface == "Messages" else f"{base_url}/{path}"
    fields = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", "anthropic-version": "2023-06-01"}
    status, _, text = fetch(url, json.dumps({**body, **(more or {})}).encode(), fields)
    return status, as_json(text)


def code(reply):
    error = reply.get("error") or {}
    return error.get("code") or (error.get("details") or {}).get("error_code")


def declare(place, read):
    def check_settings(world):
        settings = read(blocks()[place])
        for model in settings.models:
            status, reply = ask(world, settings, model)
            expect((status, json.dumps(reply)[:300] if status != 200 else ""), model).equals((200, ""))
            expect(json.dumps(reply)).contains("You said: hi")

    guides.checks.append(Check(f"guides.settings[{place[1]}]", check_settings))


for each_place, each_reader in READERS.items():
    declare(each_place, each_reader)


# ---------------------------------------------------------------------------------------------------- What the pages say

@guides.check
def every_file_is_read(_):
    shown = {place for place in blocks() if place[2] in ("yaml", "json", "toml", "js", "ts")}
    expect([place[1:] for place in shown if place not in READERS], "files that nobody reads").equals([])


@guides.check
def the_table_says_what_the_files_say(_):
    with open(HARNESSES) as file:
        rows = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in file if line.startswith("| [")]
    told = {re.match(r"\[(.*?)\]", row[0])[1]: (row[1], row[-1]) for row in rows}
    for (page, section, _), read in READERS.items():
        if page == HARNESSES:
            settings = read(blocks()[page, section, _])
            address = "with `/v1`" if settings.base_url.endswith("/v1") else "without `/v1`"
            expect(told[section], section).equals((address, settings.surface))


@guides.check
def codex_may_send_what_is_new_but_not_search_the_web(world):
    settings = codex(blocks()[HARNESSES, "Codex", "toml"])
    patch = {"type": "custom", "name": "apply_patch", "description": "Patches a file.", "format": {"type": "text"}}
    new = {"tools": [patch], "client_metadata": {"session": "1"}, "text": {"verbosity": "low"},
           "include": ["reasoning.encrypted_content"], "prompt_cache_key": "1", "parallel_tool_calls": True}
    expect(ask(world, settings, settings.models[0], new)[0]).equals(200)
    search = {"tools": [patch, {"type": "web_search", "external_web_access": False}]}
    status, reply = ask(world, settings, settings.models[0], search)
    expect((status, code(reply))).equals((403, "onward_not_allowed"))
    for member in ("client_metadata", "tools"):
        status, reply = ask(world, settings, "vertex_ai/gemini-2.5-pro-ca", {member: new[member]})
        expect((status, code(reply)), f"{member} on another route").equals((400, "unsupported_parameter"))


@guides.check
def what_claude_code_has_in_trial_is_for_routes_of_its_own_wire(world):
    settings = claude_code(blocks()[HARNESSES, "Claude Code", "json"])
    trial = {"context_management": {"edits": [{"type": "clear_thinking_20251015", "keep": "all"}]}}
    status, reply = ask(world, settings, settings.models[0], trial)
    expect((status, code(reply))).equals((400, "unsupported_parameter"))
    expect(ask(world, settings, "anthropic/claude-sonnet-4-6-global", trial)[0]).equals(200)


@guides.check
def a_name_that_is_no_route_is_refused_by_its_code(world):
    settings = claude_code(blocks()[HARNESSES, "Claude Code", "json"])
    status, reply = ask(world, settings, "claude-haiku-4-5")
    expect((status, code(reply))).equals((404, "model_not_found"))


@guides.check
def node_can_read_its_example(world):
    if not shutil.which("node"):
        raise Impossible("there is no Node here")
    path = os.path.join(world.folder, "example.mjs")
    with open(path, "w") as file:
        file.write(blocks()[SDKS, "OpenAI", "js"])
    done = subprocess.run(["node", "--check", path], capture_output=True, text=True)
    expect((done.returncode, done.stderr)).equals((0, ""))


SUITES = (guides,)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
