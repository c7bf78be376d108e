"""What every value has in common."""

import json
import uuid
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.clock import milliseconds
from shared.events import Money, SmsInbound
from shared.ids import derive, derived_id, new_id
from shared.values import Malformed, Moment, Value

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


@pytest.mark.parametrize("text", [b"", b"my secret", b'{"text": ', b"{'text': 'my secret'}"])
def test_what_is_not_json_is_called_so(text: bytes) -> None:
    """An operator who reads the reason beside a dead letter sees which of the two went wrong: the text or a field."""
    with pytest.raises(Malformed, match="^not JSON: ") as caught:
        Note.decode(text)
    assert "my secret" not in str(caught.value)


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


class Meeting(Value):
    at: Moment
    until: Moment | None = None
    kind: Literal["call", "visit"] = "call"


PARIS = timezone(timedelta(hours=1))
UNCUT = datetime(2026, 3, 10, 18, 0, 0, 123456, PARIS)
CUT = datetime(2026, 3, 10, 17, 0, 0, 123000, UTC)


@pytest.mark.parametrize(
    "meeting",
    [
        Meeting(at=UNCUT, until=UNCUT),
        Meeting(at=CUT).but(at=UNCUT, until=UNCUT),
        Meeting.read({"at": UNCUT, "until": UNCUT.isoformat()}),
        Meeting.decode(b'{"at": "2026-03-10T18:00:00.123456+01:00", "until": "2026-03-10T17:00:00.1239Z"}'),
    ],
    ids=["constructed", "changed", "read", "decoded"],
)
def test_a_moment_is_in_utc_with_whole_milliseconds_however_its_value_came_to_be(meeting: Meeting) -> None:
    assert (meeting.at, meeting.until) == (CUT, CUT)
    assert meeting.at.tzinfo is UTC


@pytest.mark.parametrize("moment", [CUT.replace(tzinfo=None), datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))])
def test_a_time_without_a_zone_or_beyond_the_calendar_is_refused_everywhere(moment: datetime) -> None:
    for make in (
        lambda: Meeting(at=moment),
        lambda: Meeting(at=CUT).but(at=moment),
        lambda: Meeting.read({"at": moment}),
        lambda: Meeting.decode(json.dumps({"at": moment.isoformat()})),
    ):
        with pytest.raises(ValueError, match="at"):
            make()


def test_a_word_that_is_not_in_the_list_is_not_repeated() -> None:
    for word in ("my secret", "a ' - at `$.b` secret", "sec\nret"):
        with pytest.raises(Malformed) as caught:
            Meeting.read({"at": CUT, "kind": word})
        assert str(caught.value) == "kind: Invalid enum value"


@pytest.mark.parametrize(
    "wrong",
    [{"number": "+13125550001\n"}, {"parts": "2"}, {"parts": 10**30}, {"parts": True}, {"received_at": 1773162000}],
    ids=["a line break after the end", "a number in quotes", "more than 64 bits", "a boolean", "seconds for a time"],
)
def test_what_is_nearly_right_is_refused(wrong: dict[str, Any]) -> None:
    text = SmsInbound(
        message_id="msg_1",
        carrier_message_id="c",
        connection_id="con_1.x",
        number="+13125550001",
        contact="+13125550002",
        received_at=CUT,
        effective_at=CUT,
    )
    with pytest.raises(Malformed, match=next(iter(wrong))):
        SmsInbound.decode(json.dumps({**text.jsonable(), **wrong}))


def test_a_change_of_a_field_that_does_not_exist_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="colour"):
        Note(text="", number=1).but(colour="red")
