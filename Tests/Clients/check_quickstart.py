#!/usr/bin/env python3
"""Runs the examples of docs/*.md and README.md as a reader would, and sees that they give what the pages say.

Host, key and the folder for temporary files are replaced. Each block fenced as `sh` or `python` is one check; blocks
fenced as `console` show what is typed elsewhere, on a machine with a configuration or a client of the reader's own. A
command that can't be run here is left out by a rule in `LEFT_OUT`; one without any rule fails, so that no example is
ever forgotten.

    check_quickstart.py                            starts a `northern demo`
    check_quickstart.py --ready-file demo.json     checks the one that wrote this file
"""
import glob
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field

from harness import Check, Suite, as_json, description, expect, main, png
from servers import ROOT

docs = Suite("docs")

SHELL = ("sh", "bash", "shell", "zsh")
SCREENSHOT = png(48, 32, says="Total: 42.00 $")

# Commands that are not run, and why. They are looked up from the command's beginning.
LEFT_OUT = {
    r"(make (run|demo)|(\S*/)?northern (demo|serve|simulate)|swift run (-c release )?northern)\b":
        "starts a server, and ours runs already",
    r"make (test\S*|bench|lint|format|help|build)\b|swift (build|test|format|package)\b|Benchmarks/|Tests/Clients/":
        "is what runs these checks, or is run beside them",
    r"git |cd |sudo |systemctl |kill |docker |podman |helm |kubectl ": "is about the reader's own machine",
    r"(python3? -m )?(pip3?|venv|uv) |npm |pnpm |go get|apt-get |brew |swiftly ": "installs something",
    r"(\S*/)?northern .*--(config|set) ": "wants a configuration of the reader's own",
}

# Examples in Python that are not run, by what they import.
LEFT_OUT_MODULES = {
    "llama_index": "takes more than a minute to install, and wants an older SDK of OpenAI's than the other examples",
}

# What must stand on a page, whatever else does.
NEEDED = {
    "docs/quickstart.md": ("chat", "jurisdiction", "header block", "stream", "custody record", "no fallbacks",
                           "substitution", "vision", "billing models", "models"),
    "docs/commands.md": ("command", "mapped"),
    "docs/pii.md": ("substitution", "counts", "entities"),
    "docs/surfaces.md": ("messages", "responses", "stream of named events", "not offered"),
}


# ---------------------------------------------------------------------------------------------------- Pages

@dataclass
class Fence:
    """A fenced block of a page."""
    language: str
    text: str
    line: int
    # The text of the block after it, if that one shows output.
    shown: str = ""


@dataclass
class Page:
    path: str
    fences: list
    # Assignments of earlier commands: a reader's shell remembers them.
    assignments: list = field(default_factory=list)
    # Of the last request whose id was shown.
    request_id: str = ""

    @property
    def name(self):
        return os.path.relpath(self.path, ROOT)


def read_page(path):
    fences, current = [], None
    with open(path) as file:
        for number, line in enumerate(file, 1):
            mark = re.match(r"\s*```\s*(\S*)", line)
            if mark and current:
                fences.append(current)
                current = None
            elif mark:
                current = Fence(mark[1].lower(), "", number)
            elif current:
                current.text += line
    for fence, following in zip(fences, fences[1:]):
        if following.language in ("", "text", "http", "json"):
            fence.shown = following.text
    return Page(path, fences)


def commands_of(text):
    """The block's commands: lines are put together until the shell takes them for complete."""
    found, waiting = [], ""
    for line in text.splitlines():
        waiting += line
        if not is_complete(waiting):
            waiting += "\n"
            continue
        if waiting.strip() and not waiting.lstrip().startswith("#"):
            found.append(waiting)
        waiting = ""
    return [*found, waiting] if waiting.strip() else found


def is_complete(text):
    if text.endswith("\\"):
        return False
    return subprocess.run(["bash", "-n", "-c", text], stderr=subprocess.DEVNULL).returncode == 0


def is_left_out(command):
    return any(re.match(rule, command.strip()) for rule in LEFT_OUT)


def is_assignment(command):
    return re.match(r"(export )?[A-Za-z_]\w*=(\$\(.*\)|\".*\"|'.*'|\S*)$", command.strip(), re.DOTALL)


# ---------------------------------------------------------------------------------------------------- Running

@dataclass
class Outcome:
    page: Page
    fence: Fence
    command: str
    output: str
    folder: str

    @property
    def json(self):
        return as_json(self.output, "the output")

    @property
    def content(self):
        reply = self.json
        if "choices" not in reply:
            raise AssertionError(f"no answer: {reply}")
        return reply["choices"][0]["message"]["content"]


class Reader:
    """Somebody who follows one page."""

    def __init__(self, world, page):
        self.page, self.gateway = page, world.demo
        self.folder = os.path.join(world.folder, page.name.replace("/", "-"))
        self.environment = {**os.environ, "NI_API_KEY": self.gateway.key,
                            # Else it asks GitHub for its table of prices, and waits.
                            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
                            "PATH": os.path.dirname(world.northern) + os.pathsep + os.environ["PATH"]}
        if not os.path.isdir(self.folder):
            os.makedirs(self.folder)
            with open(os.path.join(self.folder, "screenshot.png"), "wb") as file:
                file.write(SCREENSHOT)

    def run_shell(self, fence, command):
        script = self._adapted("\n".join([*self.page.assignments, command]))
        output = self._run(["bash", "-c", script])
        if is_assignment(command):
            self.page.assignments.append(command)
        shown_id = re.search(r"x-ni-request-id: ([0-9a-f]{32})", output)
        if shown_id:
            self.page.request_id = shown_id[1]
        return Outcome(self.page, fence, command, output, self.folder)

    def run_python(self, fence):
        return self._run([sys.executable, "-c", self._adapted(fence.text)])

    def _run(self, command):
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=180,
                              env=self.environment)
        if done.returncode:
            raise AssertionError(f"ended with {done.returncode}: {done.stderr or done.stdout}")
        return done.stdout

    def _adapted(self, text):
        here = {r"https://(api\.)?northerninference\.ca|http://(localhost|127\.0\.0\.1):8080": self.gateway.base_url,
                r"http://(localhost|127\.0\.0\.1):8081": self.gateway.admin_url,
                r"ni_live_\w+": self.gateway.key, r"(?<=/custody/)[0-9a-f]{16,32}": self.page.request_id,
                r"/tmp/": f"{self.folder}/"}
        for pattern, value in here.items():
            if value:
                text = re.sub(pattern, value, text)
        return text


# ---------------------------------------------------------------------------------------------------- What they give

def not_offered(outcome):
    expect((outcome.json.get("error") or {}).get("code"), str(outcome.json)).equals("not_implemented_yet")
    as_shown(outcome)


def substitution(outcome):
    """What was replaced is back in the answer. Spelled out, the answer shows that something else was sent."""
    said = re.search(r'"content": ?"(.*?)"', outcome.command)[1]
    if said.startswith("[[sim:spell]]"):
        spelled = outcome.content.replace("·", "")
        expect(spelled.startswith("My name is "), outcome.content).is_true()
        expect(spelled).lacks("Jane")
        expect(spelled).lacks("Doe")
    else:
        expect(outcome.content).equals(f"You said: {said}")


def counts(outcome):
    """As the page shows them, where it does."""
    came = header_fields(outcome.output)
    expect(came.get("x-ni-pii", "")).contains("name=1")
    if outcome.fence.shown:
        expect(came).equals(header_fields(outcome.fence.shown))


def as_shown(outcome):
    """An error as the page shows it, where it does: a message is compared up to its `…`."""
    error = outcome.json["error"]
    if outcome.fence.shown:
        shown = as_json(outcome.fence.shown, "what the page shows")["error"]
        expect(error["message"]).contains(shown.pop("message").partition("…")[0].strip())
        expect({name: error[name] for name in shown}).equals(shown)


def closing_comment(outcome):
    expect(outcome.output).contains("x-ni-cost-usd=")


def stream(outcome):
    lines = [line[6:] for line in outcome.output.splitlines() if line.startswith("data: ")]
    expect(lines[-1:], "the last event").equals(["[DONE]"])
    chunks = [as_json(line) for line in lines[:-1]]
    text = "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks if chunk["choices"])
    expect(bool(text), "any text").equals(True)
    if "count to five" in outcome.command:
        expect(text).equals("1, 2, 3, 4, 5")
    if "include_usage" in outcome.command:
        expect((chunks[-1]["choices"], bool(chunks[-1]["usage"]["completion_tokens"]))).equals(([], True))


def named_stream(outcome):
    """Of Messages or Responses, where each event has a name and the last one says that nothing is missing."""
    lines = [line[6:] for line in outcome.output.splitlines() if line.startswith("data: ")]
    events = [as_json(line) for line in lines]
    names = [line[7:] for line in outcome.output.splitlines() if line.startswith("event: ")]
    expect([event["type"] for event in events], "types of events").equals(names)
    expect(names[-1] if names else "none", "the last event").is_one_of(("message_stop", "response.completed"))
    deltas = [event.get("delta") or "" for event in events]
    text = "".join(delta if isinstance(delta, str) else delta.get("text") or "" for delta in deltas)
    expect(text).equals("1, 2, 3, 4, 5")


def messages(outcome):
    reply = outcome.json
    expect(reply.get("type"), str(reply)).equals("message")
    expect("".join(block.get("text", "") for block in reply["content"])).equals("You said: hi")


def token_count(outcome):
    expect(sorted(outcome.json)).equals(["input_tokens"])
    expect(outcome.json["input_tokens"] > 0, str(outcome.json)).equals(True)


def responses(outcome):
    reply = outcome.json
    expect(reply.get("status"), str(reply)).equals("completed")
    parts = [part for item in reply["output"] for part in item.get("content") or []]
    expect("".join(part.get("text", "") for part in parts)).equals("You said: hi")


EIGHT = ("x-ni-request-id", "x-ni-resolved-tier", "x-ni-resolved-provider", "x-ni-resolved-region",
         "x-ni-resolved-jurisdiction", "x-ni-custody-path", "x-ni-credential-source", "x-ni-resolved-litellm-model")
# Different on each installation.
EXAMPLES = ("x-ni-request-id", "x-ni-policy")


def header_fields(text):
    return dict(re.findall(r"^(x-ni-[a-z-]+): *(.*?)\s*$", text, re.MULTILINE))


def header_block(outcome):
    """The names and values that the page shows."""
    shown, came = header_fields(outcome.fence.shown), header_fields(outcome.output)
    expect([name for name in EIGHT if name not in shown], "names that the page lacks").equals([])
    expect([name for name in shown if name not in came], "names that the reply lacks").equals([])
    expect(bool(re.fullmatch("[0-9a-f]{32}", came["x-ni-request-id"]))).equals(True)
    values = {name: value for name, value in shown.items() if name not in EXAMPLES}
    expect({name: came[name] for name in values}).equals(values)
    if "HTTP/" in outcome.output:
        expect(outcome.output[:15]).equals("HTTP/1.1 200 OK")


def fallback(outcome):
    came = header_fields(outcome.output)
    asked = re.search(r'"model": ?"([^"]+)"', outcome.command)[1]
    # The route that was asked for has three tries, then the next one has its turn.
    expect(came.get("x-ni-attempts")).equals("4")
    expect(came.get("x-ni-resolved-route") != asked, f"{came.get('x-ni-resolved-route')} is another route"
           ).equals(True)


def explanation(outcome):
    shown = as_json(outcome.fence.shown.replace("[…]", "[]"))
    for name, value in shown.items():
        if name != "plan":
            expect(outcome.json[name], name).equals(value)
    if "route" in shown:
        expect(outcome.json["plan"][0]["route"]).equals(shown["route"])


def custody_record(outcome):
    expect(outcome.json.get("id"), "the record's id").equals(outcome.page.request_id)
    expect(outcome.json["attempts"][0]["status"]).equals(200)


def checkpoint(outcome):
    origin, size = outcome.output.splitlines()[:2]
    expect(bool(origin) and int(size) > 0, outcome.output).is_true()


def refused_route(outcome):
    error = outcome.json["error"]
    expect(error["code"]).equals("model_not_found")
    as_shown(outcome)
    if "Accept-Language: fr" in outcome.command:
        expect(error["message"]).contains("Aucune route")


def vision(outcome):
    with open(os.path.join(outcome.folder, "screenshot.png"), "rb") as file:
        expect(outcome.content).contains(description(file.read()))


def billing_models(outcome):
    if "head" not in outcome.command and "select(" not in outcome.command:
        expect(outcome.output).contains("bedrock/global.anthropic.claude-haiku-4-5-20251001-v1:0-global")
        expect(outcome.output).contains("vertex_ai/gemini-2.5-pro-ca")
    catalogue(outcome)


def models(outcome):
    expect(outcome.output).contains("vertex_ai/gemini-2.5-pro-ca")
    catalogue(outcome)


def catalogue(outcome):
    expect(bool(outcome.output.strip()), "output").equals(True)
    if "capabilities" in outcome.command:
        expect(outcome.output).contains('"supports_vision": true')
        expect(outcome.output).contains('"context_window": ')


def ni_command(outcome):
    """A text as the page shows it, up to its `…`."""
    shown = outcome.fence.shown.partition("…")[0].strip()
    expect(bool(shown), "what the page shows").equals(True)
    expect(outcome.output).contains(shown)


def usage(outcome):
    if "format=csv" in outcome.command:
        expect(outcome.output).contains("day,route,key,requests,completed,")
    else:
        told = as_json(outcome.output)
        expect(sum(row["requests"] for row in told["rows"]), "requests of the rows").equals(told["total"]["requests"])
        expect(set(told["total"]) >= {"charge_usd", "cost_usd", "input_tokens", "output_tokens"}, "the total").equals(True)


def jurisdiction(outcome):
    expect(outcome.content).contains("northamerica-northeast1")


def no_fallbacks(outcome):
    expect(outcome.content).equals("You said: hi")


def chat(outcome):
    if re.search(r'"content": ?"hi"', outcome.command):
        expect(outcome.content).equals("You said: hi")
    else:
        expect(bool(outcome.content), "an answer").equals(True)


def some_output(outcome):
    expect(bool(outcome.output.strip()), "output").equals(True)


def no_output(outcome):
    """A preparation: what it is good for shows in later commands."""
    expect(outcome.output.strip(), "output, and no rule says what it should be").equals("")


# What a command is about, by what stands in it: the first that fits.
KINDS = [
    ("quiet", r"-o /dev/null|> ?/dev/null", no_output),
    ("counts", r"grep .*x-ni-pii", counts),
    ("entities", r'/api/explain[\s\S]*"pii_substitution"', explanation),
    ("substitution", r'"pii_substitution": ?(true|"required")', substitution),
    ("closing comment", r"grep x-ni-cost", closing_comment),
    ("fallback", r"sim:fail-times", fallback),
    ("explanation", r"/api/explain", explanation),
    ("command", r'"(content|input)": ?"ni-', ni_command),
    ("mapped", r'"model": ?"gpt-4o"', ni_command),
    ("not offered", r'"previous_response_id"|/v1/responses/', not_offered),
    ("count", r"/v1/messages/count_tokens", token_count),
    ("stream of named events", r'/v1/(messages|responses)\b[\s\S]*"stream": ?true', named_stream),
    ("stream", r'"stream": ?true', stream),
    ("custody record", r"/api/usage/custody/", custody_record),
    ("usage", r"/api/usage\?", usage),
    ("header block", r"grep .*x-ni-|curl (\S+ )*-\w*i\b", header_block),
    ("vision", r"/v1/chat/completions[\s\S]*(data:image|@request\.json)", vision),
    ("jurisdiction", r"[Ww]hich jurisdiction", jurisdiction),
    ("refused route", r'"model": ?"gemini-2\.5-pro"', refused_route),
    ("no fallbacks", r'"allow_fallbacks": ?false', no_fallbacks),
    ("chat", r"/v1/chat/completions", chat),
    ("messages", r"/v1/messages", messages),
    ("responses", r"/v1/responses", responses),
    ("billing models", r"/api/billing/models", billing_models),
    ("models", r"/v1/models", models),
    ("checkpoint", r"/log/checkpoint", checkpoint),
    ("operation", r"/health/|/metrics|northern (config|--help|--version)", some_output),
    ("preparation", r"", no_output),
]


def kind_of(command):
    return next((name, verify) for name, pattern, verify in KINDS if re.search(pattern, command))


def run_command(reader, fence, command):
    name, verify = kind_of(command)
    outcome = reader.run_shell(fence, command)
    end = time.monotonic() + 3
    # A record appears a moment after its request has ended, and we read faster than people do.
    while name == "custody record" and "record_not_found" in outcome.output and time.monotonic() < end:
        outcome = reader.run_shell(fence, command)
    verify(outcome)


# ---------------------------------------------------------------------------------------------------- Checks

def declare(page, fence):
    commands = [command for command in commands_of(fence.text) if not is_left_out(command)]

    def check_shell(world):
        reader = Reader(world, page)
        for command in commands:
            run_command(reader, fence, command)

    if commands:
        docs.checks.append(Check(f"docs.{page.name}:{fence.line}", check_shell))


# What the simulated providers answer to questions of the examples in Python.
ANSWERS = {r'"hi"': "You said: hi", "count to five": "1, 2, 3, 4, 5"}


def declare_python(page, fence):
    def check_python(world):
        output = Reader(world, page).run_python(fence)
        expect(bool(output.strip()), "output").equals(True)
        for asked, answer in ANSWERS.items():
            if re.search(asked, fence.text) and "except " not in fence.text:
                expect(output).contains(answer)

    if any(re.search(rf"^(import|from) {module}\b", fence.text, re.MULTILINE) for module in LEFT_OUT_MODULES):
        return
    docs.checks.append(Check(f"docs.{page.name}:{fence.line}", check_python))


# What stands on the page for auditors has to be done in its order: see check_auditors.py.
PAGES = [read_page(path) for path in [*sorted(glob.glob(os.path.join(ROOT, "docs", "*.md"))),
                                      *glob.glob(os.path.join(ROOT, "README.md"))]
         if os.path.basename(path) != "auditors.md"]
for each_page in PAGES:
    for each_fence in each_page.fences:
        if each_fence.language in SHELL:
            declare(each_page, each_fence)
        if each_fence.language == "python":
            declare_python(each_page, each_fence)


@docs.check
def the_pages_are_complete(world):
    for name, needed in NEEDED.items():
        page = next((page for page in PAGES if page.name == name), None)
        expect(bool(page), name).equals(True)
        found = {kind_of(command)[0] for fence in page.fences if fence.language in SHELL
                 for command in commands_of(fence.text)}
        expect([kind for kind in needed if kind not in found], f"missing examples of {name}").equals([])


SUITES = (docs,)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
