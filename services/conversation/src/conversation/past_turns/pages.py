"""`/internal/conversation/past-turns`: a tenant's answered turns, conversation by conversation, for replays.

Read from the filed messages, so what was erased or has expired is not among them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime

from conversation.domain.thread.model import Message
from conversation.guides.domain.choice import choose
from conversation.guides.store import Guides
from conversation.past_turns.turns import AnsweredTurn, answered_turns
from conversation.store import CONVERSATION_SPEC, MESSAGE_SPEC
from shared.database.protocol import Collection, Database, Document, Range, Sort
from shared.events import ChosenGuide
from shared.http.paging import listing
from shared.internal.access import internal_only
from shared.keyring import Keyring

CONVERSATIONS = 10
"""Of one page."""
MESSAGES = 200
"""Of one conversation: the latest."""


@dataclass(frozen=True)
class PastTurnPages:
    conversations: Collection
    messages: Collection
    guides: Guides

    @classmethod
    def of(cls, database: Database, guides: Guides) -> PastTurnPages:
        return cls(database.collection(CONVERSATION_SPEC), database.collection(MESSAGE_SPEC), guides)

    async def page(self, tenant_id: str, begins: datetime, ends: datetime, cursor: str) -> dict[str, Any]:
        """Turns that were answered in this time, of the conversations active since it began, the latest first. Each has
        the guide that would be chosen today."""
        where = {"tenant_id": tenant_id, "last_activity_at": Range(gte=begins)}
        latest = Sort("last_activity_at", descending=True)
        found = await self.conversations.find(where, sort=latest, limit=CONVERSATIONS, cursor=cursor)
        guides = await self.guides.of_tenant(tenant_id)
        items = [
            _row(record, turn, choose(guides, turn.question))
            for record in found.items
            for turn in answered_turns(await self._messages(tenant_id, record["id"]))
            if begins <= turn.at < ends
        ]
        return listing(items, found.next_cursor)

    async def _messages(self, tenant_id: str, conversation_id: str) -> list[Message]:
        where = {"tenant_id": tenant_id, "conversation_id": conversation_id}
        page = await self.messages.find(where, sort=Sort("at", descending=True), limit=MESSAGES)
        return [Message.read(document["message"]) for document in reversed(page.items) if "message" in document]


def past_turns_router(pages: PastTurnPages, keyring: Keyring) -> APIRouter:
    router = APIRouter(
        prefix="/internal/conversation/past-turns",
        dependencies=[Depends(internal_only(keyring))],
        include_in_schema=False,
    )

    @router.get("")
    async def past_turns(
        tenant_id: str,
        begins: Annotated[AwareDatetime, Query()],
        ends: Annotated[AwareDatetime, Query()],
        cursor: str = "",
    ) -> dict[str, Any]:
        return await pages.page(tenant_id, begins, ends, cursor)

    return router


def _row(record: Document, turn: AnsweredTurn, guide: ChosenGuide | None) -> dict[str, Any]:
    shown = record["conversation"]
    contact = shown["contact"]
    facts = [[key, contact[key]] for key in ("name", "company") if contact.get(key)]
    return {
        **turn.jsonable(),
        "conversation_id": record["id"],
        "number": shown["phone_number"],
        "contact": contact["phone_number"],
        "guide": shown["guide"],
        "chosen_guide": guide.jsonable() if guide else None,
        "contact_facts": facts,
    }
