"""Consent of an erased person: it stays under the hash of the number, without words, so that a STOP outlives it all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from conversation.domain.consent.ledger import Consents
from conversation.domain.consent.state import with_entry
from shared.aggregates import Decision
from shared.events import ConsentChanged, ConsentEvidence


@dataclass(frozen=True)
class Hashed:
    """Whose consent it is: what stands for the number, and when the person was erased."""

    tenant_id: str
    contact: str
    at: datetime


def hash_consents(known: Consents | None, own: Consents | None, hashed: Hashed) -> Decision[Consents] | None:
    """What the hash has, with all entries that the number has (`own`). None if nothing is new."""
    before = known or Consents(tenant_id=hashed.tenant_id, contact=hashed.contact)
    entries = before.entries
    for entry in own.entries if own else ():
        entries = with_entry(entries, entry)
    at = max(before.erased_at, hashed.at) if before.erased_at else hashed.at
    after = before.but(entries=entries, erased_at=at)
    return None if after == known else Decision(after)


def emptied(known: Consents | None, at: datetime) -> Decision[Consents] | None:
    """The number's own, to be deleted. It stays as it is if it says more since."""
    if known is None or known.moved or any(entry.effective_at > at for entry in known.entries):
        return None
    return Decision(known.but(entries=(), spread_at=None, moved=True))


def back(erased: Consents, contact: str) -> Consents:
    """The number's own again, when its person is back."""
    return Consents(tenant_id=erased.tenant_id, contact=contact, entries=erased.entries)


def without_words(change: ConsentChanged, contact: str) -> ConsentChanged:
    """The entry as it stays in the ledger: what, when and how we know."""
    evidence = ConsentEvidence(kind=change.evidence.kind, message_id=change.evidence.message_id)
    return change.but(contact=contact, evidence=evidence)


def bare_row(row: dict[str, Any], contact: str) -> dict[str, Any]:
    """As `without_words`, for an entry that is filed."""
    evidence = {**row["evidence"], "text": "", "user_id": None}
    return {**row, "revision": row["revision"] + 1, "contact": contact, "evidence": evidence}
