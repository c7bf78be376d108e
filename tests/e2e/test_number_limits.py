"""What a number may send in a day and what it can carry hold from the request to the carrier, and say what to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from testkit.eventually import eventually
from testkit.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")

Customer = Callable[[], str]


async def set_number(shop: Shop, **changes: Any) -> None:
    await shop.call("PATCH", f"/api/accounts/tenants/{shop.tenant_id}/numbers/{shop.number}", changes)


async def started(shop: Shop, customer: str, **more: Any) -> str:
    """The id of a first message to this customer."""
    body = {"to": customer, "text": "Your bread is ready", **more}
    return (await shop.call("POST", "/api/conversations", body))["last_message"]["id"]


async def settled(shop: Shop, message_id: str) -> dict[str, Any]:
    async def known() -> dict[str, Any]:
        message = await shop.call("GET", f"/api/messages/{message_id}")
        assert message["reason"] or message["status"] in ("accepted", "sent", "delivered"), message["status"]
        return message

    return await eventually(known, within=30)


async def test_a_text_over_the_daily_cap_waits_says_why_and_leaves_when_the_cap_is_raised(
    shop: Shop, customer: Customer
) -> None:
    noon = f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"  # where no midnight comes between
    await shop.call("PATCH", f"/api/accounts/tenants/{shop.tenant_id}", {"timezone": noon})
    await set_number(shop, daily_parts=1)

    async def one_that_waits() -> dict[str, Any]:
        message = await settled(shop, await started(shop, customer()))
        assert message["reason"] == "daily_parts", message
        return message

    message = await eventually(one_that_waits, within=60)
    assert message["status"] == "queued"
    assert f"the daily cap of {shop.number} is 1 SMS part, used up for" in message["detail"]
    why = await shop.call("GET", f"/api/messages/{message['id']}/why")
    assert why["history"][-1]["detail"] == message["detail"]
    assert await shop.sent_to(message["to"]) == []

    await set_number(shop, daily_parts=None)
    await shop.answered(message["to"])


async def test_a_picture_from_a_number_without_mms_is_refused_at_once(shop: Shop, customer: Customer) -> None:
    await set_number(shop, capabilities=["sms"])
    picture = {"media_urls": ["https://example.com/cake.png"]}

    async def refused() -> dict[str, Any]:
        body = {"to": customer(), "text": "Look", **picture}
        return await shop.call("POST", "/api/conversations", body, expect=409)

    assert (await eventually(refused, within=30))["code"] == "number_without_mms"
    assert (await settled(shop, await started(shop, customer())))["status"] in ("accepted", "sent", "delivered")
