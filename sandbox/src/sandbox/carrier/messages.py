"""One SMS or MMS as the carrier knows it, and the two places it is read from: the carrier's wire and the phone."""

from __future__ import annotations

import math
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel

from shared.sms_parts import measure


class Media(BaseModel):
    url: str
    content_type: str | None = None
    size: int | None = None


class Recorded(BaseModel):
    """What the detail records say of a message, where that is not what its webhooks said."""

    parts: int | None = None
    cost: Decimal | None = None
    """USD, rate and carrier fee together."""


class CarrierMessage(BaseModel):
    id: str
    direction: Literal["inbound", "outbound"]
    api_key: str
    organization_id: str
    messaging_profile_id: str
    sender: str
    recipient: str
    text: str
    media: list[Media] = []
    subject: str | None = None
    encoding: str
    parts: int
    status: str
    received_at: datetime
    sent_at: datetime | None = None
    completed_at: datetime | None = None
    valid_until: datetime | None = None
    webhook_url: str | None = None
    webhook_failover_url: str | None = None
    errors: list[dict[str, Any]] = []
    events: list[str] = []
    idempotency_key: str | None = None
    body: str = ""
    autoresponse_type: str | None = None
    automatic: bool = False
    """The carrier's own answer to a keyword: seen on the phone, no part of the ledger."""
    fate: str = "delivered"
    fate_code: str | None = None
    hidden: bool = False
    recorded: Recorded = Recorded()
    reached: str | None = None
    """Inbound: how far its webhook got (pending, delivered, …)."""
    version: int = 0

    @property
    def customer(self) -> str:
        return self.sender if self.direction == "inbound" else self.recipient

    @property
    def type(self) -> str:
        return "MMS" if self.media else "SMS"

    @property
    def is_accepted_send(self) -> bool:
        return self.direction == "outbound" and not self.automatic


def carrier_parts(text: str) -> tuple[str, int]:
    """Encoding and parts by the carrier's own formula, which may cut a pair in two (unlike `measure`)."""
    measured = measure(text)
    single, joined = (160, 153) if measured.encoding == "GSM-7" else (70, 67)
    parts = 1 if measured.units <= single else math.ceil(measured.units / joined)
    return measured.encoding, parts


def iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="milliseconds") if moment else None


_PRICES = {"SMS": (Decimal("0.00400"), Decimal("0.00300")), "MMS": (Decimal("0.01500"), Decimal("0.00700"))}
"""USD per part: rate and carrier fee of a registered long code, in and out. Invented, of the usual size."""


def cost_of(message: CarrierMessage) -> dict[str, Any]:
    rate, fee = (price * message.parts for price in _PRICES[message.type])
    return {
        "cost": {"amount": f"{rate + fee:.4f}", "currency": "USD"},
        "cost_breakdown": {
            "carrier_fee": {"amount": f"{fee:.5f}", "currency": "USD"},
            "rate": {"amount": f"{rate:.5f}", "currency": "USD"},
        },
    }


def on_the_wire(message: CarrierMessage) -> dict[str, Any]:
    """The message object of answers and webhooks, with the fields that captured ones carry."""
    outbound = message.direction == "outbound"
    ours = {"carrier": "Telnyx", "line_type": "Wireless"}
    theirs = {"carrier": "T-MOBILE USA, INC.", "line_type": "Wireless"}
    return {
        "record_type": "message",
        "direction": message.direction,
        "id": message.id,
        "type": message.type,
        "organization_id": message.organization_id,
        "messaging_profile_id": message.messaging_profile_id,
        "from": {"phone_number": message.sender, **(ours if outbound else theirs)},
        "to": [{"phone_number": message.recipient, "status": message.status, **(theirs if outbound else ours)}],
        "cc": [],
        "text": message.text,
        "subject": message.subject or "",
        "media": [item.model_dump() for item in message.media],
        "webhook_url": message.webhook_url,
        "webhook_failover_url": message.webhook_failover_url,
        "encoding": message.encoding,
        "parts": message.parts,
        "num_chars": len(message.text),
        "tags": [],
        **cost_of(message),
        "received_at": iso(message.received_at),
        "sent_at": iso(message.sent_at),
        "completed_at": iso(message.completed_at),
        "valid_until": iso(message.valid_until),
        "errors": message.errors,
        **_direction_fields(message),
    }


def _direction_fields(message: CarrierMessage) -> dict[str, Any]:
    if message.direction == "inbound":
        return {"autoresponse_type": message.autoresponse_type, "is_spam": False}
    return {
        "tcr_campaign_id": "CSANDBX",
        "tcr_campaign_billable": True,
        "tcr_campaign_registered": "REGISTERED",
        "smart_encoding_applied": False,
        "wait_seconds": 0.0,
    }
