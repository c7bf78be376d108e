"""What the sandbox's page shows: one customer on three channels, in one timeline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from testkit.eventually import eventually
from testkit.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_text_chat_and_e_mail_of_one_customer_meet_in_one_timeline(shop: Shop, customer: Callable[[], str]):
    ask, number = shop.parley.world.ask, customer()
    person = {"name": "Maya Torres", "phone_number": number, "email": f"maya{number[-4:]}@torres.example"}
    await ask("PUT", "/neighbours", {"api_key": shop.key})

    async def say(channel: str, **said: str) -> str:
        return (await ask("POST", f"/neighbours/{channel}", {"customer": person, **said}))["answer"]["status"]

    await shop.text(number, "Are you open on Saturday?")
    assert await say("chat", text="Do you have parking?") == "taken"
    assert await say("chat", text="Yes, behind the building.", author="agent") == "taken"
    assert await say("email", subject="Saturday", text="Both of us at 10?\n\nOn Monday Bo wrote:\n> hello") == "taken"

    async def view() -> dict[str, Any]:
        return await ask("GET", "/neighbours", **person)

    async def all_there() -> set[tuple[str, str, str]]:
        items = (await view())["timeline"]
        found = {(item["channel"], item["direction"], item["summary"]) for item in items}
        assert found >= {
            ("sms", "inbound", "Are you open on Saturday?"),
            ("chat", "inbound", "Do you have parking?"),
            ("chat", "outbound", "Yes, behind the building."),
            ("email", "inbound", "Saturday: Both of us at 10?"),
        }
        return found

    await eventually(all_there, within=20)
    assert [one["channel"] for one in (await view())["said"]] == ["chat", "chat", "email"]
    [contact] = (await shop.call("GET", f"/api/contacts?q={number[1:]}"))["items"]
    assert contact["emails"] == [person["email"]]
    assert "chatwoot" in contact["external_ids"]
