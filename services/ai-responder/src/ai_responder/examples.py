"""Examples of `/api/assistants`: the front desk of a bakery."""

from __future__ import annotations

from typing import Any

Example = dict[str, Any]

NEW: Example = {
    "name": "Front desk",
    "prompt": "You are the front desk of a bakery in Leeds. Warm and brief.",
    "knowledge": "Open Tuesday to Sunday, 7:00 to 15:00. Cakes to order need two days.",
}
PATCH: Example = {"knowledge": "Open Tuesday to Sunday, 7:00 to 16:00.", "temperature": 0.4, "revision": 3}
ASSISTANT: Example = {
    "id": "ast_5f0c2b6e8f7d4c1e9b3a7d2c1e0f4a5b",
    **NEW,
    "model": "",
    "temperature": None,
    "max_output_tokens": 800,
    "grounding": "strict",
    "pictures": False,
    "is_default": True,
    "revision": 3,
    "created_at": "2026-03-01T09:30:00Z",
    "updated_at": "2026-03-08T11:00:00Z",
}
TRY: Example = {"messages": [{"author": "customer", "text": "When do you open on Sundays?"}], "guide": ""}
TRIED: Example = {
    "run_id": "run_2c7a",
    "outcome": "reply",
    "text": "On Sundays we open at seven.",
    "reason": "",
    "parts": 1,
    "encoding": "GSM-7",
    "model": "gpt-4o-mini",
    "ungrounded": [],
    "usage": {"tokens_prompt": 412, "tokens_completion": 11, "tokens_cached": 0, "calls": 1, "estimate": False},
}
