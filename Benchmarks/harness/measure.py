"""One measurement: one case against one server."""
import http.client
import json
import os
import subprocess
import time

from .cases import CASES
from .processes import CORES, PeakMemory, cpu_seconds, machine_busy_seconds, own_seconds, resident_bytes, tree
from .servers import call

SETTLE = 0.5         # seconds after the last answer; what a server still does then belongs to the case
RECORDS_ASKED = 20
RECORD_SECONDS = 3   # how long a custody record may take to be readable


def send_load(tools, case, server, requests, streams, seconds):
    conns = case.conns if case.seconds else min(case.conns, streams)
    events = requests.events(case)
    asked = ["--url", server.root + case.page] if case.page else ["--url", server.chat, "--body", requests.path(case)]
    command = [os.path.join(tools, "llmload"), *asked, "--conns", str(conns), "--timeout", "40"]
    if case.seconds:
        command += ["--duration", str(seconds)]
    else:
        command += ["--requests", str(conns), "--ramp", str(events / 25)]  # all are open before the first ends
    if case.rate:
        command += ["--rate", str(case.rate)]
    if events:
        command += ["--stream", str(events)]
    # Pages are for everybody; one that comes with a key is made for its sender.
    if server.key and not case.page:
        command += ["--key", server.key]
    if server.is_gateway:
        command += ["--require-header", case.header, "--capture-header", "x-ni-request-id"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(f"llmload failed: {done.stderr}")
    return json.loads(done.stdout)


class NothingAnswered(Exception):
    """There is nothing to measure."""


class Usage:
    """What the machine and a server's processes used between two moments."""

    def __init__(self, server, mock):
        self.server, self.mock = server, mock
        self.idle = resident_bytes(tree(server.pid)) if server.pid else 0
        self.begin = self.now()
        self.memory = PeakMemory(server.pid) if server.pid else None

    def now(self):
        return {"time": time.monotonic(), "cpu": cpu_seconds(self.server.pid), "busy": machine_busy_seconds(),
                "own": own_seconds(), "mock": self.mock.stats()["cpu_s"]}

    def end(self):
        self.peak = self.memory.stop() if self.memory else 0
        end = self.now()
        spent = {name: end[name] - self.begin[name] for name in end}
        self.cpu, self.mock_cpu = spent["cpu"], spent["mock"]
        others = spent["busy"] - spent["own"] - spent["cpu"] - spent["mock"]
        self.foreign = max(0.0, others) / (spent["time"] * CORES)


def figures(case, server, load, used):
    """The numbers to keep. Times are in microseconds, memory in bytes."""
    requests = load["answered"] + load["failed"]
    if not load["answered"]:
        raise NothingAnswered(f"none of {load['sent']} requests was answered; the first: {load['first_error']}")
    m = {key: load[key] for key in ("sent", "answered", "failed", "per_s", "wall_s", "failures", "first_error")}
    m.update(p50_us=load["latency_us"]["p50"], p99_us=load["latency_us"]["p99"],
             load_cpu_us=load["cpu_s"] / requests * 1e6, mock_cpu_us=used.mock_cpu / requests * 1e6,
             foreign_cpu=used.foreign)
    if server.pid:
        m.update(cpu_us=used.cpu / requests * 1e6, rss_peak=used.peak)
    if case.rate:
        m["kept"] = load["answered"] / load["due"] if load["due"] else 0
    if case.events:
        m.update(first_p50_us=load["first_event_us"]["p50"], first_p99_us=load["first_event_us"]["p99"],
                 delay_p50_us=load["event_delay_us"]["p50"], delay_p99_us=load["event_delay_us"]["p99"],
                 events=load["events"], events_per_s=load["events_per_s"])
        if server.pid and load["events"]:
            m["cpu_us_per_event"] = used.cpu / load["events"] * 1e6
    if not case.seconds:
        m["at_once"] = load["active_max"]
        if server.pid:
            m["rss_per_stream"] = max(0, used.peak - used.idle) / load["active_max"]
    return m


def read_record(server, request_id):
    """Whether the custody record can be read. It may be on its way from the journal to the store."""
    end = time.monotonic() + RECORD_SECONDS
    while True:
        try:
            status, _, data = call(f"{server.root}/api/usage/custody/{request_id}", key=server.key, timeout=5)
            if status == 200 and request_id.encode() in data:
                return True
        except (OSError, http.client.HTTPException):
            pass
        if time.monotonic() > end:
            return False
        time.sleep(0.1)


def read_records(server, request_ids):
    """How many records were found, of how many. Gives up at the first that is missing."""
    asked = request_ids[:RECORDS_ASKED]
    found = 0
    for request_id in asked:
        if not read_record(server, request_id):
            break
        found += 1
    return found, len(asked)


def complaints(case, server, load, mock, m, conns):
    """What is wrong, beside slowness."""
    if load["failed"]:
        kinds = ", ".join(f"{n} {kind}" for kind, n in load["failures"].items())
        yield f"{load['failed']} of {load['sent']} requests failed ({kinds}); the first: {load['first_error']}"
    elif not case.page and mock["requests"] != load["sent"]:
        yield f"{load['sent']} requests were answered, but {mock['requests']} reached the provider"
    if mock["unknown"]:
        yield f"{mock['unknown']} requests to paths that the provider does not have"
    if not case.seconds and m["at_once"] < conns:
        yield f"only {m['at_once']} of {conns} streams were open at once"
    if server.is_gateway and not case.page and m["records_found"] < max(1, m["records_asked"]):
        yield f"{m['records_found']} of {m['records_asked']} custody records could be read back"


def measure(tools, name, server, mock, requests, streams, seconds):
    """The figures, and a list of complaints."""
    case = CASES[name]
    mock.reset()
    used = Usage(server, mock)
    load = send_load(tools, case, server, requests, streams, seconds)
    time.sleep(SETTLE if server.pid else 0)
    used.end()
    m = figures(case, server, load, used)
    if server.is_gateway and not case.page:
        m["records_found"], m["records_asked"] = read_records(server, load["captured"])
    found = complaints(case, server, load, mock.stats(), m, min(case.conns, streams))
    return m, [f"{name}, {server.name}: {text}" for text in found]
