"""A snoozed conversation is hidden from what is to be done until a moment, or until the customer writes."""

from __future__ import annotations

from datetime import datetime, timedelta

from conversation.domain.thread.context import Scene
from conversation.domain.thread.edit import Edit
from conversation.domain.thread.model import Conversation, Thread
from conversation.timeline.domain.entry import SYSTEM, Change
from shared.aggregates import Decision
from shared.errors import Invalid, Refused

LONGEST_SNOOZE = timedelta(days=366)


def check_snooze(until: datetime | None, now: datetime) -> None:
    """Raises `Invalid("bad_snooze")` for a moment that is not ahead, or more than a year ahead."""
    if until is not None and not now < until <= now + LONGEST_SNOOZE:
        raise Invalid("bad_snooze", f"`until` must be after {now:%Y-%m-%dT%H:%M:%SZ} and within 366 days")


def snooze(edit: Edit, conversation: Conversation, until: datetime | None) -> None:
    """Until then; None wakes it. Raises `Refused("conversation_closed")`."""
    if conversation.snoozed_until == until:
        return
    if until is not None and conversation.state == "closed":
        raise Refused("conversation_closed", "a closed conversation cannot be snoozed; reopen it first")
    edit.update(conversation, snoozed_until=until)
    edit.tell(conversation, _snoozed(until) if until else Change(what="woken", summary="woken"))


def wake_due(thread: Thread, scene: Scene) -> Decision[Thread] | None:
    """Wake what was snoozed until now. None if nothing was."""
    due = [one for one in thread.conversations if one.snoozed_until and one.snoozed_until <= scene.now]
    if not due:
        return None
    edit = Edit(thread, scene)
    for conversation in due:
        edit.update(conversation, snoozed_until=None)
        edit.tell(conversation, Change(what="woken", summary="woken: its time has come", by=SYSTEM))
    return edit.done()


def _snoozed(until: datetime) -> Change:
    return Change(what="snoozed", summary=f"snoozed until {until:%Y-%m-%d %H:%M} UTC")
