"""Examples of `/api/conversations`, with values of a sandbox run."""

from __future__ import annotations

from typing import Any

Example = dict[str, Any]

_OURS, _THEIRS = "+13125550100", "+13125550124"
_QUESTION, _ANSWER = "When do you open on Sundays?", "On Sundays we open at seven."

SEND: Example = {"text": _ANSWER}
START: Example = {"to": "(312) 555-0124", "from": _OURS, "text": "Your cake is ready.", "name": "Ada Lovelace"}
PATCH: Example = {"assignee": "usr_01a22324e0190c2f41a6a31d9ea568d7", "ai_mode": "off"}
REJECT: Example = {"reason": "We are closed on Mondays."}
APPROVE: Example = {"text": _ANSWER}

MESSAGE: Example = {
    "id": "msg_b9ef703c11c054cd9945d28b0b6d3ba8",
    "conversation_id": "cnv_656fdfd6a5bd57b78d294cd76294d694",
    "direction": "outbound",
    "author": "agent",
    "text": _ANSWER,
    "media": [],
    "kind": "text",
    "reaction": None,
    "others": [],
    "from": _OURS,
    "to": _THEIRS,
    "status": "delivered",
    "reason": "",
    "parts": 1,
    "encoding": "GSM-7",
    "cost": {"nano": 7_000_000, "currency": "USD"},
    "error": None,
    "created_at": "2026-03-10T14:03:00.082000Z",
    "sent_at": "2026-03-10T14:03:00.455000Z",
    "delivered_at": "2026-03-10T14:03:01.054000Z",
    "why": None,
    "revision": 6,
}
_CARD: Example = {
    "id": "cct_d1dac27a64025a05bebe65923a78a590",
    "phone_number": _THEIRS,
    "name": "Ada Lovelace",
    "company": None,
}
_WHY: Example = {
    "assistant_id": "ast_fa0329573a8558cd8ba61b5944a7b0fb",
    "assistant_name": "Front desk",
    "assistant_rule": "the default assistant, since nothing names another one",
    "version": 2,
    "guide_id": "gde_4c61ab27e0d75c8e93ff0b7a51d1c0e2",
    "guide_name": "Opening hours",
    "guide_rule": 'keyword "open" in the unanswered texts, priority 50',
    "route_id": None,
    "passages": [],
    "guards": [],
    "tokens_prompt": 412,
    "tokens_completion": 11,
    "intent": "",
}
CONVERSATION: Example = {
    "id": "cnv_656fdfd6a5bd57b78d294cd76294d694",
    "contact": _CARD,
    "phone_number": _OURS,
    "state": "open",
    "ai_mode": "suggest",
    "shadow": None,
    "ai_state": "draft_ready",
    "assistant_id": None,
    "assignee": None,
    "guide": "",
    "draft": {
        "id": "drf_dcfae0d7349b5e8aa965661f910f19b9",
        "text": _ANSWER,
        "parts": 1,
        "encoding": "GSM-7",
        "assistant_id": "ast_fa0329573a8558cd8ba61b5944a7b0fb",
        "reason": "",
        "ungrounded": [],
        "why": _WHY,
        "acts": [],
        "created_at": "2026-03-10T14:02:44.993000Z",
    },
    "follow_up": None,
    "needs_person": None,
    "opted_out": False,
    "unread": 1,
    "received": 1,
    "last_inbound_at": "2026-03-10T14:02:42.831000Z",
    "labels": ["wedding"],
    "snoozed_until": None,
    "notes": 0,
    "last_message": {
        "id": "msg_10aceff283b25a45a236e689c343eb5f",
        "direction": "inbound",
        "author": "customer",
        "text": _QUESTION,
        "status": "received",
        "created_at": "2026-03-10T14:02:42.831000Z",
    },
    "last_activity_at": "2026-03-10T14:02:42.831000Z",
    "created_at": "2026-03-10T14:02:42.831000Z",
    "revision": 4,
}
MATCH: Example = {
    "message_id": "msg_10aceff283b25a45a236e689c343eb5f",
    "at": "2026-03-10T14:02:42.831000Z",
    "snippet": _QUESTION,
    "highlights": [{"start": 0, "end": 3}],
}
STARTED: Example = {**CONVERSATION, "resumed": True, "message": MESSAGE}
SNOOZE: Example = {"until": "2026-03-12T09:00:00-06:00"}
