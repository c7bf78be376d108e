"""Wires ingress: the only file here that knows concrete classes."""

from __future__ import annotations

from functools import partial

from ingress.api import webhook_router
from ingress.confirms import Confirms
from ingress.delivery import Delivery
from ingress.directory import Directory
from ingress.erasing import IngressErasure
from ingress.last_seen import LastSeen, last_seen_router
from ingress.reception import Reception
from ingress.settings import Settings
from ingress.spool import Spool
from ingress.unrouted import Unrouted, unrouted_router
from shared.events import ConnectionChanged, ContactErased, NumberChanged
from shared.internal.read_models import ReadModel, Source
from shared.service import Platform, Service
from shared.service.erasing import Erasures
from shared.service.sweeping import keep_swept

SERVICE = "ingress"


def build(settings: Settings, platform: Platform) -> Service:
    database, broker, clock = platform.open_database(SERVICE), platform.broker, platform.clock
    numbers = ReadModel(NumberChanged, lambda row: row.phone_number, _accounts("numbers"), database, platform.internal)
    connections = ReadModel(
        ConnectionChanged, lambda row: row.connection_id, _accounts("connections"), database, platform.internal
    )
    confirms = Confirms(broker, clock)
    spool = Spool(database, confirms, clock)
    unrouted = Unrouted(database, clock, settings.unrouted_kept_days)
    directory, delivery = Directory(connections, numbers, clock), Delivery(confirms, spool)
    last_seen = LastSeen(database, clock)
    reception = Reception(directory, delivery, unrouted, last_seen, platform.keyring, clock)
    relay = platform.relay(database)
    erasures = Erasures(
        SERVICE, database, relay, platform, {"unrouted": IngressErasure(unrouted, connections).unrouted}
    )
    return Service(
        name=SERVICE,
        database=database,
        handlers=[
            (NumberChanged, numbers.on_event),
            (ConnectionChanged, connections.on_event),
            (ContactErased, erasures.on_contact_erased),
        ],
        relay=relay,
        routers=[
            webhook_router(reception),
            unrouted_router(unrouted, platform.keyring),
            last_seen_router(last_seen, platform.keyring),
        ],
        tasks={"spool": spool.run, "unrouted": partial(keep_swept, [unrouted.sweep])},
        erasures=erasures,
        read_models=[numbers, connections],
        degraded=[spool.degraded],
    )


def _accounts(path: str) -> Source:
    return Source(service="accounts", path=path)
