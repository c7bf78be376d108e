"""The open streams of this process: one feed per tenant with listeners, limits, heartbeats, revocation."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass

import structlog

from realtime.domain.frames import parse_frame
from realtime.event_log import EventLog
from realtime.live.feed import Feed
from realtime.live.hearing import Hearing
from realtime.live.listener import GOING_AWAY, REVOKED, Listener
from realtime.metrics import ENDED
from realtime.projector import ROUTING_PREFIX
from realtime.settings import Settings
from shared.access.gate import Access, Principal
from shared.broker.protocol import Broker, FanOut, Message
from shared.clock import Clock
from shared.errors import ParleyError, TooMany, Unavailable
from shared.events.accounts import AccessRevoked
from shared.events.envelope import Event

log = structlog.get_logger()

FAN_OUT = FanOut("realtime", (f"{ROUTING_PREFIX}#",))
HEARTBEAT_SECONDS = 25.0
ACCESS_SECONDS = 0.5
HEAD_SECONDS = 3.0
_CHECKS_AT_ONCE = 50


@dataclass(frozen=True)
class Limits:
    process: int = 10_000
    tenant: int = 2_500

    @classmethod
    def within(cls, streams: int, settings: Settings) -> Limits:
        """The settings, lowered to the descriptors of this process (`streams`); one tenant gets half of them."""
        process = min(settings.realtime_max_connections, streams)
        return cls(process, min(settings.realtime_max_connections_per_tenant, max(1, streams // 2)))


class Hub:
    def __init__(self, entries: EventLog, gate: Access, broker: Broker, clock: Clock, limits: Limits) -> None:
        self._log = entries
        self._gate = gate
        self._clock = clock
        self._limits = limits
        self._feeds: dict[str, Feed] = {}
        self._taken: Counter[str] = Counter()
        self.hearing = Hearing(broker, FAN_OUT, self.on_message)
        self._check_now = asyncio.Event()
        self._stopping = False

    async def join(self, who: Principal, after: str) -> Listener:
        """A listener on its tenant's feed; `leave` must follow.

        Raises `TooMany` at a limit, `Unavailable` while the process stops.
        """
        self._take_place(who.tenant_id)
        listener = Listener(who)
        try:
            feed = self._feeds.setdefault(who.tenant_id, Feed(who.tenant_id, self._log, self._clock))
            await feed.join(listener, after)
        except BaseException:
            self._give_place_back(who.tenant_id)
            raise
        return listener

    def leave(self, listener: Listener) -> None:
        if listener.ending is not None:
            ENDED.labels(listener.ending.reason).inc()
        tenant_id = listener.who.tenant_id
        if feed := self._feeds.get(tenant_id):
            feed.listeners.discard(listener)
        self._give_place_back(tenant_id)

    async def on_access_revoked(self, event: Event[AccessRevoked]) -> None:
        await self._gate.on_access_revoked(event)
        self._check_now.set()

    async def on_message(self, message: Message) -> None:
        feed = self._feeds.get(message.routing_key.removeprefix(ROUTING_PREFIX))
        if feed is not None:
            try:
                feed.offer(parse_frame(message.body))
            except ValueError:
                log.warning("live_frame_unreadable", event_id=message.event_id)
        # Let the listeners send before the next frame: in a burst they would look slow although they are not.
        await asyncio.sleep(0)

    def tell(self, tenant_id: str, type_: str, data: object, only: Listener | None = None) -> None:
        """A frame without a number, to this process's streams of a tenant or to one of them. A lost one stays lost."""
        if feed := self._feeds.get(tenant_id):
            feed.tell(type_, data, only)

    def not_ready(self) -> str | None:
        return None if self.hearing.is_on else "not subscribed to the other instances yet"

    async def stop(self) -> None:
        self._stopping = True
        for feed in self._feeds.values():
            feed.stop()
            for listener in list(feed.listeners):
                listener.end(GOING_AWAY)
        await self.hearing.stop()

    # Background loops.

    async def beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            for feed in list(self._feeds.values()):
                feed.heartbeat()

    async def look_into_log(self) -> None:
        while True:
            await asyncio.sleep(HEAD_SECONDS)
            for feed in list(self._feeds.values()):
                if not feed.listeners:
                    self._forget(feed)
                    continue
                try:
                    await feed.check()
                except ParleyError as error:
                    log.warning("feed_cannot_read_log", code=error.code)

    async def watch_access(self) -> None:
        """Every `ACCESS_SECONDS`, and at once when this instance hears of a revocation."""
        while True:
            try:
                async with asyncio.timeout(ACCESS_SECONDS):
                    await self._check_now.wait()
            except TimeoutError:
                pass
            self._check_now.clear()
            await self.check_access()

    async def check_access(self) -> None:
        """End the streams of callers without access any more. Each caller is checked once, not once per stream."""
        streams: dict[Principal, list[Listener]] = {}
        for feed in self._feeds.values():
            for listener in feed.listeners:
                streams.setdefault(listener.who, []).append(listener)
        people = list(streams)
        for start in range(0, len(people), _CHECKS_AT_ONCE):
            group = people[start : start + _CHECKS_AT_ONCE]
            for who, valid in zip(group, await asyncio.gather(*map(self._is_valid, group)), strict=True):
                if not valid:
                    for listener in streams[who]:
                        listener.end(REVOKED)

    async def _is_valid(self, who: Principal) -> bool:
        if who.expires_at and who.expires_at <= self._clock.now():
            return False
        try:
            return await self._gate.still_valid(who)
        except ParleyError:
            return True  # the store is away, so it delivers no events either; checked again in a moment

    def _forget(self, feed: Feed) -> None:
        if not self._taken[feed.tenant_id]:
            feed.stop()
            self._feeds.pop(feed.tenant_id, None)

    def _take_place(self, tenant_id: str) -> None:
        if self._stopping:
            raise Unavailable("restarting", "this process is about to stop; connect again", 1)
        if self._taken.total() >= self._limits.process or self._taken[tenant_id] >= self._limits.tenant:
            # Spread out, so that refused callers do not all come back together.
            after = random.uniform(2, 10)  # noqa: S311 - spreads callers, no secret
            raise TooMany("too_many_connections", "too many open streams; try again later", after)
        self._taken[tenant_id] += 1

    def _give_place_back(self, tenant_id: str) -> None:
        self._taken[tenant_id] -= 1
        if not self._taken[tenant_id]:
            del self._taken[tenant_id]
