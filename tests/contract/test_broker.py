"""What every broker promises (`shared.broker.protocol`), held against each implementation."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from shared.broker.protocol import Broker, Delivery, FanOut, Message, QueueLook, Subscription
from shared.errors import BrokerUnavailable, Invalid, Unroutable
from testkit.broker_harness import BrokerHarness, Names, Notes, message
from testkit.eventually import eventually


async def started(harness: BrokerHarness, *topology: Subscription) -> Broker:
    broker = await harness.connect()
    await broker.start(topology)
    return broker


async def has_depth(broker: Broker, queue: str, wanted: int) -> None:
    async def reached() -> bool:
        found = await broker.depth(queue)
        assert found == wanted
        return True

    await eventually(reached)


async def keep(_: Delivery) -> None:
    """Leave it unsettled."""


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


async def test_prefetch_bounds_what_is_unsettled(harness: BrokerHarness, names: Names) -> None:
    queue = names.queue("work", "a")
    broker = await started(harness, queue)
    for _ in range(10):
        await broker.publish(message(names.key("a")))
    notes = Notes(keep)
    consumer = await broker.subscribe(queue.queue, notes, prefetch=3)
    await has_depth(broker, queue.queue, 7)
    await eventually(lambda: len(notes.deliveries) == 3)
    await notes.deliveries[0].ack()
    await eventually(lambda: len(notes.deliveries) == 4)
    await has_depth(broker, queue.queue, 6)
    await consumer.stop(grace_seconds=0.1)


async def test_a_look_at_a_queue_shows_what_waits_and_who_reads_it(harness: BrokerHarness, names: Names) -> None:
    queue = names.queue("work", "a")
    broker = await started(harness, queue)
    assert await broker.look(names.queue("absent", "b").queue) == QueueLook(0, 0)
    consumers = [await broker.subscribe(queue.queue, Notes(keep), prefetch=1) for _ in range(2)]
    for _ in range(3):
        await broker.publish(message(names.key("a")))
    await has_depth(broker, queue.queue, 1)
    assert await broker.look(queue.queue) == QueueLook(1, 2)
    for consumer in consumers:
        await consumer.stop(grace_seconds=0.1)


async def test_what_is_acked_is_gone(harness: BrokerHarness, names: Names) -> None:
    queue = names.queue("work", "a")
    broker = await started(harness, queue)
    notes = Notes()
    consumer = await broker.subscribe(queue.queue, notes)
    await broker.publish(message(names.key("a")))
    await eventually(lambda: len(notes.deliveries) == 1)
    await consumer.stop()
    broker = await harness.reopen()
    await broker.start([queue])
    assert await broker.depth(queue.queue) == 0


async def test_what_is_released_comes_again_marked_redelivered(harness: BrokerHarness, names: Names) -> None:
    queue = names.queue("work", "a")
    broker = await started(harness, queue)

    async def first_release(delivery: Delivery) -> None:
        await (delivery.ack() if delivery.redelivered else delivery.release())

    notes = Notes(first_release)
    await broker.subscribe(queue.queue, notes)
    await broker.publish(message(names.key("a")))
    await eventually(lambda: len(notes.deliveries) == 2)
    assert [d.redelivered for d in notes.deliveries] == [False, True]
    assert [d.attempt for d in notes.deliveries] == [0, 0]


async def test_what_was_not_settled_comes_again_after_reopening(harness: BrokerHarness, names: Names) -> None:
    queue = names.queue("work", "a")
    broker = await started(harness, queue)
    notes = Notes(keep)
    consumer = await broker.subscribe(queue.queue, notes, prefetch=2)
    for body in (b"held", b"held too", b"waiting"):
        await broker.publish(message(names.key("a"), body))
    await eventually(lambda: len(notes.deliveries) == 2)
    await consumer.stop(grace_seconds=0.1)
    broker = await harness.reopen()
    await broker.start([queue])
    again = Notes()
    await broker.subscribe(queue.queue, again)
    await eventually(lambda: len(again.deliveries) == 3)
    assert {d.message.body: d.redelivered for d in again.deliveries} == {
        b"held": True,
        b"held too": True,
        b"waiting": False,
    }


async def test_a_handler_that_fails_gets_its_message_again(harness: BrokerHarness, names: Names) -> None:
    queue = names.queue("work", "a")
    broker = await started(harness, queue)

    async def fail_once(delivery: Delivery) -> None:
        if not delivery.redelivered:
            raise RuntimeError("this handler is broken")
        await delivery.ack()

    notes = Notes(fail_once)
    await broker.subscribe(queue.queue, notes)
    await broker.publish(message(names.key("a")))
    await eventually(lambda: len(notes.deliveries) == 2)


async def test_a_retry_returns_to_its_own_queue_only_after_the_delay(harness: BrokerHarness, names: Names) -> None:
    queue, neighbour = names.queue("one", "a"), names.queue("two", "a")
    broker = await started(harness, queue, neighbour)
    times: list[float] = []

    async def retry_once(delivery: Delivery) -> None:
        times.append(time.monotonic())
        await (delivery.ack() if delivery.attempt else delivery.retry(0.5, "not now"))

    notes, other = Notes(retry_once), Notes()
    await broker.subscribe(queue.queue, notes)
    await broker.subscribe(neighbour.queue, other)
    sent = message(names.key("a"), b"once more", {"own": "header"})
    await broker.publish(sent)
    await eventually(lambda: len(notes.deliveries) == 2)
    assert [d.attempt for d in notes.deliveries] == [0, 1]
    assert notes.deliveries[1].message == sent
    assert 0.99 <= times[1] - times[0] < 4, "the shortest delay is one second"
    assert len(other.deliveries) == 1


async def test_retries_wait_while_others_pass(harness: BrokerHarness, names: Names) -> None:
    queue = names.queue("work", "a")
    broker = await started(harness, queue)

    async def long_delay_for_the_first(delivery: Delivery) -> None:
        await (delivery.retry(60, "busy") if delivery.message.body == b"slow" else delivery.ack())

    notes = Notes(long_delay_for_the_first)
    await broker.subscribe(queue.queue, notes, prefetch=1)
    for body in (b"slow", b"quick"):
        await broker.publish(message(names.key("a"), body))
    await eventually(lambda: notes.bodies == [b"slow", b"quick"])
    assert await broker.depth(queue.queue) == 0


async def test_a_delayed_retry_survives_reopening(harness: BrokerHarness, names: Names) -> None:
    queue = names.queue("work", "a")
    broker = await started(harness, queue)
    retried = Notes(lambda delivery: delivery.retry(1, "later"))
    consumer = await broker.subscribe(queue.queue, retried)
    await broker.publish(message(names.key("a"), b"later"))
    await eventually(lambda: len(retried.deliveries) == 1)
    await consumer.stop()
    broker = await harness.reopen()
    await broker.start([queue])
    notes = Notes()
    await broker.subscribe(queue.queue, notes)
    await eventually(lambda: notes.bodies == [b"later"])
    assert notes.deliveries[0].attempt == 1


async def test_a_dead_letter_keeps_everything_and_says_why(harness: BrokerHarness, names: Names) -> None:
    queue = names.queue("work", "a")
    broker = await started(harness, queue)
    why = "wrong schéma: " + "x" * 5_000
    await broker.subscribe(queue.queue, Notes(lambda delivery: delivery.dead(why)))
    sent = message(names.key("a"), b"\xffpoison", {"own": "header"})
    await broker.publish(sent)
    await has_depth(broker, queue.dead_queue, 1)
    notes = Notes()
    await broker.subscribe(queue.dead_queue, notes)
    await eventually(lambda: len(notes.deliveries) == 1)
    letter = notes.deliveries[0].message
    assert letter.headers["x-error"].startswith("wrong schéma: xxx")
    assert letter.headers["own"] == "header"
    assert (letter.body, letter.event_id, letter.routing_key) == (sent.body, sent.event_id, sent.routing_key)
    assert (letter.tenant_id, letter.partition_key) == (sent.tenant_id, sent.partition_key)


async def test_a_dead_letter_can_be_replayed_into_its_queue(harness: BrokerHarness, names: Names) -> None:
    queue, neighbour = names.queue("one", "a"), names.queue("two", "a")
    broker = await started(harness, queue, neighbour)

    async def retry_then_bury(delivery: Delivery) -> None:
        await (delivery.dead("no") if delivery.attempt else delivery.retry(1, "again"))

    worker = await broker.subscribe(queue.queue, Notes(retry_then_bury))
    sent = message(names.key("a"), b"second chance", {"own": "header"})
    await broker.publish(sent)
    letters, replayed = Notes(), Notes()
    await broker.subscribe(queue.dead_queue, letters)
    await eventually(lambda: len(letters.deliveries) == 1)
    await worker.stop()
    await broker.subscribe(queue.queue, replayed)
    await broker.send_to_queue(queue.queue, letters.deliveries[0].message)
    await eventually(lambda: len(replayed.deliveries) == 1)
    assert replayed.deliveries[0].message == sent
    assert replayed.deliveries[0].attempt == 0
    assert await broker.depth(neighbour.queue) == 1


async def test_a_message_that_always_comes_back_ends_as_a_dead_letter(harness: BrokerHarness, names: Names) -> None:
    queue = names.queue("work", "a", delivery_limit=3)
    broker = await started(harness, queue)
    notes = Notes(lambda delivery: delivery.release())
    await broker.subscribe(queue.queue, notes)
    sent = message(names.key("a"), b"poison")
    await broker.publish(sent)
    letters = Notes()
    await broker.subscribe(queue.dead_queue, letters)
    await eventually(lambda: len(letters.deliveries) == 1)
    assert len(notes.deliveries) == 4, "the first delivery and three more"
    letter = letters.deliveries[0].message
    assert letter.headers["x-error"] == "delivery_limit"
    assert (letter.body, letter.event_id, letter.routing_key) == (sent.body, sent.event_id, sent.routing_key)


async def test_a_retried_message_starts_its_delivery_count_again(harness: BrokerHarness, names: Names) -> None:
    queue = names.queue("work", "a", delivery_limit=2)
    broker = await started(harness, queue)

    async def handle(delivery: Delivery) -> None:
        if not delivery.redelivered:
            await delivery.release()
        else:
            await (delivery.ack() if delivery.attempt else delivery.retry(1, "again"))

    notes = Notes(handle)
    await broker.subscribe(queue.queue, notes)
    await broker.publish(message(names.key("a")))
    await eventually(lambda: len(notes.deliveries) == 4)
    assert [(d.attempt, d.redelivered) for d in notes.deliveries] == [(0, False), (0, True), (1, False), (1, True)]


async def test_a_dead_letter_put_off_stays_a_dead_letter(harness: BrokerHarness, names: Names) -> None:
    queue = names.queue("work", "a")
    broker = await started(harness, queue)
    await broker.subscribe(queue.queue, Notes(lambda delivery: delivery.dead("first reason")))
    await broker.publish(message(names.key("a")))

    async def put_off_once(delivery: Delivery) -> None:
        await (delivery.ack() if len(letters.deliveries) > 1 else delivery.retry(1, "the database is away"))

    letters = Notes(put_off_once)
    await broker.subscribe(queue.dead_queue, letters)
    await eventually(lambda: len(letters.deliveries) == 2)
    assert letters.deliveries[1].message.headers["x-error"] == "first reason"


async def test_a_message_nobody_wants_is_an_error(harness: BrokerHarness, names: Names) -> None:
    broker = await started(harness, names.queue("work", "a"))
    with pytest.raises(Unroutable):
        await broker.publish(message(names.key("b")))
    with pytest.raises(Unroutable):
        await broker.send_to_queue(names.queue("absent").queue, message(names.key("b")))
    with pytest.raises(Unroutable):
        await broker.subscribe(names.queue("absent").queue, Notes())
    await broker.publish(message(names.key("a")))


async def test_a_listener_does_not_make_a_message_wanted(harness: BrokerHarness, names: Names) -> None:
    broker = await started(harness, names.queue("work", "a"))
    await broker.listen(FanOut("live", (names.key("#"),)), Notes().heard)
    with pytest.raises(Unroutable):
        await broker.publish(message(names.key("b")))


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


async def test_settling_twice_counts_once(harness: BrokerHarness, names: Names) -> None:
    queue = names.queue("work", "a")
    broker = await started(harness, queue)

    async def twice(delivery: Delivery) -> None:
        await delivery.ack()
        await delivery.retry(1, "too late")
        await delivery.dead("too late")
        await delivery.release()

    notes = Notes(twice)
    await broker.subscribe(queue.queue, notes)
    await broker.publish(message(names.key("a")))
    await broker.publish(message(names.key("a")))
    await eventually(lambda: len(notes.deliveries) == 2)
    assert await broker.depth(queue.dead_queue) == 0


async def test_a_closed_broker_says_so(harness: BrokerHarness, names: Names) -> None:
    broker = await started(harness, names.queue("work", "a"))
    assert broker.trouble() is None
    await broker.close()
    assert broker.trouble()
    with pytest.raises(BrokerUnavailable):
        await broker.publish(message(names.key("a")))
    await broker.close()
