"""What every broker promises about messages that were taken: acked, released, tried again, given up."""

from __future__ import annotations

import time

from shared.broker.protocol import Delivery, QueueLook
from testkit.contract.broker_harness import BrokerHarness, Names, Notes, has_depth, keep, message, started
from testkit.eventually import eventually


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
