"""How campaigns and their recipients are kept, found and counted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from campaigns.campaigns.domain.campaign import Campaign, CampaignState
from campaigns.campaigns.domain.lifecycle import Asked, must_take_recipients, once
from campaigns.campaigns.domain.recipient import (
    NewRecipient,
    Recipient,
    RecipientState,
    clock_of,
    new_recipient,
    recipient_id,
    stage,
    with_own_zone,
)
from shared.aggregates import Aggregates, Cause, Change, Decision, Kind
from shared.clock import Clock
from shared.database.paging import documents, pages
from shared.database.protocol import In, Prefix, Range, Sort, Where
from shared.errors import NotFound

CAMPAIGNS = Kind(
    "campaigns",
    Campaign,
    fields={"listed_at": "datetime", "campaign_state": "str", "due_at": "datetime", "words_at": "datetime"},
    indexes=(
        ("tenant_id", "listed_at"),
        ("tenant_id", "campaign_state", "listed_at"),
        ("due_at",),
        ("tenant_id", "words_at"),
    ),
    index=lambda campaign: {
        "listed_at": None if campaign.state == "deleted" else campaign.created_at,
        "campaign_state": campaign.state,
        "due_at": campaign.due_at,
        "words_at": None if campaign.forgotten_at else campaign.finished_at,
    },
)
RECIPIENTS = Kind(
    "campaign_recipients",
    Recipient,
    fields={
        "campaign_id": "str",
        "stage": "str",
        "import_id": "str",
        "row": "int",
        "parts_sent": "int",
        "cost_nano": "int",
        "currency": "str",
    },
    # By place: an import adds to the ends of these. Ids are random, so each row would touch a page of its own.
    indexes=(("campaign_id", "row"), ("campaign_id", "stage", "row")),
    index=lambda recipient: {
        "campaign_id": recipient.campaign_id,
        "stage": stage(recipient),
        "import_id": recipient.import_id,
        "row": recipient.row,
        "parts_sent": recipient.parts if recipient.sent_at else None,
        "cost_nano": recipient.cost.nano if recipient.cost else None,
        "currency": recipient.cost.currency if recipient.cost else None,
    },
)
_BEFORE_ALL = datetime(2000, 1, 1, tzinfo=UTC)
Changed = Callable[[str, str], Awaitable[None]]
OwnZones = Callable[[str, Sequence[str]], Awaitable[Mapping[str, str]]]
PAGE = 500
_BEGUN_AT_ONCE = 1_000
"""In one commit where the store is SQLite."""
BY_ID, BY_STAGE, BY_ROW = Sort(), Sort("stage", then="row"), Sort("row")
NEWEST_FIRST = Sort("listed_at", descending=True)


async def _none_known(_tenant_id: str, _phone_numbers: Sequence[str]) -> Mapping[str, str]:
    return {}


async def _nobody_asks(_tenant_id: str, _campaign_id: str) -> None:
    pass


REMEMBERED_SECONDS = 1.0
_REMEMBERED = 1000


@dataclass(frozen=True)
class Standing:
    """What runs and reports need to know of a campaign, at most a second old."""

    tenant_id: str
    state: CampaignState
    feed: int
    """What a text of a run carries, so that a later pause withdraws it."""


class Campaigns:
    """Every look is scoped by tenant; another tenant's campaign is not found."""

    def __init__(self, aggregates: Aggregates[Campaign], clock: Clock) -> None:
        self.aggregates = aggregates
        self._clock = clock
        self._standings: dict[str, tuple[float, Standing | None]] = {}

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

    async def mark(self, tenant_id: str, campaign_id: str, asked: Asked) -> Campaign:
        """Note a request that adds recipients, before it does. Raises `NotFound`, `Invalid` for another body under the
        same key, and `Refused` if it takes no recipients."""

        def decide(known: Campaign) -> Decision[Campaign] | None:
            must_take_recipients(known)
            return once(known, asked, Decision) if asked.key else None

        change = await self.change(tenant_id, campaign_id, Cause.request(tenant_id), decide)
        return change.state or await self.get(tenant_id, campaign_id)

    async def standing(self, tenant_id: str, campaign_id: str) -> Standing | None:
        """Cheap, for every report and every send of a run. None: no campaign of this service.

        It may be a second old. A text that a run sends by it after a pause is withdrawn by sender.
        """
        now = self._clock.monotonic()
        since, known = self._standings.get(campaign_id, (-REMEMBERED_SECONDS, None))
        if now - since >= REMEMBERED_SECONDS:
            campaign = await self.aggregates.get(campaign_id)
            known = Standing(campaign.tenant_id, campaign.state, campaign.feed) if campaign else None
            if len(self._standings) >= _REMEMBERED:
                self._standings.clear()
            self._standings[campaign_id] = (now, known)
        return known if known and known.tenant_id == tenant_id else None

    async def state_of(self, tenant_id: str, campaign_id: str) -> CampaignState | None:
        standing = await self.standing(tenant_id, campaign_id)
        return standing.state if standing else None


class Recipients:
    def __init__(
        self, aggregates: Aggregates[Recipient], changed: Changed = _nobody_asks, own_zones: OwnZones = _none_known
    ) -> None:
        """`changed` is called after recipients join or leave a campaign, for it to be counted. `own_zones`: the time
        zones that contact cards name, for these numbers of a tenant."""
        self.aggregates = aggregates
        self._changed = changed
        self._own_zones = own_zones

    async def get(self, tenant_id: str, recipient_id: str) -> Recipient | None:
        known = await self.aggregates.get(recipient_id)
        return known if known and known.tenant_id == tenant_id else None

    async def add(self, campaign: Campaign, rows: Sequence[NewRecipient]) -> list[bool]:
        """Add these to the campaign; for each row whether the number is new there.

        Whether the campaign takes recipients is for the caller to decide (`TAKES_RECIPIENTS`).
        """
        tenant_id, id = campaign.tenant_id, campaign.id
        return await self.begin(campaign, [new_recipient(tenant_id, id, row, clock_of(row)) for row in rows])

    async def begin(self, campaign: Campaign, recipients: Sequence[Recipient]) -> list[bool]:
        """As `add`, for new recipients as `new_recipient` makes them of this campaign. Raises ValueError for others: an
        import's come from a process that reads what strangers wrote."""
        own = (campaign.tenant_id, campaign.id, "pending")
        if any((each.tenant_id, each.campaign_id, each.state) != own for each in recipients):
            raise ValueError(f"not new recipients of {campaign.id}")
        added: list[bool] = []
        for start in range(0, len(recipients), _BEGUN_AT_ONCE):
            added += await self._begin(campaign, recipients[start : start + _BEGUN_AT_ONCE])
        await self._changed(campaign.tenant_id, campaign.id)
        return added

    async def add_once(self, campaign: Campaign, rows: Sequence[NewRecipient], import_id: str) -> list[bool]:
        """As `add`, for rows with their place (`row`) in a request or file. One that was added by this very place
        before counts as new, so a repeat gets the same answer."""
        added = await self.add(campaign, [row.but(import_id=import_id) for row in rows])
        ids = [recipient_id(campaign.id, row.phone_number) for row in rows]
        old = [id for id, is_new in zip(ids, added, strict=True) if not is_new]
        places: dict[str, tuple[str | None, int | None]] = {}
        for start in range(0, len(old), PAGE):
            asked = {"tenant_id": campaign.tenant_id, "id": In(old[start : start + PAGE])}
            page = await self.aggregates.find(asked, limit=PAGE)
            places |= {each.id: (each.import_id, each.row) for each in map(self.aggregates.state_of, page.items)}
        return [
            is_new or places.get(id) == (import_id, row.row) for id, row, is_new in zip(ids, rows, added, strict=True)
        ]

    async def _begin(self, campaign: Campaign, recipients: Sequence[Recipient]) -> list[bool]:
        zones = await self._zones(campaign.tenant_id, recipients)
        first: dict[str, Recipient] = {}
        answers = [first.setdefault(each.id, each) is each for each in recipients]
        begun = (
            {id: with_own_zone(each, zones.get(each.phone_number)) for id, each in first.items()} if zones else first
        )
        new = set(await self.aggregates.insert_new(campaign.tenant_id, begun))
        if len(new) == len(recipients):
            return answers
        return [is_first and each.id in new for is_first, each in zip(answers, recipients, strict=True)]

    async def _zones(self, tenant_id: str, recipients: Sequence[Recipient]) -> dict[str, str]:
        zones: dict[str, str] = {}
        for start in range(0, len(recipients), PAGE):
            zones |= await self._own_zones(tenant_id, [each.phone_number for each in recipients[start : start + PAGE]])
        return zones

    async def remove_import(self, campaign: Campaign, import_id: str) -> int:
        """Take away what an import added and nobody has texted yet; returns how many."""
        return await self._remove({"tenant_id": campaign.tenant_id, "campaign_id": campaign.id, "import_id": import_id})

    async def remove_all(self, campaign: Campaign) -> int:
        return await self._remove({"tenant_id": campaign.tenant_id, "campaign_id": campaign.id})

    async def remove(self, campaign: Campaign, recipient_id: str) -> bool:
        """Only of a draft: nothing was sent, so nothing can be redelivered to it."""
        where = {"tenant_id": campaign.tenant_id, "campaign_id": campaign.id, "id": recipient_id}
        removed = await self.aggregates.store.delete(where) > 0
        await self._changed(campaign.tenant_id, campaign.id)
        return removed

    async def _remove(self, where: Where) -> int:
        """Page by page, so that a million rows hold up no other write for long."""
        removed = 0
        async for page in pages(self.aggregates.store, where, BY_ROW, size=PAGE):
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

    async def parts_sent(self, campaign: Campaign) -> int:
        where = {"tenant_id": campaign.tenant_id, "campaign_id": campaign.id}
        return sum((await self.aggregates.store.sum_by(where, "parts_sent")).values())

    async def costs(self, campaign: Campaign) -> dict[str, int]:
        """Nano-units by currency, as far as the carrier has said."""
        where = {"tenant_id": campaign.tenant_id, "campaign_id": campaign.id}
        sums = await self.aggregates.store.sum_by(where, "cost_nano", "currency")
        return {currency: nano for currency, nano in sums.items() if currency}


def listed(tenant_id: str, state: CampaignState | None) -> Where:
    """Campaigns of a tenant that are shown."""
    where: dict[str, Any] = {"tenant_id": tenant_id, "listed_at": Range(gte=_BEFORE_ALL)}
    return where | {"campaign_state": state} if state else where


def found_by(campaign: Campaign, state: RecipientState | None, reason: str | None = None) -> tuple[Where, Sort]:
    """How recipients are found, along an index: in the order of their list, those of a state reason by reason."""
    where: dict[str, Any] = {"tenant_id": campaign.tenant_id, "campaign_id": campaign.id}
    if state is None:
        return where, BY_ROW
    if reason is None:
        return where | {"stage": Prefix(f"{state}|")}, BY_STAGE
    return where | {"stage": f"{state}|{reason}"}, BY_ROW


def _found(campaign: Campaign | None, tenant_id: str) -> Campaign:
    if campaign is None or campaign.tenant_id != tenant_id or campaign.state == "deleted":
        raise NotFound("not_found", "There is no such campaign.")
    return campaign
