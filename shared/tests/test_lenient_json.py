"""One reader for everything the carrier sends as JSON: whatever comes, it answers and never raises."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import lenient_json as read
from shared.events import CarrierError, Money

json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=60) | st.just("1e999999"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["amount", "code", "url"]), inner),
    max_leaves=8,
)


@given(json)
def test_nothing_that_json_can_hold_makes_it_raise(value: Any):
    read.obj(value)
    read.objects(value)
    read.array(value)
    read.addresses(value)
    read.moment(value)
    read.count(value)
    read.billionths(value)
    read.money(value)
    read.encoding(value)
    read.errors(value)
    read.media(value)
    assert len(read.text(value, 10)) <= 10
    assert len(read.word(value, 10)) <= 11


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b"null", b"{", b"\xff", b"[" * 2000])
def test_a_body_that_holds_no_object_is_an_empty_one(body: bytes):
    assert read.document(body) == {}


def test_a_page_of_rows_is_never_cut_short():
    rows = [{"n": n} for n in range(250)]
    assert read.objects(orjson.loads(orjson.dumps([*rows, 1, None, "x"]))) == rows
    assert read.objects({"n": 1}) == []


@pytest.mark.parametrize(
    ("value", "nano"),
    [
        ({"amount": "0.0051", "currency": "USD"}, 5_100_000),
        ({"amount": 0.0051}, 5_100_000),
        ({"amount": "0.0051", "currency": None}, 5_100_000),
        ({"amount": 1}, 10**9),
        ({"amount": "0.0000000005"}, 0),
        ({"amount": "0.0000000015"}, 2),
        ({"amount": True}, None),
        ({"amount": "NaN"}, None),
        ({"amount": "1e999999"}, None),
        ({"amount": "1" * 30}, None),
        ({"amount": "1", "currency": "dollars"}, None),
        ({"amount": "1", "currency": 7}, None),
        (None, None),
        ("0.0051", None),
    ],
)
def test_money_is_exact_or_absent(value: Any, nano: int | None):
    assert read.money(value) == (None if nano is None else Money(nano=nano, currency="USD"))


def test_errors_say_something_whatever_their_shape():
    assert read.errors([{"code": 40300, "title": "Blocked", "detail": None}, "odd", 7]) == (
        CarrierError(code="40300", title="Blocked", detail=""),
        CarrierError(code="odd", title="", detail=""),
        CarrierError(code="7", title="", detail=""),
    )
    assert read.errors({"title": "Alone"}) == (CarrierError(code="unknown", title="Alone", detail=""),)
