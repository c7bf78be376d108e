"""Spend caps as an operator sets them: by rate card, and to the same figures as the bill."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from testkit.eventually import eventually
from testkit.installation import ADMIN_TOKEN
from testkit.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")

Customer = Callable[[], str]
CENT = 10_000_000
TWO_PARTS = "Your table is booked. " * 9


def british() -> str:
    return f"+447400{random.randrange(1_000_000):06}"


async def set_up(shop: Shop, cap: int, **card: Any) -> None:
    """A rate card in force now and a daily cap of so many cents."""
    tenant = f"/api/accounts/tenants/{shop.tenant_id}"
    await shop.call("POST", f"{tenant}/rate-cards", {"currency": "USD", **card}, token=ADMIN_TOKEN)
    await raise_cap(shop, cap)
    await eventually(partial(_knows_both, shop, cap), within=20)


async def raise_cap(shop: Shop, cents: int) -> None:
    cap = {"daily_cap": {"nano": cents * CENT, "currency": "USD"}}
    await shop.call("PATCH", f"/api/accounts/tenants/{shop.tenant_id}", cap, token=ADMIN_TOKEN)


async def _knows_both(shop: Shop, cap: int) -> bool:
    budget = await shop.call("GET", "/api/messages/budget")
    return budget["prices"]["source"] == "rate_card" and budget["periods"][0]["cap"] == {
        "nano": cap * CENT, "currency": "USD",
    }  # fmt: skip


async def write_to(shop: Shop, contact: str, text: str = "Your order is ready") -> None:
    await shop.call("POST", "/api/conversations", {"to": contact, "text": text})


async def today(shop: Shop) -> dict[str, Any]:
    return (await shop.call("GET", "/api/messages/budget"))["periods"][0]


async def test_a_daily_cap_stops_exactly_where_price_times_parts_says(shop: Shop, customer: Customer) -> None:
    """5 cents to Britain, a cent elsewhere, a cap of 12: 5 + 2 x 1 + 5 fit, and not a cent more."""
    await set_up(shop, 12, sms_out={"GB": "0.05", "*": "0.01"}, carrier_fee="none")
    ann, bob, first, second = customer(), customer(), british(), british()
    for contact, text in ((first, "hello"), (ann, TWO_PARTS), (second, "hello")):
        await write_to(shop, contact, text)
        await shop.answered(contact)
    await write_to(shop, bob)
    message = await eventually(partial(waiting_for_money, shop, bob), within=20)
    assert "daily cap of 0.12 USD is reached" in message["detail"]
    spent = await today(shop)
    assert (spent["spent"]["nano"], spent["percent"]) == (12 * CENT, 100)
    assert len(await shop.sent_to_all()) == 3

    await raise_cap(shop, 13)
    await shop.answered(bob)
    await eventually(partial(counts_what_is_billed, shop, 13 * CENT), within=20)


async def test_a_cheaper_rate_card_lets_go_what_waited(shop: Shop, customer: Customer) -> None:
    await set_up(shop, 2, sms_out={"*": "0.03"}, carrier_fee="none")
    ann = customer()
    await write_to(shop, ann)
    await eventually(partial(waiting_for_money, shop, ann), within=20)
    card = {"sms_out": {"*": "0.02"}, "carrier_fee": "none"}
    await shop.call("POST", f"/api/accounts/tenants/{shop.tenant_id}/rate-cards", card, token=ADMIN_TOKEN)
    await shop.answered(ann)
    await eventually(partial(counts_what_is_billed, shop, 2 * CENT), within=20)


async def test_a_carrier_fee_that_is_handed_on_counts_as_it_is_billed(shop: Shop, customer: Customer) -> None:
    """The sandbox carrier takes a fee of 0.003 a part; with ten percent more that is 0.0033."""
    await set_up(shop, 100, sms_out={"*": "0.0079"}, carrier_fee={"mode": "pass_through", "markup_percent": "10"})
    ann = customer()
    await write_to(shop, ann, TWO_PARTS)
    await shop.status_of(ann, "delivered", author="api")
    await eventually(partial(counts_what_is_billed, shop, 2 * (7_900_000 + 3_300_000)), within=20)


async def waiting_for_money(shop: Shop, contact: str) -> dict[str, Any]:
    messages = (await shop.call("GET", f"/api/messages?contact=%2B{contact[1:]}"))["items"]
    assert [(message["status"], message["reason"]) for message in messages] == [("queued", "budget")]
    return messages[0]


async def counts_what_is_billed(shop: Shop, nano: int) -> bool:
    spent = (await today(shop))["spent"]["nano"]
    billed = (await shop.call("GET", "/api/accounts/usage"))["totals"]
    assert spent == sum(total["amount_nano"] for total in billed) == nano, (spent, billed)
    return True
