#!/usr/bin/env python3
"""Two hundred times a gateway under load is killed, and started again on the same data: what callers and providers saw
is on record, once, and the log goes on from where it was.

    check_kill.py                                  starts a gateway again and again, and a simulator for each provider
"""
import datetime
import random
import sys
import time
from collections import Counter

from custody import FIRST_CHANGES, Custody, expect_fit_schema, expect_one_leaf_each
from custodylog import WebLog
from evidence import Evidence, expect_none, seen_by
from harness import Skip, Suite, eventually, expect, main, once
from load import Load
from servers import PROVIDER_KEY, Installation
from traffic import ANSWER, PATHS, Asked, Told, canadian
from wire import request

kill = Suite("kill")

DEATHS = 200
CONNECTIONS = 16
SEED = 20261127
# After how many seconds of load the gateway is killed.
EARLIEST, LATEST = 0.05, 0.6

FAMILIES = ("openai", "anthropic", "compatible")
REFUSING = "refusing"
# What a provider does, and of how many requests in a hundred. Forty pieces take longer than any gateway lives.
MARKS = {ANSWER: 45, "[[sim:words 40]][[sim:tpot 20]]": 20, ANSWER + "[[sim:slow-headers 100]]": 10,
         ANSWER + "[[sim:fail-times 1 503 {tag}]]": 13, "[[sim:status 500]]": 4, ANSWER + "[[sim:cut 3]]": 4,
         "[[sim:context-length]]": 4}


def routes(simulators):
    """Each falls back to the next two. Nobody is behind one of them, and another's provider takes no key of ours."""
    hosts = {name: simulator.url.partition("//")[2] for name, simulator in simulators.items()}
    ring = [f"checks/{family}-ca" for family in FAMILIES] * 2
    found = {family: canadian(family, hosts[family], fallbacks=tuple(ring[place + 1:place + 3]))
             for place, family in enumerate(FAMILIES)}
    found["unreachable"] = canadian("compatible", "127.0.0.1:9", id="checks/unreachable-ca", fallbacks=(ring[0],))
    found[REFUSING] = canadian("openai", hosts[REFUSING], id="checks/refusing-ca", fallbacks=(ring[1],))
    return found


class Deaths:
    """A data directory whose gateways are killed, and all that was seen of them."""

    def __init__(self, world):
        keys = {**dict.fromkeys(FAMILIES, PROVIDER_KEY), REFUSING: "a-credential-that-nobody-else-has"}
        self.simulators = {name: world.start_simulator(f"kill-{name}", key=key, more=("--record", "20000")).simulator
                           for name, key in keys.items()}
        self.installation = Installation(world, "kill", simulator=self.simulators["compatible"],
                                         routes=routes(self.simulators))
        self.installation.edit("config.yaml", "level: debug", "level: notice")
        self.key = self.installation.create_key("kill")["key"]
        self.number, self.asked_in_all = 0, 0
        self.exchanges, self.proved, self.logs = [], [], {}
        # Of all cycles, the moment from death to where a gateway is ready again, in seconds.
        self.pauses = []
        self._start()
        self.auditor = self.custody.auditor()

    def _start(self):
        begun = time.monotonic()
        self.gateway = self.installation.start(self.key)
        self.pauses.append(time.monotonic() - begun)
        self.custody = Custody(self.gateway)

    def cycle(self):
        """Load, death, and a look at what is left of it."""
        self.number += 1
        begun = datetime.datetime.now(datetime.timezone.utc).isoformat().replace("+00:00", "Z")
        exchanges = self._die_under_load()
        self._start()
        self._read_logs()
        proved = self._read_records({exchange.request_id for exchange in exchanges if exchange.status}, begun)
        self.auditor.source = WebLog(self.custody.log_url)
        self.auditor.look()
        expect_one_leaf_each(proved, self.auditor.entries)
        # A page looks at a bounded number of records, so there may be several with none.
        expect(sum(self.custody.listed(outcome="open"), []), "records that are still open").equals([])
        self.exchanges += exchanges
        self.proved += proved

    def _die_under_load(self):
        chance = random.Random(f"{SEED}-{self.number}")
        moment = time.monotonic() + chance.uniform(EARLIEST, LATEST)
        with Load(self.gateway.base_url, self._asked(chance), CONNECTIONS, timeout=10, keeps_replies=True) as load:
            self.auditor.source = WebLog(self.custody.log_url)
            self.auditor.glimpse()
            time.sleep(max(0, moment - time.monotonic()))
            # What was published a moment before is published for good.
            self.auditor.glimpse()
            load.is_stopping.set()
            self.gateway.process.kill()
        expect(load.failures).equals([])
        return load.exchanges

    def _asked(self, chance):
        while True:
            self.asked_in_all += 1
            tag = f"tag-{self.asked_in_all:05d}"
            marks = chance.choices(list(MARKS), list(MARKS.values()))[0].format(tag=tag)
            asked = Asked(tag, chance.choice(list(self.installation.routes)), chance.choice(list(PATHS)),
                          is_streamed=chance.random() < 0.5, marks=marks, allows_fallbacks=chance.random() < 0.8)
            yield asked, request("POST", asked.target, asked.body(self.gateway.route(asked.route)),
                                 [*self.gateway.authorization, ("x-ni-nonce", tag)])

    def _read_logs(self):
        for simulator in self.simulators.values():
            eventually(lambda: simulator.stats()["active"] == 0)
            log = self.logs.setdefault(simulator.url.partition("//")[2], [])
            log += seen_by(simulator)
            simulator.reset()

    def _read_records(self, ids, begun):
        """What is on record since a moment: at least these, soon."""
        def proved():
            found.clear()
            found.extend(self.custody.exported(**{"from": begun}))
            return ids <= {each.record["id"] for each in found}
        found = []
        eventually(proved, seconds=10, pause=0.1)
        return found


@once
def deaths(world):
    """All cycles, then looked at by several checks."""
    if world.is_foreign:
        raise Skip("only with a gateway that is started here")
    begun, found = time.monotonic(), Deaths(world)
    for _ in range(DEATHS):
        found.cycle()
    print(f"  {DEATHS} deaths with {len(found.exchanges)} requests in {time.monotonic() - begun:.0f} s; a start took "
          f"{max(found.pauses):.2f} s at most")
    return found


def told_of(exchange):
    """What the caller of a load saw, as evidence has it."""
    lines = exchange.head.decode().split("\r\n")[1:-1] if exchange.head else []
    fields = dict(line.split(": ", 1) for line in lines)
    return Told(exchange.tag, exchange.status, fields, exchange.body, exchange.trouble)


@once
def evidence(world):
    """Of the requests that were answered before a death."""
    found = deaths(world)
    told = [told_of(exchange) for exchange in found.exchanges if exchange.is_whole]
    tags = {each.asked.tag for each in told}
    records = [each.record for each in found.proved if each.record.get("nonce") in tags]
    answered = Evidence(found.installation, found.gateway, told, records)
    for host, log in found.logs.items():
        answered.look_at(host, [seen for seen in log if seen.tag in tags])
    return answered


def broken(world):
    """Pairs of what a caller saw of a reply that broke off, and the records of its request."""
    found = deaths(world)
    records = {}
    for each in found.proved:
        records.setdefault(each.record.get("nonce"), []).append(each.record)
    return [(exchange, records.get(exchange.tag.tag, ())) for exchange in found.exchanges if not exchange.is_whole]


# ---------------------------------------------------------------------------------------------------- Checks

@kill.check
def all_kinds_of_requests_were_there(world):
    """Else the other checks would find nothing with ease."""
    found = deaths(world)
    expect(found.number).equals(DEATHS)
    outcomes = Counter(each.record["outcome"] for each in found.proved)
    rare = [name for name in ("completed", "failed", "interrupted") if outcomes[name] < DEATHS / 4]
    expect(rare, f"rare among {outcomes}").equals([])
    began = [exchange for exchange, _ in broken(world) if exchange.status]
    expect(len(began) >= DEATHS / 2, f"{len(began)} replies that had begun when the gateway died").is_true()
    fallen_back = [each for each in found.proved if len(each.record["attempts"]) > 1]
    interrupted = [each for each in fallen_back if each.record["outcome"] == "interrupted"]
    expect((len(fallen_back) >= DEATHS, len(interrupted) >= 3),
           f"{len(fallen_back)} had fallbacks, {len(interrupted)} of them died").equals((True, True))


@kill.check
def no_record_is_there_twice_and_none_is_nobodys(world):
    found = deaths(world)
    for name in ("id", "nonce"):
        twice = [value for value, count in Counter(each.record[name] for each in found.proved).items() if count > 1]
        expect(twice, f"{name} of more than one record").equals([])
    ids = Counter(exchange.request_id for exchange in found.exchanges if exchange.status)
    expect([value for value, count in ids.items() if count > 1], "ids of more than one reply").equals([])
    tags = {exchange.tag.tag for exchange in found.exchanges}
    expect([each.record for each in found.proved if each.record["nonce"] not in tags], "nobody's").equals([])


@kill.check_each(("unrecorded", "unlike_headers", "unlike_replies", "unlike_plans", "unlike_catalog", "unlike_logs"))
def of_what_was_answered_callers_records_and_providers_say_the_same(world, kind):
    expect_none(getattr(evidence(world), kind)())


@kill.check
def each_request_whose_reply_had_begun_is_on_record(world):
    expect([exchange for exchange, records in broken(world)
            if exchange.status and [record["id"] for record in records] != [exchange.request_id]]).equals([])


@kill.check
def what_broke_off_is_on_record_as_that(world):
    """Or as over, where only its end didn't arrive."""
    def faults():
        for exchange, records in broken(world):
            for record in records:
                attempts = record["attempts"]
                if record["state"] != "closed" or not record["closed_at"]:
                    yield f"still open: {record}"
                if record["outcome"] not in ("interrupted", "completed", "failed", "refused"):
                    yield f"{record['outcome']} though its caller stayed: {record}"
                if exchange.status and told_of(exchange).fields["x-ni-attempts"] != str(len(attempts)):
                    yield f"{told_of(exchange).fields}, and on record {attempts}"
                if (record["surface"], record["streamed"]) != (exchange.tag.surface, exchange.tag.is_streamed):
                    yield f"{exchange.tag} is on record as {record}"
    expect_none(faults())


@kill.check
def every_provider_that_saw_a_prompt_is_on_record(world):
    """Whenever the gateway died: what it sent it had written down before. What was under way may not have arrived."""
    found = deaths(world)
    seen = Counter((host, request_seen.tag) for host, log in found.logs.items() for request_seen in log)
    sent, ended = Counter(), Counter()
    for each in found.proved:
        for attempt in each.record["attempts"]:
            place = attempt["host"], each.record["nonce"]
            sent[place] += 1
            ended[place] += "status" in attempt
    expect([place for place in seen if seen[place] > sent[place]], "requests at a provider that aren't on record"
           ).equals([])
    expect([place for place in ended if ended[place] > seen[place]], "replies on record that nobody gave").equals([])


@kill.check
def all_records_are_still_there_at_the_end_and_as_they_were(world):
    found = deaths(world)
    first, last = ({each.record["id"]: each for each in proved}
                   for proved in (found.proved, found.custody.exported()))
    expect(len(first), "records").equals(len(last))
    changed = [request_id for request_id, each in first.items() if request_id not in last or (
        last[request_id].index, last[request_id].salt, last[request_id].record) != (each.index, each.salt, each.record)]
    expect(changed).equals([])


@kill.check
def each_record_is_one_leaf_and_there_is_no_other_leaf(world):
    """The log was verified after each start, against every checkpoint that was ever served."""
    found = deaths(world)
    expect_one_leaf_each(found.proved, found.auditor.entries)
    expect(len(found.auditor.entries), "leaves").equals(len(found.proved) + FIRST_CHANGES)


@kill.check
def an_auditor_who_comes_late_finds_the_same(world):
    found = deaths(world)
    auditor = found.custody.auditor()
    auditor.look()
    expect(auditor.entries == found.auditor.entries, "the entries that were seen one death after the other").is_true()


@kill.check
def interrupted_records_fit_their_schema(world):
    expect_fit_schema(each.record for each in deaths(world).proved)


@kill.check
def receipts_of_the_interrupted_verify(world):
    found = deaths(world)
    interrupted = [each for each in found.proved if each.record["outcome"] == "interrupted"]
    for each in random.Random(SEED).sample(interrupted, min(20, len(interrupted))):
        proved = found.custody.proved(each.record["id"])
        expect((proved.index, proved.record, proved.salt)).equals((each.index, each.record, each.salt))


SUITES = (kill,)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
