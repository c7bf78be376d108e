"""The figures of one campaign, as the API and `campaign.updated` show them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import field

from shared.aggregates import Decision, NewEvent
from shared.errors import Conflict
from shared.events import CampaignUpdated
from shared.values import Moment, Value


class Counts(Value):
    """Recipients by the state of their latest text. The states add up to `recipients`."""

    by_status: dict[str, int] = field(default_factory=dict[str, int])
    replied: int = 0
    opted_out: int = 0

    @property
    def recipients(self) -> int:
        return sum(self.by_status.values())


class Tally(Value):
    id: str
    tenant_id: str
    campaign_id: str
    revision: int
    counts: Counts
    first_seen_at: Moment
    updated_at: Moment


def tally_wire(tally: Tally) -> dict[str, Any]:
    """As the API and `campaign.updated` send it."""
    return {
        "id": tally.campaign_id,
        "recipients": tally.counts.recipients,
        "counts": tally.counts.by_status,
        "replied": tally.counts.replied,
        "opted_out": tally.counts.opted_out,
        "revision": tally.revision,
        "first_seen_at": tally.first_seen_at,
        "updated_at": tally.updated_at,
    }


def record_count(known: Tally | None, seen_revision: int, fresh: Tally, now: datetime) -> Decision[Tally] | None:
    """Keep and publish these figures, if they differ from the known ones.

    Raises `Conflict` if another process counted since this count began: ours may be older.
    """
    if (known.revision if known else 0) != seen_revision:
        raise Conflict("conflict", "another process counted this campaign; count again")
    if known and known.counts == fresh.counts:
        return None
    first = known.first_seen_at if known else now
    tally = fresh.but(revision=seen_revision + 1, first_seen_at=first, updated_at=now)
    wire = {
        key: value.isoformat() if isinstance(value, datetime) else value for key, value in tally_wire(tally).items()
    }
    data = CampaignUpdated(campaign_id=tally.campaign_id, revision=tally.revision, campaign=wire)
    return Decision(tally, events=(NewEvent(data, subject=tally.campaign_id, key=tally.id),))
