"""Spend caps: what counts, what is reported, and that neither order nor repetition of reports changes the sums."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sender.budget.domain.batch import BudgetBatch
from sender.budget.domain.budget import Budget, Full, Reserve, Settle, Stale
from sender.domain.calendar import day_begins, day_ends, day_of, month_begins, month_ends
from sender.domain.cost import Terms
from sender.domain.outcome import SendOutcome
from sender.domain.prices import InForce
from sender_alone import OneSender
from shared.events import BudgetWarned, Money, TenantChanged

NOW = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)
DAY, MONTH, CENT = "2026-03-10", "2026-03", 10_000_000
CHICAGO = ZoneInfo("America/Chicago")


def terms(daily: int | None = None, monthly: int | None = None) -> Terms:
    return Terms(daily, monthly, "all", "USD", 1, InForce(None), ZoneInfo("UTC"))


def decision(budget: Budget, *asks: Any, on: Terms | None = None, archived: Any = None) -> tuple[Budget, list[Any]]:
    sheet = BudgetBatch(budget, archived or {}, on or terms(), NOW)
    answers = [sheet.answer(ask) for ask in asks]
    return sheet.done()[0], answers


EMPTY = Budget(tenant_id="ten_a", month=MONTH)


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(2, 9), st.integers(0, 5)), max_size=12, unique_by=lambda s: s[:2]
    ),
    st.randoms(use_true_random=False),
    st.integers(1, 4),
)
def test_order_repetition_and_batching_of_reports_change_no_sum(said: Any, random: Any, together: int) -> None:
    reports = [Settle(id, rev, DAY, nano) for id, rev, nano in said]
    latest = {report.message_id: report.nano for report in sorted(reports, key=lambda report: report.rev)}
    asks = reports * 2
    random.shuffle(asks)
    budget = EMPTY
    for start in range(0, len(asks), together):
        budget, _ = decision(budget, *asks[start : start + together])
    assert budget.nano == budget.of_day(DAY) == sum(latest.values())


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(1, 4)), max_size=20), st.integers(0, 12))
def test_reservations_never_pass_the_cap_and_repeating_one_costs_nothing(wanted: Any, cap: int) -> None:
    first = dict(reversed(wanted))
    asks = [Reserve(id, 1, DAY, first[id]) for id, _ in wanted]
    budget, answers = decision(EMPTY, *asks, on=terms(daily=cap))
    assert budget.nano <= cap
    granted = {ask.message_id for ask, answer in zip(asks, answers, strict=True) if answer is None}
    assert budget.nano == sum(first[id] for id in granted)


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 4)), max_size=20), st.integers(0, 12))
def test_reservations_with_changing_prices_never_pass_the_cap_and_none_is_left_behind(asked: Any, cap: int) -> None:
    kept: dict[str, int] = {}
    for id, nano in asked:
        fits = nano <= kept.get(id, 0) or sum(kept.values()) - kept.get(id, 0) + nano <= cap
        kept[id] = nano if fits else 0
    budget, _ = decision(EMPTY, *(Reserve(id, 1, DAY, nano) for id, nano in asked), on=terms(daily=cap))
    assert budget.nano == budget.of_day(DAY) == sum(kept.values()) <= cap
    assert {entry.message_id: entry.nano for entry in budget.held} == {id: nano for id, nano in kept.items() if nano}


def test_a_report_about_an_earlier_revision_does_not_take_a_reservation_away() -> None:
    budget, _ = decision(EMPTY, Reserve("a", 4, DAY, 5), Settle("a", 4, DAY, 0), Settle("a", 3, DAY, 0))
    assert budget.nano == 5
    budget, _ = decision(budget, Settle("a", 6, DAY, 0))
    assert budget.nano == 0


def test_who_has_not_seen_the_claim_reserves_nothing() -> None:
    budget, answers = decision(EMPTY, Settle("a", 4, DAY, 0), Reserve("a", 1, DAY, 5))
    assert answers[1] == Stale()
    assert budget.nano == 0


def test_an_amount_in_the_archive_is_corrected_not_added() -> None:
    budget, _ = decision(EMPTY, Settle("a", 4, DAY, 5))
    put_away = {entry.message_id: entry for entry in budget.open}
    budget, _ = decision(budget.but(open=()), Settle("a", 5, DAY, 7), archived=put_away)
    assert budget.nano == 7


def test_the_month_can_be_full_while_the_day_is_not() -> None:
    budget, _ = decision(EMPTY, Settle("a", 2, "2026-03-02", 8))
    _, [full] = decision(budget, Reserve("b", 1, DAY, 3), on=terms(daily=10, monthly=10))
    assert isinstance(full, Full)
    assert (full.period, full.name, full.opens_at) == ("month", MONTH, datetime(2026, 4, 1, tzinfo=UTC))


def test_days_are_the_tenants_own_also_when_clocks_change() -> None:
    assert day_of(datetime(2026, 3, 8, 5, 59, tzinfo=UTC), CHICAGO) == "2026-03-07"
    begins, ends = day_begins("2026-03-08", CHICAGO), day_ends("2026-03-08", CHICAGO)
    assert ends - begins == timedelta(hours=23)
    assert month_begins("2026-03", CHICAGO) == datetime(2026, 3, 1, 6, tzinfo=UTC)
    assert month_ends("2026-12", CHICAGO) == datetime(2027, 1, 1, 6, tzinfo=UTC)


def test_a_reservation_follows_a_price_that_rose_if_there_is_room_and_is_given_back_if_not() -> None:
    budget, _ = decision(EMPTY, Reserve("a", 1, DAY, 5), Reserve("b", 1, DAY, 3), on=terms(daily=9))
    budget, [more] = decision(budget, Reserve("a", 1, DAY, 6), on=terms(daily=9))
    assert (more, budget.nano) == (None, 9)
    budget, [refused] = decision(budget, Reserve("b", 1, DAY, 4), on=terms(daily=9))
    assert isinstance(refused, Full)
    assert (budget.nano, budget.of_day(DAY), [entry.message_id for entry in budget.held]) == (6, 6, ["a"])


def test_a_reservation_is_kept_though_the_cap_was_lowered_since() -> None:
    budget, _ = decision(EMPTY, Reserve("a", 1, DAY, 5), on=terms(daily=9))
    budget, answers = decision(budget, Reserve("a", 2, DAY, 5), Reserve("a", 2, DAY, 4), on=terms(daily=1))
    assert (answers, budget.nano) == ([None, None], 4)


# With the whole sender around it.


async def set_tenant(world: OneSender, revision: int, **changes: Any) -> None:
    await world.own(TenantChanged(tenant_id="ten_a", revision=revision, name="A", **changes))


async def spent(world: OneSender) -> int:
    return (await world.parts.ledger.read("ten_a", MONTH)).nano


async def test_the_carriers_charge_replaces_the_estimate_where_no_price_is_known(world: OneSender) -> None:
    await set_tenant(world, 2, daily_cap=Money(nano=10 * CENT))
    await world.send("m1")
    await world.work()
    assert await spent(world) == CENT
    await world.receipt("m1", "delivered", cost={"nano": 4_000_000}, parts=1)
    assert await spent(world) == 4_000_000
    await world.receipt("m1", "sent", cost={"nano": 9}, occurred_at=world.clock.now() - timedelta(hours=1))
    assert await spent(world) == 4_000_000


async def test_a_cap_set_in_the_middle_of_the_day_knows_what_was_spent_before(world: OneSender) -> None:
    await world.send("m1")
    await world.work()
    await set_tenant(world, 2, daily_cap=Money(nano=CENT))
    await world.send("m2")
    await world.work()
    assert world.sent() == ["m1"]
    message = await world.message("m2")
    assert (message.status, message.reason) == ("queued", "budget")
    assert "daily cap of 0.01 USD" in message.detail
    assert [status.reason for status in world.statuses("m2")] == ["budget"]


@pytest.mark.parametrize(("outcome", "counts"), [("refused", 0), ("not_sent", 0), ("no_answer", CENT)])
async def test_only_what_certainly_did_not_leave_is_given_back(world: OneSender, outcome: Any, counts: int) -> None:
    await set_tenant(world, 2, daily_cap=Money(nano=CENT))
    world.carrier.script = [SendOutcome(outcome, "some_reason")]
    await world.send("m1")
    await world.work()
    assert await spent(world) == counts


async def test_a_withdrawn_one_that_waited_for_money_makes_no_room_and_goes_nowhere(world: OneSender) -> None:
    await set_tenant(world, 2, daily_cap=Money(nano=0))
    await world.send("m1")
    await world.work()
    await world.withdraw(message_ids=("m1",))
    await set_tenant(world, 3)
    await world.work(10)
    assert await world.status("m1") == "withdrawn"
    assert not world.sent()
    assert await spent(world) == 0


async def test_each_threshold_is_told_once_per_period_and_cap(world: OneSender) -> None:
    await set_tenant(world, 2, daily_cap=Money(nano=4 * CENT), monthly_cap=Money(nano=1000 * CENT))
    for n in range(6):
        await world.send(f"m{n}", contact=f"+1312555020{n}")
        await world.work()
    await set_tenant(world, 3, daily_cap=Money(nano=5 * CENT), monthly_cap=Money(nano=1000 * CENT))
    await world.budgets()
    told = {event.id: event.data for event in world.broker.of(BudgetWarned)}.values()
    assert [(each.cap.nano // CENT, each.threshold) for each in told] == [
        (4, 50), (4, 80), (4, 100), (5, 50), (5, 80), (5, 100),
    ]  # fmt: skip
    assert len(world.sent()) == 5


async def test_a_reservation_left_behind_is_found(world: OneSender) -> None:
    await set_tenant(world, 2, daily_cap=Money(nano=CENT))
    await world.send("m1", expires_at=world.clock.now() + timedelta(seconds=30), respect_quiet_hours=True)
    await world.parts.ledger.ask("ten_a", MONTH, Reserve("m1", 1, DAY, CENT))  # and its process dies before the claim
    world.clock.advance(31)
    await world.work()
    assert await world.status("m1") == "expired"
    assert await spent(world) == CENT
    world.clock.advance(60)
    await world.budgets()
    assert await spent(world) == 0


async def test_a_month_long_over_keeps_only_its_sums(world: OneSender) -> None:
    for n in range(60):
        await world.parts.ledger.ask("ten_a", MONTH, Settle(f"m{n}", 3, DAY, 1))
    ledger = world.parts.ledger
    assert await ledger.archive.count({"budget_id": f"ten_a|{MONTH}"}) > 0
    world.clock.advance(40 * 24 * 3600)
    await world.budgets()
    budget = await ledger.read("ten_a", MONTH)
    assert (budget.nano, budget.of_day(DAY), budget.open, budget.closed) == (60, 60, (), True)
    assert await ledger.archive.count({"budget_id": f"ten_a|{MONTH}"}) == 0
    assert await ledger.ask("ten_a", MONTH, Reserve("late", 1, DAY, 1)) == Stale()
