"""Sums of the usage ledger. Quantities only: what they cost is decided by rate cards, which come later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Literal, get_args

from shared.database.protocol import Collection, Range
from shared.events import UsageKind


@dataclass(frozen=True)
class Period:
    """Whole UTC days, both ends included."""

    first: date
    last: date

    @property
    def condition(self) -> Range:
        first, last = datetime.combine(self.first, time(), UTC), datetime.combine(self.last, time.max, UTC)
        return Range(gte=first, lte=last)


async def quantities(
    ledger: Collection, tenant_id: str, period: Period, group_by: Literal["kind", "number", "day"]
) -> list[dict[str, Any]]:
    """`{kind, <group>, quantity}` per kind: parts and tokens never add up to anything."""
    items: list[dict[str, Any]] = []
    for kind in get_args(UsageKind):
        where = {"tenant_id": tenant_id, "kind": kind, "used_at": period.condition}
        sums = await ledger.sum_by(where, "quantity", by=group_by)
        for group, quantity in sorted(sums.items(), key=lambda item: str(item[0])):
            row = {"kind": kind, "quantity": quantity}
            items.append(row if group_by == "kind" else {**row, group_by: group})
    return items
