"""Other internal services publish to the exchange themselves: with any AMQP library and none of our code.

Only on servers, since the embedded broker lives inside its process.
"""

from __future__ import annotations

import asyncio
import json
import shlex
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import aio_pika
import pytest
import pytest_asyncio

from shared.ids import new_id
from testkit.eventually import eventually
from testkit.installation import Installation
from testkit.shop import Shop

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.servers,
    pytest.mark.parametrize("parley", ["servers"], indirect=True, scope="session"),
]

Customer = Callable[[], str]
Publish = Callable[..., Any]


@pytest_asyncio.fixture(loop_scope="session")
async def publish(parley: Installation) -> AsyncIterator[Publish]:
    assert parley.servers
    async with await aio_pika.connect(parley.servers[0]) as connection:
        exchange = await (await connection.channel()).get_exchange("parley", ensure=False)

        async def publish(routing_key: str, body: bytes, name: str | None = None) -> None:
            message = aio_pika.Message(body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT, message_id=name)
            await exchange.publish(message, routing_key)

        yield publish


def outbound(shop: Shop, customer: str, message_id: str, **data: Any) -> bytes:
    """A CloudEvent as docs/events.md describes it, in plain JSON."""
    return json.dumps(
        {
            "specversion": "1.0",
            "id": f"evt-{message_id}",
            "source": "newsletter",
            "type": "sms.outbound",
            "time": datetime.now(UTC).isoformat(),
            "tenantid": shop.tenant_id,
            "partitionkey": f"{shop.number} {customer}",
            "data": {"message_id": message_id, "number": shop.number, "contact": customer, **data},
        }
    ).encode()


async def test_a_reply_is_not_held_up_by_200_campaign_texts_to_the_same_customer(
    shop: Shop, customer: Customer, publish: Publish
):
    ann = customer()
    await shop.text(ann, "hello")
    await shop.answered(ann)
    await shop.parley.world.fault(on="send", do="delay", seconds=0.3, text="bulk", to=ann, count=None)
    bodies = [outbound(shop, ann, f"bulk-{ann[1:]}-{n}", text=f"bulk {n}", priority="bulk") for n in range(200)]
    await asyncio.gather(*(publish("sms.outbound.bulk", body) for body in bodies))
    await shop.answered(ann, 3)
    await shop.write(ann, "a reply")

    async def replied() -> int:
        texts = [sms["text"] for sms in await shop.sent_to(ann)]
        assert "a reply" in texts
        return len(texts)

    # The 200 take the carrier a minute; the reply is there when most of them still wait.
    assert await eventually(replied, within=30) < 100
    await shop.text(ann, "STOP")

    async def all_ended() -> bool:
        waiting = await shop.call("GET", f"/api/messages?status=queued&contact=%2B{ann[1:]}")
        return not waiting["items"]

    await eventually(all_ended, within=60, every=0.5)
    assert len(await shop.sent_to(ann)) < 150, "STOP reached the campaign texts that waited"


async def test_the_same_event_twice_is_one_sms(shop: Shop, customer: Customer, publish: Publish):
    ann = customer()
    body = outbound(shop, ann, f"once-{ann[1:]}", text="your parcel has arrived")
    await asyncio.gather(*(publish("sms.outbound", body) for _ in range(10)))
    await shop.status_of(ann, "delivered", author="api")
    for _ in range(3):
        await publish("sms.outbound", body)
    last = outbound(shop, ann, f"last-{ann[1:]}", text="and another")
    await publish("sms.outbound", last)
    await shop.answered(ann, 2)
    assert [sms["text"] for sms in await shop.sent_to(ann)] == ["your parcel has arrived", "and another"]
    assert len(await shop.messages_with(ann)) == 2


async def test_invalid_events_are_listed_with_the_reason_mended_and_replayed(
    shop: Shop, customer: Customer, publish: Publish, tmp_path: Any
):
    ann = customer()
    right = outbound(shop, ann, f"mend-{ann[1:]}", text="mended")
    wrong = json.loads(right)
    wrong["data"]["contact"] = ann[1:]
    await publish("sms.outbound", json.dumps(wrong).encode(), f"//orders/../{new_id('evt')}")  # a path, to some
    await publish("sms.outbound", b"not even JSON " + ann.encode())

    async def both_listed() -> dict[str, str]:
        lines = (await _operator(shop.parley, "list")).splitlines()
        mine = [shlex.split(line)[-1] for line in lines if "sender.sms.outbound.v1|" in line]
        shown = {id: text for id in mine if ann[1:] in (text := await _operator(shop.parley, "show", id))}
        assert len(shown) == 2, lines
        return shown

    letters = await eventually(both_listed, within=30, every=0.5)
    listing = await _operator(shop.parley, "list")
    assert "contact" in listing
    assert "not JSON" in listing
    assert ann[1:] not in listing, "reasons carry no numbers"
    mended = next(id for id, text in letters.items() if "mend-" in text)
    (tmp_path / "mended.json").write_bytes(right)
    await _operator(shop.parley, "replay", mended, "--body", str(tmp_path / "mended.json"))
    [sms] = await shop.answered(ann)
    assert sms["text"] == "mended"
    for id in letters:
        if id != mended:
            await _operator(shop.parley, "discard", id, "a test's")
    left = await _operator(shop.parley, "list")
    assert not any(id in left for id in letters)


async def _operator(parley: Installation, *arguments: str) -> str:
    """What the operator's command line prints."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "shared.dead_letters_cli", "dead-letters", *arguments,
        env=parley.environment, cwd=parley.folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    return output.decode()
