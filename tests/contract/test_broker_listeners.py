"""What every broker promises to listeners of transient messages: each hears all, and none holds up another."""

from __future__ import annotations

import asyncio

import pytest

from shared.broker.protocol import FanOut, Message
from shared.errors import Unroutable
from testkit.contract.broker_harness import BrokerHarness, Names, Notes, has_depth, message, started
from testkit.eventually import eventually


async def test_a_listener_does_not_make_a_message_wanted(harness: BrokerHarness, names: Names) -> None:
    broker = await started(harness, names.queue("work", "a"))
    await broker.listen(FanOut("live", (names.key("#"),)), Notes().heard)
    with pytest.raises(Unroutable):
        await broker.publish(message(names.key("b")))


async def test_stopping_a_listener_lets_it_finish(harness: BrokerHarness, names: Names) -> None:
    broker = await started(harness)
    begun, heard = asyncio.Event(), Notes()

    async def slow(m: Message) -> None:
        begun.set()
        await asyncio.sleep(0.2)
        await heard.heard(m)

    listener = await broker.listen(FanOut("live", (names.key("rt"),)), slow)
    await broker.publish_transient(message(names.key("rt")))
    await begun.wait()
    await listener.stop()
    assert len(heard.transient) == 1


async def test_a_transient_message_to_nobody_is_no_error(harness: BrokerHarness, names: Names) -> None:
    queue = names.queue("work", "#")
    broker = await started(harness, queue)
    await broker.publish_transient(message(names.key("rt.ten_1")))
    await broker.publish(message(names.key("durable")))
    await has_depth(broker, queue.queue, 1)


async def test_every_listener_hears_every_transient_message(harness: BrokerHarness, names: Names) -> None:
    broker, other = await started(harness), await started(harness)
    first, second, elsewhere = Notes(), Notes(), Notes()
    await broker.listen(FanOut("live", (names.key("rt.#"),)), first.heard)
    await other.listen(FanOut("live", (names.key("rt.*"),)), second.heard)
    await broker.listen(FanOut("live", (names.key("other"),)), elsewhere.heard)
    sent = [message(names.key("rt.ten_1"), str(i).encode(), {"n": str(i)}) for i in range(50)]
    for m in sent:
        await broker.publish_transient(m)
    await eventually(lambda: len(first.transient) == len(second.transient) == 50)
    assert first.transient == second.transient == sent
    assert elsewhere.transient == []


async def test_a_listener_that_left_hears_nothing(harness: BrokerHarness, names: Names) -> None:
    broker = await started(harness)
    gone, present = Notes(), Notes()
    leaver = await broker.listen(FanOut("live", (names.key("rt"),)), gone.heard)
    await broker.listen(FanOut("live", (names.key("rt"),)), present.heard)
    await leaver.stop()
    await broker.publish_transient(message(names.key("rt")))
    await eventually(lambda: len(present.transient) == 1)
    assert gone.transient == []


async def test_a_slow_listener_loses_the_oldest_and_stops_nobody(harness: BrokerHarness, names: Names) -> None:
    broker = await started(harness)
    go, heard = asyncio.Event(), Notes()

    async def stuck(m: Message) -> None:
        await go.wait()
        await heard.heard(m)

    await broker.listen(FanOut("slow", (names.key("rt"),), max_length=10), stuck)
    for i in range(2_000):
        await broker.publish_transient(message(names.key("rt"), str(i).encode()))
    go.set()
    await eventually(lambda: heard.transient and heard.transient[-1].body == b"1999")
    assert len(heard.transient) < 1_000
