"""Processes: starting and ending them, and what they use, as /proc tells it."""
import os
import socket
import subprocess
import threading
import time

TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
CORES = os.cpu_count() or 1


def _stat(pid):
    """Parent and CPU seconds of a process, those of its ended children included."""
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rpartition(")")[2].split()
    return int(fields[1]), sum(map(int, fields[11:15])) / TICK


def tree(root):
    """The process and all that descend from it, as {pid: CPU seconds}."""
    everyone = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                everyone[int(name)] = _stat(name)
            except (OSError, ValueError):
                pass  # it ended meanwhile
    found, waiting = {}, [root]
    while waiting:
        pid = waiting.pop()
        if pid in everyone:
            found[pid] = everyone[pid][1]
            waiting += [child for child, (parent, _) in everyone.items() if parent == pid]
    return found


def cpu_seconds(root):
    return sum(tree(root).values()) if root else 0.0


def resident_bytes(pids):
    """Resident memory. A page that two processes share counts twice."""
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/statm") as f:
                total += int(f.read().split()[1]) * PAGE
        except OSError:
            pass
    return total


def machine_busy_seconds():
    with open("/proc/stat") as f:
        user, nice, system, _idle, _wait, irq, soft = map(int, f.readline().split()[1:8])
    return (user + nice + system + irq + soft) / TICK


def own_seconds():
    """CPU seconds of this process and its ended children, the load generator among them."""
    return sum(os.times()[:4])


class PeakMemory(threading.Thread):
    """Looks at a process tree's resident memory ten times a second."""

    def __init__(self, root):
        super().__init__(daemon=True)
        self.pids, self.peak, self.over = list(tree(root)), 0, threading.Event()
        self.start()

    def run(self):
        while True:
            self.peak = max(self.peak, resident_bytes(self.pids))
            if self.over.wait(0.1):
                return

    def stop(self):
        self.over.set()
        self.join()
        return self.peak


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def is_open(port):
    try:
        socket.create_connection(("127.0.0.1", port), 0.2).close()
        return True
    except OSError:
        return False


class Process:
    """A server that we started, and its log."""

    started = []

    def __init__(self, command, log, environment=None):
        self.log = log
        Process.started.append(self)
        with open(log, "ab") as f:
            self.popen = subprocess.Popen(command, stdout=f, stderr=f, stdin=subprocess.DEVNULL,
                                          env={**os.environ, **(environment or {})})
        self.pid = self.popen.pid

    def alive(self):
        return self.popen.poll() is None

    def log_tail(self):
        with open(self.log, errors="replace") as f:
            return f.read()[-2000:]

    def wait_for_port(self, port, seconds=10):
        end = time.monotonic() + seconds
        while not is_open(port):
            if not self.alive() or time.monotonic() > end:
                raise SystemExit(f"{self.popen.args[0]} did not start:\n{self.log_tail()}")
            time.sleep(0.005)

    def stop(self):
        """Asks it to end; returns how long that took."""
        asked = time.monotonic()
        if self.alive():
            self.popen.terminate()
            try:
                self.popen.wait(15)
            except subprocess.TimeoutExpired:
                self.popen.kill()
                self.popen.wait()
        Process.started.remove(self)
        return time.monotonic() - asked

    @staticmethod
    def stop_all():
        for process in reversed(Process.started[:]):
            process.stop()
