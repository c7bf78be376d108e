"""What every value has in common."""

import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.clock import milliseconds
from shared.events import Money, SmsInbound
from shared.ids import derive, derived_id, new_id
from shared.values import Malformed, Value

NAMESPACE = uuid.UUID("6f1d6f2e-1c1e-5d3a-9a57-7061726c6579")
TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=5)


class Note(Value):
    text: str
    number: int


def test_a_failure_says_where_but_never_what() -> None:
    """It ends in a log line or beside a dead letter: nobody's words or numbers belong there."""
    for wrong in ({"text": "ok", "number": "my secret"}, {"text": ["my secret"], "number": 1}):
        with pytest.raises(Malformed) as caught:
            Note.read(wrong)
        assert "my secret" not in str(caught.value)
        assert "number" in str(caught.value) or "text" in str(caught.value)


def test_events_keep_quiet_too() -> None:
    with pytest.raises(Malformed) as caught:
        SmsInbound.read({"contact": "call me, Ann", "text": 5, "received_at": "yesterday, at Bob's"})
    assert not [word for word in ("Ann", "Bob") if word in str(caught.value)]


@given(TEXTS)
def test_a_derived_id_is_the_uuid5_that_any_language_computes(parts: list[str]) -> None:
    assert derive(*parts) == str(uuid.uuid5(NAMESPACE, "\x1f".join(parts)))
    assert derived_id("msg", *parts) == f"msg_{uuid.uuid5(NAMESPACE, chr(0x1F).join(['msg', *parts])).hex}"


@given(st.datetimes(timezones=st.sampled_from([UTC, UTC, timezone(timedelta(hours=-7))])))
def test_times_are_cut_to_whole_milliseconds_in_utc(moment: datetime) -> None:
    try:
        cut = milliseconds(moment)
    except OverflowError:  # the first and last hours of the calendar, in a zone that leaves it
        return
    assert timedelta(0) <= moment - cut < timedelta(milliseconds=1)
    assert (cut.tzinfo, cut.microsecond % 1000) == (UTC, 0)


@pytest.mark.parametrize("nano", [2**63, -(2**63) - 1, 10**20])
def test_an_amount_fits_every_store(nano: int) -> None:
    assert Money(nano=2**63 - 1).nano == 2**63 - 1
    with pytest.raises(Malformed, match="nano"):
        Money.read({"nano": nano})


def test_a_new_id_is_a_version_7_uuid_and_later_ones_sort_later():
    ids = [new_id("msg") for _ in range(1000)]
    assert ids == sorted(set(ids))
    for id in ids[:3]:
        prefix, digits = id.split("_")
        assert (prefix, uuid.UUID(hex=digits).version) == ("msg", 7)
