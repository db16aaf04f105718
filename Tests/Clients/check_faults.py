#!/usr/bin/env python3
"""What breaks: upstreams that end too early, callers that leave, a gateway that is killed.

    check_faults.py                                starts a gateway and a strict simulator behind it
    check_faults.py --ready-file demo.json         checks the `northern demo` that wrote this file
"""
import sys
import threading
import time

from harness import Skip, Suite, as_json, expect, main, words
from servers import FAMILIES, Installation, fetch, gate_name
from wire import CHAT, ChatStream, Connection, ConnectionEnded, chat_body, request

upstreams = Suite("faults.upstreams")
callers = Suite("faults.callers")
deaths = Suite("faults.deaths")

# How a stream breaks in the middle, and what our error for it may be called. A dropped connection and a missing end
# are told apart where the wire shows the difference.
BREAKS = {
    "cut 6": ("upstream_truncated", "upstream_unreachable", "upstream_error"),
    "end 6": ("upstream_truncated",),
    "garbage-event 6": ("upstream_error", "upstream_truncated"),
    "error-event 6": ("upstream_error", "upstream_unavailable"),
}


def broken_stream(world, family, mark):
    """A stream of 40 words that breaks after some, read to its end."""
    content = f"[[sim:words 40]][[sim:tpot 2]][[sim:{mark}]]"
    members = {"stream_options": {"include_usage": True}, "allow_fallbacks": False}
    with ChatStream(world.gateway, world.gateway.route(family), content, **members) as stream:
        return stream.rest()


def check_break(world, family, mark):
    stream = broken_stream(world, family, mark)
    expect(stream.head.status, "status").equals(200)
    expect(bool(stream.text) and words(40).startswith(stream.text), f"a beginning of the text: {stream.text!r}"
           ).equals(True)
    expect(stream.finish_reasons, "finish reasons that nobody gave").equals([])
    expect(stream.is_done, "[DONE]").equals(False)
    error = stream.error
    expect(bool(error), "an error event").equals(True)
    expect(sorted(error)).equals(["code", "message", "param", "type"])
    expect(error["code"], "code").is_one_of(BREAKS[mark])
    record = world.gateway.closed_custody(stream.request_id)
    expect((record["outcome"], record["error"], record["status"])).equals(("failed", error["code"], 200))


@upstreams.check_each(FAMILIES)
def dies_in_mid_stream(world, family):
    check_break(world, family, "cut 6")


@upstreams.check_each(FAMILIES)
def ends_without_its_closing_events(world, family):
    check_break(world, family, "end 6")


@upstreams.check_each(FAMILIES)
def sends_garbage(world, family):
    check_break(world, family, "garbage-event 6")


@upstreams.check_each(FAMILIES)
def reports_an_error_in_mid_stream(world, family):
    check_break(world, family, "error-event 6")


@upstreams.check_each(FAMILIES)
def breaks_before_its_first_piece(world, family):
    """Nothing was sent to the caller yet, or little that means anything: an error either way, and never an answer."""
    for mark in ("cut 0", "end 0", "garbage-event 0"):
        stream = broken_stream(world, family, mark)
        expect((stream.text, stream.finish_reasons, stream.is_done), mark).equals(("", [], False))
        if stream.head.status == 200:
            expect(bool(stream.error), f"{mark}: an error event").equals(True)
        else:
            expect(stream.head.status, mark).is_one_of((502, 503))


@upstreams.check_each(FAMILIES)
def breaks_off_a_whole_reply(world, family):
    body = chat_body(world.gateway.route(family), "[[sim:words 400]][[sim:cut 3]]", allow_fallbacks=False)
    with Connection(world.gateway.base_url) as connection:
        reply = connection.exchange(request("POST", CHAT, body, world.gateway.authorization))
        expect(reply.status).equals(502)
        expect(reply.json["error"]["code"]).is_one_of(
            ("upstream_truncated", "upstream_unreachable", "upstream_error"))
        check_still_usable(world.gateway, connection)
    expect(world.gateway.closed_custody(reply["x-ni-request-id"])["outcome"]).equals("failed")


def check_still_usable(gateway, connection, family="compatible"):
    body = chat_body(gateway.route(family), "[[sim:echo]]still here")
    expect(connection.exchange(request("POST", CHAT, body, gateway.authorization)).text).equals("still here")


@upstreams.check_each(FAMILIES)
def other_streams_go_on(world, family):
    """One that breaks takes nobody with it."""
    simulator, gate = world.gateway.simulator(family), gate_name()
    content = f"[[sim:words 9]][[sim:gate 3 {gate}]]"
    with ChatStream(world.gateway, world.gateway.route(family), content) as stream:
        try:
            stream.next_text()
            broken_stream(world, family, "cut 6")
        finally:
            simulator.open(gate)
        stream.rest()
    expect((stream.text, stream.is_done)).equals((words(9), True))


@upstreams.check
def falls_silent(world):
    """A provider that sends nothing more is given up after the configured time, a second here."""
    for family in FAMILIES:
        content = "[[sim:words 9]][[sim:stall 3]]"
        gateway = world.small_gateway
        with ChatStream(gateway, gateway.route(family), content, allow_fallbacks=False) as stream:
            stream.rest()
        expect((stream.is_done, stream.finish_reasons), family).equals((False, []))
        expect((stream.error or {}).get("code"), family).equals("upstream_timeout")
        expect(gateway.closed_custody(stream.request_id)["outcome"], family).equals("failed")


@upstreams.check
def comes_and_goes(world):
    """Connections that were kept are of no use after an upstream has been restarted; callers don't notice."""
    process = world.start_simulator("restarted")
    installation, key = own_installation(world, "restarted", simulator=process.simulator)
    gateway = installation.start(key)
    port = process.simulator.url.rpartition(":")[2]
    for restart in range(3):
        for family in FAMILIES:
            with Connection(gateway.base_url) as connection:
                check_still_usable(gateway, connection, family)
        process.end()
        if restart == 1:
            reply = fetch(gateway.base_url + CHAT, chat_body(gateway.route("bedrock"), "hi"), gateway.authorization)
            expect((reply[0], as_json(reply[2])["error"]["code"])).equals((502, "upstream_unreachable"))
        process = world.start_simulator("restarted", port)
        expect(process.simulator.url).equals(installation.simulator.url)


# ---------------------------------------------------------------------------------------------------- Callers

def abandoned_stream(world, family):
    """A stream whose caller leaves in the middle, and the seconds until the upstream's connection was closed."""
    simulator, gate = world.gateway.simulator(family), gate_name()
    simulator.reset()
    with ChatStream(world.gateway, world.gateway.route(family), f"[[sim:words 50]][[sim:gate 5 {gate}]]") as stream:
        stream.next_text()
        expect(simulator.stats()["active"], "answers under way").equals(1)
    left = time.monotonic()
    aborts = simulator.wait_for("client_aborts", 1, pause=0.002)
    seconds = time.monotonic() - left
    simulator.open(gate)
    expect(aborts, "upstream calls that were given up").equals(1)
    return stream.request_id, seconds


@callers.check_each(FAMILIES)
def leaves_in_mid_stream(world, family):
    """The upstream's connection is closed within 100 ms. The fastest of some tries counts, as others use the machine
    too; that it is closed at all must hold each time."""
    seconds = []
    while len(seconds) < 5 and not (seconds and min(seconds) <= 0.1):
        request_id, taken = abandoned_stream(world, family)
        seconds.append(taken)
        expect(world.gateway.closed_custody(request_id)["outcome"]).equals("cancelled")
    expect(min(seconds), "seconds").is_at_most(0.1)


@callers.check_each(FAMILIES)
def leaves_before_the_first_byte(world, family):
    simulator = world.gateway.simulator(family)
    simulator.reset()
    body = chat_body(world.gateway.route(family), "[[sim:slow-headers 20000]]hi")
    with Connection(world.gateway.base_url) as connection:
        connection.send(request("POST", CHAT, body, world.gateway.authorization))
        expect(simulator.wait_for("active", 1), "answers under way").equals(1)
    expect(simulator.wait_for("client_aborts", 1), "upstream calls that were given up").equals(1)


@callers.check
def does_not_read(world):
    """A caller that reads nothing holds its upstream back, and others are served meanwhile."""
    gateway = world.gateway
    with ChatStream(gateway, gateway.route("compatible"), "[[sim:words 40000]]") as stream:
        time.sleep(0.5)
        with Connection(gateway.base_url) as connection:
            check_still_usable(gateway, connection)
        stream.rest()
    expect(stream.is_done).equals(True)
    expect(stream.text == words(40_000), "40000 words in order").equals(True)


@callers.check
def reads_the_last_reply_slowly(world):
    """One that is to be the connection's last gets all of it, though it is more than the system keeps for it."""
    text = "word " * 2_000_000
    body = chat_body(world.gateway.route("compatible"), "[[sim:echo]]" + text, max_tokens=2_000_000)
    with Connection(world.gateway.base_url, timeout=120) as connection:
        connection.send(request("POST", CHAT, body, [*world.gateway.authorization, ("Connection", "close")]))
        head = connection.read_head()
        time.sleep(0.5)
        expect(len(connection.read_body(head)), "bytes of the body").equals(int(head["content-length"]))
        expect(connection.has_ended(), "the connection's end").equals(True)


@callers.check
def sends_its_body_slowly(world):
    gateway = world.gateway
    data = request("POST", CHAT, chat_body(gateway.route("bedrock"), "[[sim:echo]]slowly"), gateway.authorization)
    with Connection(gateway.base_url) as connection:
        for start in range(0, len(data), 7):
            connection.send(data[start:start + 7])
            time.sleep(0.001)
        expect(connection.read().text).equals("slowly")


@callers.check
def leaves_in_the_middle_of_its_body(world):
    gateway = world.gateway
    simulator = gateway.simulator("compatible")
    simulator.reset()
    data = request("POST", CHAT, chat_body(gateway.route("compatible"), "x" * 1000), gateway.authorization)
    with Connection(gateway.base_url) as connection:
        connection.send(data[:-500])
    with Connection(gateway.base_url) as connection:
        check_still_usable(gateway, connection)
    expect(simulator.stats()["requests"], "requests that left").equals(1)


@callers.check
def come_in_numbers(world):
    """Two hundred callers at once, all served."""
    gateway = world.gateway
    wrong = []

    def call(number):
        try:
            with ChatStream(gateway, gateway.route(FAMILIES[number % len(FAMILIES)]), f"[[sim:echo]]no. {number}"
                            ) as stream:
                if stream.rest().text != f"no. {number}" or not stream.is_done:
                    wrong.append((number, stream.data[-3:]))
        except (OSError, ConnectionEnded) as error:
            wrong.append((number, str(error)))

    threads = [threading.Thread(target=call, args=(number,)) for number in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expect(wrong).equals([])


# ---------------------------------------------------------------------------------------------------- Deaths

def own_installation(world, name, **settings):
    if world.is_foreign:
        raise Skip("only with a gateway that is started here")
    installation = Installation(world, name, **settings)
    return installation, installation.create_key(name)["key"]


@deaths.check
def kill_9_in_mid_request_leaves_an_open_record(world):
    """The next start closes it as interrupted."""
    installation, key = own_installation(world, "killed")
    gateway, simulator, gate = installation.start(key), world.simulator, gate_name()
    with ChatStream(gateway, gateway.route("bedrock"), f"[[sim:words 9]][[sim:gate 3 {gate}]]") as stream:
        stream.next_text()
        with Connection(gateway.base_url) as connection:
            check_still_usable(gateway, connection)
        gateway.process.kill()
        simulator.open(gate)
    restarted = installation.start(key)
    record = restarted.closed_custody(stream.request_id)
    expect((record["outcome"], len(record["attempts"]))).equals(("interrupted", 1))
    expect(record["asked_route"]).equals(gateway.route("bedrock"))


@deaths.check
def an_open_record_can_be_read(world):
    simulator, gate = world.gateway.simulator("bedrock"), gate_name()
    with ChatStream(world.gateway, world.gateway.route("bedrock"), f"[[sim:words 9]][[sim:gate 3 {gate}]]") as stream:
        try:
            stream.next_text()
            end = time.monotonic() + 5
            while not (record := world.gateway.custody(stream.request_id)) and time.monotonic() < end:
                time.sleep(0.05)
            expect((record or {}).get("state")).equals("open")
        finally:
            simulator.open(gate)
        stream.rest()
    expect(world.gateway.closed_custody(stream.request_id)["outcome"]).equals("completed")


@deaths.check
def kill_9_loses_no_record(world):
    """Whatever was answered before is on record after the next start, many times over."""
    installation, key = own_installation(world, "killed-often")
    answered = []
    for _ in range(3):
        gateway = installation.start(key)
        with Connection(gateway.base_url) as connection:
            for _ in range(20):
                body = chat_body(gateway.route("compatible"), "hi")
                reply = connection.exchange(request("POST", CHAT, body, gateway.authorization))
                answered.append(reply["x-ni-request-id"])
            gateway.process.kill()
    gateway = installation.start(key)
    outcomes = [gateway.closed_custody(request_id)["outcome"] for request_id in answered]
    expect(outcomes).equals(["completed"] * len(answered))


@deaths.check
def a_gateway_that_is_told_to_stop_finishes_what_it_began(world):
    installation, key = own_installation(world, "stopped")
    gateway, simulator, gate = installation.start(key), world.simulator, gate_name()
    with ChatStream(gateway, gateway.route("vertex"), f"[[sim:words 9]][[sim:gate 3 {gate}]]") as stream:
        stream.next_text()
        gateway.process.popen.terminate()
        time.sleep(0.3)
        simulator.open(gate)
        stream.rest()
    expect((stream.text, stream.is_done)).equals((words(9), True))
    expect(gateway.process.end(), "exit status").equals(0)


@deaths.check
def two_gateways_do_not_share_a_data_directory(world):
    installation, key = own_installation(world, "shared")
    installation.start(key)
    try:
        installation.start(key)
    except AssertionError as error:
        expect(str(error), "what the second one says").contains(installation.data_directory)
        return
    raise AssertionError("a second gateway started on the same data directory")


SUITES = (upstreams, callers, deaths)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
