"""Erases a thread's person: nothing is left but what others compare with, so that what comes late changes nothing.

Ids, counters and the marks of absorbed events stay, and consent without words. A later text begins a new contact here.
"""

from __future__ import annotations

from datetime import datetime

from conversation.domain.consent.state import with_entry
from conversation.domain.thread.model import Card, Thread
from shared.aggregates import Decision
from shared.events import ConsentEntry


def erase(thread: Thread, at: datetime) -> Decision[Thread] | None:
    """None if it was erased then or later: what is here came since."""
    if thread.erased_at and thread.erased_at >= at:
        return None
    bare = Thread(
        id=thread.id,
        tenant_id=thread.tenant_id,
        number=thread.number,
        card=Card(id=thread.card.id, phone_number="", revision=thread.card.revision),
        periods=thread.periods,
        turn=thread.turn.ended(),
        consent=thread.consent,
        last_stop_at=thread.last_stop_at,
        campaign_since=thread.campaign_since,
        out_seq=thread.out_seq,
        saves=thread.saves + 1,
        erased_at=at,
    )
    return Decision(bare)


def back(thread: Thread, card: Card, consent: tuple[ConsentEntry, ...]) -> Thread:
    """The thread of somebody who was erased and writes, or is written to, again."""
    if not thread.is_erased:
        return thread
    known = thread.consent
    for entry in consent:
        known = with_entry(known, entry)
    return thread.but(card=card, consent=known)
