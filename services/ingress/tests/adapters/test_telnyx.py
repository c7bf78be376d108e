from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingress.adapters.telnyx import parse
from ingress.domain.carrier_messages import DeliveryReport, Ignored, InboundText
from ingress.domain.events import inbound, receipts
from shared.errors import Invalid
from shared.events import CarrierError, Media, Money

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def parsed(document: Any):
    return parse(json.dumps(document).encode())


def received(**payload: Any) -> InboundText:
    base = {"id": "m1", "from": {"phone_number": "+13125550001"}, "to": [{"phone_number": "+17735550002"}]}
    found = parsed({"data": {"event_type": "message.received", "payload": base | payload}})
    assert isinstance(found, InboundText)
    return found


def reported(event_type: str = "message.finalized", **payload: Any) -> DeliveryReport:
    base = {
        "id": "m1",
        "from": {"phone_number": "+13125550001"},
        "to": [{"phone_number": "+13125550002", "status": "delivered"}],
    }
    found = parsed({"data": {"event_type": event_type, "payload": base | payload}})
    assert isinstance(found, DeliveryReport)
    return found


def test_the_captured_text_is_read_whole(carrier_sample):
    text = parsed(carrier_sample("captured_inbound_sms"))
    assert isinstance(text, InboundText)
    assert (text.carrier_message_id, text.contact) == ("1fa55452-5cc6-4ce7-9cb0-8612fa4ddc15", "+13125550001")
    assert (text.to, text.others, text.text) == (("+17735550002",), (), "Test for full JSON")
    assert (text.keyword, text.carrier_answered, text.media) == (None, False, ())
    assert text.received_at == datetime(2025, 5, 15, 18, 47, 40, 731000, UTC)
    assert (text.charge.cost, text.charge.carrier_fee) == (Money(nano=16_000_000), Money(nano=12_000_000))
    assert (text.charge.parts, text.charge.encoding) == (1, "GSM-7")


def test_the_documented_text_is_read(carrier_sample):
    text = parsed(carrier_sample("official_inbound_sms"))
    assert (text.text, text.charge.cost) == ("Hello from Telnyx!", Money(nano=0))


def test_a_group_reply_knows_the_other_participants(carrier_sample):
    text = parsed(carrier_sample("group_mms_inbound"))
    assert text.others == ("+15558765432", "+15557654321", "+15551234567")
    event = inbound(text, "ten_a", "con_a", "+15551234567", NOW)
    assert event.data.others == ("+15558765432", "+15557654321")
    assert event.data.encoding == "UCS-2"


def test_a_stop_in_a_group_is_still_that_persons_stop():
    text = received(text="STOP", cc=[{"phone_number": "+15558765432"}, "+17735550002"])
    assert (text.keyword, text.others) == ("stop", ("+15558765432", "+17735550002"))


def test_in_a_group_only_a_bare_keyword_is_said_to_us():
    group = {"cc": ["+15558765432", "+17735550002"]}
    assert received(text="stop texting me, Bob", **group).keyword is None
    assert received(text="stop texting me, Bob").keyword == "stop"
    assert received(text="Stop please", **group).keyword == "stop"


@pytest.mark.parametrize(
    ("payload", "text", "keyword"),
    [
        ({"subject": "STOP", "text": ""}, "STOP", "stop"),
        ({"subject": "STOP", "text": None}, "STOP", "stop"),
        ({"subject": "Stop", "text": "I already bought one"}, "Stop\nI already bought one", "stop"),
        ({"subject": "My order", "text": "Where is it?"}, "My order\nWhere is it?", None),
        ({"subject": "STOP", "text": "STOP"}, "STOP", "stop"),
        ({"subject": "STOP", "text": "STOPPING by at 3 ok?"}, "STOP\nSTOPPING by at 3 ok?", "stop"),
        ({"subject": "My order", "text": "revoke"}, "My order\nrevoke", "stop"),
        ({"subject": "Hello", "text": "Hello\nare you there"}, "Hello\nare you there", None),
        ({"subject": "", "text": "Hello"}, "Hello", None),
        ({"subject": "(no subject)", "text": "Hello"}, "Hello", None),
        ({"subject": None, "text": "STOP"}, "STOP", "stop"),
        ({"subject": ["STOP"], "text": "Hello"}, "Hello", None),
    ],
)
def test_the_subject_of_an_mms_belongs_to_the_text(payload, text, keyword):
    found = received(**payload)
    assert (found.text, found.keyword) == (text, keyword)


@pytest.mark.parametrize(
    "sender", ["+13125550001", {"phone_number": "+13125550001"}, {"phone_number": "+1 (312) 555-0001"}]
)
@pytest.mark.parametrize("to", ["+17735550002", ["+17735550002"], {"phone_number": "+17735550002"}])
def test_addresses_come_as_objects_texts_and_lists(sender, to):
    text = received(**{"from": sender, "to": to})
    assert (text.contact, text.to) == ("+13125550001", ("+17735550002",))


@pytest.mark.parametrize(
    ("sender", "contact"),
    [
        ("12345", "12345"),
        ("ACME Corp", "ACME Corp"),
        ("Аптека", "Аптека"),
        ("दुकान", "दुकान"),
        ("Zoë's ☕ bar, the one at the corner", "Zoë_s _ bar_ -21bb8a"),
        ("+0123", "_0123-2d7583"),
    ],
)
def test_a_sender_without_a_number_keeps_its_name_as_far_as_possible(sender, contact):
    text = received(**{"from": {"phone_number": sender}})
    assert text.contact == contact
    assert inbound(text, "ten_a", "con_a", "+17735550002", NOW).data.contact == contact


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Аптека", "Ателье"),
        ("快递", "银行"),
        ("Bar ☕", "Bar ☎"),
        ("!!!", "???"),
        ("The bakery at the corner, 1", "The bakery at the corner, 2"),
    ],
)
def test_two_names_are_two_senders(one, other):
    assert received(**{"from": one}).contact != received(**{"from": other}).contact


@pytest.mark.parametrize("text", [None, 5, [], {}])
def test_a_picture_without_words_is_a_text_without_words(text):
    media = [{"url": "https://media.telnyx.com/a.png", "content_type": "image/png", "sha256": "ab", "size": 102400}]
    found = received(type="MMS", text=text, media=media)
    assert found.text == ""
    assert found.media == (Media(url="https://media.telnyx.com/a.png", content_type="image/png", size=102400),)


@pytest.mark.parametrize(
    ("cost", "money"),
    [
        ({"amount": "0.0051", "currency": "USD"}, Money(nano=5_100_000)),
        ({"amount": 0.0051, "currency": "USD"}, Money(nano=5_100_000)),
        ({"amount": 1}, Money(nano=10**9)),
        ({"amount": "0.00305", "currency": "EUR"}, Money(nano=3_050_000, currency="EUR")),
        ({"amount": "0.0000"}, Money(nano=0)),
        ({"amount": "-0.01"}, Money(nano=-10_000_000)),
        ({"amount": "1e-40"}, None),
        *((junk, None) for junk in (
            None, 5, "0.1", [], {}, {"amount": None}, {"amount": "NaN"}, {"amount": "Infinity"}, {"amount": True},
            {"amount": "1e999999999"}, {"amount": "9" * 5000}, {"amount": 10**30}, {"amount": "1", "currency": "usd"},
            {"amount": "1", "currency": 7}, {"amount": "12 USD"}, {"amount": []},
        )),
    ],
)  # fmt: skip
def test_money_is_exact_or_absent(cost, money):
    assert received(cost=cost).charge.cost == money


@pytest.mark.parametrize(
    ("text", "autoresponse", "keyword", "answered"),
    [
        ("STOP", "STOP", "stop", True),
        ("no more of this", "STOP", "stop", True),
        ("help", "STOP", "stop", True),
        ("START", "START", "start", True),
        ("menu", "HELP", "help", True),
        ("STOP", "HELP", "stop", True),
        ("STOP", "START", "stop", True),
        ("STOP", None, "stop", False),
        ("revoke", None, "stop", False),
        ("STOP", "CUSTOM_THING", "stop", True),
        ("hello", "CUSTOM_THING", None, True),
        ("hello", "", None, False),
        ("hello", 17, None, True),
    ],
)
def test_what_the_carrier_matched_wins_except_over_a_stop(text, autoresponse, keyword, answered):
    found = received(text=text, autoresponse_type=autoresponse)
    assert (found.keyword, found.carrier_answered) == (keyword, answered)


@pytest.mark.parametrize(
    ("text", "parts", "encoding"), [("x" * 400, 3, "GSM-7"), ("ж" * 100, 2, "UCS-2"), ("", 1, "GSM-7")]
)
def test_a_text_is_measured_where_the_carrier_names_no_parts(text, parts, encoding):
    found = received(text=text, parts=None, encoding=None)
    said = inbound(found, "ten_a", "con_a", "+17735550002", NOW).data
    assert (said.parts, said.encoding) == (parts, encoding)


def test_half_an_emoji_and_a_nul_do_not_lose_the_text():
    raw = (
        b'{"data":{"event_type":"message.received","payload":{"id":"m1","from":"+13125550001","to":"+17735550002",'
        b'"text":"cut \\ud83d\\u0007 here\\u0000\\n!"}}}'
    )
    found = parse(raw)
    assert isinstance(found, InboundText)
    assert found.text == "cut ? here\n!"
    inbound(found, "ten_a", "con_a", "+17735550002", NOW).encode()


def test_an_endless_text_is_cut():
    assert len(received(text="x" * 50_000).text) == 10_000


def test_the_carriers_time_is_received_at_else_occurred_at_else_none():
    both = {"event_type": "message.received", "occurred_at": "2026-01-01T00:00:05Z"}
    payload = {
        "id": "m",
        "from": "+13125550001",
        "to": "+17735550002",
        "received_at": "2026-01-01T01:00:04.123456+01:00",
    }
    assert parsed({"data": both | {"payload": payload}}).received_at == datetime(2026, 1, 1, 0, 0, 4, 123000, UTC)
    del payload["received_at"]
    assert parsed({"data": both | {"payload": payload}}).received_at == datetime(2026, 1, 1, 0, 0, 5, tzinfo=UTC)
    for junk in (None, 5, "yesterday", "0001-01-01T00:00:00+14:00", "9" * 100):
        assert received(received_at=junk).received_at is None


def test_sent_and_finalized_are_reports(carrier_sample):
    sent, done = parsed(carrier_sample("message_sent")), parsed(carrier_sample("message_finalized"))
    assert sent.recipients == (("+13125550002", "sent"),)
    assert done.recipients == (("+13125550002", "delivered"),)
    assert (done.number, done.charge.cost) == ("+13125550001", Money(nano=5_100_000))
    assert done.charge.carrier_fee == Money(nano=3_050_000)
    assert done.occurred_at == datetime(2024, 1, 15, 21, 32, 14, 148000, UTC)


def test_a_failure_says_why():
    errors = [
        {"code": "40002", "title": "Blocked as spam - temporary", "detail": "flagged", "meta": {}},
        {"code": 40300},
        "odd",
    ]
    report = reported(to=[{"phone_number": "+13125550002", "status": "delivery_failed"}], errors=errors)
    assert report.recipients == (("+13125550002", "delivery_failed"),)
    assert report.errors == (
        CarrierError(code="40002", title="Blocked as spam - temporary", detail="flagged"),
        CarrierError(code="40300"),
        CarrierError(code="odd"),
    )


def test_a_group_report_is_one_event_per_recipient():
    to = [
        {"phone_number": "+13125550002", "status": "delivered"},
        {"phone_number": "+13125550003", "status": "unheard_of"},
    ]
    report = reported(to=to)
    events = receipts(report, "ten_a", "con_a", None, NOW)
    assert [(event.data.contact, event.data.status) for event in events] == [
        ("+13125550002", "delivered"),
        ("+13125550003", "unknown"),
    ]
    assert len({event.id for event in events}) == 2


@pytest.mark.parametrize(("event_type", "to", "status"), [
    ("message.sent", "+13125550002", "sent"), ("message.finalized", ["+13125550002"], "unknown"),
    ("message.finalized", [{"phone_number": "+13125550002", "status": "read"}], "delivered"),
    ("message.finalized", [{"phone_number": "+13125550002", "status": None}], "unknown"),
])  # fmt: skip
def test_an_unsaid_status_follows_from_the_event(event_type, to, status):
    assert reported(event_type, to=to).recipients == (("+13125550002", status),)


@pytest.mark.parametrize(
    "document",
    [
        {"data": {"event_type": "messaging-profile.spend-limit-reached", "payload": {"profile_id": "x"}}},
        {"data": {"record_type": "link_clicked", "url": "https://x", "to": "+1", "message_id": "m"}},
        {"data": {"event_type": "message.read"}}, {"data": {"event_type": ["message.received"]}},
        {"data": None}, {"data": []}, {},
    ],
)  # fmt: skip
def test_what_we_do_not_act_upon_is_ignored(document):
    assert isinstance(parsed(document), Ignored)


@pytest.mark.parametrize("raw", [
    b"", b"{", b"null", b"[]", b"5", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"data":' * 50_000, b"9" * 10_000, b"NaN",
    b'{"data":{"event_type":"message.received"}}',
    b'{"data":{"event_type":"message.received","payload":{"id":"","from":"+13125550001","to":"+17735550002"}}}',
    b'{"data":{"event_type":"message.received","payload":{"id":"m","to":"+17735550002"}}}',
    b'{"data":{"event_type":"message.received","payload":{"id":"m","from":"+13125550001","to":[]}}}',
    b'{"data":{"event_type":"message.finalized","payload":{"id":"m","from":"+13125550001"}}}',
])  # fmt: skip
def test_what_cannot_be_read_is_invalid(raw):
    with pytest.raises(Invalid):
        parse(raw)


def test_an_id_of_any_length_is_refused_beyond_200():
    assert received(id="x" * 200).carrier_message_id == "x" * 200
    assert received(id=17).carrier_message_id == "17"
    with pytest.raises(Invalid):
        received(id="x" * 201)


_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(
        ["+13125550001", "delivered", "STOP", "message.received", "2026-01-01T00:00:00Z", "\ud800", "1e999999999"]
    )
)
_NAMES = ["phone_number", "status", "amount", "currency", "carrier_fee", "url", "size", "code", "text"]


def _nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_NAMES), inner, max_size=4)


_JUNK = st.recursive(_SCALARS, _nested, max_leaves=8)
_FIELDS = ["id", "from", "to", "cc", "text", "body", "media", "cost", "cost_breakdown", "errors", "parts", "encoding",
           "autoresponse_type", "received_at", "completed_at"]  # fmt: skip


@settings(max_examples=300)
@given(
    st.sampled_from(["message.received", "message.sent", "message.finalized"]),
    st.dictionaries(st.sampled_from(_FIELDS), _JUNK, max_size=8),
    st.booleans(),
    _JUNK,
)
def test_no_payload_raises_anything_but_invalid_and_what_is_read_can_be_published(event_type, payload, usable, odd):
    if usable:
        payload = payload | {"id": "m1", "from": "+13125550001", "to": [odd, "+17735550002"]}
    document = {"data": {"event_type": event_type, "occurred_at": odd, "payload": payload}}
    try:
        found = parse(json.dumps(document).encode())
    except Invalid:
        assert not usable
        return
    if isinstance(found, InboundText):
        inbound(found, "ten_a", "con_a", "+17735550002", NOW).encode()
    elif isinstance(found, DeliveryReport):
        for event in receipts(found, "ten_a", "con_a", None, NOW):
            event.encode()


@given(st.binary() | _JUNK.map(lambda value: json.dumps({"data": value}).encode()))
def test_no_bytes_raise_anything_but_invalid(raw):
    with contextlib.suppress(Invalid):
        parse(raw)
