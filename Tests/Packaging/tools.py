"""What the checks of this folder share."""
import os
import re
import shutil
import subprocess
import sys

import yaml
from harness import Skip, expect
from servers import ROOT

PACKAGING = os.path.join(ROOT, "Packaging")


def path(*parts):
    return os.path.join(ROOT, *parts)


def read(*parts):
    with open(path(*parts)) as file:
        return file.read()


def services(name):
    """Those of a compose file."""
    return yaml.safe_load(read("Packaging", name))["services"]


def tool(name):
    """A program that a Python package or a system package has brought along."""
    found = shutil.which(name, path=os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"] + ":/usr/sbin")
    if not found:
        raise Skip(f"{name} is not there: scripts/check-packaging installs it")
    return found


def succeeds(*command, **options):
    """What a command prints; it must end well."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, **options)
    if done.returncode:
        raise AssertionError(f"`{' '.join(command)}` ended with {done.returncode}: {done.stderr or done.stdout}")
    return done.stdout


def variables_of_settings():
    """Those of docs/configuration.md, which is written by the program."""
    return set(re.findall(r"`(NORTHERN_[A-Z_]+)`", read("docs", "configuration.md")))


def keys_of_settings():
    return set(re.findall(r"^\| `([a-z_.]+)` ", read("docs", "configuration.md"), re.MULTILINE))


def expect_settings(names, where):
    unknown = sorted(set(names) - variables_of_settings())
    expect(unknown, f"variables in {where} that are no settings").equals([])


def keys_in(value, prefix=""):
    """The settings that a file has, as `listen.port`."""
    if not isinstance(value, dict):
        return {prefix}
    return {key for name, inner in value.items() for key in keys_in(inner, f"{prefix}.{name}" if prefix else name)}
