"""Workflows as a tenant and its customers see them, judged by the sandbox carrier's ledger and the public API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from testkit.eventually import eventually
from testkit.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")

Customer = Callable[[], str]
OpenShop = Callable[..., Awaitable[Shop]]
ALL_DAY = {"opens": 0, "closes": 24}
CAKES: dict[str, Any] = {
    "trigger": {"type": "keyword", "keywords": ["CAKE"]},
    "steps": [
        {"id": "ask", "type": "send_message", "text": "Chocolate or vanilla?"},
        {"id": "wait", "type": "wait_for_reply", "timeout_seconds": 3600},
        {"id": "keep", "type": "save_response", "field": "cake", "as": "choice", "choices": ["chocolate", "vanilla"]},
        {
            "id": "which",
            "type": "condition",
            "if": "saved.cake == 'vanilla'",
            "then": [{"id": "vanilla", "type": "send_message", "text": "Vanilla it is. A colleague will call you."}],
            "else": [{"id": "other", "type": "send_message", "text": "Chocolate it is."}],
        },
        {"id": "note", "type": "set_field", "field": "favourite_cake", "value": "{cake}"},
        {"id": "over", "type": "hand_over", "to": "person", "note": "wants {cake}"},
    ],
}


async def made(shop: Shop) -> str:
    workflow = await shop.call("POST", "/api/workflows", {"name": "Cakes", "definition": CAKES})
    assert workflow["problems"] == []
    await shop.call("POST", f"/api/workflows/{workflow['id']}/activate")
    return workflow["id"]


async def run_in(shop: Shop, run_id: str, state: str) -> dict[str, Any]:
    async def reached() -> dict[str, Any]:
        run = await shop.call("GET", f"/api/workflows/runs/{run_id}")
        assert run["state"] == state, run
        return run

    return await eventually(reached, within=45)


async def test_a_workflow_asks_understands_and_hands_over_while_the_assistant_is_silent(
    open_shop: OpenShop, customer: Customer
):
    shop, ann = await open_shop(quiet_hours=ALL_DAY, quiet_seconds=0.3), customer()
    workflow_id = await made(shop)

    async def started() -> dict[str, Any]:
        return await shop.call("POST", f"/api/workflows/{workflow_id}/runs", {"phone_number": ann}, expect=201)

    run = await eventually(started, within=20)
    again = await shop.call("POST", f"/api/workflows/{workflow_id}/runs", {"phone_number": ann}, expect=409)
    assert again["code"] == "already_running"
    await run_in(shop, run["id"], "waiting")
    await shop.text(ann, "vanila")
    done = await run_in(shop, run["id"], "finished")
    assert done["saved"] == {"cake": "vanilla", "favourite_cake": "vanilla"}, done["history"]
    sent = [sms["text"] for sms in await shop.answered(ann, 2)]
    assert sent == ["Chocolate or vanilla?", "Vanilla it is. A colleague will call you."]

    async def a_person_is_asked() -> bool:
        conversation = await shop.conversation_with(ann)
        return bool(conversation["needs_person"]) and conversation["needs_person"]["reason"] == "hand_over"

    await eventually(a_person_is_asked, within=20)
    assert len(await shop.sent_to(ann)) == 2, "the assistant said nothing"
    figures = await shop.call("GET", f"/api/workflows/{workflow_id}")
    assert figures["live_version"] == 1


async def test_a_keyword_starts_a_run_and_a_stop_ends_it(open_shop: OpenShop, customer: Customer):
    shop = await open_shop(quiet_hours=ALL_DAY, quiet_seconds=0.3)
    workflow_id = await made(shop)

    async def asked() -> str:
        """A customer who was asked; earlier ones wrote before the keyword was known everywhere."""
        customer_now = customer()
        await shop.text(customer_now, "Cake!")
        sent = await shop.answered(customer_now, within=10)
        assert sent[0]["text"] == "Chocolate or vanilla?"
        return customer_now

    ann = await eventually(asked, within=30)

    async def waiting() -> dict[str, Any]:
        runs = (await shop.call("GET", f"/api/workflows/{workflow_id}/runs?state=waiting"))["items"]
        assert [one["recipient"]["phone_number"] for one in runs[:1]] == [ann]
        return runs[0]

    run = await eventually(waiting, within=20)
    assert run["started_by"] == "keyword"
    await shop.text(ann, "STOP")
    stopped = await run_in(shop, run["id"], "stopped")
    assert stopped["reason"] == "opted_out"
    before = len(await shop.sent_to(ann))
    await shop.text(ann, "vanilla")
    refused = await shop.call("POST", f"/api/workflows/{workflow_id}/runs", {"phone_number": ann}, expect=201)
    await run_in(shop, refused["id"], "stopped")
    assert len(await shop.sent_to(ann)) == before


async def test_a_campaign_starts_a_run_for_each_recipient(open_shop: OpenShop, customer: Customer):
    shop, people = await open_shop(quiet_hours=ALL_DAY, quiet_seconds=0.3), [customer() for _ in range(3)]
    definition = {**CAKES, "trigger": {"type": "campaign"}, "steps": CAKES["steps"][1:]}
    workflow = await shop.call("POST", "/api/workflows", {"name": "Cakes", "definition": definition})
    await shop.call("POST", f"/api/workflows/{workflow['id']}/activate")
    body = {"name": "Cakes", "text": "{name}, chocolate or vanilla?", "workflow_id": workflow["id"]}
    campaign = await shop.call("POST", "/api/campaigns", body)
    path = f"/api/campaigns/{campaign['id']}"
    rows = [{"phone_number": number, "name": f"P{n}"} for n, number in enumerate(people)]
    await shop.call("POST", f"{path}/recipients", {"recipients": rows})
    await shop.call("POST", f"{path}/start", {})
    for n, number in enumerate(people):
        assert [sms["text"] for sms in await shop.answered(number)] == [f"P{n}, chocolate or vanilla?"]

    async def all_wait() -> bool:
        return len((await shop.call("GET", f"/api/workflows/{workflow['id']}/runs?state=waiting"))["items"]) == 3

    await eventually(all_wait, within=20)
    await shop.text(people[1], "vanilla")
    assert (await shop.answered(people[1], 2))[1]["text"].startswith("Vanilla it is.")

    async def counted() -> bool:
        counts = (await shop.call("GET", path))["counts"]
        return counts["delivered"] == counts["total"] == 3

    await eventually(counted, within=20)
    assert [len(await shop.sent_to(number)) for number in people] == [1, 2, 1]
