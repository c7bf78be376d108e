"""Campaigns as a tenant sees them, judged by the sandbox carrier's ledger and the public API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from testkit.eventually import eventually
from testkit.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")

OpenShop = Callable[..., Awaitable[Shop]]
ALL_DAY = {"opens": 0, "closes": 24}


async def draft(shop: Shop, people: list[str], **more: Any) -> str:
    body = {"name": "Spring", "text": "Hi {first_name|there}, cakes are 20 % off.", **more}
    campaign = await shop.call("POST", "/api/campaigns", body)
    rows = [{"phone_number": number, "name": f"Ann {number}"} for number in people]
    added = await shop.call("POST", f"/api/campaigns/{campaign['id']}/recipients", {"recipients": rows})
    assert added == {"accepted": len(people), "rejected": []}
    return campaign["id"]


async def counted(shop: Shop, id: str, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The campaign once it is as wanted; its counts add up whenever looked at."""

    async def reached() -> dict[str, Any]:
        campaign = await shop.call("GET", f"/api/campaigns/{id}")
        counts = campaign["counts"]
        assert counts["total"] == sum(n for state, n in counts.items() if state != "total")
        assert wanted(campaign), campaign
        return campaign

    return await eventually(reached, within=45)


async def test_each_recipient_gets_one_text_and_replies_are_counted(
    open_shop: OpenShop, customer: Callable[[], str]
) -> None:
    shop, people = await open_shop(quiet_hours=ALL_DAY), [customer() for _ in range(12)]
    id = await draft(shop, people)
    await shop.call("POST", f"/api/campaigns/{id}/start")
    await counted(shop, id, lambda campaign: campaign["state"] == "finished")
    await counted(shop, id, lambda campaign: campaign["counts"]["delivered"] == len(people))
    for number in people:
        assert [sms["text"] for sms in await shop.sent_to(number)] == ["Hi Ann, cakes are 20 % off."]
    await shop.text(people[0], "Chocolate please")
    await shop.text(people[1], "STOP")
    await counted(shop, id, lambda campaign: (campaign["replied"], campaign["opted_out"]) == (1, 1))
    again = await draft(shop, people[:3])
    await shop.call("POST", f"/api/campaigns/{again}/start")
    done = await counted(shop, again, lambda campaign: campaign["state"] == "finished")
    assert done["counts"]["skipped"] == 1
    skipped = await shop.call("GET", f"/api/campaigns/{again}/recipients?state=skipped")
    assert [(each["phone_number"], each["reason"]) for each in skipped["items"]] == [(people[1], "opted_out")]


async def test_after_a_pause_only_what_was_claimed_leaves_and_the_rest_follows_a_resume(
    open_shop: OpenShop, customer: Callable[[], str]
) -> None:
    shop, people = await open_shop(quiet_hours=ALL_DAY), [customer() for _ in range(40)]
    id = await draft(shop, people)
    await shop.call("POST", f"/api/campaigns/{id}/start")
    await counted(shop, id, lambda campaign: campaign["counts"]["queued"] < len(people))
    await shop.call("POST", f"/api/campaigns/{id}/pause")
    ours = {sms["to"] for sms in await shop.sent_to_all()}
    report = await shop.call("GET", f"/api/campaigns/{id}/report")
    named = {each["phone_number"] for each in report["left_after_pause"]}
    await counted(shop, id, lambda campaign: campaign["counts"]["queued"] == 0)
    assert {sms["to"] for sms in await shop.sent_to_all()} <= ours | named
    await shop.call("POST", f"/api/campaigns/{id}/resume")
    await counted(shop, id, lambda campaign: campaign["state"] == "finished")
    assert sorted(sms["to"] for sms in await shop.sent_to_all()) == sorted(people)
