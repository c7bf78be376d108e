"""A spend cap under load: three senders, one budget; the carrier's ledger is the judge."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sender.budget.gate import SpendCaps
from sender.domain.message import Message
from sender.domain.outcome import SendOutcome
from sender.store import message_of
from senders import PRICE, Senders, cap, senders
from testkit.eventually import eventually

BULK = [f"bulk-{n}" for n in range(400)]
REPLIES = [f"reply-{n}" for n in range(2000, 2010)]


async def held_back(town: Senders, taken: int, waiting: int) -> bool:
    return len(town.carrier.taken) == taken and await town.waiting() == waiting


async def waiting(town: Senders) -> list[Message]:
    page = await town.one.tools.messages.records.find({"waits_for": "budget"}, limit=1000)
    return [message_of(record) for record in page.items]


def told(town: Senders, parts: int, thresholds: list[int]) -> bool:
    return sorted(warning.threshold for warning in town.warned if warning.cap == cap(parts)) == thresholds


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("period", ["daily_cap", "monthly_cap"])
async def test_a_campaign_stops_exactly_at_the_cap_and_goes_on_when_it_is_raised(period: str) -> None:
    """400 texts of a cent, a cap of 1.33, three senders: more wait than one look at the budget lets go."""
    async with senders(3, **{period: cap(133)}) as town:
        await town.ask_for(BULK, priority="bulk")
        await eventually(lambda: held_back(town, 133, 267), within=60)
        for message in await waiting(town):
            assert "1.33 USD is reached" in message.detail
            assert [step.reason for step in message.history].count("budget") == 1, "told once"
        await eventually(lambda: told(town, 133, [50, 80, 100]))

        await town.set_tenant(**{period: cap(300)})
        await eventually(lambda: held_back(town, 300, 100), within=60)
        await eventually(lambda: told(town, 300, [50, 80, 100]))

        await town.set_tenant(**{period: None})
        await eventually(lambda: held_back(town, 400, 0), within=60)
        assert len(set(town.carrier.taken)) == 400
        await eventually(lambda: spent_is(town, 400))


async def spent_is(town: Senders, parts: int) -> bool:
    budget = await town.one.ledger.read(town.tenant.tenant_id, "2026-03")
    return budget.nano == parts * PRICE and not budget.held and budget.of_day("2026-03-10") == parts * PRICE


@pytest.mark.timeout(200)
async def test_with_a_cap_for_campaigns_only_replies_pass_and_count() -> None:
    async with senders(3, daily_cap=cap(50), cap_covers="bulk") as town:
        await town.ask_for(BULK[:100], priority="bulk")
        await eventually(lambda: held_back(town, 50, 50), within=30)
        await town.ask_for(REPLIES)
        await eventually(lambda: held_back(town, 60, 50), within=30)
        assert set(REPLIES) <= set(town.carrier.taken)
        await eventually(lambda: spent_is(town, 60))

        await town.set_tenant(cap_covers="all", daily_cap=cap(62))
        await eventually(lambda: held_back(town, 62, 48), within=30)


@pytest.mark.timeout(200)
async def test_replies_wait_as_well_when_the_cap_covers_all() -> None:
    async with senders(3, daily_cap=cap(10)) as town:
        await town.ask_for(BULK[:20], priority="bulk")
        await eventually(lambda: held_back(town, 10, 10), within=30)
        await town.ask_for(REPLIES)
        await eventually(lambda: held_back(town, 10, 20), within=30)


@pytest.mark.timeout(200)
async def test_what_fails_gives_its_money_back_to_the_next() -> None:
    async with senders(3, daily_cap=cap(30)) as town:
        refused = BULK[:25]
        town.carrier.answers = dict.fromkeys(refused, SendOutcome("refused", "invalid_recipient"))
        await town.ask_for(BULK[:100], priority="bulk")
        await eventually(lambda: nothing_is_left_over(town, 30, 100), within=60)


async def nothing_is_left_over(town: Senders, taken: int, asked: int) -> bool:
    """The cap is used up whole, and all others failed or wait."""
    statuses = await town.statuses()
    waits = await town.waiting()
    return len(town.carrier.taken) == taken == statuses["accepted"] and taken + statuses["failed"] + waits == asked


@pytest.mark.timeout(200)
async def test_the_next_day_has_a_budget_of_its_own_and_the_month_remembers() -> None:
    async with senders(2, daily_cap=cap(10), monthly_cap=cap(25)) as town:
        await town.ask_for(BULK[:40], priority="bulk")
        await eventually(lambda: held_back(town, 10, 30), within=30)
        town.clock.ahead = timedelta(days=1)
        await eventually(lambda: held_back(town, 20, 20), within=30)
        town.clock.ahead = timedelta(days=2)
        await eventually(lambda: held_back(town, 25, 15), within=30)
        town.clock.ahead = timedelta(days=25)
        await eventually(lambda: held_back(town, 35, 5), within=30)


@pytest.mark.timeout(200)
async def test_prices_that_change_under_load_spend_no_more_than_the_cap() -> None:
    """A dear morning, a cheap afternoon: what left keeps its price, what waits goes out for the new one."""
    async with senders(3, price="0.03", daily_cap=cap(90)) as town:
        await town.ask_for(BULK[:200], priority="bulk")
        await eventually(lambda: held_back(town, 30, 170), within=30)
        await town.set_tenant(daily_cap=cap(100))
        await eventually(lambda: held_back(town, 33, 167), within=30)  # 99 of 100
        await town.set_price("0.005")
        await eventually(lambda: held_back(town, 35, 165), within=30)
        await town.set_tenant(daily_cap=cap(110))
        await eventually(lambda: held_back(town, 55, 145), within=30)
        await eventually(lambda: spent_is(town, 110))


async def test_a_suspended_tenant_sends_nothing() -> None:
    async with senders(2, status="suspended") as town:
        await town.ask_for([*BULK[:10], *REPLIES])
        await eventually(lambda: all_refused(town, 20))
        assert not town.carrier.taken


async def all_refused(town: Senders, count: int) -> bool:
    return (await town.statuses())["refused"] == count


@pytest.mark.timeout(200)
async def test_looking_alone_would_spend_more_than_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mistake that these tests would find: three senders that each see room, and take it without reserving."""
    monkeypatch.setattr(SpendCaps, "reserve", SpendCaps.look)
    async with senders(3, daily_cap=cap(20)) as town:
        await town.ask_for(BULK[:100], priority="bulk")
        await eventually(lambda: len(town.carrier.taken) > 20, within=30)
