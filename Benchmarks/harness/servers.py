"""The servers that take part: the mock provider, and nginx, Envoy and northern in front of it."""
import glob
import http.client
import json
import os
import resource
import shutil
import subprocess
import sys
import time
import urllib.parse
from dataclasses import dataclass
from typing import Optional

from .processes import CORES, Process, free_port

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def allow_many_files():
    """Raises the limit of open files, for this process and those it starts."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def build_tools(folder):
    compiler = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if not compiler:
        raise SystemExit("a C compiler is needed: install gcc or clang, or name one in CC")
    for tool in ("mockllm", "llmload"):
        subprocess.run([compiler, "-std=c11", "-O2", "-Wall", "-Wextra", "-o", os.path.join(folder, tool),
                        os.path.join(HERE, tool + ".c")], check=True)


def call(url, body=None, key=None, timeout=30):
    """Status, headers in lower case, body. With a body it is a POST."""
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
    headers = {"Content-Type": "application/json"}
    if key:
        headers["Authorization"] = "Bearer " + key
    try:
        connection.request("GET" if body is None else "POST", url[url.index("/", 8):], body, headers)
        answer = connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    finally:
        connection.close()


@dataclass
class Server:
    """Something that speaks the OpenAI wire on this machine."""
    name: str
    port: int
    process: Optional[Process] = None  # None for the direct way, whose process is the mock
    key: Optional[str] = None
    is_gateway: bool = False  # northern, which does what nobody else is asked for
    mock: Optional["Mock"] = None  # a provider of its own

    @property
    def root(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def chat(self):
        return self.root + "/v1/chat/completions"

    @property
    def pid(self):
        return self.process.pid if self.process else 0

    def stop(self):
        return self.process.stop() if self.process else 0.0


class Mock:
    """The provider, and what it counted."""

    def __init__(self, folder):
        self.port = free_port()
        self.process = Process([os.path.join(folder, "mockllm"), "--port", str(self.port)],
                               os.path.join(folder, "mock.log"))
        self.process.wait_for_port(self.port)

    def stats(self):
        return json.loads(call(f"http://127.0.0.1:{self.port}/stats")[2])

    def reset(self):
        call(f"http://127.0.0.1:{self.port}/reset", b"")


def configured(template, folder, name, values):
    """Writes a configuration from its template, with names between @ signs filled in. Returns the path."""
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(HERE, template)) as f:
        text = f.read()
    for key, value in values.items():
        text = text.replace(f"@{key}@", str(value))
    path = os.path.join(folder, name)
    with open(path, "w") as f:
        f.write(text)
    return path


def start_nginx(folder, mock_port):
    """nginx, or None where it is not installed."""
    nginx = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if not nginx:
        print("nginx is not installed: its column, and every ratio to it, is missing", file=sys.stderr)
        return None
    port = free_port()
    path = configured("nginx.conf.in", folder, "nginx.conf", {
        "FOLDER": folder, "PORT": port, "MOCK": mock_port, "WORKERS": CORES,
        "FILES": resource.getrlimit(resource.RLIMIT_NOFILE)[1],
        # Started by root, its workers would otherwise be another user, who may not enter our folder.
        "USER": "user root;" if os.getuid() == 0 else ""})
    process = Process([nginx, "-p", folder, "-c", path], os.path.join(folder, "nginx.log"))
    process.wait_for_port(port)
    return Server("nginx", port, process)


def start_envoy(folder, mock_port):
    """Envoy with as many workers as there are cores, or None where it is not installed."""
    packaged = glob.glob(os.path.join(os.path.dirname(HERE), ".build/peers/lib/python*/site-packages/envoy/_bin/envoy"))
    envoy = shutil.which("envoy") or next(iter(packaged), None)
    if not envoy:
        print("Envoy is not installed: its column is missing", file=sys.stderr)
        return None
    port = free_port()
    path = configured("envoy.json.in", folder, "envoy.json", {"PORT": port, "MOCK": mock_port, "ADMIN": free_port()})
    os.chmod(envoy, 0o755)
    process = Process([envoy, "-c", path, "--concurrency", str(CORES), "--disable-hot-restart", "--log-level", "error"],
                      os.path.join(folder, "envoy.log"))
    process.wait_for_port(port)
    return Server("envoy", port, process)


CONFIGURATION = """\
data_directory: {folder}/data
listen: {{host: 127.0.0.1, port: {port}}}
admin: {{host: 127.0.0.1, port: {admin_port}}}
catalog: {{file: {folder}/routes.yaml}}
bedrock: {{access_key_id: AKIDBENCH, secret_access_key: bench, base_url: "http://127.0.0.1:{mock}"}}
vertex: {{project: bench, access_token: bench, base_url: "http://127.0.0.1:{mock}"}}
"""

ROUTES = """\
version: bench
routes:
  - id: mock-model
    name: Mock
    provider: compatible
    upstream_model: mock-model
    tier: customer_premises
    endpoint: {{base_url: "http://127.0.0.1:{mock}/v1", region: bench, jurisdiction: CA}}
    processing: [CA]
    storage: [CA]
    exposure: [CA]
    prices: {{input: 1.00, output: 5.00}}
  - id: mock-bedrock
    name: Mock behind Bedrock
    provider: bedrock
    upstream_model: "meta.mock-v1:0"
    tier: managed_canadian_cloud
    endpoint: {{region: ca-central-1, jurisdiction: CA}}
    processing: [CA]
    storage: [CA]
    exposure: [CA]
    prices: {{input: 1.00, output: 5.00}}
  - id: mock-vertex
    name: Mock behind Vertex AI
    provider: vertex
    upstream_model: mock-vertex
    tier: managed_canadian_cloud
    endpoint: {{region: northamerica-northeast1, jurisdiction: CA}}
    processing: [CA]
    storage: [CA]
    exposure: [CA]
    prices: {{input: 1.00, output: 5.00}}
"""


def prepare_northern(binary, folder, mock_port):
    """A configuration, a data directory and a key. Returns the server, not yet started."""
    if not os.access(binary, os.X_OK):
        raise SystemExit(f"{binary} is not there: build it with `make build`, name "
                         "another with --northern, or leave it out with --targets direct,nginx")
    os.makedirs(folder)
    values = {"folder": folder, "port": free_port(), "admin_port": free_port(), "mock": mock_port}
    for name, text in (("config.yaml", CONFIGURATION), ("routes.yaml", ROUTES)):
        with open(os.path.join(folder, name), "w") as f:
            f.write(text.format(**values))
    made = subprocess.run([binary, "keys", "create", "--config", os.path.join(folder, "config.yaml"), "--name", "bench",
                           "--format", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if made.returncode:
        raise SystemExit(f"`northern keys create` failed:\n{made.stderr or made.stdout}")
    return Server("northern", values["port"], key=json.loads(made.stdout)["key"], is_gateway=True)


def start_northern(binary, folder, server, request):
    """Starts what `prepare_northern` prepared. Returns the seconds until it answered a request."""
    begun = time.monotonic()
    server.process = Process([binary, "serve", "--config", os.path.join(folder, "config.yaml")],
                             os.path.join(folder, "northern.log"))
    return seconds_until_answer(server, request, begun)


def seconds_until_answer(server, request, begun, patience=60):
    said = ""
    while time.monotonic() - begun < patience and server.process.alive():
        try:
            status, _, said = call(server.chat, request, server.key, timeout=5)
            if status == 200:
                return time.monotonic() - begun
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.001)
    server.process.stop()
    raise SystemExit(f"{server.name} did not answer after its start: {said}\n{server.process.log_tail()}")


def start_litellm(folder, mock, request):
    """LiteLLM's proxy without a database, with as many workers as there are cores. Returns the server, or None where it is
    not installed, and the seconds until it answered a request.

    Its provider is its own: it also asks what nobody sent, which would count as other servers' requests."""
    program = os.path.join(os.path.dirname(HERE), ".build/bench-venv/bin/litellm")
    if not os.access(program, os.X_OK):
        print("LiteLLM is not installed: its column is missing. `make bench ARGS=--peers` installs it", file=sys.stderr)
        return None, None
    port = free_port()
    path = configured("litellm.yaml.in", folder, "config.yaml", {"MOCK": mock.port})
    server = Server("litellm", port, key="sk-bench", mock=mock)
    begun = time.monotonic()
    # Prices would be fetched from the network, and each request be written about.
    server.process = Process(
        [program, "--config", path, "--host", "127.0.0.1", "--port", str(port), "--num_workers", str(CORES)],
        os.path.join(folder, "litellm.log"),
        {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR", "LITELLM_MODE": "PRODUCTION"})
    return server, seconds_until_answer(server, request, begun, patience=180)
