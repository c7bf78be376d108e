"""Examples of `/api/messages`."""

from __future__ import annotations

from typing import Any

Example = dict[str, Any]

_OURS, _THEIRS = "+17735550002", "+13125550123"
_LANE_ID = "thr_44d0c9e1"

MESSAGE: Example = {
    "id": "msg_0af1",
    "conversation_id": "cnv_77c2",
    "direction": "outbound",
    "author": "agent",
    "text": "On Sundays we open at seven.",
    "media": [],
    "from": _OURS,
    "to": _THEIRS,
    "status": "delivered",
    "reason": "",
    "detail": "",
    "parts": 1,
    "encoding": "GSM-7",
    "cost": {"nano": 7_900_000, "currency": "USD"},
    "error": None,
    "created_at": "2026-03-10T14:03:00Z",
    "sent_at": "2026-03-10T14:03:01Z",
    "delivered_at": "2026-03-10T14:03:03Z",
    "changed_at": "2026-03-10T14:03:03Z",
    "campaign_id": None,
    "retry_of": None,
    "retried_as": None,
    "too_late": False,
    "lane_id": _LANE_ID,
    "forgotten_at": None,
    "revision": 4,
}
_STEP: Example = {"reason": "", "detail": "", "attempt": None}
WHY: Example = {
    "message_id": "msg_0af1",
    "status": "delivered",
    "reason": "",
    "correlation_id": "req_6a1c6b0f4c11",
    "event_id": "evt_91aa",
    "causes": ["msg_07be"],
    "author": "agent",
    "user_id": "usr_61d0c3a9",
    "stream": "conversation:cnv_77c2",
    "seq": 2,
    "carrier_message_id": "40385f64-5717-4562-b3fc-2c963f66afa6",
    "carrier_errors": [],
    "history": [
        {**_STEP, "at": "2026-03-10T14:03:00Z", "status": "queued"},
        {**_STEP, "at": "2026-03-10T14:03:01Z", "status": "accepted", "attempt": 1},
        {**_STEP, "at": "2026-03-10T14:03:03Z", "status": "delivered"},
    ],
    "attempts": [
        {
            "number": 1,
            "started_at": "2026-03-10T14:03:00.210Z",
            "ended_at": "2026-03-10T14:03:01Z",
            "outcome": "accepted",
            "detail": "",
        }
    ],
}
RESOLVE: Example = {"as": "sent"}
LANE: Example = {
    "id": _LANE_ID,
    "from": _OURS,
    "to": _THEIRS,
    "waiting": [
        {
            "message_id": "msg_0af2",
            "line": "one",
            "status": "queued",
            "reason": "gap",
            "stream": "conversation:cnv_77c2",
            "seq": 4,
        }
    ],
}
BUDGET: Example = {
    "covers": "all",
    "prices": {
        "source": "rate_card",
        "reason": "",
        "detail": "",
        "rate_card_id": "rtc_5b1f",
        "valid_from": "2026-03-01T00:00:00Z",
        "sms_per_part": {"US": "0.0079", "*": "0.05"},
        "mms_per_message": {"*": "0.02"},
        "carrier_fee_markup_percent": "10",
        "estimate_per_part": {"nano": 10_000_000, "currency": "USD"},
    },
    "waiting": False,
    "periods": [
        {
            "period": "day",
            "name": "2026-03-10",
            "begins_at": "2026-03-10T05:00:00Z",
            "ends_at": "2026-03-11T05:00:00Z",
            "cap": None,
            "spent": {"nano": 1_580_000_000, "currency": "USD"},
            "reserved": {"nano": 7_900_000, "currency": "USD"},
            "percent": None,
            "warnings": [],
        },
        {
            "period": "month",
            "name": "2026-03",
            "begins_at": "2026-03-01T06:00:00Z",
            "ends_at": "2026-04-01T05:00:00Z",
            "cap": {"nano": 200_000_000_000, "currency": "USD"},
            "spent": {"nano": 162_000_000_000, "currency": "USD"},
            "reserved": {"nano": 7_900_000, "currency": "USD"},
            "percent": 81,
            "warnings": [50, 80],
        },
    ],
}
