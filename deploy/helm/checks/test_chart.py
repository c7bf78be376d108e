"""Every manifest of the chart is one that a cluster takes, and agrees with Parley's code. `make check` runs this.

No cluster was at hand: that pods start is proved for the image (`make image-proof`), not for this chart.
"""

from __future__ import annotations

import copy
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest

from all_in_one.assembly import PARTS
from shared.events.catalogue import topology
from shared.service.process import server_platform

ROOT = Path(__file__).parents[3]
CHART = ROOT / "deploy/helm/parley"
KUBERNETES = "1.34"
SIZES = ("small", "standard", "large")
SERVICES = {build.__module__.split(".")[0].replace("_", "-"): settings for settings, build in PARTS}
OPERATORS = {"rabbitmq.com/v1beta1": "RabbitmqCluster", "mongodbcommunity.mongodb.com/v1": "MongoDBCommunity"}
"""No package has a schema of these: what the chart says to them is in `test_operators_get_what_they_know`."""
WITH_SCHEMAS = ("keda.sh/", "monitoring.coreos.com/")
EVERYTHING = ("autoscaling.enabled=true", "monitoring.serviceMonitors=true", "monitoring.prometheusRules=true",
              "monitoring.dashboards=true")  # fmt: skip
Manifests = list[dict[str, Any]]
Template = Callable[..., Manifests]
Helm = Callable[..., subprocess.CompletedProcess[str]]


def kinds(manifests: Manifests, kind: str) -> dict[str, dict[str, Any]]:
    return {one["metadata"]["name"]: one for one in manifests if one["kind"] == kind}


def core_faults(manifests: Manifests) -> list[str]:
    faults: list[str] = []
    for one in manifests:
        if one["apiVersion"] not in OPERATORS and not one["apiVersion"].startswith(WITH_SCHEMAS):
            try:
                kubernetes_validate.validate(one, KUBERNETES, strict=True)
            except kubernetes_validate.ValidationError as error:
                faults.append(f"{one['kind']}/{one['metadata']['name']}: {error.message}")
    return faults


@pytest.mark.parametrize("size", SIZES)
def test_helm_finds_no_fault(helm: Helm, size: str) -> None:
    secrets = f"secrets.secretKey={'s' * 32},secrets.adminToken={'t' * 32}"
    passwords = "rabbitmq.bundled.password=p,mongodb.bundled.password=p"
    values = str(CHART / f"values-{size}.yaml")
    done = helm(
        "lint", "--strict", str(CHART), "--kube-version", KUBERNETES, "-f", values, "--set", f"{secrets},{passwords}"
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("size", "more"), [*((size, ()) for size in SIZES), ("small", EVERYTHING)], ids=[*SIZES, "small, everything on"]
)
def test_every_manifest_is_valid(
    template: Template, custom_resource_faults: Callable[[Manifests], str], size: str, more: tuple[str, ...]
) -> None:
    manifests = template(size, *more)
    assert core_faults(manifests) == []
    custom = [one for one in manifests if one["apiVersion"].startswith(WITH_SCHEMAS)]
    assert custom or not more
    assert custom_resource_faults(custom) == ""


def test_a_faulty_manifest_would_be_found(
    template: Template, custom_resource_faults: Callable[[Manifests], str]
) -> None:
    manifests = copy.deepcopy(template("large"))
    kinds(manifests, "Deployment")["parley-sender"]["spec"]["template"]["spec"]["replica"] = 3
    assert len(core_faults(manifests)) == 1
    scaled = kinds(manifests, "ScaledObject")["parley-sender"]
    del scaled["spec"]["triggers"]
    rules = kinds(manifests, "PrometheusRule")["parley"]
    rules["spec"]["groups"] = "none"
    assert len(custom_resource_faults([scaled, rules]).splitlines()) >= 2


@pytest.mark.parametrize("size", SIZES)
def test_every_service_starts_with_what_it_needs(template: Template, size: str) -> None:
    manifests = template(size)
    shared = kinds(manifests, "ConfigMap")["parley"]["data"]
    deployments = kinds(manifests, "Deployment")
    assert set(deployments) == {f"parley-{name}" for name in SERVICES}
    for name, settings in SERVICES.items():
        container = deployments[f"parley-{name}"]["spec"]["template"]["spec"]["containers"][0]
        assert container["args"] == [name]
        secret = {"SECRET_KEY": "s" * 32, "ADMIN_TOKEN": "t" * 32, "OPENAI_API_KEY": "sk"}
        secret |= {"BROKER_URL": "amqp://broker/", "DATABASE_URL": "mongodb://database/"}
        given = shared | {one["name"]: one.get("value") or secret.get(one["name"], "") for one in container["env"]}
        assert {variable for variable in given if variable.lower() not in settings.model_fields} == set()
        read = settings(_env_file=None, host="0.0.0.0", **{key.lower(): value for key, value in given.items()})
        server_platform(read)
        assert read.internal_base("sender") == "http://parley-sender:8080"


def test_addresses_of_bundled_servers_keep_their_passwords_whole(template: Template) -> None:
    addresses = kinds(template("small"), "Secret")["parley-servers"]["stringData"]
    assert addresses["BROKER_URL"] == "amqp://parley:p%2F1@parley-rabbitmq:5672/"
    assert addresses["DATABASE_URL"] == "mongodb://parley:p%402@parley-mongodb:27017/?authSource=admin"


def test_instances_are_added_by_queues_that_exist_and_are_their_own(template: Template) -> None:
    queues = {subscription.queue for subscription in topology() if subscription.patterns}
    for name, scaled in kinds(template("large"), "ScaledObject").items():
        named = [trigger["metadata"].get("queueName") for trigger in scaled["spec"]["triggers"]]
        named = [queue for queue in named if queue]
        assert set(named) <= queues, name
        assert all(f"parley-{queue.split('.')[0]}" == name for queue in named)
        assert "replicas" not in kinds(template("large"), "Deployment")[name]["spec"], "KEDA decides"


def test_the_way_in_is_that_of_the_caddyfile(template: Template) -> None:
    rule = kinds(template("standard"), "Ingress")["parley"]["spec"]["rules"][0]
    led = {path["path"]: path["backend"]["service"]["name"].removeprefix("parley-") for path in rule["http"]["paths"]}
    caddy = (ROOT / "deploy/Caddyfile").read_text()
    wanted = {"/": "realtime", "/internal": "nowhere", "/metrics": "nowhere"}
    for service, paths in re.findall(r"@([\w-]+) path (.*)", caddy):
        if service != "inside":
            wanted |= {path: service for path in paths.split() if not path.endswith("*")}
    assert led == wanted


def test_what_carries_on_alone_has_a_budget_for_disruptions(template: Template) -> None:
    assert set(kinds(template("standard"), "PodDisruptionBudget")) == {f"parley-{name}" for name in SERVICES}
    assert kinds(template("small"), "PodDisruptionBudget") == {}, "one instance with a budget would block every drain"


def test_pods_may_do_nothing_that_they_do_not_need(template: Template) -> None:
    for name, deployment in kinds(template("large"), "Deployment").items():
        pod = deployment["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"], name
        assert not pod["automountServiceAccountToken"], name
        inside = pod["containers"][0]["securityContext"]
        assert inside["readOnlyRootFilesystem"], name
        assert inside["capabilities"]["drop"] == ["ALL"], name


@pytest.mark.parametrize(
    ("endpoint", "port"),
    [
        ("", None),
        ("http://collector.monitoring:4318", 4318),
        ("https://otel.example.com", 443),
        ("http://otel", 80),
        ("http://10.0.3.7", 80),
    ],
)
def test_every_service_reaches_the_collector_of_traces(template: Template, endpoint: str, port: int | None) -> None:
    """ingress begins a text's trace, and reaches nothing else outside."""
    manifests = template("standard", *([f"settings.OTEL_EXPORTER_OTLP_ENDPOINT={endpoint}"] if endpoint else []))
    policy = kinds(manifests, "NetworkPolicy")["parley-services"]["spec"]
    assert set(policy["podSelector"]["matchExpressions"][0]["values"]) == set(SERVICES)
    anywhere = {each["port"] for rule in policy["egress"] if "to" not in rule for each in rule["ports"]}
    assert anywhere - {5672, 5671, 27017} == ({port} if port else set())


def test_operators_get_what_they_know(template: Template) -> None:
    manifests = template("large")
    broker = kinds(manifests, "RabbitmqCluster")["parley-rabbitmq"]["spec"]
    assert set(broker) == {"replicas", "persistence", "resources", "rabbitmq"}
    assert broker["replicas"] % 2 == 1
    database = kinds(manifests, "MongoDBCommunity")["parley-mongodb"]["spec"]
    assert set(database) == {"type", "members", "version", "security", "users", "statefulSet"}
    owned = {role["db"] for role in database["users"][0]["roles"]}
    assert owned == {f"parley_{name.replace('-', '_')}" for name in SERVICES}
    env = kinds(manifests, "Deployment")["parley-sender"]["spec"]["template"]["spec"]["containers"][0]["env"]
    keys = {one["name"]: one["valueFrom"]["secretKeyRef"] for one in env if "valueFrom" in one}
    # As the operators name them: <cluster>-default-user; <cluster>-<database of users>-<user>.
    assert keys["BROKER_URL"] == {"name": "parley-rabbitmq-default-user", "key": "connection_string"}
    assert keys["DATABASE_URL"] == {"name": "parley-mongodb-admin-parley", "key": "connectionString.standard"}


@pytest.mark.parametrize(
    "wrong",
    [
        "domain=two words",
        "secrets.secretKey=short",
        "services.sendr.replicas=1",
        "rabbitmq.mode=none",
        "settings.log_level=debug",
        "rabbitmq.operator.replicas=2",
    ],
)
def test_values_that_cannot_work_are_refused(helm: Helm, wrong: str) -> None:
    values = str(CHART / "values-large.yaml")
    done = helm("template", "parley", str(CHART), "--kube-version", KUBERNETES, "-f", values, "--set", wrong)
    assert done.returncode != 0
    assert "schema" in done.stderr
