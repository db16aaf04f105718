"""The chart, rendered by Helm's own library and held against the schemas of Kubernetes."""
import os
import subprocess

import helm_python
import kubernetes_validate
import yaml
from harness import Suite, eventually, expect, raised
from servers import fetch
from tools import expect_settings, keys_in, keys_of_settings, path, succeeds

chart = Suite("chart")

FOLDER = path("Packaging", "chart")
VERSIONS = ("1.25", "1.30", "1.37")
# Each of the values that decide whether something is there.
FULL = {
    "settings": {"log": {"level": "info"}, "compatible": {"base_url": "http://127.0.0.1:9/v1"}},
    "catalog": {"version": "checks", "routes": []},
    "secrets": {"environment": "northern-environment", "masterKey": {"name": "northern-master-key"}},
    "storage": {"className": "fast", "size": "1Gi"},
    "networkPolicy": {"callers": [{"podSelector": {"matchLabels": {"app": "web"}}}],
                      "administrators": [{"namespaceSelector": {"matchLabels": {"name": "monitoring"}}}],
                      "egress": [{"ports": [{"port": 443}]}]},
    "podDisruptionBudget": {"maxUnavailable": 0},
    "serviceMonitor": {"enabled": True, "labels": {"release": "prometheus"}},
    "imagePullSecrets": [{"name": "registry"}], "nodeSelector": {"a": "b"}, "podAnnotations": {"a": "b"},
    "tolerations": [{"operator": "Exists"}], "affinity": {"nodeAffinity": {}},
}
OFF = {"networkPolicy": {"enabled": False}, "podDisruptionBudget": {"enabled": False}}


def rendered(values=None):
    """The objects, by kind and name."""
    with helm_python.Chart.load(FOLDER) as loaded:
        texts = loaded.render(values or {}, name="demo", namespace="prod")
    objects = [found for name, text in texts.items() if name.endswith(".yaml") for found in yaml.safe_load_all(text)]
    return {(found["kind"], found["metadata"]["name"]): found for found in objects if found}


def container(objects):
    return objects["StatefulSet", "demo"]["spec"]["template"]["spec"]["containers"][0]


@chart.check
def helm_finds_no_mistake(_):
    told = helm_python.lint(FOLDER)
    worse = [message for message in told["messages"] if message["severity"] > 1]
    expect((told["errors"], worse)).equals(([], []))


@chart.check_each(("usual", "full", "off"))
def its_objects_fit_the_schemas(_, name):
    objects = rendered({"usual": {}, "full": FULL, "off": OFF}[name])
    kinds = {kind for kind, _ in objects}
    expect("ServiceMonitor" in kinds, "a monitor").equals(name == "full")
    expect({"NetworkPolicy", "PodDisruptionBudget"} <= kinds, "policy and budget").equals(name != "off")
    for (kind, _), found in objects.items():
        if kind != "ServiceMonitor":
            for version in VERSIONS:
                kubernetes_validate.validate(found, version, strict=True)


@chart.check
def values_that_there_are_not_are_refused(_):
    with helm_python.Chart.load(FOLDER) as loaded:
        for values in ({"replicas": 3}, {"service": {"port": "many"}}, {"podDisruptionBudget": {"maxUnavailable": 2}}):
            expect(raised(Exception, lambda values=values: loaded.validate_schema(values)), str(values)).is_true()


@chart.check
def nothing_is_done_with_more_rights_than_needed(_):
    pod = rendered()["StatefulSet", "demo"]["spec"]["template"]["spec"]
    expect(pod["securityContext"]).equals({
        "runAsNonRoot": True, "runAsUser": 65532, "runAsGroup": 65532, "fsGroup": 65532,
        "fsGroupChangePolicy": "OnRootMismatch", "seccompProfile": {"type": "RuntimeDefault"}})
    expect(pod["containers"][0]["securityContext"]).equals({
        "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}})
    expect(pod["automountServiceAccountToken"]).equals(False)


@chart.check
def a_database_can_be_reached(_):
    def ports(url):
        egress = rendered({"settings": {"store": {"url": url}}})["NetworkPolicy", "demo"]["spec"]["egress"]
        return [port["port"] for rule in egress for port in rule["ports"] if port["protocol"] == "TCP"]

    expect(ports("")).equals([53, 443])
    expect(ports("postgres://northern@db.example.org/northern?sslmode=verify-full")).equals([53, 443, 5432])
    expect(ports("postgres://northern@db.example.org:6432/northern")).equals([53, 443, 6432])


@chart.check
def secrets_are_only_referred_to(_):
    objects = rendered(FULL)
    expect({kind for kind, _ in objects} & {"Secret"}).equals(set())
    expect(container(objects)["envFrom"]).equals([{"secretRef": {"name": "northern-environment"}}])
    expect_settings({entry["name"] for entry in container(objects)["env"]}, "the chart")


@chart.check
def a_gateway_starts_as_it_says_and_answers_its_probes(world):
    """With the settings, variables and arguments of the pod; only folders and ports are others."""
    world.need_binary()
    objects = rendered({**FULL, "secrets": {}, "catalog": {}})
    settings = objects["ConfigMap", "demo"]["data"]["northern.yaml"]
    expect(keys_in(yaml.safe_load(settings)) - keys_of_settings(), "no settings").equals(set())
    folder = os.path.join(world.folder, "pod")
    os.makedirs(folder)
    with open(os.path.join(folder, "northern.yaml"), "w") as file:
        file.write(settings)
    pod = container(objects)
    environment = {entry["name"]: entry["value"].replace("/var/lib/northern", folder) for entry in pod["env"]}
    environment |= {"NORTHERN_LISTEN_PORT": "0", "NORTHERN_ADMIN_PORT": "0", "NORTHERN_LISTEN_HOST": "127.0.0.1",
                    "NORTHERN_ADMIN_HOST": "127.0.0.1"}
    arguments = [argument.replace("/etc/northern", folder) for argument in pod["args"]]
    ready = os.path.join(folder, "ready.json")
    process = subprocess.Popen([world.northern, *arguments, "--ready-file", ready], env=environment, cwd="/",
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        expect(eventually(lambda: os.path.exists(ready), seconds=20), "ready").is_true()
        address = yaml.safe_load(open(ready))["admin_url"]
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            expect(fetch(address + pod[probe]["httpGet"]["path"])[0], probe).equals(200)
        expect(fetch(f"{address}/metrics")[0], "what the monitor reads").equals(200)
    finally:
        process.terminate()
        process.wait(15)


@chart.check
def its_version_is_the_programs(world):
    world.need_binary()
    with open(os.path.join(FOLDER, "Chart.yaml")) as file:
        expect(yaml.safe_load(file)["appVersion"]).equals(succeeds(world.northern, "--version").strip())


SUITES = (chart,)
