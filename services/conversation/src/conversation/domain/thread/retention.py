"""Deletes expired messages from a thread. Messages in progress stay until they have ended.

Conversations, contact and counters stay, and so do texts that are being answered. An expired draft is dropped together
with the texts it answers.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from conversation.domain.assistant.turn import end_turn
from conversation.domain.inbox.facets import as_read
from conversation.domain.thread.context import Scene
from conversation.domain.thread.edit import CONVERSATIONS, Edit, announced
from conversation.domain.thread.model import Conversation, Message, Thread
from shared.aggregates import Decision, NewEvent, NewRecord
from shared.events import UNFINISHED, ConversationUpdated

Record = dict[str, Any]
UNDER_WAY = frozenset({"quiet", "asked", "suggested"})


def forget(
    thread: Thread, before: datetime, expired: Collection[str], archived: tuple[Record, ...], scene: Scene
) -> Decision[Thread] | None:
    """None if nothing changes.

    `expired`: conversations with filed messages that are deleted now. `archived`: records of those among them that the
    thread no longer holds.
    """
    edit = Edit(thread, scene)
    edit.forgotten_before = before
    if thread.draft and thread.draft.created_at < before:
        end_turn(edit, "superseded")
    if thread.follow_up and thread.follow_up.created_at < before:
        edit.change(follow_up=None)
    if thread.silent and thread.silent.created_at < before:
        edit.change(silent=None)
    kept = tuple(one for one in edit.thread.messages if one.created_at >= before or is_live(edit.thread, one))
    touched = {*expired, *(one.conversation_id for one in edit.thread.messages if one not in kept)}
    edit.change(messages=kept)
    for conversation in edit.thread.conversations:
        _forget_in(edit, conversation, before, touch=conversation.id in touched)
    blanked = tuple(_blanked(record, before) for record in archived)
    if edit.thread == thread and not (edit.is_dirty or blanked):
        return None
    decision = edit.done()
    return Decision(
        decision.state,
        (*decision.events, *(_updated(record, thread, before) for record in blanked)),
        (*decision.records, *(NewRecord(CONVERSATIONS, record) for record in blanked)),
    )


def is_live(thread: Thread, message: Message) -> bool:
    """Whether the message is in progress: not sent yet, or a text that is being answered."""
    if message.status in UNFINISHED:
        return True
    turn = thread.turn
    waiting = turn.awaiting.causes if turn.awaiting else ()
    return turn.state in UNDER_WAY and message.id in (*turn.causes, *waiting)


def _forget_in(edit: Edit, conversation: Conversation, before: datetime, *, touch: bool) -> None:
    last = conversation.last_message
    changes: dict[str, Any] = {}
    if last and last.created_at < before and not _kept(edit.thread, last.id, last.status):
        last = None
        changes |= {"last_message": None, "unread": 0}  # no message is left to read
    needs = conversation.needs_person
    if needs and needs.detail and (last is None or needs.at < before):
        changes["needs_person"] = needs.but(detail="")  # it may quote the customer
    if changes or touch:
        edit.update(conversation, **changes)


def _kept(thread: Thread, id: str, status: str) -> bool:
    return status in UNFINISHED or thread.message(id) is not None


def _blanked(record: Record, before: datetime) -> Record:
    """The record of a conversation that the thread no longer holds, without expired text."""
    wire, revision = record["conversation"], record["revision"] + 1
    last, needs = wire["last_message"], wire["needs_person"]
    if last and last["created_at"] < before and last["status"] not in UNFINISHED:
        last = None
    if needs and last is None:
        needs = {**needs, "detail": ""}
    unread = wire["unread"] if last else 0
    shown = {
        **wire, "last_message": last, "needs_person": needs, "draft": None, "unread": unread, "revision": revision,
    }  # fmt: skip
    facets = record.get("facets", []) if unread else as_read(record.get("facets", []))
    return {**record, "revision": revision, "facets": facets, "doing": "idle", "conversation": shown}


def _updated(record: Record, thread: Thread, before: datetime) -> NewEvent:
    data = ConversationUpdated(
        conversation_id=record["id"],
        thread_id=thread.id,
        revision=record["revision"],
        conversation=record["conversation"],
        forgotten_before=before,
    )
    return NewEvent(data, record["id"], record["id"], record["id"], gather=announced(record["id"]))
