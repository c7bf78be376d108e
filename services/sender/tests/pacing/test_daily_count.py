"""What a number has sent in a day, decided on values: which day counts, who finds room, and when it opens again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sender.domain.calendar import day_ends, day_of
from sender.pacing.buckets import Bucket, Slot, day_in, take
from sender.pacing.domain import LATEST_KEPT, DayTerms, SlotRequest

NOW = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)
UTC_ZONE, CHICAGO = ZoneInfo("UTC"), ZoneInfo("America/Chicago")
ZONES = ["UTC", "America/Chicago", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu", "Pacific/Kiritimati"]


class Bucketful:
    """One number's bucket, asked as the service asks it."""

    def __init__(self, cap: int | None, zone: ZoneInfo = UTC_ZONE, rate: float = 1e9) -> None:
        self.cap, self.zone, self.rate = cap, zone, rate
        self.document: Any = None

    def ask(
        self, id: str, priority: Any = "one", parts: int = 1, at: datetime = NOW, counted_on: str | None = None
    ) -> Slot:
        bucket = Bucket("number", self.rate, DayTerms(self.cap, self.zone))
        self.document, slot = take(self.document, bucket, SlotRequest(id, parts, priority, counted_on), at)
        return slot

    @property
    def used(self) -> int:
        day = day_in(self.document)
        return day.parts if day else 0


@given(
    st.lists(st.tuples(st.integers(0, 60), st.sampled_from(["one", "bulk"]), st.integers(1, 4)), max_size=60),
    st.integers(0, 40),
)
def test_no_day_ever_holds_more_than_the_cap_and_campaigns_leave_a_tenth(asks: list[Any], cap: int) -> None:
    number, lines, went = Bucketful(cap), {}, {}
    for n, line, parts in asks:
        lines.setdefault(n, (line, parts))
        line, parts = lines[n]
        if number.ask(f"msg_{n}", line, parts).taken:
            went[n] = parts
    assert number.used == sum(went.values()) <= cap
    assert sum(parts for n, parts in went.items() if lines[n][0] == "bulk") <= cap - cap // 10


@pytest.mark.parametrize(("cap", "bulk"), [(1, 1), (9, 9), (10, 9), (25, 23), (2000, 1800)])
def test_a_tenth_rounded_down_is_kept_for_replies(cap: int, bulk: int) -> None:
    number = Bucketful(cap)
    went = [number.ask(f"msg_b{n}", "bulk").taken for n in range(cap + 1)]
    assert went.count(True) == bulk
    replies = [number.ask(f"msg_r{n}").taken for n in range(cap + 1)]
    assert replies.count(True) == cap - bulk


def test_the_same_message_is_counted_once_however_often_it_asks() -> None:
    number = Bucketful(2)
    first = number.ask("msg_a")
    assert number.ask("msg_a").taken, "two senders may ask for it at the same moment"
    for n in range(LATEST_KEPT + 1):
        number.cap = None
        number.ask(f"msg_{n}")
    number.cap = 2
    assert number.ask("msg_a", counted_on=first.counted_on).taken, "the message itself knows"
    assert not number.ask("msg_b").taken


def test_a_place_of_yesterday_is_none_of_today() -> None:
    number = Bucketful(1)
    yesterday = number.ask("msg_a").counted_on
    assert number.ask("msg_a", at=NOW + timedelta(days=1), counted_on=yesterday).taken
    assert number.used == 1
    assert not number.ask("msg_b", at=NOW + timedelta(days=1)).taken


def test_without_a_cap_the_parts_are_counted_too_so_that_one_set_at_noon_knows_the_morning() -> None:
    number = Bucketful(None)
    for n in range(7):
        assert number.ask(f"msg_{n}", "bulk").taken
    number.cap = 8
    assert not number.ask("msg_8", "bulk", 2).taken
    assert number.ask("msg_9", "bulk").taken


def test_a_cap_lowered_below_what_is_used_closes_and_a_raised_one_opens() -> None:
    number = Bucketful(10)
    for n in range(6):
        number.ask(f"msg_{n}")
    number.cap = 3
    closed = number.ask("msg_x")
    assert (closed.taken, closed.at) == (False, datetime(2026, 3, 11, tzinfo=UTC))
    number.cap = 7
    assert number.ask("msg_x").taken
    assert not number.ask("msg_y").taken


def test_those_turned_away_ask_again_one_after_another_and_replies_in_a_row_of_their_own() -> None:
    number = Bucketful(0, rate=2.0)
    midnight = datetime(2026, 3, 11, tzinfo=UTC)
    crowd = [number.ask(f"msg_b{n}", "bulk").at for n in range(1000)]
    assert crowd == [midnight + timedelta(seconds=n / 2) for n in range(1000)]
    assert number.ask("msg_r").at == midnight


def test_a_reserved_slot_counts_in_the_day_in_which_it_lies() -> None:
    number = Bucketful(2, rate=0.1)
    late = datetime(2026, 3, 10, 23, 59, 55, tzinfo=UTC)
    slots = [number.ask(f"msg_{n}", at=late) for n in range(4)]
    assert [(slot.taken, slot.counted_on) for slot in slots] == [
        (True, "2026-03-10"),
        (True, "2026-03-11"),
        (True, "2026-03-11"),
        (False, None),
    ]


def test_a_tenant_that_moves_to_where_it_is_yesterday_goes_on_in_the_later_day() -> None:
    number, early = Bucketful(1, UTC_ZONE), datetime(2026, 3, 11, 1, tzinfo=UTC)
    assert number.ask("msg_a", at=early).counted_on == "2026-03-11"
    number.zone = CHICAGO
    assert number.ask("msg_b", at=early).at == datetime(2026, 3, 12, 5, tzinfo=UTC)


@given(st.sampled_from(ZONES), st.dates(date(2024, 1, 1), date(2028, 12, 31)))
def test_those_who_wait_find_the_next_day_begun_whatever_the_clocks_do(zone: str, day: date) -> None:
    """Nights of 23 and 25 hours, and zones with clocks that change at midnight."""
    number, noon = Bucketful(1, ZoneInfo(zone)), datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone))
    number.ask("msg_a", at=noon)
    opens = number.ask("msg_b", at=noon).at
    assert opens == day_ends(day.isoformat(), ZoneInfo(zone))
    assert day_of(opens, ZoneInfo(zone)) == (day + timedelta(days=1)).isoformat()
    assert not number.ask("msg_b", at=opens - timedelta(milliseconds=1)).taken
    assert number.ask("msg_b", at=opens).taken
