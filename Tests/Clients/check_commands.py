#!/usr/bin/env python3
"""The command line, as an operator uses it: looking before the start, keys, mistakes in files.

    check_commands.py                              needs only the program
"""
import os
import subprocess
import sys

from harness import Skip, Suite, expect, main
from servers import PROVIDER_KEY, ROOT, ROUTES, Installation, fetch

commands = Suite("commands")


def northern(world, *arguments, environment=None):
    world.need_binary()
    return subprocess.run([world.northern, *arguments], capture_output=True, text=True, timeout=60,
                          env={**os.environ, **(environment or {})})


def own_installation(world):
    if world.is_foreign:
        raise Skip("only with a gateway that is started here")
    return Installation(world, "commands")


def refusal(world, *arguments, environment=None):
    """What a command says that fails: one sentence or more, and no stack."""
    done = northern(world, *arguments, environment=environment)
    expect(done.returncode, f"exit status; {done.stdout[-300:]}").is_one_of((1, 64))
    expect(bool(done.stderr.strip()), "a reason").equals(True)
    expect(done.stderr).lacks("Fatal error")
    return done.stderr


@commands.check
def help_and_version(world):
    for arguments in (["--help"], ["--version"], ["keys", "--help"], ["config"]):
        done = northern(world, *arguments)
        expect((done.returncode, bool(done.stdout.strip())), str(arguments)).equals((0, True))
    refusal(world, "no-such-command")


@commands.check
def the_page_of_settings_is_current(world):
    with open(os.path.join(ROOT, "docs", "configuration.md")) as file:
        expect(file.read() == northern(world, "config").stdout, "docs/configuration.md is what `northern config` prints"
               ).equals(True)


@commands.check
def check_tells_what_is_offered(world):
    said = own_installation(world).command("check", "--offline")
    for route in ROUTES.values():
        expect(said).contains(route.id)
    expect(said).lacks(PROVIDER_KEY)
    expect(said).lacks("reached")


@commands.check
def check_reaches_each_endpoint_and_sends_nothing(world):
    installation = own_installation(world)
    installation.simulator = world.start_simulator("reached").simulator
    installation.edit("routes.yaml", ROUTES["compatible"].base_url.format(simulator=world.simulator.url),
                      f"{installation.simulator.url}/v1")
    installation.reach_all()
    said = installation.command("check")
    expect(said.count("    reached at 127.0.0.1:"), "routes that are reached").equals(len(ROUTES))
    expect(said).contains(f"reached at {installation.simulator.url.partition('//')[2]}, without TLS")
    expect(said).contains("evidence: ")
    expect(said).lacks("Token hosts")
    expect(installation.simulator.stats()["requests"]).equals(0)


@commands.check
def check_fails_where_a_route_can_not_be_reached(world):
    done = northern(world, "check", "--config", own_installation(world).configuration)
    expect(done.returncode).equals(1)
    expect(done.stdout.count("NOT REACHED: "), "routes").equals(1)
    expect(done.stderr).contains("--offline")


@commands.check
def check_fails_where_a_route_would_be_refused(world):
    installation = own_installation(world)
    installation.reach_all()
    # Of a host of one's own, with addresses that it doesn't have.
    installation.edit("routes.yaml", "region: on-premises, jurisdiction: CA",
                      "region: on-premises, jurisdiction: CA, addresses: [192.0.2.0/24]")
    said = installation.command("check")
    expect(said).contains("WARNING: ")
    expect(said).contains("mismatch, not one of the declared addresses (declared)")
    done = northern(world, "check", "--config", installation.configuration, "--set", "egress.mode=enforce")
    expect(done.returncode).equals(1)
    expect(done.stdout.count("WOULD BE REFUSED: "), "routes").equals(1)


@commands.check
def a_route_that_contradicts_itself_does_not_load(world):
    """An id that ends in -ca, and an endpoint in the United States."""
    installation = own_installation(world)
    installation.edit("routes.yaml", "region: canadaeast, jurisdiction: CA", "region: eastus, jurisdiction: US")
    for command in ("check", "serve"):
        said = refusal(world, command, "--config", installation.configuration)
        expect(said).contains(ROUTES["azure"].id)
        expect(said).contains("routes.yaml:")


@commands.check
def mistakes_in_the_configuration_are_named(world):
    for before, after, named in (("listen:", "lisden:", "lisden"), ("port: 0", "port: many", "listen.port"),
                                 ("level: debug", "level: loud", "log.level")):
        installation = own_installation(world)
        installation.edit("config.yaml", before, after)
        expect(refusal(world, "check", "--config", installation.configuration)).contains(named)


@commands.check
def files_that_are_not_there(world):
    expect(refusal(world, "check", "--config", "/no/such/file.yaml")).contains("/no/such/file.yaml")
    installation = own_installation(world)
    os.remove(os.path.join(installation.folder, "routes.yaml"))
    expect(refusal(world, "check", "--config", installation.configuration)).contains("routes.yaml")


@commands.check
def the_environment_wins_over_the_file_and_flags_over_both(world):
    installation = own_installation(world)
    environment = {"NORTHERN_LOG_LEVEL": "loud"}
    arguments = ["check", "--offline", "--config", installation.configuration]
    expect(refusal(world, *arguments, environment=environment)).contains("log.level")
    done = northern(world, *arguments, "--set", "log.level=info", environment=environment)
    expect(done.returncode, done.stderr).equals(0)


@commands.check
def keys_are_shown_once(world):
    installation = own_installation(world)
    made = installation.create_key("shown once", "customer_premises")
    expect(made["key"][:8]).equals("ni_live_")
    listed = installation.command("keys", "list")
    expect(listed).contains(made["id"])
    expect(listed).contains("customer_premises")
    expect(listed).lacks(made["key"])
    installation.command("keys", "revoke", made["id"])
    expect(installation.command("keys", "list")).contains("revoked")


@commands.check
def mistakes_with_keys(world):
    installation = own_installation(world)
    arguments = ["--config", installation.configuration]
    expect(refusal(world, "keys", "create", "--name", "x", "--tier", "gold", *arguments)).contains("gold")
    expect(refusal(world, "keys", "revoke", "key_nobody", *arguments)).contains("key_nobody")
    expect(refusal(world, "keys", "create", "--name", "x", "--expires", "soon", *arguments)).contains("soon")


@commands.check
def a_port_that_is_taken(world):
    installation = own_installation(world)
    port = world.simulator.url.rpartition(":")[2]
    said = refusal(world, "serve", "--config", installation.configuration, "--set", f"listen.port={port}")
    expect(said).contains(port)


@commands.check
def a_data_directory_with_a_long_path(world):
    """Sockets have short names only, of about a hundred bytes; data directories need not."""
    installation = own_installation(world)
    installation.edit("config.yaml", f"data_directory: {installation.data_directory}",
                      f"data_directory: {installation.folder}/{'long-name/' * 12}data")
    gateway = installation.start(installation.create_key("long")["key"])
    expect(fetch(gateway.base_url + "/api/billing/models")[0]).equals(200)


SUITES = (commands,)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
