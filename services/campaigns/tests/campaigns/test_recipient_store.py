"""Recipients are added in bulk, once per number, counted by one count, and taken away with their import."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from campaigns.campaigns.domain.campaign import Campaign, Counts
from campaigns.campaigns.domain.recipient import NewRecipient, recipient_id
from campaigns.campaigns.domain.stages import read_stages
from campaigns.campaigns.store import RECIPIENTS, Recipients
from shared.aggregates import Aggregates, Cause, Decision

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
CAMPAIGN = Campaign(id="cmp_1", tenant_id="ten_a", name="Spring", created_at=NOON)


def row(n: int, import_id: str | None = None) -> NewRecipient:
    return NewRecipient(phone_number=f"+1312555{n:04d}", name=f"Person {n}", import_id=import_id)


def recipients_of(world: Any) -> Recipients:
    return Recipients(Aggregates(RECIPIENTS, world.database, world.service.relay, world.clock, "campaigns"))


async def test_a_number_joins_a_campaign_once(world: Any) -> None:
    recipients = recipients_of(world)
    assert await recipients.add(CAMPAIGN, [row(1), row(2), row(1)]) == [True, True, False]
    assert await recipients.add(CAMPAIGN, [row(2), row(3)]) == [False, True]
    assert await recipients.add(CAMPAIGN.but(id="cmp_2"), [row(1)]) == [True]
    assert read_stages(await recipients.stages(CAMPAIGN)).counts == Counts(pending=3)
    assert sorted([each.phone_number async for each in recipients.each(CAMPAIGN)]) == [
        "+13125550001", "+13125550002", "+13125550003",
    ]  # fmt: skip


async def test_an_import_is_taken_away_but_for_what_was_texted(world: Any) -> None:
    recipients = recipients_of(world)
    await recipients.add(CAMPAIGN, [row(n, "imp_1") for n in range(1200)])
    await recipients.add(CAMPAIGN, [row(n, "imp_2") for n in range(1199, 1300)])
    texted = recipient_id("cmp_1", "+13125550007")
    await recipients.aggregates.change(
        texted, Cause.due("ten_a", "x", "x"), lambda known: Decision(known.but(state="queued")) if known else None
    )
    assert await recipients.remove_import(CAMPAIGN, "imp_1") == 1199
    assert read_stages(await recipients.stages(CAMPAIGN)).counts == Counts(pending=100, queued=1)
    assert [each.id async for each in recipients.each(CAMPAIGN, state="queued")] == [texted]


async def test_another_tenant_finds_no_recipient(world: Any) -> None:
    recipients = recipients_of(world)
    await recipients.add(CAMPAIGN, [row(1)])
    id = recipient_id("cmp_1", "+13125550001")
    assert await recipients.get("ten_a", id) is not None
    assert await recipients.get("ten_b", id) is None
    assert read_stages(await recipients.stages(CAMPAIGN.but(tenant_id="ten_b"))).counts == Counts()
