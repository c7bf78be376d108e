"""How campaigns and their recipients are kept, found and counted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from campaigns.campaigns.domain.campaign import Campaign, Counts
from campaigns.campaigns.domain.clocks import clock_text
from campaigns.campaigns.domain.recipient import NewRecipient, Recipient, RecipientState, new_recipient, stage
from shared.aggregates import Aggregates, Cause, Change, Decision, Kind
from shared.database.paging import documents, pages
from shared.database.protocol import In, Prefix, Sort, Where
from shared.errors import NotFound

CAMPAIGNS = Kind(
    "campaigns",
    Campaign,
    fields={"listed_at": "datetime", "state": "str", "due_at": "datetime"},
    indexes=(("tenant_id", "listed_at"), ("tenant_id", "state", "listed_at"), ("due_at",)),
    index=lambda campaign: {
        "listed_at": None if campaign.state == "deleted" else campaign.created_at,
        "state": campaign.state,
        "due_at": campaign.due_at,
    },
)
RECIPIENTS = Kind(
    "campaign_recipients",
    Recipient,
    fields={"campaign_id": "str", "stage": "str", "import_id": "str"},
    indexes=(("campaign_id",), ("campaign_id", "stage")),
    index=lambda recipient: {
        "campaign_id": recipient.campaign_id,
        "stage": stage(recipient),
        "import_id": recipient.import_id,
    },
)
PAGE = 500
BY_ID, BY_STAGE = Sort(), Sort("stage")


class Campaigns:
    """Every look is scoped by tenant; another tenant's campaign is not found."""

    def __init__(self, aggregates: Aggregates[Campaign]) -> None:
        self.aggregates = aggregates

    async def get(self, tenant_id: str, campaign_id: str) -> Campaign:
        """Raises `NotFound`."""
        return _found(await self.aggregates.get(campaign_id), tenant_id)

    async def change(
        self,
        tenant_id: str,
        campaign_id: str,
        cause: Cause,
        decide: Callable[[Campaign], Decision[Campaign] | None],
        *,
        publish_later: bool = True,
    ) -> Change[Campaign]:
        """Decide on a campaign that exists. Raises `NotFound`, and what `decide` raises."""
        return await self.aggregates.change(
            campaign_id, cause, lambda known: decide(_found(known, tenant_id)), publish_later=publish_later
        )


class Recipients:
    def __init__(self, aggregates: Aggregates[Recipient]) -> None:
        self.aggregates = aggregates

    async def get(self, tenant_id: str, recipient_id: str) -> Recipient | None:
        known = await self.aggregates.get(recipient_id)
        return known if known and known.tenant_id == tenant_id else None

    async def add(self, campaign: Campaign, rows: Sequence[NewRecipient]) -> list[bool]:
        """Add these to the campaign; for each row whether the number is new there. One round trip per 500 rows.

        Whether the campaign takes recipients is for the caller to decide (`TAKES_RECIPIENTS`).
        """
        added: list[bool] = []
        for start in range(0, len(rows), PAGE):
            added += await self._add(campaign, rows[start : start + PAGE])
        return added

    async def _add(self, campaign: Campaign, rows: Sequence[NewRecipient]) -> list[bool]:
        made = [
            new_recipient(campaign.tenant_id, campaign.id, row, clock_text(row.phone_number, row.timezone))
            for row in rows
        ]
        first = {recipient.id: recipient for recipient in reversed(made)}
        new = set(await self.aggregates.insert_new(campaign.tenant_id, first))
        return [recipient.id in new and first[recipient.id] is recipient for recipient in made]

    async def remove_import(self, campaign: Campaign, import_id: str) -> int:
        """Take away what an import added and nobody has texted yet; returns how many."""
        return await self._remove({"tenant_id": campaign.tenant_id, "campaign_id": campaign.id, "import_id": import_id})

    async def remove_all(self, campaign: Campaign) -> int:
        return await self._remove({"tenant_id": campaign.tenant_id, "campaign_id": campaign.id})

    async def remove(self, campaign: Campaign, recipient_id: str) -> bool:
        """Only of a draft: nothing was sent, so nothing can be redelivered to it."""
        where = {"tenant_id": campaign.tenant_id, "campaign_id": campaign.id, "id": recipient_id}
        return await self.aggregates.store.delete(where) > 0

    async def _remove(self, where: Where) -> int:
        """Page by page, so that a million rows hold up no other write for long."""
        removed = 0
        async for page in pages(self.aggregates.store, where, BY_ID, size=PAGE):
            untouched = [row["id"] for row in page if row["version"] == 1]
            removed += await self.aggregates.store.delete({"id": In(untouched)}) if untouched else 0
        return removed

    async def each(self, campaign: Campaign, *, state: RecipientState | None = None) -> AsyncIterator[Recipient]:
        """All recipients, or those in a state, in flat memory. Those added or changed meanwhile may be missed."""
        where, sort = found_by(campaign, state)
        async for row in documents(self.aggregates.store, where, sort):
            yield self.aggregates.state_of(row)

    async def stages(self, campaign: Campaign) -> dict[str, int]:
        """How many recipients are in each stage, by one count."""
        where = {"tenant_id": campaign.tenant_id, "campaign_id": campaign.id}
        return await self.aggregates.store.count_by(where, "stage")

    async def counts(self, campaign: Campaign) -> Counts:
        return counts_of(await self.stages(campaign))


def found_by(campaign: Campaign, state: RecipientState | None, reason: str | None = None) -> tuple[Where, Sort]:
    """How recipients are found, in the order of an index."""
    where: dict[str, Any] = {"tenant_id": campaign.tenant_id, "campaign_id": campaign.id}
    if state is None:
        return where, BY_ID
    if reason is None:
        return where | {"stage": Prefix(f"{state}|")}, BY_STAGE
    return where | {"stage": f"{state}|{reason}"}, BY_ID


def counts_of(stages: dict[str, int]) -> Counts:
    sums: dict[str, int] = {}
    for name, count in stages.items():
        state = name.partition("|")[0]
        sums[state] = sums.get(state, 0) + count
    return Counts.read(sums)


def _found(campaign: Campaign | None, tenant_id: str) -> Campaign:
    if campaign is None or campaign.tenant_id != tenant_id or campaign.state == "deleted":
        raise NotFound("not_found", "There is no such campaign.")
    return campaign
