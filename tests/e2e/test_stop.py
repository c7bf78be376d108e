"""STOP wins: over the draft in the making, over what waits in the lane, over whatever comes later."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from testkit.eventually import PATIENCE, eventually
from testkit.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")

Customer = Callable[[], str]


async def test_stop_silences_a_draft_in_the_making_and_a_text_in_the_lane(shop: Shop, customer: Customer):
    ann, world = customer(), shop.parley.world
    await shop.text(ann, "hello")
    await shop.answered(ann)
    await shop.status_of(ann, "delivered")
    # The carrier turns the agent's text away for longer than the model thinks: it waits in the lane.
    await world.fault(on="model", do="delay", seconds=3 * PATIENCE, text="slow question", count=None)
    await world.fault(on="send", do="fail", status=429, retry_after=4 * PATIENCE, to=ann, count=1)
    await shop.write(ann, "waits in the lane")
    conversation = await shop.conversation_with(ann)
    await shop.call("PATCH", f"/api/conversations/{conversation['id']}", {"ai_mode": "auto"})
    await shop.text(ann, "slow question")
    asked = await eventually(lambda: _asked(shop, "slow question"), within=20)
    assert asked["finished_at"] is None, "the draft must be in the making"
    in_lane = await shop.status_of(ann, "queued", author="agent")
    await shop.text(ann, "STOP")

    ended = await eventually(lambda: _ended(shop, in_lane["id"]), within=20)
    assert ended["status"] in ("suppressed", "withdrawn"), ended
    await eventually(lambda: _model_has_answered(shop, "slow question"), within=20)
    await asyncio.sleep(4 * PATIENCE)  # longer than the carrier's pause: now they would have gone out
    assert [sms["text"] for sms in await shop.sent_to(ann)] == [(await shop.sent_to(ann))[0]["text"]]
    left = [m for m in await shop.messages_with(ann) if m["direction"] == "outbound" and m["id"] != in_lane["id"]]
    assert [m["status"] for m in left] == ["delivered"], "only the answer to hello"
    await shop.write(ann, "still?", expect=409)


async def test_start_lifts_a_stop(shop: Shop, customer: Customer):
    ann = customer()
    await shop.text(ann, "hello")
    await shop.answered(ann)
    await shop.text(ann, "STOP")
    await eventually(lambda: _refused(shop, ann))
    await shop.text(ann, "START")

    async def allowed() -> bool:
        return (await shop.write(ann, "welcome back"))["author"] == "agent"

    await eventually(allowed)
    sent = await shop.answered(ann, 2)
    assert "welcome back" in [sms["text"] for sms in sent]


async def _refused(shop: Shop, customer: str) -> bool:
    await shop.write(customer, "one more thing", expect=409)
    return True


async def _asked(shop: Shop, text: str) -> dict | None:
    items = (await shop.parley.world.ask("GET", "/model-requests", text=text, limit=10))["items"]
    return items[-1] if items else None


async def _model_has_answered(shop: Shop, text: str) -> bool:
    request = await _asked(shop, text)
    return bool(request and request["finished_at"])


async def _ended(shop: Shop, message_id: str) -> dict | None:
    message = await shop.call("GET", f"/api/messages/{message_id}")
    return message if message["status"] not in ("queued", "submitting", "unknown") else None
