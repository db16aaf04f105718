"""Reading the figures of a run. Repetition by repetition, so that what was measured close together is compared."""
import statistics

from .cases import CASES


def values(results, case, server, key):
    rows = results["cases"].get(case, {}).get(server, [])
    return [row[key] for row in rows if row.get(key) is not None]


def median(numbers):
    return statistics.median(numbers) if numbers else None


def times_nginx(results, case, key):
    """Northern's figure as a multiple of nginx's."""
    ours, theirs = values(results, case, "northern", key), values(results, CASES[case].compare or case, "nginx", key)
    return median([a / b for a, b in zip(ours, theirs) if b])


def over_direct(results, case, server, key):
    """What a server adds to the direct way's figure."""
    return median([a - b for a, b in zip(values(results, case, server, key), values(results, case, "direct", key))])
