"""The usage ledger: one row per ledger key; the highest revision is what counts. Prices come later, on top of it."""

from __future__ import annotations

from shared.database.protocol import Document
from shared.events import Event, UsageRecorded


def ledger_row(event: Event[UsageRecorded]) -> Document:
    """The row this event asks for. Its id holds the tenant: nobody can overwrite another tenant's ledger."""
    used = event.data
    return {
        **used.model_dump(),
        "id": f"{event.tenant_id}|{used.ledger_key}",
        "tenant_id": event.tenant_id,
        "day": used.used_at.date().isoformat(),
        "correlation_id": event.correlation_id,
        "source": event.source,
        "event_id": event.id,
    }
