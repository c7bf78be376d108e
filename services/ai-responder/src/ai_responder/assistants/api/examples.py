"""Examples of assistants, versions and routes: the front desk of a bakery."""

from __future__ import annotations

from typing import Any

Example = dict[str, Any]

GATE: Example = {"replay_similarity": 0.6, "hand_over_rise": 0.05, "cases": 50}

HOURS: Example = {
    "open": [{"days": ["tue", "wed", "thu", "fri", "sat", "sun"], "opens": "07:00", "closes": "15:00"}],
    "holidays": ["2026-12-25"],
}
OUTSIDE: Example = {
    "action": "reply",
    "text": "We are closed. We will answer tomorrow from seven.",
    "every_hours": 12,
}
NEW: Example = {
    "name": "Front desk",
    "prompt": "You are the front desk of a bakery in Leeds. Warm and brief.",
    "knowledge": "Open Tuesday to Sunday, 7:00 to 15:00. Cakes to order need two days.",
    "business_hours": HOURS,
    "outside_hours": OUTSIDE,
}
PATCH: Example = {"knowledge": "Open Tuesday to Sunday, 7:00 to 16:00.", "temperature": 0.4, "revision": 3}
TOOLS: Example = {
    "close": False,
    "follow_up": True,
    "fields": [{"name": "cake", "about": "the cake they like best"}],
    "labels": ["order"],
}
_CONTENT: Example = {
    **NEW,
    "model": "",
    "temperature": None,
    "max_output_tokens": 800,
    "grounding": "strict",
    "grounding_set": None,
    "tools": TOOLS,
    "pictures": False,
}
ASSISTANT: Example = {
    "id": "ast_5f0c2b6e8f7d4c1e9b3a7d2c1e0f4a5b",
    **_CONTENT,
    "is_default": True,
    "live_version": 2,
    "draft_version": 3,
    "gate": None,
    "draft_changes": ["knowledge"],
    "documents": 0,
    "archived_at": None,
    "revision": 3,
    "created_at": "2026-03-01T09:30:00Z",
    "updated_at": "2026-03-08T11:00:00Z",
}
PUBLISH: Example = {"note": "Open an hour longer from March on."}
ROLLBACK: Example = {"version": 1, "note": "The new opening hours begin next week only."}
_EDIT: Example = {"at": "2026-03-08T10:55:00Z", "by": "usr_7c1e", "fields": ["knowledge"]}
_LIVE: Example = {"at": "2026-03-08T11:00:00Z", "by": "usr_7c1e", "note": "Open longer.", "rolled_back": False}
VERSION: Example = {**_CONTENT, "version": 2, "state": "live", "edits": [_EDIT], "went_live": [_LIVE]}
NEW_ROUTE: Example = {
    "number": "+13125550100",
    "keyword": "wedding",
    "priority": 50,
    "assistant_id": "ast_5f0c2b6e8f7d4c1e9b3a7d2c1e0f4a5b",
}
ROUTE: Example = {
    "id": "rte_2c7a",
    **NEW_ROUTE,
    "hours": None,
    "created_at": "2026-03-01T09:30:00Z",
    "created_by": "usr_7c1e",
}
