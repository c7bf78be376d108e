"""Examples of `/api/guides`: a bakery."""

from __future__ import annotations

from typing import Any

Example = dict[str, Any]

NEW: Example = {
    "name": "Wedding cakes",
    "goal": "appointment_booking",
    "instructions": "Wedding cakes start at $240 and need three weeks. Offer a tasting on a Thursday.",
    "keywords": ["wedding", "tasting"],
    "priority": 60,
    "response_template": "Congratulations, {name}! {answer}",
    "assistant_id": None,
    "active": True,
    "autopilot": {"ceiling": "earned", "threshold": 0.9, "least": 30},
}
PATCH: Example = {"keywords": ["wedding", "tasting", "bridal"], "revision": 1}
GUIDE: Example = {
    "id": "gde_4c61ab27e0d75c8e93ff0b7a51d1c0e2",
    **NEW,
    "autopilot": {
        "ceiling": "earned",
        "threshold": 0.9,
        "least": 30,
        "state": "not_earned",
        "score": 0.952,
        "n": 21,
        "hand_overs": 1,
        "since": None,
        "why": "9 more judged answers are needed.",
        "changes": [],
    },
    "revision": 1,
    "created_at": "2026-03-01T09:30:00Z",
    "updated_at": "2026-03-01T09:30:00Z",
}
