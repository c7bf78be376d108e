"""Examples of what the carrier sends and of what it gets back. Documentation only: the hot path reads bytes."""

from __future__ import annotations

from typing import Any

_PARTY = {"carrier": "T-Mobile", "line_type": "Wireless"}
MESSAGE_RECEIVED: dict[str, Any] = {
    "data": {
        "event_type": "message.received",
        "id": "b301ed3f-1490-491f-995f-6e64e69674d4",
        "occurred_at": "2026-03-10T14:02:03.000+00:00",
        "payload": {
            "id": "84cca175-9755-4859-b67f-4730d7f58aa3",
            "record_type": "message",
            "direction": "inbound",
            "type": "SMS",
            "from": {"phone_number": "+13125550123", **_PARTY},
            "to": [{"phone_number": "+17735550002", "status": "webhook_delivered"}],
            "text": "When do you open on Sundays?",
            "media": [],
            "parts": 1,
            "received_at": "2026-03-10T14:02:02.000+00:00",
        },
        "record_type": "event",
    },
    "meta": {"attempt": 1, "delivered_to": "https://parley.example.com/webhooks/telnyx/con_5e0b91c4d7"},
}
WEBHOOK: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "As the carrier sends it, signed by `telnyx-signature-ed25519` over `telnyx-timestamp`.",
        "content": {"application/json": {"schema": {"type": "object"}, "example": MESSAGE_RECEIVED}},
    }
}
TAKEN: dict[str, Any] = {
    "application/json": {
        "schema": {"type": "object", "properties": {"status": {"const": "ok"}}, "required": ["status"]},
        "example": {"status": "ok"},
    }
}
