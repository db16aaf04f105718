"""The servers that the checks talk to: started here when they are first needed, and ended with the `World`.

Nothing listens on a fixed port, nothing is written outside a temporary folder, and only processes that were started
here are ended, each by its own id.
"""
import functools
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field

from harness import Skip, as_json, eventually, expect

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FAMILIES = ("bedrock", "vertex", "azure", "openai", "compatible")
# Those, and the providers whose wire is none of OpenAI's.
EVERY_FAMILY = (*FAMILIES, "anthropic", "bedrock_anthropic", "vertex_anthropic", "cohere")
# Distinctive, so that they can be searched for wherever they should not be.
PROVIDER_KEY = "provider-secret-5QmWq0zXv7"
ADMIN_TOKEN = "admin-token-of-the-checks-2kd8"
SIMULATOR_MODELS = ("sim-basic", "sim-vision", "sim/odd:1")


def fetch(url, body=None, headers=(), method=None, timeout=20):
    """Status, header fields and text of a reply, whatever its status."""
    call = urllib.request.Request(url, body, dict(headers), method=method)
    try:
        with urllib.request.urlopen(call, timeout=timeout) as reply:
            return reply.status, reply.headers, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


# ---------------------------------------------------------------------------------------------------- Processes

class Process:
    """A server that we started, with all that it prints in one file."""

    # Of a process that is one.
    simulator = None

    def __init__(self, command, folder, name):
        self.log = os.path.join(folder, f"{name}.log")
        self.ready_file = os.path.join(folder, f"{name}.ready.json")
        if os.path.exists(self.ready_file):
            os.remove(self.ready_file)
        with open(self.log, "ab") as log:
            self.popen = subprocess.Popen([*command, "--ready-file", self.ready_file], stdin=subprocess.DEVNULL,
                                          stdout=log, stderr=log, cwd=folder)
        self.command = " ".join(command)

    @property
    def is_alive(self):
        return self.popen.poll() is None

    def ready(self, seconds=60):
        """What the ready file says, as soon as it is there."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.is_alive:
            try:
                with open(self.ready_file) as file:
                    return json.load(file)
            except (OSError, ValueError):
                time.sleep(0.02)
        self.kill()
        raise AssertionError(f"`{self.command}` was not ready after {seconds} s:\n{self.log_text()[-2000:]}")

    def log_text(self):
        with open(self.log, errors="replace") as file:
            return file.read()

    def kill(self):
        """As `kill -9` does it."""
        self.end(signal.SIGKILL)

    def end(self, sign=signal.SIGTERM, seconds=10):
        if self.is_alive:
            self.popen.send_signal(sign)
        try:
            return self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            return self.popen.wait()


# ---------------------------------------------------------------------------------------------------- Simulators

class Simulator:
    """Simulated providers, and what they saw."""

    def __init__(self, url, key=None):
        self.url, self.key = url.rstrip("/"), key

    def _call(self, path, body=None):
        status, _, text = fetch(f"{self.url}/__sim/{path}", body)
        if status == 404:
            raise Skip(f"{self.url} has no inspection endpoints")
        return as_json(text, f"the simulator's reply to {path}")

    def stats(self):
        return self._call("stats")

    def reset(self):
        self._call("reset", b"")

    def open(self, gate):
        self._call(f"open?gate={gate}", b"")

    def requests(self, last=None):
        """All that it remembers, or the last few, the newest last, with bodies as objects."""
        found = self._call("requests" if last is None else f"requests?last={last}")
        for seen in found:
            if isinstance(seen["body"], str):
                seen["body"] = json.loads(seen["body"] or "null")
        return found

    def last(self):
        found = self.requests(last=1)
        expect(found, "requests that reached the simulator").is_true()
        return found[-1]

    def wait_for(self, counter, value, seconds=5.0, pause=0.02):
        eventually(lambda: self.stats()[counter] >= value, seconds, pause)
        return self.stats()[counter]


def gate_name():
    """Gates stay open once they were opened, so each use has one of its own."""
    return uuid.uuid4().hex[:12]


# ---------------------------------------------------------------------------------------------------- Gateways

@dataclass
class Gateway:
    base_url: str
    key: str
    # Route and simulator of each family.
    routes: dict
    simulators: dict
    admin_url: str = None
    process: Process = None
    # Keys with less than all rights, by name.
    keys: dict = field(default_factory=dict)

    @property
    def authorization(self):
        return [("Authorization", f"Bearer {self.key}")]

    def route(self, family):
        if family not in self.routes:
            raise Skip(f"no route of the family {family}")
        return self.routes[family]

    def simulator(self, family):
        if family not in self.simulators:
            raise Skip(f"no simulator of the family {family}")
        return self.simulators[family]

    def get(self, path, key=True):
        status, headers, text = fetch(self.base_url + path, headers=self.authorization if key else ())
        return status, headers, text

    def custody(self, request_id):
        """The custody record of a request, or None."""
        status, _, text = self.get(f"/api/usage/custody/{request_id}")
        return as_json(text) if status == 200 else None

    def closed_custody(self, request_id, seconds=5.0):
        """The record, once it is closed."""
        def closed():
            record = self.custody(request_id)
            return record if record and record["state"] == "closed" else None
        record = eventually(closed, seconds)
        if not record:
            raise AssertionError(f"the record {request_id} is not closed after {seconds} s: {self.custody(request_id)}")
        return record


def routes_of_running(base_url, key):
    """The first route of each family that a running gateway offers."""
    _, _, text = fetch(f"{base_url}/v1/models", headers=[("Authorization", f"Bearer {key}")])
    routes = {}
    for model in as_json(text)["data"]:
        routes.setdefault(model["owned_by"], model["id"])
    return routes


CONFIGURATION = """\
data_directory: {folder}/data
listen: {{host: 127.0.0.1, port: 0{limit}}}
admin: {{host: 127.0.0.1, port: 0, token: {admin_token}}}
catalog: {{file: {folder}/routes.yaml, builtin: false}}
log: {{level: debug}}
upstream:
  silence_timeout_seconds: {silence}
  # Each failure is to be seen by itself.
  retries: 0
  breaker_failures: 0
bedrock: {{access_key_id: AKIDSIM, secret_access_key: "{key}", base_url: "{simulator}"}}
vertex: {{project: checks, access_token: "{key}", base_url: "{simulator}"}}
openai: {{api_key: "{key}", base_url: "{simulator}/v1"}}
azure: {{api_key: "{key}", base_url: "{simulator}"}}
compatible: {{api_key: "{key}"}}
anthropic: {{api_key: "{key}", base_url: "{simulator}"}}
cohere: {{api_key: "{key}", base_url: "{simulator}"}}
"""


@dataclass(frozen=True)
class RouteEntry:
    """A route of the catalogue that the checks use."""
    id: str
    provider: str
    upstream_model: str
    tier: str = "managed_canadian_cloud"
    region: str = "ca-central-1"
    jurisdiction: str = "CA"
    processing: str = "[CA]"
    exposure: str = "[CA, US]"
    base_url: str = None
    fallbacks: tuple = ()
    # What the endpoint's address has to be; nothing is sent to another.
    addresses: tuple = ()

    def yaml(self, values):
        place = f"region: {self.region}, jurisdiction: {self.jurisdiction}"
        if self.base_url:
            place = f'base_url: "{self.base_url.format(**values)}", {place}'
        if self.addresses:
            place += f", addresses: {json.dumps(self.addresses)}"
        lines = [
            f'  - id: "{self.id}"', f"    name: {self.provider} of the checks", f"    provider: {self.provider}",
            f'    upstream_model: "{self.upstream_model}"', f"    tier: {self.tier}", f"    endpoint: {{{place}}}",
            f"    processing: {self.processing}", "    storage: [CA]", f"    exposure: {self.exposure}",
            "    prices: {input: 1.00, output: 5.00}",
            "    capabilities: {supports_vision: true, supports_function_calling: true, modalities: [text, image], "
            "context_window: 200000, max_output_tokens: 64000}",
        ]
        if self.fallbacks:
            lines.append(f"    fallbacks: {json.dumps(self.fallbacks)}")
        if self.addresses:
            lines.append("    egress: enforce")
        return "\n".join(lines)


IN_THE_US = {"tier": "provider_api", "region": "us", "jurisdiction": "US", "processing": "[US]", "exposure": "[US]"}
ON_PREMISES = {"provider": "compatible", "tier": "customer_premises", "region": "on-premises", "exposure": "[CA]"}
ROUTES = {
    "bedrock": RouteEntry("bedrock/global.anthropic.claude-haiku-4-5-20251001-v1:0-global", "bedrock",
                          "global.anthropic.claude-haiku-4-5-20251001-v1:0", processing='["*"]'),
    "vertex": RouteEntry("vertex_ai/gemini-2.5-pro-ca", "vertex", "gemini-2.5-pro", region="northamerica-northeast1"),
    "azure": RouteEntry("azure/gpt-4o-ca", "azure", "gpt-4o", region="canadaeast"),
    "openai": RouteEntry("openai/gpt-4o-us", "openai", "gpt-4o", **IN_THE_US),
    "compatible": RouteEntry("self-hosted/llama-3.3-70b-ca", upstream_model="llama-3.3-70b",
                             base_url="{simulator}/v1", **ON_PREMISES),
    "anthropic": RouteEntry("anthropic/claude-haiku-4-5-us", "anthropic", "claude-haiku-4-5-20251001", **IN_THE_US),
    # Claude on the clouds, asked on Anthropic's wire.
    "bedrock_anthropic": RouteEntry("bedrock/claude-haiku-4-5-ca", "bedrock_anthropic",
                                    "anthropic.claude-haiku-4-5-20251001-v1:0"),
    "vertex_anthropic": RouteEntry("vertex_ai/claude-haiku-4-5-ca", "vertex_anthropic", "claude-haiku-4-5@20251001",
                                   region="northamerica-northeast1"),
    "cohere": RouteEntry("cohere/command-a-us", "cohere", "command-a-03-2025", **IN_THE_US),
    # Same upstream as `compatible`, which takes over when this one fails.
    "with_fallback": RouteEntry("self-hosted/first-choice-ca", upstream_model="first-choice",
                                base_url="{simulator}/v1", fallbacks=("self-hosted/llama-3.3-70b-ca",), **ON_PREMISES),
    # Of two that speak different wires.
    "openai_then_anthropic": RouteEntry("openai/gpt-4o-then-claude-us", "openai", "gpt-4o-first",
                                        fallbacks=("anthropic/claude-haiku-4-5-us",), **IN_THE_US),
    "anthropic_then_openai": RouteEntry("anthropic/claude-then-gpt-4o-us", "anthropic", "claude-first",
                                        fallbacks=("openai/gpt-4o-us",), **IN_THE_US),
    # Nobody listens there: port 9 is discard's, and not in use.
    "unreachable": RouteEntry("self-hosted/unreachable-ca", upstream_model="unreachable",
                              base_url="http://127.0.0.1:9/v1", **ON_PREMISES),
    # A simulator that wants another credential.
    "wrong_credential": RouteEntry("self-hosted/wrong-credential-ca", upstream_model="sim-basic",
                                   base_url="{world.other_simulator.url}/v1", **ON_PREMISES),
}


class Installation:
    """A folder with the configuration and the data of one gateway, which can be started again and again."""

    def __init__(self, world, name, body_limit=None, silence=60, simulator=None, routes=None):
        world.need_binary()
        self.world = world
        self.simulator = simulator or world.simulator
        self.routes = routes or ROUTES
        self.folder = tempfile.mkdtemp(prefix=f"{name}-", dir=world.folder)
        self.configuration = os.path.join(self.folder, "config.yaml")
        self.data_directory = os.path.join(self.folder, "data")
        values = {"world": world, "folder": self.folder, "key": PROVIDER_KEY, "admin_token": ADMIN_TOKEN,
                  "silence": silence, "simulator": self.simulator.url,
                  "limit": f", max_body_bytes: {body_limit}" if body_limit else ""}
        self._write(self.configuration, CONFIGURATION.format(**values))
        entries = "\n".join(route.yaml(values) for route in self.routes.values())
        self._write(os.path.join(self.folder, "routes.yaml"), f"version: checks\nroutes:\n{entries}\n")

    @staticmethod
    def _write(path, text):
        with open(path, "w") as file:
            file.write(text)

    def edit(self, name, before, after):
        """Changes one of the files."""
        path = os.path.join(self.folder, name)
        with open(path) as file:
            text = file.read()
        expect(text).contains(before)
        self._write(path, text.replace(before, after, 1))

    def reach_all(self):
        """Has the route to a host where nobody listens go to the simulator."""
        self.edit("routes.yaml", ROUTES["unreachable"].base_url, f"{self.simulator.url}/v1")

    def command(self, *arguments, environment=None):
        """Runs `northern` and returns what it prints."""
        done = subprocess.run([self.world.northern, *arguments, "--config", self.configuration], cwd=self.folder,
                              capture_output=True, text=True, timeout=60, env=environment)
        if done.returncode:
            raise AssertionError(f"`northern {' '.join(arguments)}` ended with {done.returncode}: "
                                 f"{done.stderr or done.stdout}")
        return done.stdout

    def create_key(self, name, *tiers):
        chosen = [part for tier in tiers for part in ("--tier", tier)]
        return as_json(self.command("keys", "create", "--name", name, *chosen, "--format", "json"))

    def start(self, key, within=()):
        """Starts the gateway; `within` is a command that runs another, in other surroundings than ours."""
        process = Process([*within, self.world.northern, "serve", "--config", self.configuration], self.folder,
                          "northern")
        self.world.processes.append(process)
        told = process.ready()
        return Gateway(
            told["base_url"], key, {family: route.id for family, route in self.routes.items()},
            {family: self.simulator for family in self.routes}, told.get("admin_url"), process)


# ---------------------------------------------------------------------------------------------------- All of them

class World:
    """What a check may ask for. Everything is started when it is first asked for."""

    @staticmethod
    def add_options(parser):
        group = parser.add_argument_group("servers that run already (by default they are started as they are needed)")
        group.add_argument("--ready-file", metavar="FILE", help="of a `northern demo`")
        group.add_argument("--base-url", metavar="URL", help="of a gateway, without /v1; with --key")
        group.add_argument("--key", help="the gateway's")
        group.add_argument("--simulator", action="append", default=[], metavar="FAMILY=URL",
                           help="what is behind that gateway's routes; repeated")
        group.add_argument("--simulator-url", metavar="URL", help="of a `northern simulate --strict`")
        group.add_argument("--simulator-key", default="sim")
        parser.add_argument("--northern", metavar="PATH", default=os.path.join(ROOT, ".build/debug/northern"))
        parser.add_argument("--keep", action="store_true", help="keep the working folder, with logs and data")

    def __init__(self, options):
        self.options = options
        self.northern = os.path.abspath(options.northern)
        self.folder = tempfile.mkdtemp(prefix="northern-checks-")
        self.processes = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.end()
        if self.options.keep:
            print(f"logs and data are in {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    @staticmethod
    def has_foreign(options):
        return bool(options.ready_file or options.base_url or options.simulator_url)

    @property
    def is_foreign(self):
        """Whether somebody else's servers are checked, which may lack what a check needs."""
        return self.has_foreign(self.options)

    def start(self, name, *arguments, within=()):
        self.need_binary()
        process = Process([*within, self.northern, *arguments], self.folder, name)
        self.processes.append(process)
        return process

    def need_binary(self):
        if not os.access(self.northern, os.X_OK):
            raise Skip(f"{self.northern} is not there: build it, or name another with --northern")

    # Simulators

    @functools.cached_property
    def simulator(self):
        """All doors, strict, with the credential that the installations use."""
        if self.options.simulator_url:
            return Simulator(self.options.simulator_url, self.options.simulator_key)
        return self.start_simulator("simulator").simulator

    @functools.cached_property
    def other_simulator(self):
        """One whose credential no installation has."""
        return self.start_simulator("other-simulator", key="a-credential-that-nobody-else-has").simulator

    def start_simulator(self, name, port=0, key=PROVIDER_KEY, more=(), within=()):
        models = [*SIMULATOR_MODELS, *(route.upstream_model for route in ROUTES.values())]
        process = self.start(name, "simulate", "--port", str(port), "--strict", "--key", key, *more,
                             *(part for model in models for part in ("--model", model)), within=within)
        process.simulator = Simulator(process.ready()["url"], key)
        return process

    # Gateways

    @functools.cached_property
    def installation(self):
        return Installation(self, "gateway")

    @functools.cached_property
    def gateway(self):
        """With a route of each family, in front of the strict simulator."""
        if self.options.ready_file:
            return self._ready(self.options.ready_file)
        if self.options.base_url:
            return self._given()
        key = self.installation.create_key("all")["key"]
        premises = self.installation.create_key("premises", "customer_premises")["key"]
        revoked = self.installation.create_key("revoked")
        self.installation.command("keys", "revoke", revoked["id"])
        gateway = self.installation.start(key)
        gateway.keys = {"premises": premises, "revoked": revoked["key"]}
        return gateway

    @functools.cached_property
    def own_gateway(self):
        """The same, for checks that need to know its folder, or keys that only we could have made."""
        if self.is_foreign:
            raise Skip("only with a gateway that is started here")
        return self.gateway

    @functools.cached_property
    def small_gateway(self):
        """Takes bodies up to 4096 bytes, and waits a second for a silent provider."""
        installation = Installation(self, "small", body_limit=4096, silence=1)
        return installation.start(installation.create_key("small")["key"])

    @functools.cached_property
    def demo(self):
        if self.options.ready_file:
            return self._ready(self.options.ready_file)
        if self.options.base_url:
            return self._given()
        process = self.start("demo", "demo", "--port", "0")
        process.ready()
        gateway = self._ready(process.ready_file)
        gateway.process = process
        return gateway

    @staticmethod
    def _ready(path):
        with open(path) as file:
            told = json.load(file)
        simulators = {family: Simulator(url) for family, url in told["simulators"].items()}
        routes = routes_of_running(told["base_url"], told["key"])
        return Gateway(told["base_url"], told["key"], routes, simulators, told.get("admin_url"))

    def _given(self):
        base_url, key = self.options.base_url.rstrip("/"), self.options.key
        simulators = dict(pair.split("=", 1) for pair in self.options.simulator)
        return Gateway(base_url, key, routes_of_running(base_url, key),
                       {family: Simulator(url) for family, url in simulators.items()})
