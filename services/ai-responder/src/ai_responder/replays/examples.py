"""Examples of replays: a draft is tried on last month's texts of a bakery."""

from __future__ import annotations

from typing import Any

Example = dict[str, Any]

NEW: Example = {
    "version": 4,
    "against": "live",
    "conversations": {"from": "2026-02-01T00:00:00Z", "to": "2026-03-01T00:00:00Z", "limit": 100},
}
SUMMARY: Example = {
    "id": "rpl_0d9c8b7a6f5e4d3c2b1a0f9e8d7c6b5a",
    "assistant_id": "ast_5f0c2b6e8f7d4c1e9b3a7d2c1e0f4a5b",
    "version": 4,
    "against": 3,
    "state": "done",
    "reason": "",
    "cases": 1,
    "done": 1,
    "tokens_used": 868,
    "budget_tokens": 300_000,
    "created_at": "2026-03-02T10:00:00.000000Z",
    "ended_at": "2026-03-02T10:00:04.310000Z",
}
_SIDE: Example = {
    "version": 4,
    "cases": 1,
    "replies": 1,
    "hand_overs": 0,
    "hand_over_share": 0.0,
    "refusals": 0,
    "failures": 0,
    "held": 0,
    "likeness": 0.93,
    "rating": None,
    "tokens": {"prompt": 412, "cached": 0, "completion": 22},
    "cost": {"nano": 75_000, "currency": "USD"},
}
_ANSWER: Example = {
    "version": 4,
    "outcome": "reply",
    "text": "On Sundays we open at seven.",
    "reason": "",
    "guards": [],
    "is_held": False,
    "likeness": 0.93,
    "rating": None,
    "tokens": 434,
}
REPORT: Example = {
    **SUMMARY,
    "sides": [_SIDE, {**_SIDE, "version": 3, "likeness": 0.71}],
    "turns": {
        "items": [
            {
                "n": 1,
                "at": "2026-02-03T08:12:40.000000Z",
                "conversation_id": "cnv_656fdfd6a5bd57b78d294cd76294d694",
                "question": "When do you open on Sundays?",
                "sent": "Sundays we open at seven.",
                "sent_by": "agent",
                "answers": [_ANSWER, {**_ANSWER, "version": 3, "text": "We open at 7.", "likeness": 0.71}],
            }
        ],
        "next_cursor": None,
    },
}
