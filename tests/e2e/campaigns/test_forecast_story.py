"""What a marketer checks before sending holds when it is sent: contacts by label, test text, forecast, outcome."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from testkit.eventually import eventually
from testkit.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")

ALL_DAY = {"opens": 0, "closes": 24}


async def labelled(shop: Shop, customer: str, **card: Any) -> None:
    """A contact of the shop, known by a conversation that an agent began."""
    await shop.call("POST", "/api/conversations", {"to": customer, "text": "Welcome!"}, expect=201)
    contact = (await shop.conversation_with(customer))["contact"]
    await shop.call("PATCH", f"/api/contacts/{contact['id']}", card | {"labels": ["Regulars"]})


async def test_a_forecast_of_labelled_contacts_comes_true(
    open_shop: Callable[..., Awaitable[Shop]], customer: Callable[[], str]
) -> None:
    shop = await open_shop(quiet_hours=ALL_DAY, quiet_seconds=0.3)
    ann, bob, me = customer(), customer(), customer()
    await labelled(shop, ann, name="Ann")
    await labelled(shop, bob)
    made = await shop.call("POST", "/api/campaigns", {"name": "Spring", "text": "Hi {first_name}, spring sale"})
    path = f"/api/campaigns/{made['id']}"

    async def added() -> dict[str, Any]:
        audience = await shop.call("POST", f"{path}/audience", {"label": "regulars"})
        assert audience["found"] == 2, audience
        return audience

    await eventually(added, within=20)
    shown = await shop.call("POST", f"{path}/preview")
    assert sorted(len(item["problems"]) for item in shown["items"]) == [0, 1]
    await shop.call("POST", f"{path}/test", {"phone_number": me}, expect=201)
    assert "spring sale" in (await shop.answered(me))[0]["text"]

    forecast = await shop.call("POST", f"{path}/forecast")
    assert (forecast["kept"], forecast["skipped"]) == (1, {"missing_variable": 1})
    await shop.call("POST", f"{path}/start")

    async def finished() -> dict[str, Any]:
        report = await shop.call("GET", f"{path}/report")
        assert report["outcome"]["finished_at"], report["outcome"]
        return report

    report = await eventually(finished, within=45)
    assert (await shop.answered(ann, 2))[-1]["text"] == "Hi Ann, spring sale"
    assert len(await shop.sent_to(bob)) == 1, "the welcome"
    assert report["forecast"] == forecast
    assert report["differences"]["sent"]["difference"] == 0
    assert report["differences"]["skipped"]["missing_variable"]["difference"] == 0
