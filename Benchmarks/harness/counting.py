"""Counting what single requests cost: instructions under Valgrind, and the CPU time of a process, by the thread."""
import glob
import http.client
import os
import re
import shutil
import subprocess

from .processes import Process
from .servers import prepare_northern


def need_valgrind():
    if not shutil.which("valgrind"):
        raise SystemExit("valgrind is needed: install it")
    # Else chance decides how often two keys of a table meet.
    os.environ["SWIFT_DETERMINISTIC_HASHING"] = "1"


def stripped(binary, folder):
    """Valgrind can't read what our linker makes of the debug information."""
    path = os.path.join(folder, "northern")
    subprocess.run(["strip", "--strip-debug", "-o", path, binary], check=True)
    return path


def prepared(binary, folder, mock, edits):
    """An installation with one event loop. `edits` are a file's name, what stands in it, and what is to."""
    server = prepare_northern(binary, folder, mock.port)
    for name, old, new in (("config.yaml", "listen: {", "listen: {event_loops: 1, "), *edits):
        path = os.path.join(folder, name)
        with open(path) as f:
            text = f.read()
        with open(path, "w") as f:
            f.write(text.replace(old, new, 1) if old else text + new)
    return server


def ask(server, request, times):
    """Sends a request again and again on one connection. Returns the header fields of the last answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    headers = {"Content-Type": "application/json", "Authorization": "Bearer " + server.key}
    for _ in range(times):
        connection.request("POST", "/v1/chat/completions", request, headers)
        reply = connection.getresponse()
        said = reply.read()
        if reply.status != 200:
            raise SystemExit(f"northern answered {reply.status}: {said[:500]}")
    connection.close()
    return reply


def under_valgrind(binary, folder, server, request, times):
    """Files with the counts of each thread, in the order in which they began, and the last answer."""
    counts = os.path.join(folder, "counts")
    server.process = Process(
        ["valgrind", "--tool=callgrind", "--separate-threads=yes", f"--callgrind-out-file={counts}", binary, "serve",
         "--config", os.path.join(folder, "config.yaml")], os.path.join(folder, "northern.log"))
    server.process.wait_for_port(server.port, seconds=120)
    reply = ask(server, request, times)
    server.process.stop()
    return sorted(glob.glob(counts + "-*")), reply


def total(path):
    """Instructions of a thread."""
    with open(path) as f:
        return int(re.search(r"^(?:totals|summary): (\d+)", f.read(), re.M)[1])


def natively(binary, folder, server, request, few, times):
    """Seconds of user and of system, of the whole process, for so many requests."""
    server.process = Process([binary, "serve", "--config", os.path.join(folder, "config.yaml")],
                             os.path.join(folder, "northern.log"))
    server.process.wait_for_port(server.port)
    ask(server, request, few)
    before = times_of(server.pid)
    ask(server, request, times)
    after = times_of(server.pid)
    server.process.stop()
    return [(last - first) / os.sysconf("SC_CLK_TCK") for first, last in zip(before, after)]


def times_of(pid):
    """Of user and system, in ticks."""
    with open(f"/proc/{pid}/stat") as f:
        return [int(field) for field in f.read().rpartition(")")[2].split()[11:13]]
