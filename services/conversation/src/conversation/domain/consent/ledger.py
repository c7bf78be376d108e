"""Consent of one person towards one tenant: appended to by events and by people, judged by time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from conversation.domain.consent.state import with_entry
from shared.aggregates import Decision, NewEvent, NewRecord
from shared.events import ConsentChanged, ConsentEntry, ConsentEvidence, standing_opt_outs
from shared.values import Moment, Value

LEDGER = "consent_entries"


class Consents(Value):
    tenant_id: str
    contact: str
    entries: tuple[ConsentEntry, ...] = ()
    spread_at: Moment | None = None
    """Set while threads of this contact have yet to hear of the latest entry."""
    erased_at: Moment | None = None
    """Only of a hash: when the person was last erased."""
    moved: bool = False
    """Everything is under the hash now, and this is about to be deleted."""


@dataclass(frozen=True)
class PersonsWord:
    """A person records what a customer told them elsewhere."""

    entry_id: str
    state: Literal["out", "in"]
    note: str
    user_id: str
    kind: Literal["person", "api"]


def absorb(state: Consents | None, tenant_id: str, change: ConsentChanged, now: datetime) -> Decision[Consents] | None:
    """None if the entry is there already: we hear our own events too."""
    state = state or Consents(tenant_id=tenant_id, contact=change.contact)
    if any(entry.entry_id == change.entry_id for entry in state.entries):
        return None
    return _appended(state, change, now)


def by_person(
    state: Consents | None, tenant_id: str, contact: str, word: PersonsWord, now: datetime
) -> Decision[Consents]:
    """An opt-in lifts the opt-outs known now and names them: one that is still on its way stays in force."""
    state = state or Consents(tenant_id=tenant_id, contact=contact)
    last = state.entries[-1].effective_at if state.entries else None
    lifted = tuple(entry.entry_id for entry in standing_opt_outs(state.entries)) if word.state == "in" else ()
    change = ConsentChanged(
        entry_id=word.entry_id,
        contact=contact,
        state=word.state,
        effective_at=max(now, last + timedelta(milliseconds=1)) if last else now,
        evidence=ConsentEvidence(kind=word.kind, text=word.note, user_id=word.user_id),
        overrides=lifted,
    )
    decision = _appended(state, change, now)
    event = NewEvent(change, contact, f"{tenant_id}|{contact}")
    return Decision(decision.state, (event,), decision.records)


def spread(state: Consents | None, entries: tuple[ConsentEntry, ...]) -> Decision[Consents] | None:
    """Every thread has heard of these entries; newer ones are still to be told."""
    if state is None or state.entries != entries or state.spread_at is None:
        return None
    return Decision(state.but(spread_at=None))


def _appended(state: Consents, change: ConsentChanged, now: datetime) -> Decision[Consents]:
    new = state.but(entries=with_entry(state.entries, ConsentEntry.of(change)), spread_at=now)
    return Decision(new, (), (NewRecord(LEDGER, _row(state.tenant_id, change)),))


def _row(tenant_id: str, change: ConsentChanged) -> dict[str, Any]:
    row = change.plain()
    return {
        **row, "id": change.entry_id, "revision": 1, "tenant_id": tenant_id, "at": change.effective_at,
    }  # fmt: skip
