"""From delivery to settled: parse, one at a time per key, handle, then ack, retry or bury.

The only place that acks. Handlers have no `try`: the class of what they raise says what happens (shared.errors).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import structlog

from shared import tracing
from shared.broker.protocol import Broker, Consumer, Delivery, Subscription
from shared.consuming.crash_marks import CrashMarks
from shared.consuming.deadlines import Deadlines
from shared.consuming.locks import Solo
from shared.database.protocol import Database
from shared.errors import Conflict, Invalid, NotFound, ParleyError, Refused, StoreUnavailable, Unavailable
from shared.events.envelope import Event, EventData, decode
from shared.key_locks import KeyLocks
from shared.logging import about
from shared.metrics import DEAD_LETTERS, EVENTS_HANDLED, HANDLING_SECONDS

log = structlog.get_logger()

HANDLER_TIMEOUT_SECONDS = 30.0
PREFETCH = 32
LONG_LADDER = (1, 10, *[60] * 12, *[600] * 5)
"""Seconds between retries when a dependency is away: about an hour in all, then a dead letter. Every minute for the
first twelve, so that after an outage of some minutes a customer waits a minute more, not ten."""
SHORT_LADDER = (1, 10, 60)
"""Seconds between retries of an event that may be early, or that we handle wrongly."""
RACES_AT_ONCE = 5
STORE_FAILURES = 10


Outcome = Literal["done", "refused", "retried", "dead"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
Handler = Callable[[Event[Any]], Awaitable[None]]
Handles = tuple[type[EventData], Handler]


@dataclass(frozen=True)
class HandledQueue:
    """One queue and who handles it."""

    service: str
    subscription: Subscription
    data_type: type[EventData]
    handler: Handler


class QueueConsumer:
    def __init__(self, queue: HandledQueue, broker: Broker, database: Database, marks: CrashMarks) -> None:
        self._queue = queue
        self._broker = broker
        self._database = database
        self._marks = marks
        self._keys = KeyLocks()
        self._solo = Solo()
        self._deadlines = Deadlines(HANDLER_TIMEOUT_SECONDS)
        self._seconds = HANDLING_SECONDS.labels(queue.service, queue.data_type.TYPE)
        self._ended = {
            outcome: EVENTS_HANDLED.labels(queue.service, queue.data_type.TYPE, outcome) for outcome in OUTCOMES
        }

    async def start(self) -> Consumer:
        return await self._broker.subscribe(self._queue.subscription.queue, self._on_delivery, prefetch=PREFETCH)

    async def _on_delivery(self, delivery: Delivery) -> None:
        started = time.perf_counter()
        try:
            event = decode(delivery.message.body, self._queue.data_type)
        except Invalid as error:
            await self._bury(delivery, str(error))
            return
        within = about.set((self._queue.service, event.tenant_id, event.correlation_id))
        try:
            with tracing.handling(self._queue.service, event, delivery.attempt) as span:
                outcome = await self._one_at_a_time(delivery, tracing.continued(event))
                tracing.ended(span, outcome)
                self._note(event, outcome, time.perf_counter() - started)
        finally:
            about.reset(within)

    def _note(self, event: Event[EventData], outcome: Outcome, seconds: float) -> None:
        self._ended[outcome].inc()
        self._seconds.observe(seconds)
        log.debug("event_handled", type=event.data.TYPE, id=event.id, outcome=outcome, ms=round(seconds * 1000, 1))

    async def _one_at_a_time(self, delivery: Delivery, event: Event[EventData]) -> Outcome:
        async with self._keys.hold(event.partition_key or event.id):
            if not delivery.redelivered:
                async with self._solo:
                    return await self._settle(delivery, event)
            # It may have killed its last consumer. Alone, so that if it kills us too, the mark names the right event.
            async with self._solo.alone():
                if await self._killed_too_many(delivery):
                    return await self._bury(delivery, "crash: the process died each time this event was handled")
                outcome = await self._settle(delivery, event)
                await self._marks.clear(delivery)
                return outcome

    async def _killed_too_many(self, delivery: Delivery) -> bool:
        """Waits here while the store is away: given back, the event would reach its delivery limit in a few seconds."""
        while True:
            try:
                return await self._marks.too_many(delivery)
            except StoreUnavailable as error:
                log.warning("store_away", code=error.code, detail=error.operator_detail)
                await self._until_store_answers()

    async def _settle(self, delivery: Delivery, event: Event[EventData]) -> Outcome:
        error = await self._handle(event)
        if error is None:
            await delivery.ack()
            return "done"
        tracing.failed(error)
        if isinstance(error, Refused):
            log.info("event_refused", type=event.data.TYPE, id=event.id, code=error.code)
            await delivery.ack()
            return "refused"
        if isinstance(error, Invalid):
            return await self._bury(delivery, str(error))
        ladder = LONG_LADDER if isinstance(error, Unavailable | Conflict) else SHORT_LADDER
        reason = str(error) if isinstance(error, ParleyError) else f"{type(error).__name__}: {error}"
        if delivery.attempt >= len(ladder):
            return await self._bury(delivery, f"gave up after {delivery.attempt} retries: {reason}")
        await delivery.retry(ladder[delivery.attempt], reason)
        return "retried"

    async def _handle(self, event: Event[EventData]) -> Exception | None:
        """Run the handler. Returns its last error, or None. Waits here while our own database is away."""
        races = failures = 0
        while True:
            try:
                with self._deadlines.guard():
                    await self._queue.handler(event)
                return None
            except Conflict as error:
                races += 1
                if races >= RACES_AT_ONCE:
                    return error
            except StoreUnavailable as error:
                failures += 1
                if failures >= STORE_FAILURES:
                    return error  # the store answers and still refuses this event, which must not hold up others
                log.warning("store_away", code=error.code, detail=error.operator_detail)
                await self._until_store_answers()
            except (NotFound, Refused, Invalid, Unavailable) as error:
                return error
            except TimeoutError:
                # Most likely overload, not this event: it must not become a dead letter after three tries.
                log.warning("handler_timed_out", type=event.data.TYPE, id=event.id)
                return Unavailable("handler_timed_out", f"not handled within {HANDLER_TIMEOUT_SECONDS:.0f} s")
            except Exception as error:  # the last resort: keep the event, say why
                log.exception("handler_failed", type=event.data.TYPE, id=event.id)
                return error

    async def _until_store_answers(self) -> None:
        """Pause instead of pushing everything through the ladder; unsettled deliveries stop the flow by prefetch."""
        while True:
            await asyncio.sleep(1)
            try:
                await self._database.ping()
            except StoreUnavailable:
                continue
            return

    async def _bury(self, delivery: Delivery, reason: str) -> Outcome:
        log.error("dead_letter", queue=delivery.queue, id=delivery.message.event_id, reason=reason)
        DEAD_LETTERS.labels(self._queue.service, self._queue.data_type.TYPE).inc()
        await delivery.dead(reason)
        return "dead"


def consumers_of(
    name: str, handlers: list[tuple[type[EventData], Any]], queues: list[tuple[Subscription, type[EventData]]]
) -> list[HandledQueue]:
    """Every queue of this service with its handler. Raises ValueError where catalogue and wiring disagree."""
    by_type = dict(handlers)
    wanted = {data_type for _, data_type in queues}
    if by_type.keys() != wanted:
        odd = {data_type.TYPE for data_type in by_type.keys() ^ wanted}
        raise ValueError(f"{name}: catalogue and wiring disagree about {sorted(odd)}")
    return [HandledQueue(name, subscription, data_type, by_type[data_type]) for subscription, data_type in queues]
