#!/usr/bin/env python3
"""Credentials that the gateway fetches itself, from simulated services whose tokens live for some seconds.

    check_credentials.py                           starts all that it needs
"""
import contextlib
import functools
import os
import sys

from check_commands import northern, refusal
from harness import Skip, Suite, eventually, expect, main
from servers import PROVIDER_KEY, Installation, fetch
from wire import CHAT, chat_body

credentials = Suite("credentials")

# Seconds. Tokens are renewed when half of it is over.
LIFETIME = 6
FAMILIES = {"bedrock": "/latest/api/token", "vertex": "/computeMetadata/v1/instance/service-accounts/default/token",
            "azure": "/checks-tenant/oauth2/v2.0/token"}
SOURCES = {
    "bedrock": 'bedrock: {{credential_source: instance, metadata_url: "{url}", role_arn: '
               '"arn:aws:iam::111122223333:role/checks", token_url: "{url}", base_url: "{url}"}}',
    "vertex": 'vertex: {{credential_source: metadata, metadata_host: "{host}", project: checks, base_url: "{url}"}}',
    "azure": 'azure: {{tenant_id: checks-tenant, client_id: checks, client_secret: "{key}", token_url: "{url}", '
             'base_url: "{url}"}}',
}


@contextlib.contextmanager
def at_aws():
    """Elsewhere the checks forbid the machine's own service, for the sake of AWS's Python library."""
    forbidden = os.environ.pop("AWS_EC2_METADATA_DISABLED", None)
    try:
        yield
    finally:
        if forbidden is not None:
            os.environ["AWS_EC2_METADATA_DISABLED"] = forbidden


def start(made):
    with at_aws():
        return made.start(made.create_key("credentials")["key"])


def installation(world, simulator):
    made = Installation(world, "credentials", simulator=simulator)
    values = {"url": simulator.url, "host": simulator.url.partition("//")[2], "key": PROVIDER_KEY}
    with open(made.configuration) as file:
        lines = file.read().splitlines()
    lines = [SOURCES[name].format(**values) if (name := line.partition(":")[0]) in SOURCES else line for line in lines]
    with open(made.configuration, "w") as file:
        file.write("\n".join(lines) + "\n")
    return made


@functools.cache
def running(world):
    """A gateway whose credentials end after some seconds, and the simulator that gives them."""
    if world.is_foreign:
        raise Skip("only with a gateway that is started here")
    simulator = world.start_simulator("short-lived", more=("--token-lifetime", str(LIFETIME))).simulator
    made = installation(world, simulator)
    return start(made), simulator


def status(gateway, family):
    body = chat_body(gateway.route(family), "hi", allow_fallbacks=False)
    return fetch(gateway.base_url + CHAT, body, gateway.authorization)[0]


def asked(simulator, path):
    """How often a credential was asked for."""
    return fetch(simulator.url + "/__sim/requests")[2].count(f'"path":"{path}"')


@credentials.check_each(FAMILIES)
def fetched_used_and_renewed(world, family):
    gateway, simulator = running(world)
    expect(eventually(lambda: status(gateway, family) == 200), "a first answer").is_true()
    seen = asked(simulator, FAMILIES[family])
    expect(eventually(lambda: asked(simulator, FAMILIES[family]) > seen, seconds=LIFETIME + 5),
           "asked again").is_true()
    # The first one has run out long ago once it was asked for twice more.
    expect(eventually(lambda: asked(simulator, FAMILIES[family]) > seen + 2, seconds=3 * LIFETIME),
           "and again").is_true()
    expect(status(gateway, family), "with another credential").equals(200)


@credentials.check
def check_says_where_each_comes_from_and_asks_nobody(world):
    simulator = running(world)[1]
    quiet = installation(world, world.start_simulator("never-asked").simulator)
    quiet.reach_all()
    with at_aws():
        said = quiet.command("check")
    for part in ("AWS assumed role arn:aws:iam::111122223333:role/checks, with AWS instance metadata",
                 "Google metadata server", "Entra client credentials of checks in checks-tenant"):
        expect(said).contains(part)
    host = quiet.simulator.url.partition("//")[2]
    expect(said.partition("Token hosts:")[2]).contains(f"{host}\n    reached at {host}")
    expect(said).lacks(PROVIDER_KEY)
    expect(quiet.simulator.stats()["requests"]).equals(0)
    expect(simulator.stats()["requests"] > 0, "another is asked").is_true()


@credentials.check
def no_secret_is_in_the_log(world):
    gateway = running(world)[0]
    eventually(lambda: status(gateway, "azure") == 200)
    log = gateway.process.log_text()
    expect(log).contains("A credential was obtained")
    for secret in (PROVIDER_KEY, "ASIASIM", "IQoJ/sim", "ya29.sim", "eyJ.sim", "AQAE-sim"):
        expect(log).lacks(secret)


@credentials.check
def a_service_that_is_away_is_told_in_the_log_and_answered_with_503(world):
    if world.is_foreign:
        raise Skip("only with a gateway that is started here")
    made = Installation(world, "no-credentials")
    made.edit("config.yaml", "bedrock: {access_key_id: AKIDSIM, ",
              'bedrock: {credential_source: instance, metadata_url: "http://127.0.0.1:9", ')
    made.edit("config.yaml", f'secret_access_key: "{PROVIDER_KEY}", ', "")
    gateway = start(made)
    expect(status(gateway, "bedrock")).equals(503)
    expect(status(gateway, "openai"), "others go on").equals(200)
    expect(eventually(lambda: "There is no credential" in gateway.process.log_text()), "a line").is_true()


@credentials.check
def a_source_that_is_asked_for_must_be_there(world):
    if world.is_foreign:
        raise Skip("only with a gateway that is started here")
    made = Installation(world, "mistaken")
    said = refusal(world, "check", "--config", made.configuration, "--set", "vertex.credential_source=credentials_file")
    expect(said).contains("vertex.credentials_file")
    done = northern(world, "check", "--offline", "--config", made.configuration,
                    environment={"AWS_PROFILE": "nobody"})
    expect(done.returncode, "the settings' own keys go before the environment").equals(0)


SUITES = (credentials,)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
