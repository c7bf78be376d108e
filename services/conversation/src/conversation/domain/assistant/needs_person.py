"""Asking for a person: the flag on a conversation, and whether the assistant is silent meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from conversation.domain.assistant.turn import end_turn
from conversation.domain.thread.edit import Edit
from conversation.domain.thread.model import Conversation, Needs
from conversation.timeline.domain.entry import ASSISTANT, CUSTOMER, SYSTEM, Actor, Change

DETAIL = 300

PausingReason = Literal["possible_opt_out", "asked_for_person", "hand_over", "refusal", "loop", "ai_limit"]
PassingReason = Literal[
    "opted_out_writes",
    "group_text",
    "failure",
    "no_answer_in_time",
    "answer_not_sent",
    "answer_too_long",
    "answer_ungrounded",
    "media_only",
    "outside_hours",
]
Reason = Literal[PausingReason, PassingReason]

MEANINGS: Mapping[Reason, str] = {
    "possible_opt_out": "The customer may want no more texts. Ask them, or record the opt-out.",
    "asked_for_person": "The customer asked to speak with a person.",
    "hand_over": "The assistant or a workflow handed over; `detail` says why.",
    "refusal": "The model refused to answer.",
    "loop": "Two machines seem to be answering each other.",
    "ai_limit": "The assistant reached its hourly limit of messages in this conversation.",
    "opted_out_writes": "A customer who opted out has written again.",
    "group_text": "The customer wrote to a group; groups are not answered automatically.",
    "failure": "No answer could be made; `detail` says what failed.",
    "no_answer_in_time": "The assistant did not answer in time.",
    "answer_not_sent": "The assistant's answer could not be sent; `detail` says why.",
    "answer_too_long": "The assistant's answer has too many SMS parts and waits as a draft.",
    "answer_ungrounded": "The assistant's answer states what stands in no source, and waits as a draft.",
    "media_only": "The customer sent a picture or file without words, and the assistant cannot look at it.",
    "outside_hours": "The customer wrote while the business was closed and was told so, now or shortly before.",
}
"""Every value of `needs_person.reason`, as the API documents it."""


_BY_CUSTOMER = ("possible_opt_out", "asked_for_person", "opted_out_writes", "group_text")
_BY_ASSISTANT = ("hand_over", "refusal", "answer_too_long", "answer_ungrounded")


def ask_for_person(edit: Edit, conversation: Conversation, needs: Needs, by: Actor | None = None) -> None:
    """Raise the flag. Of several reasons a pausing one wins, then the later one. A pause also ends the running turn."""
    present = edit.conversation(conversation.id).needs_person
    if present is None or _weight(needs) > _weight(present):
        edit.update(conversation, needs_person=needs)
        edit.tell(conversation, _asked(conversation, needs, by), needs.at)
    if needs.paused:
        end_turn(edit, needs.reason)


def _asked(conversation: Conversation, needs: Needs, by: Actor | None) -> Change:
    """`by` None: as the reason says."""
    if by is None:
        by = CUSTOMER if needs.reason in _BY_CUSTOMER else ASSISTANT if needs.reason in _BY_ASSISTANT else SYSTEM
    summary = f"needs a person: {needs.reason}" + (f", {needs.detail}" if needs.detail else "")
    cause = f"{conversation.id}|{needs.reason}|{needs.at.isoformat()}"
    return Change(what="needs_person", summary=summary, by=by, cause=cause)


def paused(reason: PausingReason, at: datetime, detail: str = "") -> Needs:
    """The assistant is silent until a person writes or gives the conversation back."""
    return Needs(reason=reason, detail=detail[:DETAIL], at=at, paused=True)


def flagged(reason: PassingReason, at: datetime, detail: str = "") -> Needs:
    """The assistant answers the next text: the cause may be gone by then."""
    return Needs(reason=reason, detail=detail[:DETAIL], at=at)


def _weight(needs: Needs) -> tuple[bool, datetime, str]:
    return (needs.paused, needs.at, needs.reason)
