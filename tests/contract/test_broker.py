"""What every broker promises (`shared.broker.protocol`), held against each implementation."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from shared.broker.protocol import Delivery, Message
from shared.errors import BrokerUnavailable, Invalid, Unroutable
from testkit.contract.broker_harness import BrokerHarness, Names, Notes, has_depth, message, started
from testkit.eventually import eventually


async def test_a_confirmed_message_arrives_with_all_it_carried(harness: BrokerHarness, names: Names) -> None:
    queue = names.queue("work", "sms.inbound")
    broker = await started(harness, queue)
    sent = Message(
        names.key("sms.inbound"),
        bytes(range(256)),
        event_id="evt_ü",
        tenant_id="ten_9",
        partition_key="thr_ß",
        headers={"traceparent": "00-ab-cd-01", "note": "héllo ✓ 🎉", "empty": ""},
    )
    await broker.publish(sent)
    notes = Notes()
    await broker.subscribe(queue.queue, notes)
    await eventually(lambda: len(notes.deliveries) == 1)
    got = notes.deliveries[0]
    assert got.message == sent
    assert (got.queue, got.attempt, got.redelivered) == (queue.queue, 0, False)


async def test_a_consumer_that_waits_is_served_at_once(harness: BrokerHarness, names: Names) -> None:
    queue = names.queue("work", "a")
    broker = await started(harness, queue)
    arrived = asyncio.Event()

    async def handle(delivery: Delivery) -> None:
        arrived.set()
        await delivery.ack()

    await broker.subscribe(queue.queue, handle)
    fastest = 9.0
    for _ in range(20):
        arrived.clear()
        begun = time.perf_counter()
        await broker.publish(message(names.key("a")))
        async with asyncio.timeout(5):
            await arrived.wait()
        fastest = min(fastest, time.perf_counter() - begun)
    assert fastest < 0.05, "delivery seems to wait for a poll"


@pytest.mark.parametrize("body", [b"", b"\x00\xff\x00", "ünï ☃".encode(), b"x" * 1_000_000])
async def test_bodies_stay_the_bytes_they_are(harness: BrokerHarness, names: Names, body: bytes) -> None:
    queue = names.queue("work", "a")
    broker = await started(harness, queue)
    notes = Notes()
    await broker.subscribe(queue.queue, notes)
    await broker.publish(message(names.key("a"), body))
    await eventually(lambda: notes.bodies == [body])


async def test_every_queue_that_wants_a_message_gets_its_own_copy(harness: BrokerHarness, names: Names) -> None:
    first, second = names.queue("one", "sms.inbound"), names.queue("two", "sms.inbound", "sms.status")
    other = names.queue("three", "sms.status")
    broker = await started(harness, first, second, other)
    await broker.publish(message(names.key("sms.inbound")))
    await has_depth(broker, first.queue, 1)
    await has_depth(broker, second.queue, 1)
    assert await broker.depth(other.queue) == 0


async def test_two_matching_patterns_of_one_queue_give_one_copy(harness: BrokerHarness, names: Names) -> None:
    queue = names.queue("work", "sms.#", "*.inbound")
    broker = await started(harness, queue)
    await broker.publish(message(names.key("sms.inbound")))
    await has_depth(broker, queue.queue, 1)


@pytest.mark.parametrize(
    ("pattern", "key", "wanted"),
    [
        ("sms.outbound", "sms.outbound", True),
        ("sms.outbound", "sms.outbound.bulk", False),
        ("sms.*", "sms.outbound", True),
        ("sms.*", "sms", False),
        ("sms.*", "sms.outbound.bulk", False),
        ("sms.#", "sms", True),
        ("sms.#", "sms.outbound.bulk", True),
        ("#", "sms", True),
        ("#.bulk", "sms.outbound.bulk", True),
        ("#.bulk", "bulk", True),
        ("sms.#.bulk", "sms.bulk", True),
        ("sms.#.bulk", "sms.a.b.bulk", True),
        ("*.*.bulk", "sms.bulk", False),
    ],
)
async def test_wildcards_are_those_of_amqp(
    harness: BrokerHarness, names: Names, pattern: str, key: str, wanted: bool
) -> None:
    queue, everything = names.queue("work", pattern), names.queue("all", "#")
    broker = await started(harness, queue, everything)
    await broker.publish(message(names.key(key)))
    await has_depth(broker, everything.queue, 1)
    assert await broker.depth(queue.queue) == (1 if wanted else 0)


async def test_competing_consumers_share_and_each_message_is_handled_once(harness: BrokerHarness, names: Names) -> None:
    queue = names.queue("work", "a")
    broker, other = await started(harness, queue), await started(harness, queue)

    async def slowly(delivery: Delivery) -> None:
        await asyncio.sleep(0.005)
        await delivery.ack()

    notes = [Notes(slowly), Notes(slowly), Notes(slowly)]
    await broker.subscribe(queue.queue, notes[0], prefetch=4)
    await broker.subscribe(queue.queue, notes[1], prefetch=4)
    await other.subscribe(queue.queue, notes[2], prefetch=4)
    sent = [message(names.key("a"), str(i).encode()) for i in range(120)]
    await asyncio.gather(*(broker.publish(m) for m in sent))
    await eventually(lambda: sum(len(n.deliveries) for n in notes) >= 120)
    handled = Counter(body for n in notes for body in n.bodies)
    assert handled == Counter(m.body for m in sent)
    assert all(len(n.deliveries) > 10 for n in notes)


async def test_a_message_nobody_wants_is_an_error(harness: BrokerHarness, names: Names) -> None:
    broker = await started(harness, names.queue("work", "a"))
    with pytest.raises(Unroutable):
        await broker.publish(message(names.key("b")))
    with pytest.raises(Unroutable):
        await broker.send_to_queue(names.queue("absent").queue, message(names.key("b")))
    with pytest.raises(Unroutable):
        await broker.subscribe(names.queue("absent").queue, Notes())
    await broker.publish(message(names.key("a")))


async def test_routable_and_unroutable_side_by_side_are_told_apart(harness: BrokerHarness, names: Names) -> None:
    broker = await started(harness, names.queue("work", "a"))
    one = message(names.key("a"))
    same_event = Message(names.key("b"), one.body, one.event_id)
    for _ in range(20):
        routed, lost = await asyncio.gather(broker.publish(one), broker.publish(same_event), return_exceptions=True)
        assert routed is None
        assert isinstance(lost, Unroutable)


@pytest.mark.parametrize(
    "impossible",
    [
        {"routing_key": "k" * 256},
        {"headers": {"name": "v" * 70_000}},
        {"headers": {"n" * 256: "v"}},
        {"event_id": "\ud800"},
        {"body": b"x" * 16 * 1024 * 1024},
    ],
    ids=["long key", "large headers", "long name", "not Unicode", "large body"],
)
async def test_what_no_broker_could_carry_is_refused_and_disturbs_nobody(
    harness: BrokerHarness, names: Names, impossible: dict[str, Any]
) -> None:
    queue = names.queue("work", "a")
    broker = await started(harness, queue)
    bad = replace(message(names.key("a")), **impossible)
    good = [message(names.key("a")) for _ in range(3)]
    refused, *others = await asyncio.gather(
        broker.publish(bad), *(broker.publish(m) for m in good), return_exceptions=True
    )
    assert isinstance(refused, Invalid)
    assert others == [None, None, None]
    assert broker.trouble() is None


async def test_stop_finishes_what_it_took_and_takes_no_more(harness: BrokerHarness, names: Names) -> None:
    queue = names.queue("work", "a")
    broker = await started(harness, queue)
    begun, finished = asyncio.Event(), []

    async def slow(delivery: Delivery) -> None:
        begun.set()
        await asyncio.sleep(0.3)
        await broker.publish(message(names.key("b")))
        await delivery.ack()
        finished.append(delivery.message.body)

    await broker.start([names.queue("effects", "b")])
    consumer = await broker.subscribe(queue.queue, slow, prefetch=2)
    for i in range(6):
        await broker.publish(message(names.key("a"), str(i).encode()))
    await begun.wait()
    await consumer.stop()
    assert sorted(finished) == [b"0", b"1"]
    await has_depth(broker, queue.queue, 4)
    notes = Notes()
    await broker.subscribe(queue.queue, notes)
    await eventually(lambda: len(notes.deliveries) == 4)
    assert sorted(notes.bodies) == [b"2", b"3", b"4", b"5"]


async def test_a_thousand_concurrent_publishes_all_arrive(harness: BrokerHarness, names: Names) -> None:
    queue = names.queue("work", "a")
    broker = await started(harness, queue)
    notes = Notes()
    await broker.subscribe(queue.queue, notes, prefetch=64)
    sent = [message(names.key("a"), str(i).encode()) for i in range(1_000)]
    await asyncio.gather(*(broker.publish(m) for m in sent))
    await eventually(lambda: len(notes.deliveries) >= 1_000, within=30)
    assert Counter(notes.bodies) == Counter(m.body for m in sent)


async def test_a_long_queue_is_emptied_whole_while_more_arrives(harness: BrokerHarness, names: Names) -> None:
    queue = names.queue("work", "a")
    broker = await started(harness, queue)
    for start in range(0, 3_000, 500):
        await asyncio.gather(
            *(broker.publish(message(names.key("a"), str(i).encode())) for i in range(start, start + 500))
        )
    assert await broker.depth(queue.queue) == 3_000
    notes = Notes()
    await broker.subscribe(queue.queue, notes, prefetch=10)
    await asyncio.gather(*(broker.publish(message(names.key("a"), str(i).encode())) for i in range(3_000, 3_200)))
    await eventually(lambda: len(notes.deliveries) == 3_200, within=60)
    assert sorted(notes.bodies, key=int) == [str(i).encode() for i in range(3_200)]


async def test_everything_is_still_there_after_reopening(harness: BrokerHarness, names: Names) -> None:
    one, two = names.queue("one", "a"), names.queue("two", "#")
    broker = await started(harness, one, two)
    await asyncio.gather(*(broker.publish(message(names.key("a"), str(i).encode())) for i in range(50)))
    broker = await harness.reopen()
    await broker.start([one, two])
    notes = Notes()
    await broker.subscribe(one.queue, notes)
    await eventually(lambda: len(notes.deliveries) == 50)
    assert not any(d.redelivered for d in notes.deliveries)
    assert await broker.depth(two.queue) == 50


async def test_starting_twice_is_harmless(harness: BrokerHarness, names: Names) -> None:
    queue = names.queue("work", "a")
    broker = await started(harness, queue)
    await broker.publish(message(names.key("a")))
    await broker.start([queue])
    other = await started(harness, queue)
    assert await other.depth(queue.queue) == 1
    assert broker.trouble() is None


async def test_a_closed_broker_says_so(harness: BrokerHarness, names: Names) -> None:
    broker = await started(harness, names.queue("work", "a"))
    assert broker.trouble() is None
    await broker.close()
    assert broker.trouble()
    with pytest.raises(BrokerUnavailable):
        await broker.publish(message(names.key("a")))
    await broker.close()
