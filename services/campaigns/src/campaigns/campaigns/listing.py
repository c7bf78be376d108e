"""Recipients as the API lists and exports them, with the replies that their contacts gave."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from campaigns.campaigns.domain.campaign import Campaign
from campaigns.campaigns.domain.recipient import Recipient, RecipientState, recipient_id
from campaigns.campaigns.store import BY_ID, Recipients, found_by
from campaigns.counting.domain.contact import campaign_key
from shared.database.paging import pages
from shared.database.protocol import Collection, Document, In, Page
from shared.errors import Invalid
from shared.http.csv_export import lines
from shared.money import NANO
from shared.phone import to_e164

LOOKED_THROUGH = 5000
"""Recipients that one request searches; the cursor goes on from there."""
_PAGE = 500
_SHOWN = (
    "id", "phone_number", "name", "company", "state", "reason", "text", "parts", "message_id", "run_id", "sent_at",
    "delivered_at",
)  # fmt: skip
_COLUMNS = (
    "id", "phone_number", "name", "company", "state", "reason", "text", "parts", "cost", "currency", "message_id",
    "run_id", "sent_at", "delivered_at", "replied_at",
)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    state: RecipientState | None = None
    reason: str | None = None
    q: str = ""
    """A phone number, or a part of a name or company."""

    def fits(self, recipient: Recipient) -> bool:
        words = self.q.strip().casefold()
        return (
            (self.state is None or recipient.state == self.state)
            and (self.reason is None or recipient.reason == self.reason)
            and (
                not words
                or words in recipient.name.casefold()
                or words in recipient.company.casefold()
                or words in recipient.phone_number
            )
        )

    def but_for_q(self) -> Wanted:
        return Wanted(self.state, self.reason)


@dataclass(frozen=True)
class RecipientLists:
    recipients: Recipients
    rows: Collection

    async def page(
        self, campaign: Campaign, wanted: Wanted, limit: int, cursor: str | None, region: str
    ) -> tuple[list[dict[str, Any]], str | None]:
        """With a search that finds little, a page may be short and still have a next one."""
        if cursor is None and (named := await self._named(campaign, wanted, region)):
            return await self._wire(campaign, [named]), None
        where, sort = found_by(campaign, wanted.state, wanted.reason if wanted.state != "pending" else None)
        searches = bool(wanted.q) or (wanted.reason is not None and wanted.state is None)
        size = _PAGE if searches else limit
        found: list[Recipient] = []
        looked_at = 0
        while True:
            page = await self.recipients.aggregates.find(where, sort, size, cursor)
            fitting, room = self._fitting(page, wanted), limit - len(found)
            if len(fitting) > room:  # read no further than those that fit, so that the cursor passes none by
                page = await self.recipients.aggregates.find(where, sort, fitting[room - 1][0] + 1, cursor)
                fitting = self._fitting(page, wanted)
            found += [recipient for _, recipient in fitting]
            looked_at, cursor = looked_at + len(page.items), page.next_cursor
            if cursor is None or len(found) >= limit or not searches or looked_at >= LOOKED_THROUGH:
                return await self._wire(campaign, found), cursor

    def _fitting(self, page: Page, wanted: Wanted) -> list[tuple[int, Recipient]]:
        """With their places in the page."""
        states = enumerate(map(self.recipients.aggregates.state_of, page.items))
        return [(place, recipient) for place, recipient in states if wanted.fits(recipient)]

    async def _named(self, campaign: Campaign, wanted: Wanted, region: str) -> Recipient | None:
        """The recipient with this number, if the search is one: its id derives from it."""
        if not any(char.isdigit() for char in wanted.q):
            return None
        try:
            number = to_e164(wanted.q, region)
        except Invalid:
            return None
        known = await self.recipients.get(campaign.tenant_id, recipient_id(campaign.id, number))
        return known if known and wanted.but_for_q().fits(known) else None

    async def csv(self, campaign: Campaign, wanted: Wanted, region: str) -> AsyncIterator[str]:
        """Every recipient that is wanted. Fields become columns; those that the first page lacks share the last one."""
        where, sort = found_by(campaign, wanted.state, wanted.reason if wanted.state != "pending" else None)
        if named := await self._named(campaign, wanted, region):
            where, sort, wanted = {"tenant_id": campaign.tenant_id, "id": named.id}, BY_ID, wanted.but_for_q()
        names: list[str] | None = None
        async for page in pages(self.recipients.aggregates.store, where, sort, size=_PAGE):
            found = [each for each in map(self.recipients.aggregates.state_of, page) if wanted.fits(each)]
            if names is None:
                names = list(dict.fromkeys(name for each in found for name, _ in each.fields))
                yield lines([_head(names)])
            wire = await self._wire(campaign, found)
            yield lines(_csv_row(each, names) for each in wire)
        if names is None:
            yield lines([_head([])])

    async def _wire(self, campaign: Campaign, found: Sequence[Recipient]) -> list[dict[str, Any]]:
        key = campaign_key(campaign.tenant_id, campaign.id)
        ids = [f"{key}|{recipient.phone_number}" for recipient in found]
        page = await self.rows.find({"id": In(ids)}, limit=max(1, len(ids))) if ids else None
        replies: dict[str, Document] = {row["contact"]: row for row in page.items} if page else {}
        return [_recipient_wire(each, replies.get(each.phone_number)) for each in found]


def _recipient_wire(recipient: Recipient, row: Document | None) -> dict[str, Any]:
    shown = {name: getattr(recipient, name) for name in _SHOWN}
    replied_at = row.get("replied_at") if row else None
    return shown | {"fields": dict(recipient.fields), "cost": recipient.cost, "replied_at": replied_at}


def _head(names: Sequence[str]) -> list[str]:
    return [*_COLUMNS, *(f"field: {name}" for name in names), "other fields"]


def _csv_row(wire: dict[str, Any], names: Sequence[str]) -> list[Any]:
    cost = wire["cost"]
    money = {"cost": f"{Decimal(cost.nano) / NANO:f}" if cost else "", "currency": cost.currency if cost else ""}
    others = {name: text for name, text in wire["fields"].items() if name not in names}
    values = [_cell((wire | money)[name]) for name in _COLUMNS]
    own = [wire["fields"].get(name, "") for name in names]
    return [*values, *own, json.dumps(others, ensure_ascii=False) if others else ""]


def _cell(value: Any) -> Any:
    return value.isoformat().replace("+00:00", "Z") if hasattr(value, "isoformat") else value
