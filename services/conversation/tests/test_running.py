"""The service as it runs: real broker, real loops, several deliveries at once."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2

from conversation.settings import Settings
from conversation.wiring import build
from conversation_world import World
from shared.broker.embedded.broker import EmbeddedBroker
from shared.broker.protocol import Delivery, Message
from shared.clock import SystemClock
from shared.consuming.consumer import consumers_of
from shared.database.sqlite.database import EmbeddedDatabase
from shared.events import Event, ReplyDrafted, ReplyRequested, SmsOutbound, decode
from shared.events.catalogue import subscriptions_of
from shared.http.app import create_app
from shared.internal.client import InternalClient
from shared.keyring import Keyring
from shared.service.runner import Runner
from shared.service.service import Platform
from testkit.eventually import eventually


def test_every_event_of_the_catalogue_has_its_handler(world: World) -> None:
    queues = consumers_of("conversation", list(world.service.handlers), subscriptions_of("conversation"))
    assert "conversation.sms.outbound.bulk.v1" in {queue.subscription.queue for queue in queues}


async def test_deliveries_at_once_lose_nothing_and_double_nothing(world: World) -> None:
    texts = [world.inbound(f"text {n}", keyword="help", carrier_answered=True) for n in range(25)]
    events = [world.event(text, id=text.message_id) for text in texts]
    handle = world.handle[type(texts[0])]
    await asyncio.gather(*(handle(event) for event in [*events, *events]))
    conversation = await world.conversation()
    assert conversation["unread"] == 25
    assert len(await world.messages(conversation["id"])) == 25


async def test_two_identical_requests_at_once_send_one_message(world: World) -> None:
    await world.text("Hello")
    id = (await world.conversation())["id"]
    async with world.client() as client:
        headers = {"idempotency-key": "one"}
        posts = [
            client.post(f"/api/conversations/{id}/messages", json={"text": "Hi"}, headers=headers) for _ in range(5)
        ]
        answers = await asyncio.gather(*posts)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    await eventually(lambda: len({sent.message_id for sent in world.sent()}) == 1)


async def test_text_to_answer_through_the_runner(world: World) -> None:
    """The assistant and the sender are played by two plain consumers."""
    clock, secret = SystemClock(), "a secret of at least thirty-two characters"
    keyring, broker, database = Keyring(secret), EmbeddedBroker(None, SystemClock()), EmbeddedDatabase(None)
    transport = httpx2.MockTransport(world.owners)
    world.settings = {"ai_mode": "auto", "quiet_seconds": 0.05}
    internal = InternalClient(keyring, clock, lambda _service: "http://internal", transport)
    settings = Settings(secret_key=secret)
    platform = Platform(broker, lambda _name: database, clock, keyring, internal, settings)
    runner = Runner([build(settings, platform)], platform, create_app("test", ""))
    sent: list[SmsOutbound] = []

    async def assistant(delivery: Delivery) -> None:
        event = decode(delivery.message.body, ReplyRequested)
        wanted = event.data
        draft = ReplyDrafted(
            thread_id=wanted.thread_id, conversation_id=wanted.conversation_id, turn=wanted.turn,
            number=wanted.number, contact=wanted.contact, outcome="reply", text=f"re: {wanted.history[-1].text}",
            run_id=f"run_{wanted.turn}", assistant_id="ast", drafted_at=clock.now(),
        )  # fmt: skip
        await broker.publish(_message(world.event(draft, source="ai-responder")))
        await delivery.ack()

    async def sender(delivery: Delivery) -> None:
        sent.append(decode(delivery.message.body, SmsOutbound).data)
        await delivery.ack()

    await runner.start()
    await broker.subscribe("ai-responder.reply.requested.v1", assistant)
    await broker.subscribe("sender.sms.outbound.v1", sender)
    tasks = asyncio.create_task(runner.run_tasks())
    try:
        for n in range(20):
            inbound = world.inbound(f"question {n}", contact=f"+120255502{n:02}", at=clock.now())
            for _ in range(2):
                await broker.publish(_message(world.event(inbound, source="ingress", id=inbound.message_id)))
        await eventually(lambda: len(sent) == 20, within=20)
        assert sorted(one.text for one in sent) == sorted(f"re: question {n}" for n in range(20))
    finally:
        tasks.cancel()
        await asyncio.gather(tasks, return_exceptions=True)
        await runner.stop()


def _message(event: Event[Any]) -> Message:
    return Message(event.data.routing_key(), event.encode(), event.id, event.tenant_id, event.partition_key)
