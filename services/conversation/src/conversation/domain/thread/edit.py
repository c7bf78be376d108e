"""One decision in the making: the thread as it becomes, and the effects that go with it.

Every decision function opens an `Edit`, changes it and returns `done()`. What changed is filed and told once, at the
end, so that no decision can forget it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from conversation.domain.thread.context import Scene
from conversation.domain.thread.model import Conversation, Message, Preview, Thread
from conversation.domain.thread.resumption import joined, with_conversation
from conversation.domain.thread.search_terms import terms_of
from conversation.domain.thread.timeline import caught_up, with_message
from conversation.domain.thread.wire import conversation_wire, message_wire
from shared.aggregates import Decision, NewEvent, NewRecord
from shared.events import ConversationUpdated, EventData

CONVERSATIONS = "conversations"
MESSAGES = "messages"
CONTACTS = "contacts"
PREVIEW = 300

Record = dict[str, Any]


class Edit:
    def __init__(self, thread: Thread, scene: Scene) -> None:
        self.thread = thread
        self.scene = scene
        self._events: list[NewEvent] = []
        self._messages: dict[str, Message] = {}
        self._touched: dict[str, None] = {}
        self.forgotten_before: datetime | None = None
        """Told of every conversation that this touches: what is older is gone."""

    @property
    def is_dirty(self) -> bool:
        """Whether there is anything to tell or file."""
        return bool(self._events or self._messages or self._touched)

    def join(self, at: datetime) -> Conversation:
        """The conversation that a text of this moment belongs to, opened if need be."""
        self.thread, conversation = joined(self.thread, at, self.scene.tenant.resume_days)
        self._touched[conversation.id] = None
        return conversation

    def update(self, conversation: Conversation | str, **changes: Any) -> Conversation:
        """Change a conversation (named by id, or as last seen: always the present one is changed)."""
        id = conversation if isinstance(conversation, str) else conversation.id
        present = self.thread.conversation(id)
        if present is None:
            raise ValueError(f"{id} is not among the conversations this thread holds")
        changed = present.but(**changes)
        self.thread = with_conversation(self.thread, changed)
        self._touched[id] = None
        return changed

    def change(self, **changes: Any) -> None:
        """Change the thread itself."""
        self.thread = self.thread.but(**changes)

    def file(self, message: Message) -> Message:
        """A new or changed message: into the timeline, the records and the preview."""
        self.thread, message = caught_up(self.thread, message)
        self.thread = with_message(self.thread, message)
        self.file_only(message)
        return message

    def file_only(self, message: Message) -> None:
        """As `file`, for a message too old to be kept in the thread."""
        self._messages[message.id] = message
        conversation = self.thread.conversation(message.conversation_id)
        if conversation is None:
            return
        last = conversation.last_message
        if last is None or (message.created_at, message.id) >= (last.created_at, last.id):
            self.update(conversation, last_message=_preview(message))
        else:
            self.update(conversation)

    def publish(self, data: EventData, subject: str, key: str | None = None) -> None:
        self._events.append(NewEvent(data, subject, key or self.thread.id))

    def done(self, answer: Any = None) -> Decision[Thread]:
        first = self.thread.saves == 0
        self.change(saves=self.thread.saves + 1)
        updates: list[NewEvent] = []
        records = [NewRecord(MESSAGES, self._message_record(message)) for message in self._messages.values()]
        for id in self._touched:
            conversation = self.thread.conversation(id)
            if conversation is not None:
                conversation = self.update(conversation, revision=conversation.revision + 1)
                records.append(NewRecord(CONVERSATIONS, self._conversation_record(conversation)))
                updates.append(self._updated(conversation))
        if first:
            records.append(NewRecord(CONTACTS, contact_record(self.thread)))
        return Decision(self.thread, (*self._events, *updates), tuple(records), answer)

    def _updated(self, conversation: Conversation) -> NewEvent:
        changed = [one for one in self._messages.values() if one.conversation_id == conversation.id]
        data = ConversationUpdated(
            conversation_id=conversation.id,
            thread_id=self.thread.id,
            revision=conversation.revision,
            conversation=conversation_wire(self.thread, conversation, self.scene.tenant),
            messages=tuple(message_wire(one) for one in changed),
            forgotten_before=self.forgotten_before,
        )
        return NewEvent(data, conversation.id, conversation.id, discriminator=conversation.id)

    def _message_record(self, message: Message) -> Record:
        return {
            "id": message.id,
            "revision": message.revision,
            "tenant_id": self.thread.tenant_id,
            "conversation_id": message.conversation_id,
            "at": message.created_at,
            "message": message.model_dump(),
        }

    def _conversation_record(self, conversation: Conversation) -> Record:
        last = conversation.last_message
        return {
            "id": conversation.id,
            "revision": conversation.revision,
            "tenant_id": self.thread.tenant_id,
            "thread_id": self.thread.id,
            "contact_id": self.thread.card.id,
            "state": conversation.state,
            "assignee": conversation.assignee,
            "has_unread": conversation.unread > 0,
            "needs_person": conversation.needs_person is not None,
            "last_activity_at": conversation.last_activity_at,
            "terms": terms_of(self.thread.card, last.text if last else ""),
            "own_ai_mode": conversation.ai_mode,
            "conversation": conversation_wire(self.thread, conversation, self.scene.tenant),
        }


def contact_record(thread: Thread) -> Record:
    """The contact as first met; `put` leaves one alone that is known already."""
    card = thread.card
    return {
        "id": card.id,
        "revision": 1,
        "tenant_id": thread.tenant_id,
        "phone_number": card.phone_number,
        "name": card.name,
        "company": card.company,
        "facts": [list(pair) for pair in card.facts],
        "terms": terms_of(card, ""),
        "spread_at": None,
    }


def _preview(message: Message) -> Preview:
    return Preview(
        id=message.id,
        direction=message.direction,
        author=message.author,
        text=message.text[:PREVIEW],
        status=message.status,
        created_at=message.created_at,
    )
