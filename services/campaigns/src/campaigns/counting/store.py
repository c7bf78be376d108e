"""How contacts, campaign rows and tallies are kept, and how a campaign is counted."""

from __future__ import annotations

from campaigns.counting.domain.contact import ROWS, Contact
from campaigns.counting.domain.tally import Counts, Tally
from shared.aggregates import Aggregates, Kind
from shared.database.protocol import Collection, CollectionSpec

CONTACTS = Kind("contacts", Contact)
TALLIES = Kind(
    "tallies",
    Tally,
    fields={"first_seen_at": "datetime"},
    indexes=(("tenant_id", "first_seen_at"),),
    index=lambda tally: {"first_seen_at": tally.first_seen_at},
)
ROWS_SPEC = CollectionSpec(
    ROWS,
    {"campaign_key": "str", "status": "str", "replied": "bool", "opted_out": "bool"},
    (("campaign_key", "status"), ("campaign_key", "replied"), ("campaign_key", "opted_out")),
)

Contacts = Aggregates[Contact]
Tallies = Aggregates[Tally]


async def count(rows: Collection, campaign_key: str) -> Counts:
    mine = {"campaign_key": campaign_key}
    return Counts(
        by_status=await rows.count_by(mine, "status"),
        replied=await rows.count({**mine, "replied": True}),
        opted_out=await rows.count({**mine, "opted_out": True}),
    )
