"""The container's image: what its file says is done here, as far as that needs no engine."""
import os
import re
import shutil
import subprocess

import yaml
from database import Server
from harness import Impossible, Suite, eventually, expect, raised
from servers import Installation, fetch
from tools import PACKAGING, ROOT, expect_settings, keys_in, keys_of_settings, path, read, services, succeeds, tool

image = Suite("image")

# What the image that ours is made of brings along.
BASE = re.compile(r"(libc|libm|libgcc_s|libstdc\+\+)\.so\.\d+|ld-linux-\S+")
UNPRIVILEGED = 65532


def instructions():
    """Of the Dockerfile: words in capitals, and what follows."""
    text = re.sub(r"\\\n", " ", read("Packaging", "Dockerfile"))
    lines = [line.strip() for line in text.splitlines()]
    return [tuple(line.split(None, 1)) for line in lines if line and not line.startswith("#")]


def arguments(name):
    return [rest for word, rest in instructions() if word == name]


def environment():
    return dict(pair.split("=", 1) for line in arguments("ENV") for pair in line.split())


@image.check
def a_linter_finds_nothing(_):
    succeeds(tool("hadolint"), path("Packaging", "Dockerfile"))


@image.check
def each_step_is_there(_):
    for command in arguments("RUN"):
        for part in command.split("&&"):
            program = part.split()[0]
            expect(os.access(path(program), os.X_OK), f"'{program}', which the Dockerfile runs, is a script").is_true()
    for copy in arguments("COPY"):
        *sources, _ = [word for word in copy.split() if not word.startswith("--")]
        if "--from=build" not in copy:
            expect(all(os.path.exists(path(source)) for source in sources), copy).is_true()


@image.check
def nothing_that_the_build_needs_is_ignored(_):
    ignored = {line.rstrip("/") for line in read("Packaging", "Dockerfile.dockerignore").splitlines()
               if line and not line.startswith("#")}
    needed = {"Package.swift", "Sources", "Tests", "Training", "docs", "scripts"}
    expect(needed & ignored, "needed, and ignored").equals(set())
    expect({".git", ".build", "**/*.secret", "**/*.env"} <= ignored, "what it must not see").is_true()


@image.check
def it_runs_as_nobody_in_particular(_):
    expect(arguments("USER")).equals([f"{UNPRIVILEGED}:{UNPRIVILEGED}"])
    expect(arguments("ENTRYPOINT")).equals(['["/usr/bin/northern"]'])
    expect_settings({name for name in environment() if name.startswith("NORTHERN_")}, "the Dockerfile")


@image.check
def the_program_runs_with_nothing_else(world):
    """In a root of its own with what the image has: staged files, and the libraries of the image that it is made of."""
    if os.geteuid() != 0:
        raise Impossible("only root can change the root")
    if subprocess.run(["unshare", "--mount", "true"], stderr=subprocess.DEVNULL).returncode:
        raise Impossible("namespaces can't be made here")
    world.need_binary()
    root = os.path.join(world.folder, "image")
    succeeds(path("scripts", "stage-image"), root, world.northern)
    expect(sorted(os.listdir(os.path.join(root, "usr", "bin")))).equals(["northern"])
    add_base(world, root)
    data = os.path.join(root, "var", "lib", "northern")
    os.chown(data, UNPRIVILEGED, UNPRIVILEGED)
    with open(os.path.join(root, "etc", "northern.yaml"), "w") as file:
        file.write("listen: {port: 0}\nadmin: {port: 0}\ncompatible: {base_url: 'http://127.0.0.1:9/v1'}\n")
    os.makedirs(os.path.join(root, "proc"))
    # An engine mounts it, and the program reads its own command line there. The mount ends with its namespace.
    within = ["unshare", "--mount", "bash", "-c", 'mount --bind /proc "$0/proc" && exec "$@"', root]
    process = subprocess.Popen(
        [*within, tool("chroot"), f"--userspec={UNPRIVILEGED}:{UNPRIVILEGED}", root, "/usr/bin/northern", "serve",
         "--config", "/etc/northern.yaml", "--ready-file", "/var/lib/northern/ready.json"],
        # A debug build has Swift's libraries apart, which a release has within.
        env={**environment(), "LD_LIBRARY_PATH": "/usr/lib/linux", "PATH": os.environ["PATH"]}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        ready = os.path.join(data, "ready.json")
        eventually(lambda: os.path.exists(ready) or process.poll() is not None, seconds=20)
        if process.poll() is not None:
            raise AssertionError(f"it ended: {process.stderr.read()[-600:]}")
        address = yaml.safe_load(open(ready))
        expect(fetch(f"{address['admin_url']}/health/ready")[0]).equals(200)
        expect(fetch(f"{address['base_url']}/v1/models")[0]).equals(401)
    finally:
        process.terminate()
        process.wait(15)


def add_base(world, root):
    for name, file in re.findall(r"(\S+) (?:=> )?(/\S+)?", succeeds("ldd", world.northern)):
        file = file or name
        if not file.startswith("/") or not BASE.fullmatch(os.path.basename(file)):
            continue
        # The loader has a path of its own; the others are where it looks.
        folder = os.path.dirname(file) if "ld-linux" in file else f"/usr/lib/{os.uname().machine}-linux-gnu"
        os.makedirs(root + folder, exist_ok=True)
        shutil.copy(os.path.realpath(file), root + os.path.join(folder, os.path.basename(file)))
    certificates = "/etc/ssl/certs/ca-certificates.crt"
    os.makedirs(os.path.dirname(root + certificates))
    shutil.copy(certificates, root + certificates)


# ---------------------------------------------------------------------------------------------------- Compose

@image.check_each(("compose.yaml", "compose.postgres.yaml"))
def the_compose_file_fits_the_specification(_, name):
    succeeds(tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", path("Packaging", name))


@image.check
def the_compose_file_names_what_there_is(_):
    service = services("compose.yaml")["northern"]
    context = os.path.join(PACKAGING, service["build"]["context"])
    expect(os.path.realpath(context)).equals(os.path.realpath(ROOT))
    expect(os.path.exists(os.path.join(context, service["build"]["dockerfile"])), "the Dockerfile").is_true()
    expect((service["user"], service["read_only"], service["cap_drop"])).equals(
        (f"{UNPRIVILEGED}:{UNPRIVILEGED}", True, ["ALL"]))
    expect_settings(service["environment"], "compose.yaml")
    expect(all(port.startswith("127.0.0.1:") for port in service["ports"]), "ports on loopback").is_true()


@image.check
def the_database_of_the_compose_file_is_the_gateways_alone(world):
    """Its user is made as the image does it, in a server that asks for passwords, and the gateway starts with what the file
    tells it."""
    world.need_binary()
    gateway, database = (services("compose.postgres.yaml")[name] for name in ("northern", "database"))
    expect_settings(gateway["environment"], "compose.postgres.yaml")
    expect(gateway["env_file"], "what the gateway sees").equals(["database.env"])
    script = database["volumes"][0].split(":")[0]
    expect(os.access(path("Packaging", script), os.X_OK), f"{script} can be run").is_true()

    server = Server()
    world.processes.append(server)
    server.ask("DROP ROLE northern")
    server.trust_only("admin")
    password = "it's \"quoted\" $HOME"
    reached = {"PATH": f"{server.programs}:{os.environ['PATH']}", "PGPASSWORD": password}
    succeeds(path("Packaging", script), env={**reached, "POSTGRES_USER": "admin", "PGHOST": server.folder})
    expect(server.ask("SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = 'northern'")).equals("f|f|f")

    url, host = gateway["environment"]["NORTHERN_STORE_URL"], "@database/"
    expect(url).contains(host)
    installation = Installation(world, "composed")
    reached["NORTHERN_STORE_URL"] = f"{url.replace(host, '@/')}?host={server.folder}"
    made = installation.command("keys", "create", "--name", "composed", environment=reached)
    expect(made).contains("ni_live_")
    expect(server.ask("SELECT count(*) FROM api_keys", "northern")).equals("1")
    refused = raised(AssertionError, lambda: installation.command(
        "keys", "list", environment={**reached, "PGPASSWORD": "another"}))
    expect(str(refused)).contains("refuses the user or the password")


@image.check
def the_example_of_the_settings_has_settings(_):
    found = keys_in(yaml.safe_load(read("Packaging", "northern.yaml")))
    expect(found - keys_of_settings(), "no settings").equals(set())


SUITES = (image,)
