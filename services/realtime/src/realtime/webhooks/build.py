"""What webhooks are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter

from realtime.event_log import EventLog
from realtime.settings import Settings
from realtime.webhooks.alarms import Alarms
from realtime.webhooks.api import router
from realtime.webhooks.notices import Notices, Publish
from realtime.webhooks.posting import LONGEST_ANSWER, Poster
from realtime.webhooks.reader import POLL_SECONDS, Reader
from realtime.webhooks.requests import Parts, Requests
from realtime.webhooks.store import Deliveries, Webhooks
from realtime.webhooks.upkeep import Upkeep
from realtime.webhooks.worker import AtWork, Worker
from shared.access.gate import Access
from shared.database.protocol import Database
from shared.outgoing.guarded import GuardedTransport
from shared.outgoing.reach import LOOPBACK, Reach, networks
from shared.service import Platform
from shared.service.due import DueLoop
from shared.service.service import Task
from shared.service.sweeping import keep_swept
from shared.settings import is_loopback

BRISK_AT_ONCE, SLOW_AT_ONCE = 64, 16
"""Webhooks that are worked on at once in one process. Slow ones have places of their own."""
_WORK_POLL_SECONDS = 2.0


@dataclass(frozen=True)
class Outgoing:
    """What of webhooks the rest of the service uses."""

    router: APIRouter
    tasks: Mapping[str, Task]
    close: Task


def reach_of(settings: Settings) -> Reach:
    """The operator's networks. In a sandbox that only this machine reaches, this machine too."""
    own = networks(settings.realtime_webhook_networks)
    return Reach((*own, *LOOPBACK) if settings.sandbox_is_on and is_loopback(settings.host) else own)


@dataclass(frozen=True)
class Reading:
    """What reading the log needs; made before the projector, which stirs the reader."""

    webhooks: Webhooks
    deliveries: Deliveries
    alarms: Alarms
    entries: EventLog
    reader: Reader

    @classmethod
    def of(cls, webhooks: Webhooks, database: Database, entries: EventLog, platform: Platform) -> Reading:
        deliveries, alarms = Deliveries(database), Alarms(platform.clock)
        reader = Reader(entries, webhooks, deliveries, platform.clock, alarms)
        return cls(webhooks, deliveries, alarms, entries, reader)

    async def trim(self) -> None:
        """Drop old entries of the log, once every webhook has read them."""
        await self.reader.catch_up_all()
        await self.entries.trim()


def build_webhooks(
    reading: Reading, publish: Publish, gate: Access, settings: Settings, platform: Platform
) -> Outgoing:
    clock, keyring, reach = platform.clock, platform.keyring, reach_of(settings)
    webhooks, deliveries, alarms, reader = reading.webhooks, reading.deliveries, reading.alarms, reading.reader
    poster = Poster(GuardedTransport(reach, LONGEST_ANSWER), keyring, clock)
    notices = Notices(webhooks, publish, clock)
    worker = Worker(webhooks, deliveries, poster, notices, AtWork(clock, platform.holder, alarms))
    requests = Requests(
        Parts(webhooks, deliveries, reading.entries, reader, worker, notices, alarms, keyring, clock, reach)
    )
    upkeep = Upkeep(webhooks, deliveries, keyring, clock)
    loop = partial(DueLoop, webhooks.collection, worker.work, clock, poll_seconds=_WORK_POLL_SECONDS, rings_itself=True)
    brisk = loop(where={"slow": False}, at_once=BRISK_AT_ONCE, alarm=alarms.brisk)
    slow = loop(where={"slow": True}, at_once=SLOW_AT_ONCE, alarm=alarms.slow)

    async def deliver() -> None:
        await worker.take_over()
        await brisk.run()

    return Outgoing(
        router(requests, webhooks, deliveries, gate, clock),
        {
            "read the log for webhooks": reader.run,
            "deliver to webhooks": deliver,
            "deliver to slow webhooks": slow.run,
            "announce webhooks": partial(keep_swept, [notices.announce_left], every=POLL_SECONDS, spread=True),
            "look after webhooks": partial(keep_swept, [upkeep.reseal, upkeep.drop_old]),
        },
        poster.close,
    )
