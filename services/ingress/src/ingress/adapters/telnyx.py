"""Telnyx webhooks, API version 2: from hostile bytes to our own words. Raises nothing but `Invalid`.

    {"data": {"event_type": "message.received", "id": "5ed9ec04-…", "occurred_at": "2025-05-15T18:47:41.038+00:00",
      "payload": {"autoresponse_type": null, "cc": [], "cost": {"amount": "0.0160", "currency": "USD"},
        "direction": "inbound", "encoding": "GSM-7", "errors": [], "id": "1fa55452-5cc6-4ce7-9cb0-8612fa4ddc15",
        "from": {"carrier": "T-Mobile USA", "line_type": "Wireless", "phone_number": "+13125550001"},
        "media": [], "parts": 1, "received_at": "2025-05-15T18:47:40.731+00:00", "text": "Test for full JSON",
        "to": [{"phone_number": "+17735550002", "status": "webhook_delivered"}], "type": "SMS"},
      "record_type": "event"}, "meta": {"attempt": 1, "delivered_to": "https://example.com/sms"}}

The carrier's own documents contradict one another: an address is an object or a bare text, `to` a list or one of them,
an amount a text or a number, anything may be null. A known event needs an id and an address; all else may be missing.
"""

from __future__ import annotations

import json
from typing import Any, cast

import orjson

from ingress.domain.carrier_messages import Charge, DeliveryReport, Ignored, InboundText, ReceiptStatus, Webhook
from ingress.domain.keywords import keyword_of_all, settled
from shared import lenient_json
from shared.errors import Invalid
from shared.events.kinds import Keyword

_LONGEST_TEXT = 10_000
_LONGEST_ID = 200
_LONGEST_SUBJECT = 200
_NO_SUBJECT = frozenset({"no subject", "(no subject)", "nosubject", "<no subject>", "sin asunto", "(sin asunto)"})
"""What phones write where nobody wrote a subject."""

_KEYWORDS: dict[str, Keyword] = {"STOP": "stop", "START": "start", "UNSTOP": "start", "HELP": "help", "INFO": "help"}
_STATUSES: dict[str, ReceiptStatus] = {
    "scheduled": "queued",
    "queued": "queued",
    "sending": "sending",
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "sending_failed": "sending_failed",
    "delivery_failed": "delivery_failed",
    "delivery_unconfirmed": "delivery_unconfirmed",
    "expired": "expired",
    "cancelled": "cancelled",
}
_UNSAID: dict[str, ReceiptStatus] = {"message.sent": "sent", "message.finalized": "unknown"}
"""The status of a recipient about whom the event says nothing we know."""


def parse(raw: bytes) -> Webhook:
    document = _json(raw)
    if not isinstance(document, dict):
        raise Invalid("malformed", "a webhook is a JSON object")
    data = lenient_json.obj(cast("dict[str, Any]", document).get("data"))
    event_type = lenient_json.text(data.get("event_type"), 60) or lenient_json.text(data.get("record_type"), 60)
    if event_type == "message.received":
        return _inbound(data)
    if event_type in _UNSAID:
        return _report(data, _UNSAID[event_type])
    return Ignored(event_type, _both_ends(data))


def _both_ends(data: dict[str, Any]) -> tuple[str, ...]:
    said = lenient_json.obj(data.get("payload")) or data
    return tuple(dict.fromkeys(lenient_json.addresses(said.get("to")) + lenient_json.addresses(said.get("from"))))


def _inbound(data: dict[str, Any]) -> InboundText:
    payload = lenient_json.obj(data.get("payload"))
    contact, to = lenient_json.address(payload.get("from")), lenient_json.addresses(payload.get("to"))
    if not contact or not to:
        raise Invalid("malformed", "message.received needs payload.from and payload.to")
    subject, body = _subject(payload), _body(payload)
    text = f"{subject}\n{body}".strip("\n")[:_LONGEST_TEXT] if subject else body
    others = lenient_json.addresses(payload.get("cc"))
    in_group = len({*to, *others} - {contact}) > 1
    matched = lenient_json.word(payload.get("autoresponse_type"), 50).upper()
    return InboundText(
        carrier_message_id=_id(payload),
        contact=contact,
        to=to,
        others=others,
        text=text,
        media=lenient_json.media(payload.get("media")),
        keyword=settled(_written(subject, body, text, in_group=in_group), _KEYWORDS.get(matched)),
        carrier_answered=bool(matched),
        charge=_charge(payload),
        received_at=lenient_json.moment(payload.get("received_at")) or lenient_json.moment(data.get("occurred_at")),
    )


def _report(data: dict[str, Any], unsaid: ReceiptStatus) -> DeliveryReport:
    payload = lenient_json.obj(data.get("payload"))
    recipients: dict[str, ReceiptStatus] = {}
    for entry in lenient_json.array(payload.get("to")):
        if contact := lenient_json.address(entry):
            recipients[contact] = _STATUSES.get(lenient_json.text(lenient_json.obj(entry).get("status"), 50), unsaid)
    if not recipients:
        raise Invalid("malformed", "a delivery report needs payload.to")
    return DeliveryReport(
        carrier_message_id=_id(payload),
        number=lenient_json.address(payload.get("from")) or "unknown",
        recipients=tuple(recipients.items()),
        errors=lenient_json.errors(payload.get("errors")),
        charge=_charge(payload),
        occurred_at=lenient_json.moment(data.get("occurred_at")) or lenient_json.moment(payload.get("completed_at")),
    )


def _id(payload: dict[str, Any]) -> str:
    id = lenient_json.word(payload.get("id"), _LONGEST_ID)
    if not id or len(id) > _LONGEST_ID:
        raise Invalid("malformed", f"payload.id is 1 to {_LONGEST_ID} characters")
    return id


def _subject(payload: dict[str, Any]) -> str:
    """The subject of an MMS is the customer's too, as the first line; "" where the body repeats it."""
    subject, body = lenient_json.text(payload.get("subject"), _LONGEST_SUBJECT).strip(), _body(payload).strip()
    if subject.casefold() in _NO_SUBJECT or subject in (body, body.partition("\n")[0].strip()):
        return ""
    return subject


def _written(subject: str, body: str, text: str, *, in_group: bool) -> Keyword | None:
    parts = (subject, body) if subject and body else ()
    return keyword_of_all((*parts, text), in_group=in_group)


def _body(payload: dict[str, Any]) -> str:
    """RCS and WhatsApp say it in `body`; an MMS of pictures only says nothing."""
    for candidate in (payload.get("text"), payload.get("body"), lenient_json.obj(payload.get("body")).get("text")):
        if said := lenient_json.text(candidate, _LONGEST_TEXT):
            return said
    return ""


def _charge(payload: dict[str, Any]) -> Charge:
    return Charge(
        parts=lenient_json.count(payload.get("parts")),
        encoding=lenient_json.encoding(payload.get("encoding")),
        cost=lenient_json.money(payload.get("cost")),
        carrier_fee=lenient_json.money(lenient_json.obj(payload.get("cost_breakdown")).get("carrier_fee")),
    )


def _json(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        pass
    # The strict parser also refuses half surrogate pairs, which a text cut into parts really contains.
    try:
        return json.loads(raw.decode())
    except (ValueError, RecursionError):
        raise Invalid("malformed", "the body is not JSON in UTF-8") from None
