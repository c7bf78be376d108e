"""A label of the tenant was renamed or deleted: one conversation follows, also an archived one."""

from __future__ import annotations

from typing import Any

from conversation.domain.inbox.facets import relabelled
from conversation.domain.thread.context import Scene
from conversation.domain.thread.edit import CONVERSATIONS, Edit, announced
from conversation.domain.thread.model import Thread
from conversation.labels.domain.book import Rename
from conversation.labels.domain.label_list import renamed
from shared.aggregates import Decision, NewEvent, NewRecord
from shared.events import ConversationUpdated

Record = dict[str, Any]


def rename_label(thread: Thread, record: Record, rename: Rename, scene: Scene) -> Decision[Thread] | None:
    """`record`: the conversation as it is filed. None if it has no such label any more."""
    conversation = thread.conversation(record["id"])
    if conversation is None:
        return _rename_in_record(thread, record, rename)
    labels = renamed(conversation.labels, rename.old, rename.new)
    if labels == conversation.labels:
        return None
    edit = Edit(thread, scene)
    edit.update(conversation, labels=labels)
    return edit.done()


def _rename_in_record(thread: Thread, record: Record, rename: Rename) -> Decision[Thread]:
    """Of a conversation that the thread no longer holds."""
    wire, revision = record["conversation"], record["revision"] + 1
    labels = renamed(wire["labels"], rename.old, rename.new)
    shown = {**wire, "labels": list(labels), "revision": revision}
    changed = {**record, "revision": revision, "facets": relabelled(record["facets"], labels), "conversation": shown}
    data = ConversationUpdated(conversation_id=record["id"], thread_id=thread.id, revision=revision, conversation=shown)
    event = NewEvent(data, record["id"], record["id"], record["id"], gather=announced(record["id"]))
    return Decision(thread, (event,), (NewRecord(CONVERSATIONS, changed),))
