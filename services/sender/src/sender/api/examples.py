"""Examples of `/api/messages`, copied from a sandbox run: a customer asks, an agent answers, a spend cap is reached."""

from __future__ import annotations

from typing import Any

Example = dict[str, Any]

MESSAGE: Example = {
    "id": "msg_01a2232b32a72c8771b956d6841ac9b3",
    "conversation_id": "cnv_7c6358396de35a78b09c076fc2da573e",
    "direction": "outbound",
    "author": "agent",
    "text": "On Sundays we open at seven.",
    "media": [],
    "from": "+13125550100",
    "to": "+13125550123",
    "status": "delivered",
    "reason": "",
    "detail": "",
    "parts": 1,
    "encoding": "GSM-7",
    "cost": {"nano": 7000000, "currency": "USD"},
    "error": None,
    "created_at": "2026-11-28T17:19:23.403000Z",
    "sent_at": "2026-11-28T17:19:23.820000Z",
    "delivered_at": "2026-11-28T17:19:24.391000Z",
    "changed_at": "2026-11-28T17:19:24.397000Z",
    "campaign_id": None,
    "retry_of": None,
    "retried_as": None,
    "too_late": False,
    "lane_id": "thr_ee45c59cc7e3586e993962f736ba32fa",
    "forgotten_at": None,
    "revision": 5,
}
WHY: Example = {
    "message_id": "msg_01a2232b32a72c8771b956d6841ac9b3",
    "status": "delivered",
    "reason": "",
    "correlation_id": "msg_01a2232b32a72c8771b956d6841ac9b3",
    "event_id": "01620ec8-47c8-558c-b7fe-5bdf5db205f9",
    "causes": [],
    "author": "agent",
    "user_id": None,
    "stream": "thr_ee45c59cc7e3586e993962f736ba32fa",
    "seq": 1,
    "carrier_message_id": "e64dee0e-f24f-459d-a52a-013f6908fd3a",
    "carrier_errors": [],
    "history": [
        {"at": "2026-11-28T17:19:23.403000Z", "status": "queued", "reason": "", "detail": "", "attempt": None},
        {"at": "2026-11-28T17:19:23.427000Z", "status": "submitting", "reason": "", "detail": "", "attempt": 1},
        {"at": "2026-11-28T17:19:23.491000Z", "status": "accepted", "reason": "", "detail": "", "attempt": 1},
        {"at": "2026-11-28T17:19:23.904000Z", "status": "sent", "reason": "", "detail": "", "attempt": 1},
        {"at": "2026-11-28T17:19:24.397000Z", "status": "delivered", "reason": "", "detail": "", "attempt": 1},
    ],
    "attempts": [
        {
            "number": 1,
            "started_at": "2026-11-28T17:19:23.427000Z",
            "ended_at": "2026-11-28T17:19:23.491000Z",
            "outcome": "accepted",
            "detail": "",
        }
    ],
    "answer": None,
}
RESOLVE: Example = {"as": "sent"}
LANE: Example = {
    "id": "thr_ee45c59cc7e3586e993962f736ba32fa",
    "from": "+13125550100",
    "to": "+13125550123",
    "waiting": [
        {
            "message_id": "msg_01a2232be3c9039fde7c961900eec8ec",
            "line": "one",
            "status": "queued",
            "reason": "budget",
            "stream": "thr_ee45c59cc7e3586e993962f736ba32fa",
            "seq": 3,
        },
        {
            "message_id": "msg_01a2232be7d22fcec8296e05efca8c47",
            "line": "one",
            "status": "queued",
            "reason": "",
            "stream": "thr_ee45c59cc7e3586e993962f736ba32fa",
            "seq": 4,
        },
    ],
}
BUDGET: Example = {
    "covers": "all",
    "prices": {
        "source": "rate_card",
        "reason": "",
        "detail": "",
        "rate_card_id": "rtc_01a2232bd7bbfeeb59b965e1a10eecff",
        "valid_from": "2026-11-01T00:00:00Z",
        "sms_per_part": {"US": "0.0079", "*": "0.05"},
        "mms_per_message": {},
        "carrier_fee_markup_percent": "10",
        "estimate_per_part": {"nano": 10000000, "currency": "USD"},
    },
    "waiting": True,
    "periods": [
        {
            "period": "day",
            "name": "2026-11-28",
            "begins_at": "2026-11-28T06:00:00Z",
            "ends_at": "2026-11-29T06:00:00Z",
            "cap": None,
            "spent": {"nano": 18200000, "currency": "USD"},
            "reserved": {"nano": 0, "currency": "USD"},
            "percent": None,
            "warnings": [],
        },
        {
            "period": "month",
            "name": "2026-11",
            "begins_at": "2026-11-01T05:00:00Z",
            "ends_at": "2026-12-01T06:00:00Z",
            "cap": {"nano": 25000000, "currency": "USD"},
            "spent": {"nano": 18200000, "currency": "USD"},
            "reserved": {"nano": 0, "currency": "USD"},
            "percent": 72,
            "warnings": [50, 80, 100],
        },
    ],
}
