"""Examples of the operator's view."""

from __future__ import annotations

from accounts.system.opaque_ids import opaque
from accounts.tenants.examples import TENANT_ID, Example

_ID = opaque(f"conversation.sms.inbound.v1|{TENANT_ID}|evt_1")
DEAD_LETTER: Example = {
    "id": _ID,
    "service": "conversation",
    "queue": "conversation.sms.inbound.v1",
    "event_type": "sms.inbound",
    "event_id": "evt_1",
    "tenant_id": TENANT_ID,
    "reason": "Invalid: invalid_event: data.text: a text is missing",
    "state": "waiting",
    "first_at": "2026-03-10T08:00:00Z",
    "at": "2026-03-10T08:00:00Z",
    "replayable_until": "2026-04-08T08:00:00Z",
    "why": "",
}
WHOLE_DEAD_LETTER: Example = {**DEAD_LETTER, "body": '{"specversion": "1.0", "type": "sms.inbound"}'}
DEAD_LETTERS: Example = {"items": [DEAD_LETTER], "next_cursor": None, "unreachable": []}
REPLAY: Example = {"body": None}
DISCARD: Example = {"why": "A test event of the chat system."}
QUEUE: Example = {
    "queue": "conversation.sms.inbound.v1",
    "service": "conversation",
    "event_type": "sms.inbound",
    "ready": 0,
    "consumers": 2,
    "dead": 0,
}
OUTBOX: Example = {"service": "conversation", "oldest_seconds": 0.0}
QUEUES: Example = {"items": [QUEUE], "outboxes": [OUTBOX], "unreachable": []}
WAITING: Example = {"queued": 12, "submitting": 1, "unknown": 0, "unresolved": 0}
CARRIER_NUMBER: Example = {
    "phone_number": "+17735550100",
    "label": "Front desk",
    "active": True,
    "parts_per_second": 1.0,
    "daily_parts": 2000,
    "free_at": "2026-03-10T08:00:12Z",
    "campaigns_from": None,
}
CARRIER: Example = {
    "connection_id": "con_4b2f.Zk3w",
    "tenant_id": TENANT_ID,
    "kind": "telnyx",
    "active": True,
    "usable": True,
    "last_webhook_at": "2026-03-10T08:00:00Z",
    "requests_under_way": 1,
    "waiting": WAITING,
    "numbers": [CARRIER_NUMBER],
}
CARRIERS: Example = {"items": [CARRIER], "next_cursor": None, "unreachable": []}
SERVICE: Example = {"service": "conversation", "version": "0.1.0", "commit": None, "status": "ready", "reasons": []}
EVENT_VERSION: Example = {"type": "usage.recorded", "version": 2, "also_read": [1]}
VERSIONS: Example = {"services": [SERVICE], "events": [EVENT_VERSION]}
