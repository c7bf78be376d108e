"""The frequency cap skips a person who got enough texts from campaigns, and nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from campaigns.counting.domain.contact import CampaignText
from campaigns.forecasts.domain.frequency import is_capped

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Cap:
    texts: int = 1
    days: int = 7


def text(days_ago: float | None = 1, status: Any = "delivered", campaign: str = "cmp_other") -> CampaignText:
    left_at = None if days_ago is None else NOW - timedelta(days=days_ago)
    return CampaignText(message_id="msg", campaign_id=campaign, number="+1", status=status, revision=1, left_at=left_at)


def test_without_a_cap_any_number_of_texts_may_follow() -> None:
    assert not is_capped([text()] * 50, None, "cmp_1", NOW)


@pytest.mark.parametrize(
    ("texts", "capped"),
    [
        ([], False),
        ([text()], True),
        ([text(7)], False),
        ([text(6.99)], True),
        ([text(campaign="cmp_1")], False),
        ([text(status="failed", days_ago=None)], False),
        ([text(status="undelivered")], False),
        ([text(status="unconfirmed")], True),
        ([text(status="queued", days_ago=None)], True),
    ],
)
def test_who_is_capped_at_one_text_a_week(texts: list[CampaignText], capped: bool) -> None:
    assert is_capped(texts, Cap(), "cmp_1", NOW) == capped


def test_the_cap_counts_up_to_its_number() -> None:
    assert not is_capped([text()], Cap(2), "cmp_1", NOW)
    assert is_capped([text(), text(2)], Cap(2), "cmp_1", NOW)


def test_a_cap_above_what_is_remembered_holds_at_what_is_remembered() -> None:
    assert is_capped([text()] * 100, Cap(500, 30), "cmp_1", NOW)
    assert not is_capped([text()] * 99, Cap(500, 30), "cmp_1", NOW)
