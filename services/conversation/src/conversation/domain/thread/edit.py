"""A decision in progress: the changed thread and the effects of the change.

Every decision function opens an `Edit`, changes it and returns `done()`. `done` files and announces everything that
changed, so that no decision can forget it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from conversation.domain.assistant.doing import doing
from conversation.domain.thread.context import Scene
from conversation.domain.thread.model import Conversation, Message, Preview, Thread
from conversation.domain.thread.records import contact_record, conversation_record, is_talk, message_record
from conversation.domain.thread.resumption import joined, with_conversation
from conversation.domain.thread.timeline import with_early_status, with_message
from conversation.domain.thread.wire import conversation_wire, message_wire
from conversation.timeline.domain.entry import TIMELINE, Change, TimelineEntry, entry_id
from shared.aggregates import Decision, Gather, NewEvent, NewRecord
from shared.events import ConversationUpdated, EventData

CONVERSATIONS = "conversations"
MESSAGES = "messages"
CONTACTS = "contacts"
ACTIVITIES = "activities"
PREVIEW = 300
ANNOUNCED_EVERY_SECONDS = 0.7
"""A viewer sees every change within a second; a text that is answered at once changes its conversation seven times. A
little less than the relay's pause before it empties an outbox, so that both are done by one write."""

Record = dict[str, Any]


class Edit:
    def __init__(self, thread: Thread, scene: Scene) -> None:
        self.thread = thread
        self.scene = scene
        self._begun = thread
        self._events: list[NewEvent] = []
        self._records: list[NewRecord] = []
        self._messages: dict[str, Message] = {}
        self._touched: dict[str, None] = {}
        self.forgotten_before: datetime | None = None
        """Announced with every touched conversation: messages from before this moment are deleted."""

    @property
    def is_dirty(self) -> bool:
        """Whether there is anything to file or announce."""
        return bool(self._events or self._records or self._messages or self._touched)

    def join(self, at: datetime) -> Conversation:
        """The conversation that a text of this moment joins. Opens one if needed."""
        self.thread, conversation = joined(self.thread, at, self.scene.tenant.resume_days)
        self.touch(conversation.id)
        return conversation

    def conversation(self, id: str) -> Conversation:
        """The conversation as this decision has left it so far. Raises `ValueError` if the thread does not hold it."""
        present = self.thread.conversation(id)
        if present is None:
            raise ValueError(f"{id} is not among the conversations this thread holds")
        return present

    def update(self, conversation: Conversation | str, **changes: Any) -> Conversation:
        """Change a conversation. A `Conversation` only names it: the changes apply to its present state."""
        id = conversation if isinstance(conversation, str) else conversation.id
        changed = self.conversation(id).but(**changes)
        self.thread = with_conversation(self.thread, changed)
        self.touch(id)
        return changed

    def touch(self, id: str) -> None:
        """File and announce a conversation although its own fields stay: its draft, card or consent changed."""
        self._touched[id] = None

    def change(self, **changes: Any) -> None:
        """Change the thread itself."""
        self.thread = self.thread.but(**changes)

    def file(self, message: Message) -> Message:
        """Put a new or changed message into the timeline, the records and the preview."""
        self.thread, message = with_early_status(self.thread, message)
        self.thread = with_message(self.thread, message)
        self.file_only(message)
        return message

    def file_only(self, message: Message) -> None:
        """As `file`, for a message that is too old for the thread's timeline."""
        self._messages[message.id] = message
        conversation = self.thread.conversation(message.conversation_id)
        if conversation is None:
            return
        if conversation.talked is False and is_talk(message):
            conversation = self.update(conversation, talked=True)
        last = conversation.last_message
        if last is None or (message.created_at, message.id) >= (last.created_at, last.id):
            self.update(conversation, last_message=_preview(message))
        else:
            self.touch(conversation.id)

    def record(self, collection: str, document: Record) -> None:
        self._records.append(NewRecord(collection, document))

    def tell(self, conversation: Conversation | str, change: Change, at: datetime | None = None) -> None:
        """File a change in the conversation's timeline. It is announced with the conversation, not by itself."""
        by = change.by or self.scene.by
        cause = change.cause or f"{self.thread.saves + 1}.{len(self._records)}"
        self.file_entry(
            TimelineEntry(
                id=entry_id(self.thread.id, cause, change.what),
                tenant_id=self.thread.tenant_id,
                thread_id=self.thread.id,
                contact_id=self.thread.card.id,
                conversation_id=conversation if isinstance(conversation, str) else conversation.id,
                kind="change",
                at=at or self.scene.now,
                what=change.what,
                summary=change.summary,
                message_id=change.message_id,
                author=by.author,
                user_id=by.user_id,
                key_id=by.key_id,
            )
        )

    def file_entry(self, entry: TimelineEntry) -> None:
        self.record(TIMELINE, entry.plain())

    def publish(self, data: EventData, subject: str, key: str | None = None, discriminator: str | None = None) -> None:
        self._events.append(NewEvent(data, subject, key or self.thread.id, discriminator))

    def done(self, answer: Any = None) -> Decision[Thread]:
        first = self.thread.saves == 0
        self._touch_where_assistant_changed()
        self.change(saves=self.thread.saves + 1)
        updates: list[NewEvent] = []
        records = [
            NewRecord(MESSAGES, message_record(self.thread.tenant_id, message)) for message in self._messages.values()
        ]
        records += self._records
        for id in self._touched:
            conversation = self.thread.conversation(id)
            if conversation is not None:
                conversation = self.update(conversation, revision=conversation.revision + 1)
                record = conversation_record(self.thread, conversation, self.scene.tenant)
                records.append(NewRecord(CONVERSATIONS, record))
                updates.append(self._updated(conversation))
        if first:
            records.append(NewRecord(CONTACTS, contact_record(self.thread, self.scene.now)))
        return Decision(self.thread, (*self._events, *updates), tuple(records), answer)

    def _touch_where_assistant_changed(self) -> None:
        """A turn may begin to wait, or end, in a decision that changes nothing else of the conversation."""
        for id in {self._begun.turn.conversation_id, self.thread.turn.conversation_id}:
            before, now = self._begun.conversation(id), self.thread.conversation(id)
            if before and now and id not in self._touched and doing(self._begun, before) != doing(self.thread, now):
                self.touch(id)

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
        return NewEvent(data, conversation.id, conversation.id, conversation.id, gather=announced(conversation.id))


def announced(conversation_id: str) -> Gather:
    """How `conversation.updated` goes out: a text is shown at once; what follows soon is shown together."""
    return Gather(conversation_id, ANNOUNCED_EVERY_SECONDS, first_at_once=True)


def _preview(message: Message) -> Preview:
    return Preview(
        id=message.id,
        direction=message.direction,
        author=message.author,
        text=message.text[:PREVIEW],
        status=message.status,
        created_at=message.created_at,
    )
