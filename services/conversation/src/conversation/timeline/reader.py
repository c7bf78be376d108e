"""The timeline of one conversation: its messages, notes and changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from conversation.domain.thread.model import Message
from conversation.timeline.domain.entry import TimelineEntry
from conversation.timeline.merge import Source, newest_first
from shared.database.protocol import Collection, Document

Item = dict[str, Any]


@dataclass(frozen=True)
class TimelineReader:
    entries: Collection
    messages: Collection

    async def of_conversation(
        self, tenant_id: str, conversation_id: str, limit: int, cursor: str | None
    ) -> tuple[list[Item], str | None]:
        """Newest first. Raises `Invalid("bad_cursor")`."""
        where = {"tenant_id": tenant_id, "conversation_id": conversation_id}
        sources = [Source(self.messages, where, message_item), Source(self.entries, where, entry_item)]
        return await newest_first(sources, limit, cursor)


def message_item(record: Document) -> Item:
    message = Message.read(record["message"])
    return {
        "id": message.id,
        "kind": "sms",
        "channel": "sms",
        "at": message.created_at,
        "direction": message.direction,
        "what": "",
        "summary": message.text,
        "link": None,
        "author": message.author,
        "conversation_id": message.conversation_id,
        "message_id": message.id,
        "user_id": message.user_id,
        "key_id": None,
    }


def entry_item(record: Document) -> Item:
    entry = TimelineEntry.read(record)
    return {
        "id": entry.id,
        "kind": entry.kind,
        "channel": entry.channel,
        "at": entry.at,
        "direction": entry.direction,
        "what": entry.what,
        "summary": entry.summary,
        "link": entry.link,
        "author": entry.author,
        "conversation_id": entry.conversation_id,
        "message_id": entry.message_id,
        "user_id": entry.user_id,
        "key_id": entry.key_id,
    }
