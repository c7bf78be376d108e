"""Alerts and dashboards name figures that exist, and every alert fires and has its entry in the runbook.

`make check` runs this, with promtool (of Debian's package prometheus).
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

from all_in_one.assembly import PARTS
from shared.events.catalogue import topology
from testkit.missing import program

HERE = Path(__file__).parents[1]
ROOT = HERE.parents[1]
DASHBOARDS = sorted((HERE / "dashboards").glob("*.json"))
OTHERS = {
    "up": {"job", "instance"},
    "rabbitmq_detailed_queue_messages": {"queue", "vhost"},
    "rabbitmq_detailed_queue_consumers": {"queue", "vhost"},
}
"""Of Prometheus and of RabbitMQ's own exporter."""
PROMETHEUS_LABELS = {"job", "instance", "le"}
SELECTED = re.compile(r"\b((?:parley|rabbitmq|process|python)_\w+|up)\b(?:\{([^}]*)\})?")
GROUPED = re.compile(r"\bby \(([^)]*)\)")


def figures() -> dict[str, set[str]]:
    """Every series that a process of Parley shows, and its labels. The services' modules are imported by `PARTS`."""
    assert PARTS
    found: dict[str, set[str]] = {}
    for collector, names in REGISTRY._collector_to_names.items():
        labels = set(getattr(collector, "_labelnames", ()))
        found |= dict.fromkeys(names, labels)
    return found | OTHERS


def unknown_in(expression: str) -> list[str]:
    """Figures and labels of this expression that do not exist."""
    known = figures()
    named = SELECTED.findall(expression)
    wrong = [name for name, _ in named if name not in known]
    labels = set().union(*(known.get(name, set()) for name, _ in named), PROMETHEUS_LABELS)
    used = {part for group in GROUPED.findall(expression) for part in re.split(r",\s*", group)}
    used |= {label for _, selector in named for label in re.findall(r"(\w+)\s*[!=]~?", re.sub('"[^"]*"', "", selector))}
    return wrong + sorted(used - labels) + ([] if named else [f"no figure at all: {expression}"])


def alerts() -> list[dict[str, Any]]:
    groups = yaml.safe_load((HERE / "alerts.yaml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def expressions(dashboard: Path) -> list[str]:
    panels = json.loads(dashboard.read_text())["panels"]
    return [target["expr"] for panel in panels for target in panel["targets"]]


def anchors(page: str) -> set[str]:
    """As GitHub makes them of headings."""
    heads = re.findall(r"^#+ (.*)$", page, re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_alerts_name_figures_that_exist() -> None:
    wrong = {rule["alert"]: unknown_in(rule["expr"]) for rule in alerts()}
    assert {alert: names for alert, names in wrong.items() if names} == {}


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda path: path.stem)
def test_dashboards_name_figures_that_exist(dashboard: Path) -> None:
    wrong = {expression: unknown_in(expression) for expression in expressions(dashboard)}
    assert {expression: names for expression, names in wrong.items() if names} == {}


def test_every_figure_of_parley_is_on_a_dashboard_or_in_an_alert() -> None:
    shown = " ".join([*(one for path in DASHBOARDS for one in expressions(path)), *(rule["expr"] for rule in alerts())])
    families = {re.sub(r"_(total|bucket|count|sum|created)$", "", name) for name in figures() if "parley_" in name}
    beside = {"parley_forgotten", "parley_neighbour_webhooks", "parley_realtime_ended", "parley_realtime_resets"}
    """For the runbook's questions, not for watching."""
    assert {family for family in families if family not in shown} == beside


def test_an_unknown_figure_or_label_would_be_found() -> None:
    assert unknown_in("sum by (tenant) (rate(parley_sent_total[5m]))") == ["parley_sent_total", "tenant"]
    assert unknown_in('parley_webhooks_total{outcom="refused"}') == ["outcom"]
    assert unknown_in("vector(1)") == ["no figure at all: vector(1)"]


def test_queues_and_event_types_in_expressions_exist() -> None:
    queues = {subscription.queue for subscription in topology()}
    types = {re.sub(r"^[\w-]+\.|\.v\d+$", "", queue) for queue in queues}
    every = [*(one for path in DASHBOARDS for one in expressions(path)), *(rule["expr"] for rule in alerts())]
    for expression in every:
        assert set(re.findall(r'queue="([^"]*)"', expression)) <= queues
        assert set(re.findall(r'type="([^"]*)"', expression)) <= types


def test_every_alert_has_its_entry_in_the_runbook() -> None:
    known = anchors((ROOT / "docs/runbook.md").read_text())
    page = "docs/runbook.md#"
    missing = {rule["alert"] for rule in alerts() if rule["annotations"]["runbook"].removeprefix(page) not in known}
    assert missing == set()
    watched = (ROOT / "docs/runbook.md").read_text()
    assert {rule["alert"] for rule in alerts() if f"`{rule['alert']}`" not in watched} == set()


def test_every_alert_fires_on_the_figures_that_its_test_makes_up(tmp_path: Path) -> None:
    promtool = program("promtool", "prometheus")
    tests = yaml.safe_load((HERE / "alerts.test.yaml").read_text())["tests"]
    fired = {one["alertname"] for test in tests for one in test["alert_rule_test"] if one["exp_alerts"]}
    assert fired == {rule["alert"] for rule in alerts()}
    for command in (["check", "rules", "alerts.yaml"], ["test", "rules", "alerts.test.yaml"]):
        done = subprocess.run([promtool, *command], cwd=HERE, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
