"""Recipients are added in bulk, once per number, counted by one count, and taken away with their import."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from campaigns.campaigns.domain.campaign import Campaign, Counts
from campaigns.campaigns.domain.recipient import NewRecipient, RecipientState, new_recipient, recipient_id
from campaigns.campaigns.domain.stages import read_stages
from campaigns.campaigns.store import RECIPIENTS, Recipients, found_by
from shared.aggregates import Aggregates, Cause, Decision
from shared.database.conditions import parse
from shared.database.cursor import position_of
from shared.database.paging import documents
from shared.database.sqlite.query import read_page

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


@pytest.mark.parametrize("other", [{"tenant_id": "ten_b"}, {"campaign_id": "cmp_2"}, {"state": "delivered"}])
async def test_recipients_that_are_no_new_ones_of_the_campaign_are_not_added(world: Any, other: dict[str, Any]) -> None:
    recipients = recipients_of(world)
    own = new_recipient("ten_a", "cmp_1", row(1), "UTC")
    with pytest.raises(ValueError, match="cmp_1"):
        await recipients.begin(CAMPAIGN, [own, own.but(**other)])
    assert await recipients.stages(CAMPAIGN) == {}


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


async def test_all_of_a_state_and_those_of_a_reason_come_in_the_order_of_their_list(world: Any) -> None:
    recipients = recipients_of(world)
    shuffled = [row(n).but(row=n) for n in (5, 1, 4, 2, 3)]
    await recipients.add(CAMPAIGN, shuffled)
    for n in (4, 2):
        skip = Cause.due("ten_a", "x", str(n))
        id = recipient_id("cmp_1", row(n).phone_number)
        await recipients.aggregates.change(
            id, skip, lambda known: Decision(known.but(state="skipped", reason="opted_out")) if known else None
        )

    async def rows(state: RecipientState | None, reason: str | None = None) -> list[int | None]:
        where, sort = found_by(CAMPAIGN, state, reason)
        return [
            recipients.aggregates.state_of(each).row
            async for each in documents(recipients.aggregates.store, where, sort, size=2)
        ]

    assert await rows(None) == [1, 2, 3, 4, 5]
    assert await rows("pending") == [1, 3, 5]
    assert await rows("skipped") == await rows("skipped", "opted_out") == [2, 4]


@pytest.mark.parametrize(
    ("state", "reason"), [(None, None), ("pending", None), ("skipped", None), ("skipped", "opted_out")]
)
async def test_no_page_of_recipients_is_sorted(world: Any, state: RecipientState | None, reason: str | None) -> None:
    """A page of a million recipients comes along an index, the first one and those after it."""
    store = recipients_of(world).aggregates.store
    where, sort = found_by(CAMPAIGN, state, reason)
    last = {"id": "rcp_1", "row": 7, "stage": f"{state}|x"}

    def plans(connection: sqlite3.Connection) -> list[str]:
        asked: list[str] = []
        connection.set_trace_callback(asked.append)
        for position in (None, position_of(sort, last)):
            read_page(connection, store.layout, parse(store.spec, where), sort, (position, 30))
        connection.set_trace_callback(None)
        return [
            step[3]
            for text in asked
            if text.startswith("SELECT")
            for step in connection.execute(f"EXPLAIN QUERY PLAN {text}")
        ]

    steps = await world.database.write(plans)
    assert len(steps) > 2
    for step in steps:
        assert "USING INDEX" in step, steps
        assert "f_campaign_id" in step, steps


async def test_a_contacts_own_zone_is_kept_unless_the_row_names_one(world: Any) -> None:
    async def own_zones(_tenant_id: str, numbers: Sequence[str]) -> dict[str, str]:
        return dict.fromkeys(numbers, "Europe/Berlin")

    recipients = Recipients(recipients_of(world).aggregates, own_zones=own_zones)
    await recipients.add(CAMPAIGN, [row(1), row(2).but(timezone="Asia/Tokyo")])
    assert [each.clock async for each in recipients.each(CAMPAIGN.but(id="cmp_1"))] == [
        "Europe/Berlin;America/Chicago", "Asia/Tokyo;America/Chicago",
    ]  # fmt: skip


async def test_another_tenant_finds_no_recipient(world: Any) -> None:
    recipients = recipients_of(world)
    await recipients.add(CAMPAIGN, [row(1)])
    id = recipient_id("cmp_1", "+13125550001")
    assert await recipients.get("ten_a", id) is not None
    assert await recipients.get("ten_b", id) is None
    assert read_stages(await recipients.stages(CAMPAIGN.but(tenant_id="ten_b"))).counts == Counts()
