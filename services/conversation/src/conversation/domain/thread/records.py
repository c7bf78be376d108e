"""What a thread files for reading: its conversations, messages and contact, with the words they are found by."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from conversation.domain.assistant.doing import doing
from conversation.domain.inbox.facets import facets_of
from conversation.domain.search.terms import contact_terms, message_terms
from conversation.domain.thread.model import Conversation, Message, Thread
from conversation.domain.thread.wire import conversation_wire
from shared.aggregates import stored
from shared.events import TenantChanged

Record = dict[str, Any]


def message_record(tenant_id: str, message: Message) -> Record:
    return {
        "id": message.id,
        "revision": message.revision,
        "tenant_id": tenant_id,
        "conversation_id": message.conversation_id,
        "at": message.created_at,
        "terms": list(message_terms(message.text)),
        "message": stored(message),
    }


def conversation_record(thread: Thread, conversation: Conversation, tenant: TenantChanged) -> Record:
    return {
        "id": conversation.id,
        "revision": conversation.revision,
        "tenant_id": thread.tenant_id,
        "thread_id": thread.id,
        "contact_id": thread.card.id,
        "last_activity_at": conversation.last_activity_at,
        "facets": facets_of(thread, conversation),
        "own_ai_mode": conversation.ai_mode,
        "doing": doing(thread, conversation),
        "conversation": conversation_wire(thread, conversation, tenant),
    }


def contact_record(thread: Thread, now: datetime) -> Record:
    """The record of a new contact. `put` does not overwrite an existing one."""
    card = thread.card
    return {
        "id": card.id,
        "revision": 1,
        "tenant_id": thread.tenant_id,
        "phone_number": card.phone_number,
        "name": card.name,
        "company": card.company,
        "facts": [list(pair) for pair in card.facts],
        "terms": list(contact_terms((card.name, card.company), (card.phone_number,))),
        "created_at": now,
        "spread_at": None,
    }


def is_talk(message: Message) -> bool:
    """Whether it is more than a text of a campaign or workflow that nobody has answered yet."""
    return message.author not in ("campaign", "workflow")
