"""`make install`: what it puts where, and whether a shell, a reader of manuals and systemd can use it."""
import os
import subprocess

from harness import Suite, expect, once
from tools import path, succeeds, tool

install = Suite("install")

FILES = """\
/etc/northern/northern.yaml
/usr/bin/northern
/usr/lib/systemd/system/northern.service
/usr/lib/sysusers.d/northern.conf
/usr/share/bash-completion/completions/northern
/usr/share/doc/northern/LICENSE
/usr/share/doc/northern/northern.yaml
/usr/share/fish/vendor_completions.d/northern.fish
/usr/share/man/man1/northern.1
/usr/share/zsh/site-functions/_northern
""".splitlines()


def installed_below(world, prefix, destination):
    world.need_binary()
    folder = os.path.join(world.folder, destination)
    environment = {**os.environ, "PROGRAM": world.northern}
    succeeds("make", "-s", "-C", path(), "install", f"PREFIX={prefix}", f"DESTDIR={folder}", env=environment)
    return folder


@once
def installed(world):
    return installed_below(world, "/usr", "package")


def files(folder):
    return sorted(os.path.join(parent, name)[len(folder):] for parent, _, names in os.walk(folder) for name in names)


@install.check
def everything_is_in_its_place(world):
    expect(files(installed(world))).equals(FILES)


@install.check
def the_program_is_that_program(world):
    expect(succeeds(installed(world) + "/usr/bin/northern", "--version")).equals(succeeds(world.northern, "--version"))


@install.check
def the_service_starts_what_was_installed(world):
    folder = installed_below(world, "/opt/northern", "elsewhere")
    with open(folder + "/opt/northern/lib/systemd/system/northern.service") as file:
        expect(file.read()).contains("\nExecStart=/opt/northern/bin/northern serve ")


@install.check
def settings_that_are_there_stay(world):
    folder = installed(world)
    with open(folder + "/etc/northern/northern.yaml", "w") as file:
        file.write("mine: true\n")
    installed_below(world, "/usr", "package")
    with open(folder + "/etc/northern/northern.yaml") as file:
        expect(file.read()).equals("mine: true\n")


@install.check
def the_manual_page_is_well_formed(world):
    page = installed(world) + "/usr/share/man/man1/northern.1"
    expect(succeeds(tool("mandoc"), "-T", "lint", "-W", "style", page)).equals("")
    done = subprocess.run([tool("man"), "-l", "--warnings=w", page], capture_output=True, text=True,
                          env={**os.environ, "MANWIDTH": "100", "LC_ALL": "C.UTF-8"})
    expect((done.returncode, done.stderr)).equals((0, ""))
    for told in ("northern keys create", "northern reload", "northern import litellm", "--config", "/etc/northern/northern.yaml"):
        expect(done.stdout).contains(told)


@install.check_each(("bash", "zsh", "fish"))
def completions_are_understood(world, shell):
    file = {"bash": "bash-completion/completions/northern", "zsh": "zsh/site-functions/_northern",
            "fish": "fish/vendor_completions.d/northern.fish"}[shell]
    succeeds(tool(shell), "-n", f"{installed(world)}/usr/share/{file}")


@install.check
def bash_completes_a_command(world):
    script = f"{installed(world)}/usr/share/bash-completion/completions/northern"
    told = succeeds("bash", "--norc", "-c", f"""
        . {script}
        COMP_LINE='northern cust' COMP_POINT=13 COMP_WORDS=(northern cust) COMP_CWORD=1 COMP_TYPE=9
        _northern northern cust northern
        echo "${{COMPREPLY[@]}}"
    """)
    expect(told.split()).equals(["custody"])


SUITES = (install,)
