"""Chooses the backends by their addresses: SQLite files in the data folder, or real servers, each on its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx2
from fastapi import FastAPI

from shared.broker.embedded.broker import EmbeddedBroker
from shared.broker.protocol import Broker
from shared.clock import Clock, SystemClock
from shared.database.protocol import Database
from shared.database.sqlite.database import EmbeddedDatabase
from shared.internal.client import InternalClient
from shared.keyring import Keyring
from shared.service.service import Platform
from shared.settings import EMBEDDED, PlatformSettings


def platform_for(settings: PlatformSettings, folder: Path, app: FastAPI) -> Platform:
    """Services read each other through the application itself, without a socket."""
    clock = SystemClock()
    keyring = Keyring(settings.secret_key.get_secret_value())

    return Platform(
        broker=broker_for(settings, clock, lambda: EmbeddedBroker(folder / "broker.sqlite", clock)),
        open_database=lambda name: database_for(settings, folder, name),
        clock=clock,
        keyring=keyring,
        internal=InternalClient(keyring, clock, lambda _service: "http://parley", httpx2.ASGITransport(app)),
        settings=settings,
    )


def broker_for(settings: PlatformSettings, clock: Clock, embedded: Callable[[], Broker]) -> Broker:
    """RabbitMQ if it is configured. The client libraries of servers cost memory and time: imported where used only."""
    if settings.broker_url.startswith(EMBEDDED):
        return embedded()
    from shared.broker.rabbitmq.broker import RabbitBroker

    return RabbitBroker(settings.broker_url, clock, "parley all-in-one")


def database_for(settings: PlatformSettings, folder: Path, name: str) -> Database:
    if settings.database_url.startswith(EMBEDDED):
        return EmbeddedDatabase(folder / f"{name}.sqlite")
    from shared.database.mongodb.database import MongoDatabase

    return MongoDatabase(settings.database_url, f"parley_{name.replace('-', '_')}", "parley all-in-one")


def own_port_client(keyring: Keyring, clock: Clock, url: str) -> InternalClient:
    """For the other process: over our own port, which is plain HTTP, so no certificates are loaded."""
    transport = httpx2.AsyncHTTPTransport(verify=False, trust_env=False)
    return InternalClient(keyring, clock, lambda _service: url, transport)
