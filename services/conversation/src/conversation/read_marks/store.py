"""The users' read marks: one aggregate per user."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from conversation.read_marks.domain.marks import ReadMarks, mark_as
from shared.access.gate import Principal
from shared.aggregates import Aggregates, Cause, Kind
from shared.ids import new_id

READ_MARKS = Kind("read_marks", ReadMarks)


class ReadMarkStore:
    """An API key has no marks of its own: it sees what no person has answered."""

    def __init__(self, aggregates: Aggregates[ReadMarks]) -> None:
        self._aggregates = aggregates

    async def of(self, who: Principal) -> ReadMarks | None:
        """None for an API key."""
        if who.user_id is None:
            return None
        return await self._aggregates.get(_id(who.tenant_id, who.user_id)) or ReadMarks(user_id=who.user_id)

    async def mark(
        self, tenant_id: str, user_id: str, conversation: Mapping[str, Any], now: datetime, *, read: bool
    ) -> bool:
        """Mark a conversation, as the API shows it to all. Tells the user's other devices by `read.updated`. Returns
        whether that changed anything."""
        # Repeating a mark changes nothing, so its cause needs no memory.
        cause = Cause.due(tenant_id, new_id("req"), conversation["id"])
        change = await self._aggregates.change(
            _id(tenant_id, user_id),
            cause,
            lambda marks: mark_as(marks or ReadMarks(user_id=user_id), conversation, now, read=read),
            publish_later=True,
        )
        return change.fresh


def _id(tenant_id: str, user_id: str) -> str:
    return f"{tenant_id}|{user_id}"
