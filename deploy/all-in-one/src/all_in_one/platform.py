"""Chooses the backends by their addresses: the SQLite files in the data folder, or real servers, each on its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx2
from fastapi import FastAPI

from all_in_one.folder import STORE
from shared.broker.protocol import Broker
from shared.clock import Clock, SystemClock
from shared.database.protocol import Database
from shared.database.sqlite.database import EmbeddedDatabase
from shared.internal.client import InternalClient
from shared.keyring import Keyring
from shared.one_file import OneFile
from shared.service.holder import Holder
from shared.service.service import Platform, no_joint_save
from shared.settings import EMBEDDED, PlatformSettings

_HERE = "http://parley"


class _EveryProcess(httpx2.AsyncBaseTransport):
    """To the services of this process without a socket, to those of the other one over our own port."""

    def __init__(self, app: FastAPI) -> None:
        self._here = httpx2.ASGITransport(app)
        self._port = _own_port()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        goes = self._here if str(request.url).startswith(f"{_HERE}/") else self._port
        return await goes.handle_async_request(request)

    async def aclose(self) -> None:
        await self._port.aclose()


def platform_for(settings: PlatformSettings, folder: Path, app: FastAPI, ingress_url: str = _HERE) -> Platform:
    """Services read each other through the application itself, without a socket; ingress may have another process."""
    clock = SystemClock()
    file = OneFile(folder / STORE, clock)
    broker = broker_for(settings, clock, lambda: file.broker)
    keyring = Keyring(settings.secret_key.get_secret_value())

    embedded = settings.database_url.startswith(EMBEDDED)
    return Platform(
        broker=broker,
        open_database=file.database if embedded else lambda name: _on_server(settings, name),
        clock=clock,
        keyring=keyring,
        internal=InternalClient(
            keyring, clock, lambda service: ingress_url if service == "ingress" else _HERE, _EveryProcess(app)
        ),
        settings=settings,
        # The process before us has ended: the keeper waits for a killed one before it forks the next, and at its own
        # start it got the folder's lock.
        holder=Holder(alone=embedded),
        joint=file.joint if broker is file.broker else no_joint_save,
    )


def broker_for(settings: PlatformSettings, clock: Clock, embedded: Callable[[], Broker]) -> Broker:
    """RabbitMQ if it is configured. The client libraries of servers cost memory and time: imported where used only."""
    if settings.broker_url.startswith(EMBEDDED):
        return embedded()
    from shared.broker.rabbitmq.broker import RabbitBroker

    return RabbitBroker(settings.broker_url, clock, "parley all-in-one")


def database_for(settings: PlatformSettings, folder: Path, name: str) -> Database:
    """For a service with a process of its own, which has a file of its own."""
    if settings.database_url.startswith(EMBEDDED):
        return EmbeddedDatabase(folder / f"{name}.sqlite")
    return _on_server(settings, name)


def _on_server(settings: PlatformSettings, name: str) -> Database:
    from shared.database.mongodb.database import MongoDatabase

    return MongoDatabase(settings.database_url, f"parley_{name.replace('-', '_')}", "parley all-in-one")


def own_port_client(keyring: Keyring, clock: Clock, url: str) -> InternalClient:
    """For the other process: over our own port, which is plain HTTP, so no certificates are loaded."""
    return InternalClient(keyring, clock, lambda _service: url, _own_port())


def _own_port() -> httpx2.AsyncHTTPTransport:
    return httpx2.AsyncHTTPTransport(verify=False, trust_env=False)
