"""What a decision is told besides the thread: the time, the tenant's settings, consent as the ledger has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.events import ConsentEntry, TenantChanged


@dataclass(frozen=True)
class Scene:
    """`consent` holds the contact's entries from all of the tenant's numbers, where the caller looked them up."""

    now: datetime
    tenant: TenantChanged
    correlation_id: str = ""
    consent: tuple[ConsentEntry, ...] = ()
    traceparent: str = ""
