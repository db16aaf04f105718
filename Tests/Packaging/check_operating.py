"""The commands of docs/operating.md: each is run here, or held against what it names."""
import glob
import os
import re
import shlex
import shutil
import subprocess

import helm_python
from check_install import FILES
from harness import Suite, as_json, expect, once
from servers import ADMIN_TOKEN, Installation, fetch
from tools import path, read, services, succeeds, tool, variables_of_settings
from wire import CHAT, chat_body

operating = Suite("operating")

PAGE = ("docs", "operating.md")


def commands():
    """Of the blocks that show what is typed: lines that begin with `$`, with those that they go on in."""
    found = []
    for block in re.findall(r"^```console\n(.*?)^```", read(*PAGE), re.MULTILINE | re.DOTALL):
        for command in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            found.append(re.sub(r"\\\n\s*", "", command).strip())
    return found


def beginning(*words):
    """The commands that begin so, `sudo` and the like aside, as words."""
    found = []
    for command in commands():
        parts = shlex.split(command, comments=False)
        while parts[:1] == ["sudo"]:
            parts = parts[3:] if parts[1:2] == ["-u"] else parts[1:]
        if parts[:len(words)] == list(words):
            found.append(parts)
    expect(found, f"commands that begin with {' '.join(words)}").is_true()
    return found


# ---------------------------------------------------------------------------------------------------- What is named

@operating.check
def every_command_is_looked_at_here(_):
    """A new one wants a check, or a line here that says why not."""
    known = ("northern", "make", "systemctl", "journalctl", "systemd-sysusers", "sh", "docker", "chown", "kubectl", "helm",
             "tar", "sqlite3", "curl", "(umask",
             # PostgreSQL's; the outside checks make roles and databases in SQL.
             "createuser", "createdb")
    for command in commands():
        parts = shlex.split(command)
        while parts[:1] == ["sudo"]:
            parts = parts[3:] if parts[1:2] == ["-u"] else parts[1:]
        expect(parts[0], command).is_one_of(known)


@operating.check
def each_command_of_the_program_is_one(world):
    world.need_binary()
    found = 0
    for command in commands():
        words = shlex.split(command)
        # The last one: before it may be a user or a service of that name.
        places = [place for place, word in enumerate(words[:-1]) if word == "northern" and words[place + 1].isalpha()
                  and words[place + 1] not in ("northern", "sqlite3")]
        if not places or words[0] in ("systemctl", "helm") or "systemctl" in words[:2] or "install" in words[:2]:
            continue
        arguments = words[places[-1] + 1:]
        expect_usage(world, arguments, command)
        found += 1
    expect(found, "commands of the program").equals(7)


def expect_usage(world, arguments, command):
    """That a command is one, and has these options."""
    path_of_it, usage = [], succeeds(world.northern, "--help")
    while "SUBCOMMANDS:" in usage:
        path_of_it.append(arguments[len(path_of_it)])
        usage = succeeds(world.northern, *path_of_it, "--help")
    for option in arguments:
        if option.startswith("--"):
            expect(usage, command).contains(option)


@operating.check
def each_target_of_make_is_one(_):
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    for parts in beginning("make"):
        expect(parts[1] in targets, f"make {parts[1]}").is_true()


@operating.check
def units_and_files_are_those_that_are_installed(_):
    for parts in beginning("systemctl"):
        expect(parts[-1]).equals("northern")
    mentioned = set(re.findall(r"/(?:usr|etc)/[\w./-]*northern[\w./-]*\w", read(*PAGE)))
    unit = read("Packaging", "northern.service")
    # The catalogue is where an operator puts it.
    theirs = ("/etc/northern", "/etc/northern/routes.yaml")
    expect({name for name in mentioned if name not in FILES and name not in unit and name not in theirs}).equals(set())


@operating.check
def variables_and_metrics_are_there(world):
    names = set(re.findall(r"NORTHERN_[A-Z_]+", read(*PAGE)))
    expect(names - variables_of_settings()).equals(set())
    metrics = fetch(f"{world.gateway.admin_url}/metrics")[2]
    for name in set(re.findall(r"`(northern_[a-z_]+)`", read(*PAGE))):
        expect(metrics, name).contains(f"# HELP {name} ")


@operating.check
def the_image_is_built_and_composed_from_files_that_are_there(_):
    for parts in beginning("docker"):
        for place, word in enumerate(parts):
            if word in ("-f", "--file"):
                expect(os.path.exists(path(parts[place + 1])), parts[place + 1]).is_true()
    for parts in beginning("docker", "compose"):
        if "exec" in parts:
            expect(parts[parts.index("exec") + 1] in services("compose.yaml"), "the service").is_true()


@operating.check
def the_chart_takes_the_values_that_are_shown(_):
    command, = beginning("helm", "install")
    release, folder = command[2:4]
    values = ",".join(command[place + 1] for place, word in enumerate(command) if word == "--set")
    with helm_python.Chart.load(path(folder)) as chart:
        text = "\n".join(chart.render(helm_python.parse_set_string(values), name=release, namespace="default").values())
    for parts in beginning("kubectl", "create", "secret"):
        expect(text, "the secret").contains(parts[4])
    expect(beginning("kubectl", "exec")[0][2], "the pod").equals(f"{release}-0")


# ---------------------------------------------------------------------------------------------------- What is run

@operating.check
def the_admin_listener_says_what_is_shown(world):
    for command in commands():
        if command.startswith("curl"):
            told = succeeds("bash", "-c", command.replace("http://127.0.0.1:8081", world.gateway.admin_url)
                            .replace("$NORTHERN_ADMIN_TOKEN", ADMIN_TOKEN))
            if "reload" in command:
                expect(as_json(told)["result"], told).is_one_of(("applied", "unchanged"))
            elif "health" in command:
                expect(read(*PAGE), "the answer").contains(f"```json\n{told.strip()}\n```")
            elif "metrics" in command:
                expect(told).contains("northern_requests_active 0")
            else:
                expect(as_json(told)["name"], told).equals("billing")


@operating.check
def secrets_beside_the_compose_files_are_their_owners_alone(world):
    folder = os.path.join(world.folder, "beside")
    os.makedirs(folder)
    for command in commands():
        if command.startswith("(umask"):
            succeeds("sh", "-c", command.replace("Packaging", folder))
    found = [service for name in ("compose.yaml", "compose.postgres.yaml") for service in services(name).values()]
    wanted = {file for service in found for file in service["env_file"] if isinstance(file, str)} | {"master-key"}
    expect(set(os.listdir(folder))).equals(wanted)
    for name in wanted:
        found = os.stat(os.path.join(folder, name))
        expect((oct(found.st_mode & 0o777), found.st_size > 40), name).equals(("0o600", True))


@operating.check
def the_master_key_is_one(world):
    """As the command makes it, and as systemd and Kubernetes hand it to the service."""
    line = next(command for command in commands() if "/etc/northern/master-key" in command)
    script = shlex.split(line)[-1].replace("/etc/northern", world.folder)
    succeeds("sh", "-c", script)
    key = os.path.join(world.folder, "master-key")
    expect(oct(os.stat(key).st_mode & 0o777)).equals("0o600")
    if os.geteuid() == 0:
        os.chown(key, 65532, 0)
        os.chmod(key, 0o440)
    installation = Installation(world, "sealed")
    added = subprocess.run(
        [world.northern, "credentials", "add", "--provider", "openai", "--name", "main", "--config",
         installation.configuration], input="sk-checks-of-the-page", capture_output=True, text=True, timeout=60,
        env={**os.environ, "NORTHERN_CREDENTIALS_MASTER_KEY_FILE": key})
    expect(added.returncode, added.stderr).equals(0)
    expect(os.path.exists(f"{installation.data_directory}/master-key.secret"), "one of its own").equals(False)


@once
def backed_up(world):
    """A gateway that has answered, and its id and its key; both copies of its data are taken as the page says."""
    installation = Installation(world, "operated")
    gateway = installation.start(installation.create_key("operated")["key"])
    headers = [*gateway.authorization, ("Content-Type", "application/json")]
    status, came, _ = fetch(gateway.base_url + CHAT, chat_body(gateway.route("openai"), "hi"), headers)
    expect(status).equals(200)
    gateway.closed_custody(came["x-ni-request-id"])
    copy = os.path.join(installation.folder, "copy.sqlite")
    command = beginning("sqlite3")[0]
    succeeds(tool("sqlite3"), f"{installation.data_directory}/northern.sqlite",
             command[2].replace("/var/lib/northern/copy.sqlite", copy))
    gateway.process.end()
    archive = os.path.join(installation.folder, "northern.tgz")
    tar = beginning("tar")[0]
    where = {"northern.tgz": archive, "/var/lib": installation.folder, "northern": "data"}
    succeeds(*[where.get(word, word) for word in tar])
    return installation, gateway.key, came["x-ni-request-id"], copy, archive


def expect_alive(world, installation, key, request_id):
    gateway = installation.start(key)
    expect(gateway.closed_custody(request_id)["id"]).equals(request_id)
    expect(fetch(f"{gateway.base_url}/log/checkpoint")[0], "the log").equals(200)
    headers = [*gateway.authorization, ("Content-Type", "application/json")]
    expect(fetch(gateway.base_url + CHAT, chat_body(gateway.route("openai"), "hi"), headers)[0]).equals(200)
    gateway.process.end()


@operating.check
def a_gateway_goes_on_from_the_archive(world):
    installation, key, request_id, _, archive = backed_up(world)
    shutil.rmtree(installation.data_directory)
    succeeds("tar", "--extract", "--file", archive, "--directory", installation.folder)
    expect_alive(world, installation, key, request_id)


@operating.check
def a_gateway_goes_on_from_the_copy_of_the_database_and_the_secrets(world):
    installation, key, request_id, copy, _ = backed_up(world)
    secrets = glob.glob(f"{installation.data_directory}/*.secret")
    kept = {os.path.basename(name): open(name, "rb").read() for name in secrets}
    shutil.rmtree(installation.data_directory)
    os.makedirs(installation.data_directory, mode=0o700)
    for name, content in kept.items():
        with open(os.open(f"{installation.data_directory}/{name}", os.O_CREAT | os.O_WRONLY, 0o600), "wb") as file:
            file.write(content)
    shutil.copy(copy, f"{installation.data_directory}/northern.sqlite")
    expect_alive(world, installation, key, request_id)


SUITES = (operating,)
