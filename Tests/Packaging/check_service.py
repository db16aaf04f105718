"""The service of systemd: its file, and whether the sandbox that it asks for leaves the program what it needs."""
import os
import re
import shutil

from harness import Impossible, Suite, expect, once
from servers import Installation, fetch
from tools import expect_settings, path, read, succeeds, tool
from wire import CHAT, chat_body

service = Suite("service")

# Ten times what `systemd-analyze security` says: 0 is nothing exposed, 100 is everything.
MOST_EXPOSURE = 15


def unit(world):
    """The file as the installation would leave it, with a program that is there."""
    world.need_binary()
    target = os.path.join(world.folder, "northern.service")
    with open(target, "w") as file:
        file.write(read("Packaging", "northern.service").replace("/usr/bin/northern", world.northern))
    return target


def values(name):
    return re.findall(rf"^{name}=(.*)$", read("Packaging", "northern.service"), re.MULTILINE)


@service.check
def systemd_takes_it(world):
    done = succeeds(tool("systemd-analyze"), "verify", "--man=no", "--recursive-errors=no", unit(world))
    expect(done.strip()).equals("")


@service.check
def little_of_the_machine_is_exposed(world):
    succeeds(tool("systemd-analyze"), "security", "--offline=true", "--no-pager", f"--threshold={MOST_EXPOSURE}",
             unit(world))


@service.check
def it_names_settings(_):
    expect_settings(re.findall(r"NORTHERN_\w+", read("Packaging", "northern.service")), "northern.service")


@service.check
def its_user_is_made(world):
    root = os.path.join(world.folder, "users")
    os.makedirs(os.path.join(root, "etc"))
    file = os.path.join(root, "northern.conf")
    shutil.copy(path("Packaging", "northern.sysusers"), file)
    succeeds(tool("systemd-sysusers"), f"--root={root}", file)
    with open(os.path.join(root, "etc", "passwd")) as users:
        expect(users.read()).contains("northern:x:")
    expect(values("User") + values("Group")).equals(["northern", "northern"])


# ---------------------------------------------------------------------------------------------------- The sandbox

@once
def traced(world):
    """All system calls of a gateway from its start over some requests to its end."""
    if not shutil.which("strace"):
        raise Impossible("strace is not there")
    trace = os.path.join(world.folder, "calls.trace")
    installation = Installation(world, "traced")
    key = installation.create_key("traced")["key"]
    # The tracer is the grandchild, so that the gateway is the process that is ended.
    gateway = installation.start(key, within=("strace", "-D", "-f", "-qq", "-o", trace))
    headers = [*gateway.authorization, ("Content-Type", "application/json")]
    for family in ("openai", "bedrock"):
        for stream in (False, True):
            body = chat_body(gateway.route(family), "hi", stream=stream)
            expect(fetch(gateway.base_url + CHAT, body, headers)[0], f"{family}, streamed: {stream}").equals(200)
    for url in (f"{gateway.admin_url}/health/ready", f"{gateway.admin_url}/metrics", f"{gateway.base_url}/docs",
                f"{gateway.base_url}/log/checkpoint"):
        expect(fetch(url)[0], url).equals(200)
    gateway.process.end()
    with open(trace, errors="replace") as file:
        return file.read()


def members(name, seen=None):
    """The system calls of a set of systemd's, of those within it too; of a call, itself."""
    if not name.startswith("@"):
        return {name}
    seen = seen if seen is not None else set()
    for line in succeeds(tool("systemd-analyze"), "syscall-filter", "--no-pager", name).splitlines()[1:]:
        word = line.strip()
        if word.startswith("@") and word not in seen:
            seen.add(word)
            members(word, seen)
        elif word and not word.startswith("#"):
            seen.add(word)
    return {word for word in seen if not word.startswith("@")}


@service.check
def it_makes_no_call_that_is_forbidden(world):
    allowed = members("@default")
    for value in values("SystemCallFilter"):
        for name in value.lstrip("~").split():
            allowed = allowed - members(name) if value.startswith("~") else allowed | members(name)
    used = set(re.findall(r"^\d+ +(\w+)\(", traced(world), re.MULTILINE))
    if os.geteuid() == 0:
        # SQLite gives its files to the owner of the database, as root alone (`robustFchown`), and the service isn't root.
        allowed.add("fchown")
    expect(len(used) > 30, f"calls that were seen: {len(used)}").is_true()
    expect(used - allowed, "calls that the sandbox forbids").equals(set())


@service.check
def it_opens_no_socket_that_is_forbidden(world):
    allowed = set(values("RestrictAddressFamilies")[0].split())
    families = set(re.findall(r"socket(?:pair)?\((AF_\w+)", traced(world)))
    expect(families - allowed, "address families that the sandbox forbids").equals(set())


@service.check
def it_makes_no_memory_both_writable_and_executable(world):
    expect(values("MemoryDenyWriteExecute")).equals(["yes"])
    found = [line for line in traced(world).splitlines()
             if re.search(r"mmap\(.*PROT_WRITE\|PROT_EXEC", line) or re.search(r"mprotect\(.*PROT_EXEC", line)]
    expect(found[:3], "mappings").equals([])


SUITES = (service,)
