"""Asking for a person: the flag on a conversation, and whether the assistant is silent meanwhile."""

from __future__ import annotations

from datetime import datetime

from conversation.domain.assistant.turn import end_turn
from conversation.domain.thread.edit import Edit
from conversation.domain.thread.model import Conversation, Needs

DETAIL = 300


def needs_person(edit: Edit, conversation: Conversation, needs: Needs) -> None:
    """Raise the flag; of several reasons the weightier, then later one stays. A pause also ends the running turn."""
    present = edit.update(conversation).needs_person
    if present is None or _weight(needs) > _weight(present):
        edit.update(conversation, needs_person=needs)
    if needs.paused:
        end_turn(edit, needs.reason)


def paused(reason: str, at: datetime, detail: str = "") -> Needs:
    return Needs(reason=reason, detail=detail[:DETAIL], at=at, paused=True)


def flagged(reason: str, at: datetime, detail: str = "") -> Needs:
    """The assistant goes on with the next text: what went wrong may be over by then."""
    return Needs(reason=reason, detail=detail[:DETAIL], at=at)


def _weight(needs: Needs) -> tuple[bool, datetime, str]:
    return (needs.paused, needs.at, needs.reason)
