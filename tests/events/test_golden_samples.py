"""Every event ever published can still be read, means the same after being written again, and garbage is `Invalid`."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import fields

from cases import failing
from shared.errors import Invalid
from shared.events import ContactErased, Event, decode
from shared.events.catalogue import BY_TYPE, CATALOGUE, EVERY_HTTP_SERVICE, Entry, topology
from shared.events.envelope import MAX_EVENT_BYTES, EventData, peek_type

SAMPLES = sorted((Path(__file__).parent / "samples").glob("*.json"))
BODIES = {path.name: path.read_bytes() for path in SAMPLES}

NOT_PUBLISHED_YET = {ContactErased}
"""Classes without a consumer: their entry comes with its handler."""

any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def every_sample(check: Callable[[str], None]) -> None:
    assert failing(BODIES, check) == {}


def every_type(check: Callable[[Entry], None]) -> None:
    assert failing(CATALOGUE, check, lambda entry: entry.type) == {}


def read(body: bytes) -> Event[EventData]:
    return decode(body, BY_TYPE[json.loads(body)["type"]].data)


def test_a_frozen_sample_still_parses() -> None:
    def check(name: str) -> None:
        sample = json.loads(BODIES[name])
        event = read(BODIES[name])
        assert peek_type(BODIES[name]) == sample["type"]
        assert name.startswith(sample["type"])
        assert (event.id, event.source, event.tenant_id) == (sample["id"], sample["source"], sample["tenantid"])

    every_sample(check)


def test_written_again_it_means_the_same() -> None:
    def check(name: str) -> None:
        event = read(BODIES[name])
        again = read(event.encode())
        assert again == event
        assert again.identity == event.identity

    every_sample(check)


def test_nothing_that_was_said_is_lost() -> None:
    """Every field of the sample that this version knows comes out as it went in (times in one spelling)."""

    def check(name: str) -> None:
        said = json.loads(BODIES[name])["data"]
        event = read(BODIES[name])
        if ".v1." in name:  # today it has another shape, so it is compared in that of its time
            [former] = event.data.in_former_shape()
            event = replace(event, data=former)
        told = json.loads(event.encode())["data"]
        assert said.keys() - told.keys() <= {"not_known_yet"}
        for field in said.keys() & told.keys():
            assert _same(told[field], said[field]), field

    every_sample(check)


def _same(told: Any, said: Any) -> bool:
    if isinstance(told, str) and told != said and told.endswith("Z"):
        return told.removesuffix("Z").rstrip("0").rstrip(".") == said.removesuffix("Z").rstrip("0").rstrip(".")
    if isinstance(told, list):
        return len(told) == len(said) and all(map(_same, told, said))
    if isinstance(told, dict) and isinstance(said, dict):
        return all(_same(told[key], value) for key, value in said.items() if key in told)
    return told == said


def test_every_type_has_samples_of_today_of_yesterday_and_of_tomorrow() -> None:
    def check(entry: Entry) -> None:
        assert {f"{entry.type}.json", f"{entry.type}.older.json", f"{entry.type}.newer.json"} <= BODIES.keys()
        today = json.loads(BODIES[f"{entry.type}.json"])["data"]
        missing = set(entry.data.__struct_fields__) - today.keys()
        assert not missing, f"add {missing} to the sample of today (the older ones stay as they are)"

    every_type(check)


def test_every_type_has_an_owner_a_publisher_a_consumer_and_a_meaning() -> None:
    def check(entry: Entry) -> None:
        assert entry.owner in EVERY_HTTP_SERVICE
        assert entry.publishers
        assert entry.consumers
        assert set(entry.consumers) <= set(EVERY_HTTP_SERVICE)
        assert entry.partition_key
        assert entry.data.__doc__
        assert entry.data.__doc__ != EventData.__doc__

    every_type(check)


def test_every_sample_has_a_queue_that_takes_it() -> None:
    def check(name: str) -> None:
        key = read(BODIES[name]).data.routing_key()
        assert any(key in subscription.patterns for subscription in topology())
        assert key in {one.name for one in BY_TYPE[json.loads(BODIES[name])["type"]].routing_keys}

    every_sample(check)


def test_every_event_class_is_in_the_catalogue():
    ours = {kind for kind in EventData.__subclasses__() if kind.__module__.startswith("shared.events.")}
    assert {shape for entry in CATALOGUE for shape in entry.shapes} == ours
    assert len(BY_TYPE) == len(CATALOGUE)


def test_what_is_not_this_event_is_refused_with_a_reason() -> None:
    def check(entry: Entry) -> None:
        sample = json.loads(BODIES[f"{entry.type}.json"])
        other = next(one for one in CATALOGUE if one is not entry)
        for change, code in (
            ({"type": other.type}, "wrong_event_type"),
            ({"dataversion": entry.data.VERSION + 1}, "unknown_data_version"),
            ({"specversion": "0.3"}, "invalid_event"),
            ({"time": "2026-03-01T12:00:00"}, "invalid_event"),
            ({"tenantid": ""}, "invalid_event"),
            ({"data": None}, "invalid_event"),
            ({"data": []}, "invalid_event"),
        ):
            with pytest.raises(Invalid) as refused:
                decode(json.dumps({**sample, **change}).encode(), entry.data)
            assert refused.value.code == code
        for required in ("specversion", "id", "source", "type", "time", "tenantid", "data"):
            with pytest.raises(Invalid):
                decode(json.dumps({k: v for k, v in sample.items() if k != required}).encode(), entry.data)

    every_type(check)


def test_a_missing_required_field_is_named() -> None:
    def check(entry: Entry) -> None:
        sample = json.loads(BODIES[f"{entry.type}.json"])
        for field in fields(entry.data):
            if field.required:
                name = field.name
                data = {key: value for key, value in sample["data"].items() if key != name}
                with pytest.raises(Invalid, match=name):
                    decode(json.dumps({**sample, "data": data}).encode(), entry.data)

    every_type(check)


def test_every_event_of_a_type_reaches_the_services_that_want_all_of_it() -> None:
    def check(entry: Entry) -> None:
        queues = [
            one for service in entry.every for queue in entry.queues if (one := entry.subscription(service, queue))
        ]
        for key in entry.routing_keys:
            reached = {one.queue.partition(f".{entry.type}")[0] for one in queues if key.name in one.patterns}
            assert reached == set(entry.every), key.name

    every_type(check)


def test_a_queue_of_an_earlier_version_is_still_declared_and_read() -> None:
    """An upgraded installation may hold events in it. It never had these keys under another name."""
    declared = {one.queue: one for one in topology()}
    assert {
        (queue, key)
        for queue, key in (
            ("sender.sms.inbound.v1", "sms.inbound"),
            ("campaigns.sms.inbound.v1", "sms.inbound"),
            ("campaigns.sms.status.v1", "sms.status"),
        )
        if key in declared[queue].former and key not in declared[queue].patterns
    } == {(queue, key) for queue, one in declared.items() for key in one.former}


def test_an_event_that_is_too_large_is_refused_unread():
    with pytest.raises(Invalid) as refused:
        decode(b" " * (MAX_EVENT_BYTES + 1), CATALOGUE[0].data)
    assert refused.value.code == "event_too_large"


def test_a_reason_never_repeats_what_a_customer_wrote():
    sample = json.loads(BODIES["sms.inbound.json"])
    sample["data"]["contact"] = "secret words of a customer, too long for a sender"
    with pytest.raises(Invalid) as refused:
        decode(json.dumps(sample).encode(), BY_TYPE["sms.inbound"].data)
    assert "secret" not in str(refused.value)


def survives(body: bytes, entry: Entry) -> None:
    """An event that can be written again and read as the same, or `Invalid`; never anything else."""
    try:
        event = decode(body, entry.data)
    except Invalid:
        return
    assert decode(event.encode(), entry.data) == event


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(CATALOGUE), st.binary(max_size=200))
def test_garbage_is_invalid_and_nothing_else(entry, body):
    survives(body, entry)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(CATALOGUE), any_json)
def test_any_json_is_invalid_and_nothing_else(entry, document):
    survives(json.dumps(document).encode(), entry)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(BODIES)), st.data())
def test_a_sample_with_something_wrong_in_it_is_read_or_invalid(name, data):
    document = json.loads(BODIES[name])
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(
            st.sampled_from([document, *([document["data"]] if isinstance(document.get("data"), dict) else [])])
        )
        if not place:
            break
        key = data.draw(st.sampled_from(sorted(place)))
        if data.draw(st.booleans()):
            del place[key]
        else:
            place[key] = data.draw(any_json)
    survives(json.dumps(document).encode(), BY_TYPE[json.loads(BODIES[name])["type"]])


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(BODIES)), st.data())
def test_a_sample_with_broken_bytes_is_read_or_invalid(name, data):
    body = bytearray(BODIES[name])
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    survives(bytes(body), BY_TYPE[json.loads(BODIES[name])["type"]])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[" * 100_000,
        b'{"a":' * 5_000,
        b'"\\ud800"',
        b'{"id": "\\ud800"}',
        b"\xff\xfe",
        b'{"id": 1e400}',
        b'{"id": NaN}',
        b"\x00",
    ],
    ids=["nothing", "null", "deep list", "deep object", "surrogate", "in a field", "utf-16", "huge", "nan", "nul"],
)
def test_known_poison_is_invalid(body):
    for entry in CATALOGUE:
        with pytest.raises(Invalid):
            decode(body, entry.data)
