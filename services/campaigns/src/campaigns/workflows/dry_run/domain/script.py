"""Replies that a dry run pretends to get."""

from __future__ import annotations

from collections.abc import Iterable

from shared.values import Value


class ScriptedReply(Value):
    to_step: str
    """A step that sends, or a `wait_for_reply`: the reply comes so long after the text was accepted or the wait began.
    A `save_response` means its `retry_text`."""
    after_seconds: float
    text: str
    phone_number: str | None = None
    """None: everybody replies so."""


class Script:
    """Where a step has several replies, the first answers its first visit, the second its second; then nobody replies.
    Replies of one number replace the common ones of the same step."""

    def __init__(self, replies: Iterable[ScriptedReply]) -> None:
        self._by_step: dict[tuple[str | None, str], list[ScriptedReply]] = {}
        for reply in replies:
            self._by_step.setdefault((reply.phone_number, reply.to_step), []).append(reply)

    def reply(self, phone_number: str, step: str, visit: int) -> ScriptedReply | None:
        """`visit`: 0 for the first."""
        found = self._by_step.get((phone_number, step)) or self._by_step.get((None, step)) or []
        return found[visit] if visit < len(found) else None
