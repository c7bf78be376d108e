"""Tokens by a rule simple enough to check by hand: four bytes of UTF-8 are one token, a message costs three more."""

from __future__ import annotations

from typing import Any

from sandbox.model.instructions import text_of

_CACHE_BLOCK = 128


def tokens(text: str) -> int:
    return -(-len(text.encode()) // 4)


def usage_of(messages: list[dict[str, Any]], completion: str) -> dict[str, Any]:
    """`cached_tokens`: the leading instructions in whole blocks of 128, as if they were always warm."""
    prompt = sum(tokens(text_of(message)) + 3 for message in messages)
    made = tokens(completion)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": made,
        "total_tokens": prompt + made,
        "prompt_tokens_details": {
            "cached_tokens": _leading(messages) // _CACHE_BLOCK * _CACHE_BLOCK,
            "audio_tokens": 0,
        },
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }


def _leading(messages: list[dict[str, Any]]) -> int:
    total = 0
    for message in messages:
        if message.get("role") not in ("system", "developer"):
            break
        total += tokens(text_of(message)) + 3
    return total
