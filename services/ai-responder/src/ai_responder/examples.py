"""Examples of `/api/assistants`: the front desk of a bakery."""

from __future__ import annotations

from typing import Any

Example = dict[str, Any]

TRY: Example = {"messages": [{"author": "customer", "text": "When do you open on Sundays?"}], "guide": "", "version": 3}
TRIED: Example = {
    "run_id": "run_2c7a",
    "outcome": "reply",
    "text": "On Sundays we open at seven.",
    "reason": "",
    "parts": 1,
    "encoding": "GSM-7",
    "model": "gpt-4o-mini",
    "ungrounded": [],
    "acts": [],
    "why": {
        "assistant_id": "ast_5f0c2b6e8f7d4c1e9b3a7d2c1e0f4a5b",
        "assistant_name": "Front desk",
        "assistant_rule": "chosen by the person who tries it",
        "version": 3,
        "guide_id": None,
        "guide_name": "",
        "guide_rule": "",
        "route_id": None,
        "passages": [],
        "guards": [],
        "tokens_prompt": 412,
        "tokens_completion": 11,
        "intent": "",
    },
    "usage": {"tokens_prompt": 412, "tokens_completion": 11, "tokens_cached": 0, "calls": 1, "estimate": False},
}
