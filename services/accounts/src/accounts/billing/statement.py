"""Reads sums of the ledger. The database adds up, so only sums are read, however many entries there are."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date

from accounts.billing.domain.statement import GroupBy, Sums
from shared.database.protocol import Collection, Range
from shared.errors import Invalid

_LINES: dict[GroupBy, str] = {"kind": "by_day", "month": "by_day"}


@dataclass(frozen=True)
class Period:
    """Whole days of the tenant's calendar, both ends included. Raises `Invalid`."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise Invalid("bad_period", "`from` is after `to`.")

    @property
    def days(self) -> Range:
        return Range(gte=self.first.isoformat(), lte=self.last.isoformat())


async def sums(ledger: Collection, tenant_id: str, period: Period, group_by: GroupBy) -> Sums:
    where, by = {"tenant_id": tenant_id, "day": period.days}, _LINES.get(group_by, f"by_{group_by}")
    quantity, amount, carrier, entries = await asyncio.gather(
        ledger.sum_by(where, "quantity", by),
        ledger.sum_by(where, "amount_nano", by),
        ledger.sum_by(where, "carrier_nano", by),
        ledger.count_by(where, by),
    )
    # Four reads of a growing ledger: a line that appears between them is left to the next statement.
    whole = quantity.keys() & amount.keys() & carrier.keys() & entries.keys()
    return Sums(*({line: found[line] for line in whole} for found in (quantity, amount, carrier, entries)))
