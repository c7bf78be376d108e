"""A campaign with a workflow of six steps under kill -9: each recipient gets each step's SMS exactly once."""

from __future__ import annotations

from pathlib import Path

import pytest

from testkit.kills.campaigns import Outcome, kill_processes, kill_services_and_servers
from testkit.servers.rabbitmq import LocalNode
from testkit.servers.secantus import SecantusServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(540)]


async def test_killed_at_random_moments_every_recipient_gets_every_step_exactly_once(tmp_path: Path) -> None:
    judge(await kill_processes(tmp_path, kills=5, seed=1, recipients=300, within=100))


@pytest.mark.servers
async def test_with_services_database_and_broker_killed_every_step_still_comes_exactly_once(
    tmp_path: Path, own_rabbitmq: LocalNode, own_secantus: SecantusServer
) -> None:
    judge(await kill_services_and_servers(tmp_path, own_rabbitmq, own_secantus, seed=2, recipients=40, within=100))


def judge(outcome: Outcome) -> None:
    assert outcome.lost == [], f"{len(outcome.lost)} texts never sent"
    assert outcome.doubled == []
    assert outcome.unexpected == []
    assert outcome.unbalanced == []
    assert outcome.looks > 0
    assert outcome.final["state"] == "finished", outcome.final
    assert outcome.final["counts"]["delivered"] == outcome.recipients, outcome.final
