"""When a campaign ends: pace, hours of the recipients, daily caps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.campaigns.domain.clocks import read_clock
from campaigns.forecasts.domain.finish import SETTLING, WORST_SHARE, Capacity, Group, capacity_of, finish
from shared.events import NumberChanged, QuietHours

NOON = datetime(2026, 3, 10, 17, tzinfo=UTC)
"""In Chicago 12:00, in New York 13:00, in Los Angeles 10:00."""
CHICAGO, UTC_ZONE = ZoneInfo("America/Chicago"), ZoneInfo("UTC")
HOURS = QuietHours()


def group(parts: int, zone: str = "America/Chicago", starts_at: datetime = NOON) -> Group:
    return Group(read_clock(f";{zone}"), parts, starts_at)


def pool(pace: float = 1.0, daily: int | None = None, others: int = 0) -> Capacity:
    return Capacity(pace, daily, CHICAGO, others)


def minutes_until(moment: datetime | None) -> float:
    assert moment is not None
    return (moment - NOON).total_seconds() / 60


def test_within_open_hours_only_the_pace_counts() -> None:
    found = finish([group(600)], pool(), HOURS)
    assert minutes_until(found.earliest) == pytest.approx(599 / 60)
    assert minutes_until(found.latest) == pytest.approx(10 / WORST_SHARE + SETTLING.seconds / 60)


def test_one_text_leaves_at_once() -> None:
    assert finish([group(1)], pool(), HOURS).earliest == NOON


def test_what_does_not_fit_before_the_hours_close_leaves_the_next_morning() -> None:
    found = finish([group(9 * 3600 + 61)], pool(), HOURS)
    assert found.earliest == datetime(2026, 3, 11, 13, 1, tzinfo=UTC), "8:00 in Chicago, and a minute"


def test_the_best_order_serves_first_those_whose_hours_close_first() -> None:
    """Eight hours of texts to the east and three to the west: in the wrong order the east closes unserved."""
    found = finish([group(7 * 3600, "America/New_York"), group(3 * 3600, "America/Los_Angeles")], pool(), HOURS)
    assert minutes_until(found.earliest) == pytest.approx(600, abs=1)
    assert found.latest
    assert found.latest > datetime(2026, 3, 11, 12, tzinfo=UTC)


def test_those_whose_hours_open_later_are_served_when_they_open() -> None:
    found = finish([group(60, "Pacific/Honolulu")], pool(), HOURS)
    assert found.earliest == datetime(2026, 3, 10, 18, 0, 59, tzinfo=UTC)


def test_a_daily_cap_spreads_the_texts_over_days_of_the_tenant() -> None:
    found = finish([group(250)], pool(pace=10, daily=100), HOURS)
    assert found.earliest
    assert found.earliest.astimezone(CHICAGO).replace(tzinfo=None) == datetime(2026, 3, 12, 8, 0, 4, 900_000)  # noqa: DTZ001
    assert found.latest
    assert found.latest.astimezone(CHICAGO).date().day == 13, "today's share may be used up already"


def test_the_clocks_change_within_the_campaign() -> None:
    """On March 8 the hours open at 13:00 UTC instead of 14:00."""
    start = datetime(2026, 3, 8, 2, 59, tzinfo=UTC)
    found = finish([Group(read_clock(";America/Chicago"), 3600, start)], pool(), HOURS)
    assert found.earliest == datetime(2026, 3, 8, 13, 59, tzinfo=UTC) - timedelta(seconds=1)


def test_other_campaigns_share_the_pool() -> None:
    alone, shared = (finish([group(600)], pool(others=others), HOURS) for others in (0, 1))
    assert alone.earliest == shared.earliest
    assert alone.latest
    assert shared.latest
    assert shared.latest > alone.latest


@pytest.mark.parametrize(
    "found",
    [
        finish([], pool(), HOURS),
        finish([group(1)], pool(pace=0), HOURS),
        finish([group(10_000_000)], pool(), HOURS),
        finish([group(1), group(1, "America/New_York,Pacific/Honolulu")], pool(), QuietHours(opens=8, closes=10)),
    ],
)
def test_no_end_is_forecast_where_there_is_none(found: object) -> None:
    assert found == finish([], pool(), HOURS)


def number(pace: float, connection: str = "con_1", daily: int | None = None) -> NumberChanged:
    return NumberChanged(
        phone_number="+13125550100", revision=1, tenant_id="ten_a", connection_id=connection, assigned_at=NOON,
        parts_per_second=pace, daily_parts=daily,
    )  # fmt: skip


def test_the_pool_is_the_sum_of_its_numbers_as_far_as_each_connection_carries() -> None:
    found = capacity_of([number(40), number(40), number(5, "con_2")], 50.0, CHICAGO)
    assert (found.parts_per_second, found.daily_parts) == (55, None)
    assert capacity_of([number(1, daily=100), number(1, daily=25)], 50.0, CHICAGO).daily_parts == 90 + 23
    assert capacity_of([number(1, daily=100), number(1)], 50.0, CHICAGO).daily_parts is None


ZONES = [
    "America/New_York",
    "America/Los_Angeles",
    "Pacific/Guam",
    "Europe/London",
    "America/New_York,Pacific/Honolulu",
]


@given(
    st.lists(st.tuples(st.integers(1, 50_000), st.sampled_from(ZONES)), min_size=1, max_size=5),
    st.floats(0.5, 50),
    st.sampled_from([None, 500, 20_000]),
)
def test_the_end_is_never_before_pace_and_caps_allow(
    sizes: list[tuple[int, str]], pace: float, daily: int | None
) -> None:
    found = finish([group(parts, zone) for parts, zone in sizes], pool(pace, daily), HOURS)
    parts = sum(n for n, _ in sizes)
    if found.earliest is None:
        return
    assert found.earliest >= NOON + timedelta(seconds=(parts - 1) / pace - 1)
    assert found.latest is None or found.latest > found.earliest
    if daily:
        assert (found.earliest - NOON).days >= -(-parts // daily) - 2
