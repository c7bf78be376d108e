"""Moments on the recipient's own clock, across the changes to and from daylight saving time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import phonenumbers
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.local_time.wall_clock import next_on_every_clock, on_every_clock
from shared.local_time.windows import closes_in, meet, opens_at, opens_in
from shared.local_time.zones import UNKNOWN, zones_of, zones_of_valid

NOON = datetime(2026, 3, 7, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Hours:
    opens: int = 8
    closes: int = 21


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


@pytest.mark.parametrize(
    ("contact", "at", "opens"),
    [
        ("+13125550101", "2026-03-10T18:00", "2026-03-10T18:00"),  # Chicago, 13:00
        ("+13125550101", "2026-03-11T03:00", "2026-03-11T13:00"),  # Chicago, 22:00 -> 8:00 daylight time
        ("+13125550101", "2026-03-08T05:00", "2026-03-08T13:00"),  # the night the clocks change: 23:00 -> 8:00
        ("+18005550101", "2026-03-10T12:00", "2026-03-10T22:00"),  # toll-free: 8:00 in Guam, too
        ("+18005550101", "2026-03-11T01:30", "2026-03-11T22:00"),  # past 21:00 in New York
    ],
)
def test_quiet_hours_in_every_zone_of_the_number(contact: str, at: str, opens: str) -> None:
    assert opens_at(contact, Hours(), utc(at)) == utc(opens)


@given(
    st.sampled_from(
        ["+13125550101", "+18005550101", "+442079460018", "+61291234567", "+8613812345678", "+16715550101"]
    ),
    st.integers(0, 365 * 24 * 60).map(lambda minutes: NOON + timedelta(minutes=minutes)),
)
def test_the_moment_that_opens_is_decent_in_every_zone(contact: str, now: datetime) -> None:
    moment, zones = opens_at(contact, Hours(), now), zones_of(contact)
    assert now <= moment <= now + timedelta(days=2)
    assert all(8 <= moment.astimezone(ZoneInfo(zone)).hour < 21 for zone in zones)
    closes = closes_in(zones, Hours(), moment)
    assert moment < closes <= moment + timedelta(hours=13)
    assert opens_in(zones, Hours(), closes) > closes
    assert opens_in(zones, Hours(), closes - timedelta(minutes=1)) == closes - timedelta(minutes=1)


def test_hours_until_midnight_close_at_the_next_day() -> None:
    assert closes_in(("America/Chicago",), Hours(8, 24), utc("2026-01-10T20:00")) == utc("2026-01-11T06:00")


def test_zones_too_far_apart_for_the_hours_never_meet() -> None:
    assert not meet(UNKNOWN, Hours(8, 10), NOON)
    assert meet(UNKNOWN, Hours(), NOON)


def test_where_the_hours_never_meet_an_open_window_closes_later_than_now() -> None:
    """Else a text that may leave now has expired already, and is handed over again and again."""
    everywhere_in_russia, window = zones_of("+79161234567"), Hours(9, 17)
    assert not meet(everywhere_in_russia, window, NOON)
    now = opens_in(everywhere_in_russia, window, NOON)
    assert closes_in(everywhere_in_russia, window, now) == closes_in(UNKNOWN, window, now) > now


@pytest.mark.parametrize(
    ("local", "zones", "moment"),
    [
        ("2026-12-01T10:00", ("America/Chicago",), "2026-12-01T16:00"),
        ("2026-12-01T10:00", ("America/New_York", "Pacific/Honolulu"), "2026-12-01T20:00"),
        ("2026-03-08T02:30", ("America/Chicago",), "2026-03-08T08:30"),  # skipped: 3:30 on the clock
        ("2026-11-01T01:30", ("America/Chicago",), "2026-11-01T06:30"),  # twice: the first
    ],
)
def test_a_local_time_is_the_moment_it_has_come_in_the_last_zone(
    local: str, zones: tuple[str, ...], moment: str
) -> None:
    assert on_every_clock(datetime.fromisoformat(local), zones) == utc(moment)


def test_a_local_time_already_past_comes_the_next_day() -> None:
    ten, zones = datetime(2026, 12, 1, 10), ("America/Chicago",)  # noqa: DTZ001 - a clock on the wall has no zone
    assert next_on_every_clock(ten, zones, utc("2026-12-01T16:00")) == utc("2026-12-01T16:00")
    assert next_on_every_clock(ten, zones, utc("2026-12-01T16:01")) == utc("2026-12-02T16:00")
    assert next_on_every_clock(ten, zones, utc("2026-12-24T16:01")) == utc("2026-12-25T16:00")


@given(
    st.sampled_from(["America/Chicago", "Pacific/Auckland", "Europe/London", "Asia/Kolkata"]),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001 - as above
    st.integers(-3000, 3000).map(lambda hours: timedelta(hours=hours)),
)
def test_the_next_time_on_the_clock_is_the_first_one_not_past(zone: str, local: datetime, off: timedelta) -> None:
    start = on_every_clock(local, (zone,)) + off
    found = next_on_every_clock(local, (zone,), start)
    assert found >= start
    assert found == on_every_clock(local, (zone,)) or found - start <= timedelta(hours=25)


@given(st.integers(2_000_000_000, 9_999_999_999))
def test_zones_of_a_valid_number_are_found_without_parsing_it(digits: int) -> None:
    number = f"+1{digits}"
    assume(phonenumbers.is_valid_number(phonenumbers.parse(number)))
    assert zones_of_valid(number) == zones_of(number)


def test_zones_of_a_valid_number_elsewhere_are_those_of_any_number() -> None:
    for number in ("+491711234567", "+447400123456", "+18765550123", "+18005550123"):
        assert zones_of_valid(number) == zones_of(number)
