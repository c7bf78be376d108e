"""Promises 1 and 2 against the hardest thing an operator can do: kill -9, at any moment, again and again."""

from __future__ import annotations

from pathlib import Path

import pytest

from testkit.kills.answers import Outcome, kill_processes, kill_servers
from testkit.servers.rabbitmq import LocalNode
from testkit.servers.secantus import SecantusServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(540)]


async def test_killed_at_random_moments_every_customer_is_answered_exactly_once(tmp_path: Path) -> None:
    """Twenty texts between two kills. `make soak` kills as often as you like."""
    judge(await kill_processes(tmp_path, kills=12, seed=1, messages=260, within=240))


@pytest.mark.servers
async def test_with_the_database_and_the_broker_killed_every_customer_is_answered_exactly_once(
    tmp_path: Path, own_rabbitmq: LocalNode, own_secantus: SecantusServer
) -> None:
    """What a confirmed publish or a journaled write promised is there after the server's death, on its disk.

    As many texts as two cores answer in a minute over this database; `make soak ARGS=--servers` takes 500.
    """
    judge(await kill_servers(tmp_path, own_rabbitmq, own_secantus, seed=3, messages=100, within=240))


def judge(outcome: Outcome) -> None:
    assert outcome.lost == [], f"{len(outcome.lost)} of {outcome.messages} never answered"
    assert outcome.doubled == [], "texted twice"
    assert outcome.unsettled == [], "left for a person to settle"
