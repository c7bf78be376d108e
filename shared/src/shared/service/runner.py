"""Runs services in one process: one alone, or all of them. Owns signals, order of start and stop, and nothing else.

HTTP answers from the first moment (`/readyz` says what is missing). Start: databases, broker with the whole topology,
consumers, background tasks. Stop: HTTP drains, tasks end what they are at, consumers finish what they took, effects in
flight are seen through, then connections close.
"""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import structlog
import uvicorn
from fastapi import FastAPI

from shared import tracing
from shared.aggregates import archive
from shared.broker.protocol import Consumer
from shared.consuming import dead_letters
from shared.consuming.consumer import QueueConsumer, consumers_of
from shared.consuming.crash_marks import CrashMarks
from shared.consuming.dead_letters import DeadLetters
from shared.errors import BrokerUnavailable, BrokerUnusable, StoreUnavailable, StoreUnusable
from shared.events.catalogue import subscriptions_of, topology
from shared.http.health import Health, health_router
from shared.http.served import Companion
from shared.http.server import http_server
from shared.http.shared_port import SharedPort
from shared.http.tracing import TracedRequests, owners_of
from shared.internal.about import about_router
from shared.service.descriptors import shares
from shared.service.retention import Retention
from shared.service.service import Platform, Service
from shared.service.sweeping import keep_swept

log = structlog.get_logger()

HOUSEKEEPING_SECONDS = 3600.0
GRACE_SECONDS = 25.0


@dataclass
class Runner:
    """`extra` are further background tasks of the process (the sandbox's, in the all-in-one)."""

    services: Sequence[Service]
    platform: Platform
    app: FastAPI
    extra: dict[str, Callable[[], Awaitable[None]]] = field(default_factory=dict[str, Callable[[], Awaitable[None]]])
    on_ready: Callable[[], Awaitable[None]] | None = None
    port: SharedPort | None = None
    """Set where another process serves the same port; without a listener all connections come from there."""
    companions: list[Companion] = field(default_factory=list[Companion])
    """Other processes of the same installation that `/readyz` and `/metrics` speak for."""
    _consumers: list[Consumer] = field(default_factory=list[Consumer], init=False)
    _started: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _broker_reached: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._letters = {
            service.name: DeadLetters(service.database, self.platform.broker, self.platform.clock)
            for service in self.services
        }
        for service in self.services:
            for router in service.routers:
                self.app.include_router(router)
            letters = self._letters[service.name]
            self.app.include_router(dead_letters.router(service.name, letters, self.platform.keyring))
            if service.erasures:
                service.erasures.add("dead_letters", letters.erase)
        self.health = Health(self.services, self.platform.broker, self.platform.clock, self._starting, self.companions)
        self.app.include_router(health_router(self.health))
        for service in self.services:
            self.app.include_router(about_router(service, self.health, self.platform.keyring, self.platform.settings))
        if tracing.is_on():
            self.app.add_middleware(TracedRequests, owners=owners_of(self.services))

    async def start(self) -> None:
        """Everything but HTTP and the background tasks. Tests that need no socket call this and `run_tasks`.

        Waits for a database that is away. Does not wait for a broker that is away: it connects when it can, and until
        then ingress spools webhooks and outboxes keep effects.
        """
        for service in self.services:
            await _once_it_answers(service)
        try:
            await self.platform.broker.start(topology())
            self._broker_reached = True
        except BrokerUnusable:
            raise
        except BrokerUnavailable as error:
            log.warning("broker_away_at_start", code=error.code, detail=error.operator_detail)
        for service in self.services:
            await self._consume(service)
        self._started.set()

    async def _start_and_work(self) -> None:
        await self.start()
        await self.run_tasks()

    async def run_tasks(self) -> None:
        """All background work; returns never, raises what the first failing task raised, with its name logged."""
        async with asyncio.TaskGroup() as group:
            for name, work in self._tasks().items():
                group.create_task(_named(name, work), name=name)

    async def stop(self) -> None:
        await asyncio.gather(*(consumer.stop(GRACE_SECONDS) for consumer in self._consumers))
        for service in self.services:
            for stop in service.on_stop:
                await stop()
            await service.relay.drain()
        await self.platform.internal.close()
        for companion in self.companions:
            await companion.close()
        await self.platform.broker.close()
        for service in self.services:
            await service.database.close()

    async def serve(self, listener: socket.socket | None = None) -> None:
        """Run until SIGTERM or SIGINT, then stop in order.

        `listener` is a bound socket; None: bind our own, or none at all where the port is shared.
        """
        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stopping.set)
        server = http_server(self.app, self.platform.settings, shares().connections, port=self.port)
        sockets = [listener] if listener else [] if self.port else None
        work = asyncio.create_task(self._start_and_work())
        http = asyncio.create_task(server.serve(sockets))
        announce = asyncio.create_task(self._announce(server))
        stop = asyncio.create_task(stopping.wait())
        failed = asyncio.create_task(_failure_of(announce))
        await asyncio.wait({work, http, stop, failed}, return_when=asyncio.FIRST_COMPLETED)
        for service in self.services:
            for say_goodbye in service.on_drain:
                await say_goodbye()
        server.should_exit = True
        announce.cancel()
        failed.cancel()
        for task in (http, work):
            if task is work:
                task.cancel()
            await asyncio.wait({task}, timeout=GRACE_SECONDS)
        self._complain_of_what_runs_on()
        await self.stop()
        for task in (http, work, announce):
            if task.done() and not task.cancelled() and (error := task.exception()):
                raise error

    def _complain_of_what_runs_on(self) -> None:
        """A task that outlives the grace period is a mistake of ours; its name is where to look."""
        names = self._tasks().keys() & {task.get_name() for task in asyncio.all_tasks()}
        if names:
            log.error("tasks_did_not_stop", tasks=sorted(names), seconds=GRACE_SECONDS)

    async def _announce(self, server: uvicorn.Server) -> None:
        await self._started.wait()
        while not server.started:  # noqa: ASYNC110 - uvicorn tells by a flag only
            await asyncio.sleep(0.01)
        if self.on_ready:
            await self.on_ready()

    async def _consume(self, service: Service) -> None:
        broker, clock = self.platform.broker, self.platform.clock
        marks = CrashMarks(service.database, clock)
        for queue in consumers_of(service.name, list(service.handlers), subscriptions_of(service.name)):
            consumer = QueueConsumer(queue, broker, service.database, marks)
            self._consumers.append(await consumer.start())
            dead = queue.subscription.dead_queue
            self._consumers.append(await broker.subscribe(dead, self._letters[service.name].keep, prefetch=10))

    def _tasks(self) -> dict[str, Callable[[], Awaitable[None]]]:
        tasks: dict[str, Callable[[], Awaitable[None]]] = {**self.extra}
        for service in self.services:
            tasks[f"{service.name}: relay"] = service.relay.run
            tasks[f"{service.name}: housekeeping"] = self._housekeeping_of(service)
            tasks[f"{service.name}: retention"] = self._retention_of(service).run
            if service.erasures:
                tasks[f"{service.name}: erasures"] = service.erasures.run
            for name, work in service.tasks.items():
                tasks[f"{service.name}: {name}"] = work
            for model in service.read_models:
                tasks[f"{service.name}: fill {model.name}"] = _then_rest(model.fill)
        return tasks

    def _housekeeping_of(self, service: Service) -> Callable[[], Awaitable[None]]:
        marks = CrashMarks(service.database, self.platform.clock)

        def expire() -> Awaitable[int]:
            return archive.expire(service.database, self.platform.clock.now())

        sweeps = [expire, self._letters[service.name].forget_settled, marks.forget_old]
        return partial(keep_swept, sweeps, every=HOUSEKEEPING_SECONDS)

    def _retention_of(self, service: Service) -> Retention:
        forget = {**service.forget, "dead_letters": self._letters[service.name].forget}
        return Retention(service.name, forget, self.platform.internal, self.platform.clock)

    def _starting(self) -> str | None:
        if not self._started.is_set():
            return "starting"
        trouble = self.platform.broker.trouble()
        self._broker_reached = self._broker_reached or trouble is None
        return None if self._broker_reached else "broker_away"


async def _once_it_answers(service: Service) -> None:
    while True:
        try:
            return await service.database.start()
        except StoreUnusable:
            raise  # a damaged file, or one that may not be written: a person has to mend that
        except StoreUnavailable as error:
            log.warning("database_away_at_start", service=service.name, code=error.code, detail=error.operator_detail)
            await asyncio.sleep(1)


async def _failure_of(task: asyncio.Task[None]) -> None:
    """Ends only if the task fails."""
    await asyncio.wait({task})
    if task.cancelled() or task.exception() is None:
        await asyncio.Event().wait()


def _then_rest(work: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    async def once() -> None:
        await work()
        await asyncio.Event().wait()

    return once


async def _named(name: str, work: Callable[[], Awaitable[None]]) -> None:
    try:
        await work()
    except Exception:
        log.exception("task_failed", task=name)
        raise
    raise RuntimeError(f"{name} ended, but was to run for ever")
