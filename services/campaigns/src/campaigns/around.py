"""What the service has around its parts."""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.copies import Copies
from campaigns.counting.marks import Marks
from shared.access.gate import Access
from shared.aggregates import Relay
from shared.database.protocol import Collection, Database
from shared.service.service import Platform


@dataclass(frozen=True)
class Around:
    """What the rest of the service lends to campaigns, forecasts and workflows."""

    name: str
    platform: Platform
    database: Database
    relay: Relay
    gate: Access
    copies: Copies
    marks: Marks
    rows: Collection
    """Replies and opt-outs of contacts, by campaign."""
