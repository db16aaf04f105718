"""Results as Markdown."""
import os
import statistics

from .cases import CASES
from .goals import GOALS
from .results import median, over_direct, times_nginx, values

MIB, KIB, MS = 1 << 20, 1 << 10, 1000
NOISY = 0.1  # the share of the machine that other processes may use before a figure is doubtful

# title, divisor, whether a ratio to nginx says anything
FIGURES = {
    "cpu_us": ("CPU per request, µs", 1, True),
    "cpu_us_per_event": ("CPU per event, µs", 1, True),
    "per_s": ("answers/s", 1, True),
    "events_per_s": ("events/s", 1, True),
    "p50_us": ("latency p50, ms", MS, True),
    "p99_us": ("latency p99, ms", MS, True),
    "first_p50_us": ("first event p50, ms", MS, True),
    "first_p99_us": ("first event p99, ms", MS, True),
    "delay_p50_us": ("event delay p50, ms", MS, True),
    "delay_p99_us": ("event delay p99, ms", MS, True),
    "at_once": ("streams at once", 1, False),
    "answered": ("answered", 1, False),
    "rss_per_stream": ("memory per stream, KiB", KIB, True),
    "rss_peak": ("peak memory, MiB", MIB, True),
    "kept": ("answered / due", 1, False),
    "failed": ("failed", 1, False),
    "records_found": ("custody records read back", 1, False),
}
LATENCY, FIRST, DELAY = ["p50_us", "p99_us"], ["first_p50_us", "first_p99_us"], ["delay_p50_us", "delay_p99_us"]
CHECKS = ["failed", "records_found"]
WHOLE = ["cpu_us", "per_s", *LATENCY, "rss_peak", *CHECKS]
STREAM = ["cpu_us_per_event", "per_s", "events_per_s", *FIRST, *DELAY, "rss_peak", *CHECKS]
SHOWN = {
    "B": [*LATENCY, "cpu_us", "kept", *CHECKS],
    "D": [*FIRST, *DELAY, "cpu_us_per_event", "kept", *CHECKS],
    "P-slow": ["at_once", "answered", "rss_per_stream", "rss_peak", "cpu_us_per_event", *FIRST, *DELAY, *CHECKS],
    "E": ["at_once", "answered", "rss_per_stream", "rss_peak", "cpu_us_per_event", *FIRST, *DELAY, *CHECKS],
    "F1c1": [*LATENCY, "cpu_us", *CHECKS],
    "F2c1": [*LATENCY, "cpu_us", *CHECKS],
}
# Here the mock waits 20 ms before the first event, so the ratio of the whole says nothing.
NO_RATIO = {("D", key) for key in FIRST}
ADDED = {"B": LATENCY, "D": FIRST, "F1c1": LATENCY, "F2c1": LATENCY}


def number(v):
    if v is None:
        return "-"
    size = abs(v)
    return f"{v:,.0f}" if size >= 100 or v == int(v) else f"{v:.1f}" if size >= 10 else f"{v:.2f}"


def spread(numbers):
    """Median and range."""
    if not numbers:
        return "-"
    middle = number(median(numbers))
    return middle if len(numbers) == 1 else f"{middle} [{number(min(numbers))}..{number(max(numbers))}]"


def table(head, rows):
    """Leaves out rows that hold nothing."""
    rows = [row for row in rows if any(cell not in ("-", "") for cell in row[1:])]
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]

    def line(row):
        return "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |"
    return "\n".join([line(head), "|" + "|".join("-" * (width + 2) for width in widths) + "|", *map(line, rows)])


class Report:
    """`files` are pairs of label and results. Direct, nginx and Envoy are shown of the first; each file's northern is
    set against its own nginx."""

    def __init__(self, files):
        self.files = files
        self.first = files[0][1]
        self.gateways = [(label, results) for label, results in files if results["meta"]["gateway"]]
        measured = {server for servers in self.first["cases"].values() for server in servers}
        self.proxies = ["nginx", *[name for name in ("envoy", "litellm") if name in measured]]

    def case_row(self, name, key):
        title, divisor, comparable = FIGURES[key]
        case = CASES[name]

        def cell(results, name, server):
            return spread([v / divisor for v in values(results, name, server, key)])
        row = [title]
        if not case.gateway_only:
            row.append(cell(self.first, name, "direct"))
        if case.has_nginx:
            row += [cell(self.first, case.compare or name, server) for server in self.proxies]
        for _, results in self.gateways:
            row.append(cell(results, name, "northern"))
            if case.has_nginx:
                has_ratio = comparable and (name, key) not in NO_RATIO
                row.append(number(times_nginx(results, name, key)) if has_ratio else "")
        return row

    def added_row(self, name, key):
        def cell(results, server):
            us = over_direct(results, name, server, key)
            return number(None if us is None else us / MS)
        row = ["added over direct: " + FIGURES[key][0], "", *[cell(self.first, server) for server in self.proxies]]
        for _, results in self.gateways:
            row += [cell(results, "northern"), ""]
        return row

    def case_table(self, name):
        case = CASES[name]
        if not case.gateway_only:
            head = ["", "direct", *self.proxies]
        else:
            head = ["", *[f"{server}, {case.compare}" for server in self.proxies if case.compare]]
        for label, _ in self.gateways:
            head += [label, "× nginx"] if case.has_nginx else [label]
        keys = SHOWN.get(name) or (STREAM if case.events else WHOLE)
        return table(head, [self.case_row(name, key) for key in keys]
                     + [self.added_row(name, key) for key in ADDED.get(name, [])])

    def start_and_memory_table(self):
        def starts(key):
            theirs = [self.first.get("peer_starts", {}).get(server, []) for server in self.proxies]
            ours = [results["starts"] for _, results in self.gateways]
            return [spread([s[key] * MS for s in of if key in s]) for of in theirs + ours]

        def memory(key):
            cells = [*[(self.first, server) for server in self.proxies],
                     *[(results, "northern") for _, results in self.gateways]]
            return [spread([v / MIB for v in results[key].get(server, [])]) for results, server in cells]
        return table(["", *self.proxies, *[label for label, _ in self.gateways]], [
            ["start to first answer, ms", *starts("answer_s")],
            ["end after SIGTERM, ms", *starts("end_s")],
            ["memory when idle, MiB", *memory("idle")],
            ["peak memory over the cases, MiB", *memory("peak")]])

    def goals_table(self):
        head, rows = ["case", "goal", "must", "aim"], []
        for label, _ in self.gateways:
            head += [label, "verdict"]
        for goal in GOALS:
            sign = "≥" if goal.at_least else "≤"
            limits = goal.limits(self.gateways[0][1])
            row = [goal.case, goal.what, *["-" if v is None else f"{sign} {number(v)} {goal.unit}" for v in limits]]
            for _, results in self.gateways:
                measured = goal.figure(results)
                row += ["-" if measured is None else f"{number(measured)} {goal.unit}", goal.verdict(results)]
            rows.append(row)
        return table(head, rows)

    def remarks(self):
        for label, results in self.files:
            before = label + ": " if len(self.files) > 1 else ""
            noisy = []
            for name, servers in sorted(results["cases"].items()):
                shares = [m["foreign_cpu"] for measured in servers.values() for m in measured]
                if max(shares) > NOISY:
                    noisy.append(f"{name} {statistics.median(shares):.0%}")
            if noisy:
                yield (f"{before}Other processes used part of the machine, which makes latencies and rates doubtful "
                       f"(`foreign_cpu`, median of each case in which it passed {NOISY:.0%}): {', '.join(noisy)}.")
            for text in results["checks"]:
                yield f"**Check failed.** {before}{text}"
            for text in results.get("peer_failures", []):
                yield f"Failed elsewhere: {before}{text}"

    def text(self):
        meta = self.first["meta"]
        out = [f"{meta['date']}, {meta['cpu']}, {meta['cores']} cores, Linux {meta['kernel']}. Repetitions: "
               f"{meta['reps']}; durations × {meta['scale']:g}; median [lowest..highest]. CPU is that of the whole "
               "process tree."]
        for name in sorted(CASES):
            if any(name in results["cases"] for _, results in self.files):
                out += [f"### {name}: {CASES[name].title.format(**meta)}", self.case_table(name)]
        out += ["### G and H: start and memory", self.start_and_memory_table()]
        if self.gateways:
            out += ["### Goals", self.goals_table()]
        return "\n\n".join([*out, *self.remarks()])


def label_of(path):
    return os.path.splitext(os.path.basename(path))[0]
