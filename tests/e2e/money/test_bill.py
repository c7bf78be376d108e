"""The bill of a day, to the nano-unit, against a sum that knows only the texts and the carrier's price list."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal
from functools import partial

import pytest

from testkit.eventually import eventually
from testkit.shop import ADMIN_TOKEN, Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")

ONE_PART, TWO_PARTS, NOT_GSM = "Is my order ready?", "Your table is booked. " * 9, "Danke \u2600"
PARTS = {ONE_PART: 1, TWO_PARTS: 2, NOT_GSM: 1}
PRICE_OUT, PRICE_IN, MARKUP = Decimal("0.0079"), Decimal("0.0041"), Decimal("1.125")
CARRIER_FEE = Decimal("0.003")
"""Of the sandbox carrier, per part, in and out."""
CARD = {
    "currency": "USD",
    "sms_out": {"*": str(PRICE_OUT)},
    "sms_in": {"*": str(PRICE_IN)},
    "carrier_fee": {"mode": "pass_through", "markup_percent": "12.5"},
}


async def test_sixty_texts_cost_their_parts_and_the_carriers_fees_in_both_directions(
    open_shop: Callable[..., Awaitable[Shop]], customer: Callable[[], str]
) -> None:
    shop = await open_shop(ai_mode="off")
    await shop.call("POST", f"/api/accounts/tenants/{shop.tenant_id}/rate-cards", CARD, token=ADMIN_TOKEN)
    received = [text for text in PARTS for _ in range(10)]
    sent = [text for text in PARTS for _ in range(10)]
    for text in received:
        await shop.text(customer(), text)
    for text in sent:
        await shop.call("POST", "/api/conversations", {"to": customer(), "text": text})
    parts_in, parts_out = (sum(PARTS[text] for text in texts) for texts in (received, sent))
    owed = parts_in * PRICE_IN + parts_out * PRICE_OUT + (parts_in + parts_out) * CARRIER_FEE * MARKUP
    await eventually(partial(_bill_is, shop, int(owed * 10**9)), within=60)


async def _bill_is(shop: Shop, nano: int) -> bool:
    [total] = (await shop.call("GET", "/api/accounts/usage"))["totals"]
    assert (total["amount_nano"], total["estimated_entries"], total["entries"]) == (nano, 0, 120)
    return True
