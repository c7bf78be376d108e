"""What a message is reckoned with: the card in force, the recipient's country, the carrier's own fee."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from price_cards import prices, rate_card
from sender.budget.prices import prices_of
from sender.domain.cost import BudgetBooking, Terms, terms_of
from sender.domain.outcome import SendOutcome
from sender.domain.prices import InForce, Price, in_force, price_for
from sender_alone import OneSender
from shared.clock import ManualClock
from shared.database.sqlite.database import EmbeddedDatabase
from shared.errors import Unavailable
from shared.events import DEFAULT_PRICES, Money, TenantChanged
from shared.internal.client import InternalClient
from shared.keyring import Keyring

TENANT, CENT, MONTH = "ten_a", 10_000_000, "2026-03"
NOON = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)
US, GB, NOWHERE = "+13125550101", "+447400123456", "+19995550101"
LATER = NOON + timedelta(hours=1)


@pytest.mark.parametrize(("contact", "expected"), [(GB, "0.05"), (US, "0.01"), (NOWHERE, "0.01"), ("12345", "0.01")])
def test_the_price_is_that_of_the_recipients_country_or_of_everywhere_else(contact: str, expected: str) -> None:
    price = price_for(rate_card(sms_out={"GB": "0.05", "*": "0.01"}), contact, mms=False)
    assert price is not None
    assert (price.amount, price.of(3)) == (expected, 3 * price.of(1))


def test_an_mms_costs_its_price_once_however_many_parts() -> None:
    card = rate_card("0.01", mms_out={"*": "0.02"})
    price = price_for(card, US, mms=True)
    assert price is not None
    assert price.of(1) == price.of(7) == 2 * CENT


def test_what_the_card_does_not_name_has_no_price() -> None:
    assert price_for(rate_card("0.01"), US, mms=True) is None
    assert price_for(rate_card(mms_out={"*": "1"}), US, mms=False) is None


def test_sums_are_exact_and_rounded_once_half_to_even() -> None:
    price = Price(amount="0.0000000005")
    assert [price.of(parts) for parts in (1, 2, 3, 5)] == [0, 1, 2, 2]
    fee = Price(amount="1", carrier_fee_markup="50")
    assert [fee.fee(Money(nano=nano), "USD") for nano in (1, 3)] == [2, 4]


def test_a_fee_counts_only_where_it_is_handed_on_in_the_same_currency() -> None:
    assert Price(amount="1").fee(Money(nano=9), "USD") == 0
    assert Price(amount="1", carrier_fee_markup="0").fee(Money(nano=9), "EUR") == 0
    assert Price(amount="1", carrier_fee_markup="0").fee(None, "USD") == 0


def test_the_card_that_began_last_counts_and_the_next_change_is_known() -> None:
    now, later = rate_card("0.01"), rate_card("0.02", card_id="rtc_2", begins=LATER)
    told = prices(2, now, later, tenant=TENANT)
    assert in_force(told, None, NOON) == InForce(now, own=True, until=LATER)
    assert in_force(told, None, LATER) == InForce(later, own=True)


def test_the_installations_card_counts_until_the_tenants_first_begins() -> None:
    default = prices(1, rate_card("0.03", card_id="default"), tenant=DEFAULT_PRICES)
    own = prices(1, rate_card("0.01", begins=LATER), tenant=TENANT)
    assert in_force(own, default, NOON) == InForce(default.cards[0], until=LATER)
    assert in_force(own, default, LATER) == InForce(own.cards[0], own=True)
    assert in_force(None, None, NOON) == InForce(None)


def terms(card: Any, **caps: Any) -> Terms:
    tenant = TenantChanged(tenant_id=TENANT, revision=1, name="A", **caps)
    return terms_of(tenant, InForce(card, own=True), 9)


def test_a_card_in_another_currency_than_the_caps_is_not_reckoned_with() -> None:
    mixed = terms(rate_card("0.01"), daily_cap=Money(nano=1, currency="EUR"))
    assert mixed.booking("2026-03-10", US, mms=False) == BudgetBooking(day="2026-03-10", currency="EUR", per_part=9)
    assert (mixed.zone, mixed.daily) == (ZoneInfo("UTC"), 1)


def test_without_a_cap_the_cards_currency_is_the_budgets() -> None:
    booking = terms(rate_card("0.07", currency="EUR")).booking("2026-03-10", US, mms=False)
    assert (booking.currency, booking.expected(2)) == ("EUR", 14 * CENT)


@given(st.integers(1, 10), st.decimals("0", "9", places=12))
def test_what_is_reserved_is_what_counts_afterwards(parts: int, price: Any) -> None:
    booking = terms(rate_card(f"{price:f}")).booking("2026-03-10", US, mms=False)
    assert booking.price is not None
    assert booking.expected(parts) == booking.price.of(parts)
    assert abs(booking.expected(parts) - int(price * parts * 10**9)) <= 1


# With the whole sender around it.


async def spent(world: OneSender) -> int:
    return (await world.parts.ledger.read(TENANT, MONTH)).nano


async def test_the_cards_price_stands_whatever_the_carrier_charges_but_for_the_parts_it_counted(
    world: OneSender,
) -> None:
    await world.own(prices(1, rate_card("0.02"), tenant=TENANT))
    await world.send("m1")
    await world.work()
    assert await spent(world) == 2 * CENT
    await world.receipt("m1", "delivered", cost={"nano": 4_000_000}, parts=2)
    assert await spent(world) == 4 * CENT


async def test_the_carriers_fee_counts_with_its_mark_up_once_it_is_known(world: OneSender) -> None:
    await world.own(prices(1, rate_card("0.02", carrier_fee_markup="10"), tenant=TENANT))
    await world.send("m1")
    await world.work()
    assert await spent(world) == 2 * CENT
    await world.receipt("m1", "delivered", cost={"nano": 4_000_000}, carrier_fee={"nano": 3_000_000}, parts=1)
    assert await spent(world) == 2 * CENT + 3_300_000


async def test_new_prices_are_for_what_leaves_from_then_on(world: OneSender) -> None:
    await world.own(prices(1, rate_card("0.02"), tenant=TENANT))
    await world.send("m1")
    await world.work()
    await world.own(prices(2, rate_card("0.05"), tenant=TENANT))
    await world.receipt("m1", "delivered", parts=3)
    assert await spent(world) == 6 * CENT
    await world.send("m2")
    await world.work()
    assert await spent(world) == 11 * CENT


async def test_a_card_that_begins_later_needs_no_announcement(world: OneSender) -> None:
    """The message that waits is looked at when it begins, not tomorrow."""
    dear, cheap = rate_card("0.05"), rate_card("0.01", card_id="rtc_2", begins=LATER)
    await world.own(TenantChanged(tenant_id=TENANT, revision=2, name="A", daily_cap=Money(nano=2 * CENT)))
    await world.own(prices(1, dear, cheap, tenant=TENANT))
    await world.send("m1")
    await world.work()
    await world.budgets()
    await world.work(3590)
    await world.budgets()
    assert (await world.message("m1")).reason == "budget"
    await world.work(11)
    await world.budgets()
    assert await world.status("m1") == "accepted"
    assert await spent(world) == CENT


@pytest.mark.parametrize("owner", [TENANT, DEFAULT_PRICES])
async def test_cheaper_prices_let_go_who_waits(world: OneSender, owner: str) -> None:
    await world.own(TenantChanged(tenant_id=TENANT, revision=2, name="A", daily_cap=Money(nano=2 * CENT)))
    await world.own(prices(1, rate_card("0.05"), tenant=owner))
    await world.send("m1")
    await world.work()
    await world.budgets()
    assert (await world.message("m1")).reason == "budget"
    await world.own(prices(2, rate_card("0.02"), tenant=owner))
    await world.budgets()
    assert await world.status("m1") == "accepted"


async def test_an_expensive_country_waits_while_a_cheap_one_still_fits(world: OneSender) -> None:
    await world.own(TenantChanged(tenant_id=TENANT, revision=2, name="A", daily_cap=Money(nano=6 * CENT)))
    await world.own(prices(1, rate_card(sms_out={"GB": "0.05", "*": "0.01"}), tenant=TENANT))
    for id, contact in (("gb1", GB), ("gb2", GB), ("us1", US), ("us2", "+13125550102")):
        await world.send(id, contact=contact)
        await world.work()
    assert world.sent() == ["gb1", "us1"]
    assert await spent(world) == 6 * CENT


async def test_an_mms_counts_with_its_own_price_or_by_estimate_until_the_charge_is_known(world: OneSender) -> None:
    await world.own(prices(1, rate_card("0.01", mms_out={"*": "0.03"}), tenant=TENANT))
    await world.send("m1", media_urls=("https://x.test/a.png",))
    await world.work()
    assert await spent(world) == 3 * CENT
    await world.own(prices(2, rate_card("0.05"), tenant=TENANT))
    await world.send("m2", media_urls=("https://x.test/a.png",))
    await world.work()
    assert await spent(world) == 4 * CENT, "no price for MMS: the estimate of a cent"
    await world.receipt("m2", "delivered", cost={"nano": 4_000_000}, parts=1)
    assert await spent(world) == 3 * CENT + 4_000_000


async def test_a_message_of_unknown_fate_keeps_the_price_it_left_with(world: OneSender) -> None:
    await world.own(prices(1, rate_card("0.02"), tenant=TENANT))
    world.carrier.script = [SendOutcome("no_answer", "no_answer")]
    await world.send("m1")
    await world.work()
    await world.own(prices(2, rate_card("0.05"), tenant=TENANT))
    await world.work(6)
    assert await world.status("m1") == "accepted", "the repeat"
    assert await spent(world) == 2 * CENT


async def test_an_accounts_that_is_away_holds_up_no_text_once_the_copy_is_whole() -> None:
    away = False

    def accounts(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(503) if away else httpx2.Response(200, json={"items": [], "next_cursor": None})

    keyring, database = Keyring("a secret of the sender's tests of 32 characters"), EmbeddedDatabase(None)
    internal = InternalClient(keyring, ManualClock(NOON), lambda _: "http://owner", httpx2.MockTransport(accounts))
    copy = prices_of(database, internal)
    await database.start()
    away = True
    with pytest.raises(Unavailable):
        await copy.at(TENANT, NOON)
    away = False
    await copy.copy.fill()
    away = True
    assert await copy.at(TENANT, NOON) == InForce(None)
    await database.close()
