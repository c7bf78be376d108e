"""An example of `GET /api/assistants/{id}/scores`."""

from __future__ import annotations

from typing import Any

Example = dict[str, Any]

_NONE: Example = {
    "judged": 0,
    "accepted": 0,
    "edited": 0,
    "replaced": 0,
    "rejected": 0,
    "handed_over": 0,
    "superseded": 0,
    "agreed": 0,
    "agreement": None,
    "interval": None,
    "accepted_share": None,
    "mean_distance": None,
    "too_few": True,
    "says": "No answer has been judged yet.",
}
_SUGGEST: Example = {
    "judged": 48,
    "accepted": 37,
    "edited": 8,
    "replaced": 1,
    "rejected": 2,
    "handed_over": 3,
    "superseded": 4,
    "agreed": 42,
    "agreement": 0.875,
    "interval": {"low": 0.753, "high": 0.941},
    "accepted_share": 0.771,
    "mean_distance": 0.062,
    "too_few": False,
    "says": "42 of 48: 88%, and with more answers probably between 75% and 94%.",
}
_MODES: Example = {"suggest": _SUGGEST, "shadow": _NONE, "auto": _NONE}
SCORES: Example = {
    "assistant_id": "ast_5f0c2b6e8f7d4c1e9b3a7d2c1e0f4a5b",
    "since": "2026-03-02T09:14:03.120000Z",
    **_MODES,
    "by_guide": [{"guide_id": "gde_4c1e9b3a7d2c1e0f4a5b5f0c2b6e8f7d", **_MODES}],
    "by_intent": [{"intent": "opening hours", **_MODES}],
    "by_version": [{"version": 3, **_MODES}],
    "by_week": [{"week": "2026-03-02", **_MODES}],
}
