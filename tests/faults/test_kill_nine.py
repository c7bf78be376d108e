"""Promises 1 and 2 against the hardest thing an operator can do: kill -9, at any moment, again and again."""

from pathlib import Path

import pytest

from testkit.kill_nine import kill_nine


@pytest.mark.slow
@pytest.mark.timeout(540)
@pytest.mark.parametrize(("seed", "messages", "kills"), [(1, 500, 12), (2, 100, 5)])
async def test_killed_at_random_moments_every_customer_is_answered_exactly_once(
    tmp_path: Path, seed: int, messages: int, kills: int
):
    outcome = await kill_nine(tmp_path, seed, messages, kills, within=240)
    assert outcome.lost == [], f"{len(outcome.lost)} of {outcome.messages} never answered"
    assert outcome.doubled == [], "texted twice"
    assert outcome.unsettled == [], "left for a person to settle"
