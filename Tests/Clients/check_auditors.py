#!/usr/bin/env python3
"""Every command of the page for auditors does what the page says, in the order in which it stands there.

    check_auditors.py                              starts a gateway, and a provider for it
"""
import os
import re
import subprocess
import sys

from harness import Suite, expect, main, once
from servers import ROOT, Installation, fetch
from wire import CHAT, chat_body

auditors = Suite("auditors")

PAGE = os.path.join(ROOT, "docs", "auditors.md")


class Reader:
    """Somebody who follows the page, with a gateway, a key and the id of a request."""

    def __init__(self, world):
        installation = Installation(world, "auditors")
        key = installation.create_key("auditors")["key"]
        gateway = installation.start(key)
        body = chat_body(gateway.routes["compatible"], "hi")
        _, head, _ = fetch(gateway.base_url + CHAT, body, {**dict(gateway.authorization), "Content-Type": "application/json"})
        self.folder = os.path.join(installation.folder, "audit")
        os.makedirs(os.path.join(self.folder, "bin"))
        os.symlink(os.path.abspath(world.northern), os.path.join(self.folder, "bin", "northern"))
        with open(os.path.join(self.folder, "request.json"), "wb") as file:
            file.write(body)
        self.record = gateway.closed_custody(head["x-ni-request-id"])
        self.environment = {**os.environ, "BASE": gateway.base_url, "KEY": key, "ID": self.record["id"],
                            "PATH": f"{self.folder}/bin:{os.environ['PATH']}",
                            "NORTHERN_DATA_DIRECTORY": installation.data_directory}
        self.printed = {}
        self.functions = ""

    def follow(self):
        for heading, commands in blocks():
            done = subprocess.run(["bash", "-e", "-c", self.functions + commands], cwd=self.folder,
                                  env=self.environment, capture_output=True, text=True, timeout=120)
            expect(done.returncode, f"{heading}: {commands}{done.stdout}{done.stderr}").equals(0)
            self.printed[heading] = self.printed.get(heading, "") + done.stdout
            # What a block defines, those after it use.
            self.functions += "".join(f"{line}\n" for line in commands.splitlines() if re.match(r"\w+\(\) \{", line))


def blocks():
    """The commands of each block, with the heading that it stands under."""
    with open(PAGE, encoding="utf-8") as page:
        for section in re.split(r"^## ", page.read(), flags=re.M):
            for commands in re.findall(r"^```bash\n(.*?)^```$", section, re.M | re.S):
                yield section.splitlines()[0], commands


@once
def reader(world):
    reader = Reader(world)
    reader.follow()
    return reader


@auditors.check
def every_command_of_the_page_works(world):
    expect(len(reader(world).printed), "sections with commands").equals(5)


@auditors.check
def a_record_is_found_in_the_log_with_public_tools(world):
    said = reader(world).printed["The same by hand"]
    expect(said).contains("The record is in the log.")
    expect(said).contains("Signature Verified Successfully")


@auditors.check
def the_digest_of_a_file_is_the_one_that_the_record_has(world):
    said = reader(world).printed["Compare a text with a record"]
    expect(said.split()[0]).equals(reader(world).record["digests"]["request"])


SUITES = (auditors,)

if __name__ == "__main__":
    sys.exit(main(*SUITES))
