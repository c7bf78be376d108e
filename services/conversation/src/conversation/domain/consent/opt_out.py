"""A customer opts out or back in by what they write, or the carrier says they have. The ledger hears of it by event."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from conversation.domain.assistant.turn import end_turn
from conversation.domain.consent.state import is_out, with_entry
from conversation.domain.thread.context import Scene
from conversation.domain.thread.edit import Edit
from conversation.domain.thread.model import Message, Thread
from conversation.domain.thread.timeline import fate
from shared.aggregates import Decision
from shared.events import ConsentChanged, ConsentEntry, ConsentEvidence, SmsWithdrawn
from shared.ids import derived_id

EVIDENCE_TEXT = 500
_SUFFIX = {"out": "stop", "in": "start"}


def written(edit: Edit, message: Message, state: Literal["out", "in"], kind: Literal["keyword", "phrase"]) -> None:
    """The customer's own words say so."""
    change = ConsentChanged(
        entry_id=derived_id("con", message.id, _SUFFIX[state]),
        contact=edit.thread.contact,
        state=state,
        effective_at=message.created_at,
        evidence=ConsentEvidence(kind=kind, message_id=message.id, text=message.text[:EVIDENCE_TEXT]),
    )
    _apply(edit, change)


def told_by_carrier(edit: Edit, message_id: str, at: datetime) -> None:
    """The carrier refused a message because this person opted out there."""
    change = ConsentChanged(
        entry_id=derived_id("con", message_id, "carrier"),
        contact=edit.thread.contact,
        state="out",
        effective_at=at,
        evidence=ConsentEvidence(kind="carrier", message_id=message_id),
    )
    _apply(edit, change)


def hear(thread: Thread, entries: tuple[ConsentEntry, ...], scene: Scene) -> Decision[Thread] | None:
    """What the ledger knows from the tenant's other numbers and from people. None if it is known here."""
    known = {entry.entry_id for entry in thread.consent}
    news = [entry for entry in entries if entry.entry_id not in known]
    if not news:
        return None
    edit, was_out = Edit(thread, scene), is_out(thread)
    for entry in news:
        edit.change(consent=with_entry(edit.thread.consent, entry))
    outs = [entry.effective_at for entry in news if entry.state == "out"]
    if outs:
        _silence(edit, max(outs))
    if is_out(edit.thread) != was_out:
        for conversation in edit.thread.conversations:
            edit.touch(conversation.id)
    return edit.done()


def _apply(edit: Edit, change: ConsentChanged) -> None:
    if any(entry.entry_id == change.entry_id for entry in edit.thread.consent):
        return
    was_out = is_out(edit.thread)
    edit.change(consent=with_entry(edit.thread.consent, ConsentEntry.of(change)))
    if is_out(edit.thread) != was_out:
        for conversation in edit.thread.conversations:
            edit.touch(conversation.id)
    key = f"{edit.thread.tenant_id}|{change.contact}"
    edit.publish(change, change.contact, key)
    if change.state == "out":
        _silence(edit, change.effective_at)


def _silence(edit: Edit, at: datetime) -> None:
    """Texts up to this moment are answered no more, whatever came since; with the opt-out standing, nothing leaves."""
    thread = edit.thread
    edit.change(last_stop_at=max(thread.last_stop_at or at, at))
    if thread.turn.state == "quiet":
        _drop_causes(edit, at)
    if not is_out(edit.thread):
        return
    if edit.thread.turn.state != "quiet":
        end_turn(edit, "opted_out")
    waiting = tuple(one.id for one in thread.messages if one.direction == "outbound" and fate(one) == "unknown")
    if waiting:
        withdrawn = SmsWithdrawn(reason="opted_out", number=thread.number, contact=thread.contact, message_ids=waiting)
        edit.publish(withdrawn, thread.id)


def _drop_causes(edit: Edit, at: datetime) -> None:
    turn = edit.thread.turn
    places = {one.id: one.created_at for one in edit.thread.messages}
    later = tuple(id for id in turn.causes if places[id] > at)
    edit.change(turn=turn.but(causes=later) if later else turn.ended())
