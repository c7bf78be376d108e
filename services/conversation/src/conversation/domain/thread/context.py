"""Facts a decision needs besides the thread: the time, the tenant's settings and the consent ledger's entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from conversation.domain.workflows.triggers import NO_TRIGGERS, Triggers
from conversation.timeline.domain.entry import SYSTEM, Actor
from shared.events import ConsentEntry, TenantChanged


@dataclass(frozen=True)
class Scene:
    """`consent`: the contact's ledger entries from all of the tenant's numbers, if the caller has read them."""

    now: datetime
    tenant: TenantChanged
    correlation_id: str = ""
    consent: tuple[ConsentEntry, ...] = ()
    traceparent: str = ""
    triggers: Triggers = NO_TRIGGERS
    assignee: str | None = None
    """Whose turn it is to be assigned a conversation that has nobody, by the round robin."""
    by: Actor = SYSTEM
    """Who asks for this decision, as the timeline names it."""
