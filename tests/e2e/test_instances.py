"""Two instances of each service: who does what is decided by the database alone, and nobody outside can tell."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
import websockets

from testkit.eventually import eventually
from testkit.installation import Installation
from testkit.shop import Shop

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.servers,
    pytest.mark.parametrize("parley", ["servers"], indirect=True, scope="session"),
]

Customer = Callable[[], str]
DOUBLED = ("conversation", "sender", "ai-responder", "realtime")


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def twice(parley: Installation) -> AsyncIterator[Installation]:
    names = [await parley.another(service, "b") for service in DOUBLED]
    yield parley
    codes = [await parley.dismiss(name) for name in names]
    assert codes == [0] * len(names)


async def test_order_and_exactly_once_hold_with_two_instances_of_everything(
    twice: Installation, shop: Shop, customer: Customer
):
    customers = [customer() for _ in range(3)]
    for one in customers:
        for fault in ({"do": "duplicate", "times": 4}, {"do": "delay", "seconds": 0, "jitter": 0.3}):
            await twice.world.fault(on="webhook", count=None, **fault, **{"from": one})
    await asyncio.gather(*(shop.text(one, "hello") for one in customers))
    await asyncio.gather(*(shop.answered(one) for one in customers))
    written = {one: [f"line {n}" for n in range(20 if one == customers[0] else 5)] for one in customers}

    async def write_all(one: str) -> None:
        for text in written[one]:
            await shop.write(one, text)

    await asyncio.gather(*(write_all(one) for one in customers))
    for one in customers:
        sent = await shop.answered(one, len(written[one]) + 1, within=60)
        assert [sms["text"] for sms in sent][1:] == written[one]
        await shop.status_of(one, "delivered", author="agent")
        messages = await shop.messages_with(one)
        assert [m["text"] for m in messages if m["author"] == "customer"] == ["hello"], "five webhooks, one message"
        assert len([m for m in messages if m["author"] == "assistant"]) == 1


async def test_each_instance_shows_live_what_either_of_them_numbered(
    twice: Installation, shop: Shop, customer: Customer
):
    ann = customer()
    addresses = [f"ws://127.0.0.1:{twice.ports[name]}/api/realtime/ws" for name in ("realtime", "realtime-b")]
    headers = {"authorization": f"Bearer {shop.key}"}
    async with (
        websockets.connect(addresses[0], additional_headers=headers) as one,
        websockets.connect(addresses[1], additional_headers=headers) as two,
    ):
        seen: list[list[dict[str, Any]]] = [[], []]
        readers = [asyncio.create_task(_read(*pair)) for pair in zip((one, two), seen, strict=True)]
        for n in range(5):
            await shop.text(ann, f"question {n}")
            await shop.answered(ann, n + 1)
        await shop.status_of(ann, "delivered")
        top = await eventually(lambda: _same_top(seen), within=20)
        for reader in readers:
            reader.cancel()
    for frames in seen:
        numbers = [int(frame["id"].rsplit(":", 1)[1]) for frame in frames]
        assert numbers == list(range(numbers[0], top + 1)), "in order, without a gap"
        texts = {m["text"] for frame in frames for m in frame["data"].get("messages", [])}
        assert {f"question {n}" for n in range(5)} <= texts
    first, second = ({frame["id"]: frame for frame in frames} for frames in seen)
    shared = first.keys() & second.keys()
    assert len(shared) >= 5, "each text and what followed within a moment"
    assert all(first[id] == second[id] for id in shared)


async def _read(socket: websockets.ClientConnection, into: list[dict[str, Any]]) -> None:
    async for text in socket:
        frame = json.loads(text)
        assert frame["type"] != "reset", frame
        if frame["type"] not in ("hello", "hb"):
            into.append(frame)


def _same_top(seen: list[list[dict[str, Any]]]) -> int:
    """The number both have reached, once the last frame shows the last answer delivered."""
    tops = [frames[-1]["id"] for frames in seen]
    assert tops[0] == tops[1]
    changed = [m for frame in seen[0] for m in frame["data"].get("messages", []) if m["author"] == "assistant"]
    assert [m["status"] for m in changed].count("delivered") >= 5
    return int(tops[0].rsplit(":", 1)[1])
