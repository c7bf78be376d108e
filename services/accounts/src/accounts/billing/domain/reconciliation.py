"""Compares our ledger with the carrier's records, message by message: matches, and messages missing on either side.

An outbound message is identified by the token that sender put into its webhook address, an inbound one by the id that
ingress derives from connection and carrier id. A carrier's row with neither is foreign: other software used
the account.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from shared.ids import derived_id

Row = Mapping[str, Any]
DifferenceKind = Literal[
    "missing_in_ledger", "missing_at_carrier", "parts_differ", "cost_differs", "twice_at_carrier", "foreign"
]
PARTS = ("sms_parts_out", "sms_parts_in")


@dataclass(frozen=True)
class CarrierRow:
    """One row of the carrier's detail records."""

    uuid: str
    direction: Literal["inbound", "outbound"]
    number: str
    """Ours."""
    contact: str
    created_at: datetime
    webhook_url: str = ""
    parts: int | None = None
    cost_nano: int | None = None
    currency: str = "USD"


@dataclass(frozen=True)
class BookedMessage:
    """One message in the ledger: its parts entry, and the sum of the carrier's charges for it."""

    message_id: str
    day: str
    parts: int
    used_at: datetime
    number: str | None
    contact: str | None
    costs: Mapping[str, int]

    @property
    def summary(self) -> dict[str, Any]:
        costs = [{"nano": nano, "currency": currency} for currency, nano in sorted(self.costs.items())]
        return {"parts": self.parts, "cost": costs[0] if len(costs) == 1 else None}


def inbound_ids(connections: Iterable[str], uuid: str) -> list[str]:
    """The ids an inbound message would have, had it arrived through each of these connections (ingress's formula)."""
    return [derived_id("msg", connection, uuid) for connection in connections]


def booked_messages(rows: Iterable[Row]) -> dict[str, BookedMessage]:
    """Ledger rows by message; parts and carrier fee of one message belong together."""
    by_message: dict[str, list[Row]] = {}
    for row in rows:
        by_message.setdefault(row["message_id"], []).append(row)
    return {id: one for id, some in by_message.items() if (one := _booked_message(id, some))}


def _booked_message(message_id: str, rows: list[Row]) -> BookedMessage | None:
    main = next((row for row in rows if row["kind"] in PARTS), None)
    if main is None:
        return None
    costs: dict[str, int] = {}
    for row in rows:
        if cost := row["carrier_cost"]:
            costs[cost["currency"]] = costs.get(cost["currency"], 0) + cost["nano"]
    facts = (main["day"], main["quantity"], main["used_at"], main["number"], main["contact"])
    return BookedMessage(message_id, *facts, costs)


def differing(ours: BookedMessage, theirs: CarrierRow) -> list[DifferenceKind]:
    """Which figures differ. A figure that the carrier does not give is no difference."""
    found: list[DifferenceKind] = []
    if theirs.parts is not None and theirs.parts != ours.parts:
        found.append("parts_differ")
    if theirs.cost_nano is not None and dict(ours.costs) != {theirs.currency: theirs.cost_nano}:
        found.append("cost_differs")
    return found


def difference_document(
    kind: DifferenceKind, run: str, ours: BookedMessage | None, theirs: CarrierRow | None
) -> dict[str, Any]:
    """Its id names the message, so finding the same difference twice stores it once."""
    message_id = ours.message_id if ours else None
    uuid = theirs.uuid if theirs else None
    return {
        "id": f"{run}|{kind}|{message_id or ''}|{uuid or ''}",
        "run": run,
        "kind": kind,
        "message_id": message_id,
        "carrier_message_id": uuid,
        "number": theirs.number if theirs else ours.number if ours else None,
        "contact": theirs.contact if theirs else ours.contact if ours else None,
        "at": theirs.created_at if theirs else ours.used_at if ours else None,
        "ledger": ours.summary if ours else None,
        "carrier": _carrier_summary(theirs) if theirs else None,
    }


def _carrier_summary(row: CarrierRow) -> dict[str, Any]:
    cost = None if row.cost_nano is None else {"nano": row.cost_nano, "currency": row.currency}
    return {"parts": row.parts, "cost": cost}
