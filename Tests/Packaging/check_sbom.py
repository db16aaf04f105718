"""The list of what the program is made of."""
import json
import os

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from harness import Suite, expect, once
from tools import path, succeeds

sbom = Suite("sbom")


@once
def written(world):
    world.need_binary()
    return succeeds(path("scripts", "sbom"), world.northern)


@sbom.check
def it_fits_the_schema(world):
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(written(world))
    expect(str(error).splitlines()[0] if error else None).equals(None)


@sbom.check
def each_package_that_was_resolved_is_in_it(world):
    with open(os.path.join(path(), "Package.resolved")) as file:
        pins = {pin["state"]["version"] for pin in json.load(file)["pins"]}
    components = json.loads(written(world))["components"]
    swift = [found for found in components if found.get("purl", "").startswith("pkg:swift/")]
    expect({found["version"] for found in swift}).equals(pins)
    expect([found["name"] for found in swift if "licenses" not in found], "without a licence").equals([])


@sbom.check
def the_libraries_that_it_is_linked_with_are_in_it(world):
    names = {found["name"] for found in json.loads(written(world))["components"]}
    expect({"libsqlite3-0", "libc6"} - names, "missing").equals(set())


@sbom.check
def it_is_the_same_each_time(world):
    expect(succeeds(path("scripts", "sbom"), world.northern) == written(world), "the same bytes").is_true()


SUITES = (sbom,)
