#!/usr/bin/env python3
"""`northern import litellm`: a file of LiteLLM's proxy becomes a gateway that answers under the same names.

    check_import.py                                needs the program, and starts a simulator
"""
import json
import os
import subprocess
import sys

from harness import Suite, expect, main, once
from servers import PROVIDER_KEY, Process, fetch
from wire import CHAT, chat_body

imports = Suite("import")

PASTED = "sk-pasted-into-the-file-9f3k"
CONFIGURATION = """\
model_list:
  - model_name: llama
    litellm_params: {{model: openai/llama-3.3-70b, api_base: "{simulator}/v1", api_key: os.environ/CHECKS_KEY, rpm: 10}}
  - model_name: first-choice
    litellm_params: {{model: openai/first-choice, api_base: "http://127.0.0.1:9/v1", api_key: os.environ/CHECKS_KEY}}
  - model_name: gpt-4o
    litellm_params: {{model: azure/gpt-4o, api_base: os.environ/CHECKS_BASE, api_key: os.environ/CHECKS_KEY}}
  - model_name: haiku
    litellm_params:
      model: anthropic/claude-haiku-4-5-20251001
      api_base: "{simulator}/v1"
      api_key: os.environ/CHECKS_KEY
  - model_name: haiku-in-montreal
    litellm_params:
      model: bedrock/converse/global.anthropic.claude-haiku-4-5-20251001-v1:0
      aws_region_name: ca-central-1
      aws_bedrock_runtime_endpoint: "{simulator}"
      aws_access_key_id: AKIDSIM
      aws_secret_access_key: os.environ/CHECKS_KEY
  - model_name: somebody-elses
    litellm_params: {{model: groq/llama-3.3-70b, api_key: {pasted}}}
router_settings:
  fallbacks: [{{first-choice: [llama]}}]
  num_retries: 0
  model_group_alias: {{gpt-4: gpt-4o}}
general_settings: {{master_key: {pasted}}}
"""
MODELS = ("llama", "gpt-4o", "gpt-4", "haiku", "haiku-in-montreal")


@once
def imported(world):
    """The folder that it wrote, and what it said."""
    world.need_binary()
    folder = os.path.join(world.folder, "import")
    source = os.path.join(world.folder, "config.yaml")
    with open(source, "w") as file:
        file.write(CONFIGURATION.format(simulator=world.simulator.url, pasted=PASTED))
    done = run(world, source, "--into", folder, environment={"CHECKS_BASE": world.simulator.url})
    expect(done.returncode, done.stderr).equals(0)
    return folder, done.stdout


def run(world, *arguments, environment=None):
    return subprocess.run([world.northern, "import", "litellm", *arguments], capture_output=True, text=True,
                          timeout=60, env={**os.environ, **(environment or {})})


@once
def gateway(world):
    """One that was started as the last line of the report says, and a key for it."""
    folder, _ = imported(world)
    configuration = os.path.join(folder, "northern.yaml")
    places = ["--set", f"data_directory={folder}/data", "--set", "listen.port=0", "--set", "admin.port=0"]
    made = subprocess.run([world.northern, "keys", "create", "--name", "import", "--format", "json", "--config",
                           configuration, *places], capture_output=True, text=True, timeout=60)
    expect(made.returncode, made.stderr).equals(0)
    shell = (f"export CHECKS_KEY='{PROVIDER_KEY}' NORTHERN_ADMIN_TOKEN='{PASTED}' NORTHERN_BEDROCK_ACCESS_KEY_ID=AKIDSIM;"
             ' set -a; . "$0"; set +a; exec "$@"')
    process = Process(["bash", "-c", shell, os.path.join(folder, "northern.env"), world.northern, "serve", "--config",
                       configuration, *places], folder, "imported")
    world.processes.append(process)
    return process.ready(), json.loads(made.stdout)["key"]


def ask(world, model):
    address, key = gateway(world)
    return fetch(address["base_url"] + CHAT, chat_body(model, "hi", max_tokens=20),
                 [("Authorization", f"Bearer {key}"), ("Content-Type", "application/json")])


@imports.check_each(MODELS)
def a_route_of_the_file_answers(world, model):
    status, headers, text = ask(world, model)
    expect(status, text).equals(200)
    expect(headers["x-ni-resolved-route"]).equals(model)
    expect(json.loads(text)["choices"][0]["message"]["content"]).contains("hi")


@imports.check
def a_fallback_of_the_file_takes_over(world):
    status, headers, text = ask(world, "first-choice")
    expect((status, headers["x-ni-resolved-route"]), text).equals((200, "llama"))


@imports.check
def the_master_key_is_the_admin_apis_token(world):
    address, _ = gateway(world)
    url = f"{address['admin_url']}/api/admin/keys"
    expect(fetch(url, headers=[("Authorization", f"Bearer {PASTED}")])[0]).equals(200)
    expect(fetch(url, headers=[("Authorization", "Bearer sk-another")])[0]).equals(401)


@imports.check
def what_is_left_out_is_said_with_its_line(world):
    _, said = imported(world)
    line = 1 + CONFIGURATION.splitlines().index("  - model_name: somebody-elses")
    expect(said).contains(f"line {line}: left out: model_list[5]: there is no adapter for 'groq'")
    expect(said).contains("line 3: differs: model_list[0].litellm_params.rpm: it weighs endpoints of one route")


@imports.check
def no_secret_is_copied(world):
    folder, said = imported(world)
    expect(said).lacks(PASTED)
    for name in ("northern.yaml", "routes.yaml", "northern.env"):
        with open(os.path.join(folder, name)) as file:
            expect(file.read(), name).lacks(PASTED)


@imports.check
def files_that_are_there_are_not_written_over(world):
    folder, _ = imported(world)
    source = os.path.join(world.folder, "config.yaml")
    done = run(world, source, "--into", folder, environment={"CHECKS_BASE": world.simulator.url})
    expect((done.returncode, "is there already" in done.stderr), done.stderr).equals((1, True))


NONSENSE = {"empty": "", "a list": "[]", "no models": "model_list: []", "deep": "a: [" * 500, "a knot": "a: &a [*a]",
            "no text": "\x00\xff", "an empty model": "model_list: [{}]"}


@imports.check_each(NONSENSE)
def a_file_that_makes_no_sense_ends_with_a_sentence(world, name):
    world.need_binary()
    source = os.path.join(world.folder, "nonsense.yaml")
    with open(source, "w", encoding="latin-1") as file:
        file.write(NONSENSE[name])
    done = run(world, source, "--into", world.folder)
    expect((done.returncode, done.stderr.startswith("northern: ")), done.stderr).equals((1, True))
    expect(done.stderr).lacks("Fatal error")


SUITES = (imports,)

if __name__ == "__main__":
    sys.exit(main(imports))
