"""Declares a credential void: an event for the running services, and a row for those that start later."""

from __future__ import annotations

from datetime import datetime

from shared.aggregates import NewEvent, NewRecord, stored
from shared.events import AccessRevoked

REVOCATIONS = "revocations"


def revocation(revoked: AccessRevoked, until: datetime | None = None) -> tuple[NewEvent, NewRecord]:
    """`until`: when the voided credential would have expired anyway, so that the row may go. None keeps it for good."""
    id = revoked.subject_id
    row = {"id": id, "revision": revoked.revision, "row": stored(revoked), "until": until}
    return NewEvent(revoked, subject=id, key=id, discriminator=id), NewRecord(REVOCATIONS, row)
