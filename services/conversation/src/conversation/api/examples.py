"""Examples of `/api/conversations` and `/api/contacts`: one customer asks a bakery for its opening hours."""

from __future__ import annotations

from typing import Any

Example = dict[str, Any]

_OURS, _THEIRS = "+17735550002", "+13125550123"
_QUESTION, _ANSWER = "When do you open on Sundays?", "On Sundays we open at seven."

SEND: Example = {"text": _ANSWER}
START: Example = {"to": "(312) 555-0123", "from": _OURS, "text": "Your cake is ready.", "name": "Ada Lovelace"}
PATCH: Example = {"assignee": "usr_61d0c3a9", "ai_mode": "off"}
APPROVE: Example = {"text": "On Sundays we open at eight."}
CONTACT_PATCH: Example = {"name": "Ada Lovelace", "facts": {"allergies": "hazelnut"}}
CONSENT: Example = {"state": "out", "note": "asked by phone"}

MESSAGE: Example = {
    "id": "msg_0af1",
    "conversation_id": "cnv_77c2",
    "direction": "outbound",
    "author": "agent",
    "text": _ANSWER,
    "media": [],
    "from": _OURS,
    "to": _THEIRS,
    "status": "delivered",
    "reason": "",
    "parts": 1,
    "encoding": "GSM-7",
    "cost": {"nano": 7_900_000, "currency": "USD"},
    "error": None,
    "created_at": "2026-03-10T14:03:00Z",
    "sent_at": "2026-03-10T14:03:01Z",
    "delivered_at": "2026-03-10T14:03:03Z",
    "revision": 4,
}
_CARD: Example = {"id": "cct_19e4", "phone_number": _THEIRS, "name": "Ada Lovelace", "company": None}
CONVERSATION: Example = {
    "id": "cnv_77c2",
    "contact": _CARD,
    "phone_number": _OURS,
    "state": "open",
    "ai_mode": "suggest",
    "assistant_id": None,
    "assignee": None,
    "guide": "",
    "draft": {
        "id": "drf_c01d",
        "text": _ANSWER,
        "parts": 1,
        "encoding": "GSM-7",
        "assistant_id": "ast_5f0c2b6e",
        "reason": "",
        "created_at": "2026-03-10T14:02:06Z",
    },
    "needs_person": None,
    "opted_out": False,
    "unread": 1,
    "last_message": {
        "id": "msg_07be",
        "direction": "inbound",
        "author": "customer",
        "text": _QUESTION,
        "status": "received",
        "created_at": "2026-03-10T14:02:03Z",
    },
    "last_activity_at": "2026-03-10T14:02:03Z",
    "created_at": "2026-03-10T14:02:03Z",
    "revision": 7,
}
CONTACT: Example = {**_CARD, "facts": {"allergies": "hazelnut"}, "opted_out": False, "revision": 2}
CONTACT_CONSENT: Example = {
    "contact": {**CONTACT, "opted_out": True},
    "entries": [
        {
            "entry_id": "con_8810",
            "state": "out",
            "effective_at": "2026-03-10T15:00:00Z",
            "evidence": {"kind": "person", "message_id": None, "text": "asked by phone", "user_id": "usr_61d0c3a9"},
            "overrides": [],
        }
    ],
}
