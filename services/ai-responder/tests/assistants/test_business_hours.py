"""Whether a business is open, on the clock of its own wall."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_responder.assistants.domain.business_hours import WEEKDAYS, BusinessHours, OpeningTimes, is_open

CHICAGO, LONDON = "America/Chicago", "Europe/London"
DAYTIME = BusinessHours(
    open=(OpeningTimes(days=("mon", "tue", "wed", "thu", "fri"), opens="09:00", closes="17:30"),),
    holidays=("2026-12-25",),
)
NIGHT = BusinessHours(open=(OpeningTimes(days=("fri",), opens="22:00", closes="02:00"),), holidays=("2026-12-25",))
ALWAYS = BusinessHours(open=(OpeningTimes(days=WEEKDAYS, opens="00:00", closes="24:00"),))


@pytest.mark.parametrize(
    ("hours", "at", "zone", "expected"),
    [
        (None, "2026-03-01T03:00Z", CHICAGO, True),
        (BusinessHours(open=()), "2026-03-02T15:00Z", CHICAGO, False),
        # Monday, March 2: Chicago is six hours behind; from March 8 on, five
        (DAYTIME, "2026-03-02T14:59Z", CHICAGO, False),
        (DAYTIME, "2026-03-02T15:00Z", CHICAGO, True),
        (DAYTIME, "2026-03-02T23:29Z", CHICAGO, True),
        (DAYTIME, "2026-03-02T23:30Z", CHICAGO, False),
        (DAYTIME, "2026-03-09T14:00Z", CHICAGO, True),
        (DAYTIME, "2026-03-09T22:30Z", CHICAGO, False),
        (DAYTIME, "2026-03-01T15:00Z", CHICAGO, False),  # Sunday
        (DAYTIME, "2026-12-25T15:00Z", CHICAGO, False),  # a Friday, and a holiday
        (DAYTIME, "2026-12-28T15:00Z", CHICAGO, True),
        # Over midnight: the night belongs to the day on which it began
        (NIGHT, "2026-03-06T22:00Z", LONDON, True),
        (NIGHT, "2026-03-07T01:59Z", LONDON, True),
        (NIGHT, "2026-03-07T02:00Z", LONDON, False),
        (NIGHT, "2026-03-06T01:00Z", LONDON, False),
        (NIGHT, "2026-12-26T01:00Z", LONDON, False),  # it would have begun on the holiday
        # London puts its clocks forward on March 29 at 01:00 and back on October 25 at 02:00
        (ALWAYS, "2026-03-29T01:30Z", LONDON, True),
        (ALWAYS, "2026-10-25T01:30Z", LONDON, True),
    ],
)
def test_open(hours: BusinessHours | None, at: str, zone: str, expected: bool) -> None:
    assert is_open(hours, datetime.fromisoformat(at.replace("Z", ":00+00:00")), zone) is expected


times = st.builds(
    lambda days, opens, length: OpeningTimes(
        days=tuple(days), opens=f"{opens:02}:00", closes=f"{(opens + length) % 24:02}:00"
    ),
    st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=7, unique=True),
    st.integers(0, 23),
    st.integers(1, 23),
)


@given(times, st.integers(0, 365 * 24 * 4), st.sampled_from([CHICAGO, LONDON, "Asia/Kathmandu", "UTC"]))
def test_a_week_later_the_wall_clock_says_the_same(one: OpeningTimes, quarter: int, zone: str) -> None:
    """Across daylight saving as well: what counts is the time on the wall, not the hours that passed."""

    at = (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=15 * quarter)).astimezone(ZoneInfo(zone))
    later = at + timedelta(days=7)  # on the wall
    exists = later.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == later.replace(tzinfo=None)
    hours = BusinessHours(open=(one,))
    assert not exists or is_open(hours, at, zone) == is_open(hours, later, zone)


@given(times, st.integers(0, 7 * 24 - 1))
def test_a_holiday_closes_what_begins_on_it(one: OpeningTimes, hour: int) -> None:
    at: datetime = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(hours=hour)
    days: dict[str, Any] = {"holidays": tuple((at + timedelta(days=n)).date().isoformat() for n in (-1, 0))}
    assert not is_open(BusinessHours(open=(one,), **days), at, "UTC")
