"""An internal note: a person writes it for colleagues. It never goes to the customer nor to the model."""

from __future__ import annotations

from dataclasses import dataclass

from conversation.domain.agent_actions import present
from conversation.domain.thread.context import Scene
from conversation.domain.thread.edit import Edit
from conversation.domain.thread.model import Thread
from conversation.timeline.domain.entry import TimelineEntry
from shared.aggregates import Decision

LONGEST_NOTE = 5_000


@dataclass(frozen=True)
class NewNote:
    id: str
    text: str
    digest: str | None = None


def write_note(thread: Thread, conversation_id: str, note: NewNote, scene: Scene) -> Decision[Thread]:
    """Answers with the entry. Raises `Refused("conversation_archived")`."""
    conversation = present(thread, conversation_id)
    edit = Edit(thread, scene)
    edit.update(conversation, notes=conversation.notes + 1)
    entry = TimelineEntry(
        id=note.id,
        tenant_id=thread.tenant_id,
        thread_id=thread.id,
        contact_id=thread.card.id,
        conversation_id=conversation_id,
        kind="note",
        at=scene.now,
        summary=note.text,
        author=scene.by.author,
        user_id=scene.by.user_id,
        key_id=scene.by.key_id,
        digest=note.digest,
    )
    edit.file_entry(entry)
    return edit.done(entry)
