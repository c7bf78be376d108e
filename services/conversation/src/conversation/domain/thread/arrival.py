"""A customer's text reaches its conversation: it counts as unread, reopens a closed one and wakes a snoozed one."""

from __future__ import annotations

from datetime import datetime

from conversation.domain.thread.edit import Edit
from conversation.domain.thread.model import Conversation
from conversation.timeline.domain.entry import CUSTOMER, SYSTEM, Change, ChangeKind


def count_received(edit: Edit, conversation: Conversation, at: datetime, message_id: str) -> Conversation:
    if conversation.state == "closed":
        edit.tell(conversation, _by_customer("reopened", "reopened: the customer wrote", message_id))
    _wake_all(edit, message_id)
    conversation = _assigned(edit, conversation, message_id)
    last = conversation.last_inbound_at
    return edit.update(
        conversation,
        state="open",
        unread=conversation.unread + 1,
        received=conversation.received + 1,
        last_inbound_at=max(last, at) if last else at,
    )


def _wake_all(edit: Edit, message_id: str) -> None:
    """Also an earlier conversation with this customer: it would sleep although its customer is here."""
    for conversation in edit.thread.conversations:
        if conversation.snoozed_until:
            edit.update(conversation, snoozed_until=None)
            woken = _by_customer("woken", "woken: the customer wrote", message_id)
            edit.tell(conversation, woken.but(cause=f"{message_id}|{conversation.id}"))


def _assigned(edit: Edit, conversation: Conversation, message_id: str) -> Conversation:
    """By turns. Unlike an assignment by a person, it leaves the assistant in charge."""
    assignee = edit.scene.assignee
    if assignee is None or conversation.assignee is not None:
        return conversation
    summary = f"assigned to {assignee} by turns"
    edit.tell(conversation, Change(what="assigned", summary=summary, by=SYSTEM, cause=message_id))
    return edit.update(conversation, assignee=assignee)


def _by_customer(what: ChangeKind, summary: str, message_id: str) -> Change:
    return Change(what=what, summary=summary, by=CUSTOMER, cause=message_id, message_id=message_id)
