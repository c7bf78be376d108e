"""Past turns of a tenant, from conversation. What was erased or has expired is not among them."""

from __future__ import annotations

from dataclasses import dataclass

from ai_responder.replays.domain.case import PastTurn
from ai_responder.replays.domain.replay import PastConversations
from shared.internal.client import InternalClient


@dataclass(frozen=True)
class PastTurns:
    internal: InternalClient

    async def page(self, tenant_id: str, past: PastConversations, cursor: str) -> tuple[list[PastTurn], str | None]:
        """The turns of some conversations, and the cursor of the next ones. Raises `Unavailable`."""
        found = await self.internal.get(
            "conversation",
            "past-turns",
            tenant_id=tenant_id,
            begins=past.begins.isoformat(),
            ends=past.ends.isoformat(),
            cursor=cursor,
        )
        return [PastTurn.read(turn) for turn in found["items"]], found["next_cursor"]
