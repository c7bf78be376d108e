"""What the assistant does beside an answer: in the save that sends the answer, and never without it.

Everything is in the timeline, with the assistant as its author.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from conversation.domain.thread.edit import Edit
from conversation.domain.thread.model import Thread
from conversation.domain.thread.planned import FieldNote, FollowUp
from conversation.labels.domain.book import LabelBook
from conversation.labels.domain.label_list import MOST_LABELS, with_labels
from conversation.timeline.domain.entry import ASSISTANT, Change
from shared.aggregates import Decision
from shared.events.ai_responder import Act
from shared.ids import derived_id
from shared.local_time.windows import opens_at

LASTING = frozenset({"label", "set_field"})
"""What is right also where the assistant hands over instead of answering."""


def possible(acts: Iterable[Act], labels: LabelBook) -> tuple[Act, ...]:
    """Without labels that the tenant does not have; the others as the tenant spells them."""
    found: list[Act] = []
    for act in acts:
        label = labels.named(act.name) if act.kind == "label" else None
        if act.kind != "label" or label:
            found.append(act.but(name=label.name) if label else act)
    return tuple(found)


def carry_out(edit: Edit, conversation_id: str, acts: Iterable[Act], run_id: str) -> None:
    """After the answer is sent, so that a conversation that is closed stays closed."""
    for act in acts:
        if act.kind == "label":
            _label(edit, conversation_id, act.name)
        elif act.kind == "set_field":
            _note(edit, conversation_id, act)
        elif act.kind == "close":
            _close(edit, conversation_id)
        elif act.at:
            _plan(edit, conversation_id, act.text, act.at, run_id)


def fields_noted(thread: Thread, noted: tuple[FieldNote, ...]) -> Decision[Thread] | None:
    """They are on the contact's card now. None if they were before."""
    rest = tuple(note for note in thread.field_notes if note not in noted)
    return Decision(thread.but(field_notes=rest)) if rest != thread.field_notes else None


def _label(edit: Edit, conversation_id: str, name: str) -> None:
    before = edit.conversation(conversation_id).labels
    after = with_labels(before, [name])
    if after != before and len(after) <= MOST_LABELS:
        edit.update(conversation_id, labels=after)
        _tell(edit, conversation_id, "labelled", f"labelled {name}")


def _note(edit: Edit, conversation_id: str, act: Act) -> None:
    note = FieldNote(field=act.name, value=act.value, at=edit.scene.now)
    others = tuple(one for one in edit.thread.field_notes if one.field != act.name)
    edit.change(field_notes=(*others, note))
    _tell(edit, conversation_id, "field_set", f"{act.name}: {act.value}")


def _close(edit: Edit, conversation_id: str) -> None:
    if edit.conversation(conversation_id).state != "closed":
        edit.update(conversation_id, state="closed", snoozed_until=None)
        _tell(edit, conversation_id, "closed", "closed")


def _plan(edit: Edit, conversation_id: str, text: str, at: datetime, run_id: str) -> None:
    """At a decent hour of the contact's own: a text that nobody waits for keeps the hours that campaigns keep."""
    at = opens_at(edit.thread.contact, edit.scene.tenant.quiet_hours, max(at, edit.scene.now))
    plan = FollowUp(
        id=derived_id("flw", edit.thread.id, run_id), conversation_id=conversation_id, text=text, at=at, run_id=run_id,
        created_at=edit.scene.now,
    )  # fmt: skip
    edit.change(follow_up=plan)
    edit.touch(conversation_id)
    _tell(edit, conversation_id, "follow_up", f"follow-up planned for {at:%Y-%m-%d %H:%M} UTC: {text}")


def _tell(edit: Edit, conversation_id: str, what: str, summary: str) -> None:
    edit.tell(conversation_id, Change.read({"what": what, "summary": summary, "by": ASSISTANT.plain()}))
