"""Chooses the backends by their addresses: the SQLite file in the data folder, or real servers, each on its own."""

from __future__ import annotations

from pathlib import Path

import httpx2
from fastapi import FastAPI

from all_in_one.folder import STORE
from shared.broker.protocol import Broker
from shared.broker.rabbitmq.broker import RabbitBroker
from shared.clock import SystemClock
from shared.database.mongodb.database import MongoDatabase
from shared.database.protocol import Database
from shared.internal.client import InternalClient
from shared.keyring import Keyring
from shared.one_file import OneFile
from shared.service.holder import Holder
from shared.service.service import Platform, no_joint_save
from shared.settings import EMBEDDED, PlatformSettings


def platform_for(settings: PlatformSettings, folder: Path, app: FastAPI) -> Platform:
    """Services read each other through the application itself, without a socket."""
    clock = SystemClock()
    file = OneFile(folder / STORE, clock)
    broker = _broker(settings, file, clock)
    keyring = Keyring(settings.secret_key.get_secret_value())

    embedded = settings.database_url.startswith(EMBEDDED)

    def open_database(name: str) -> Database:
        if embedded:
            return file.database(name)
        return MongoDatabase(settings.database_url, f"parley_{name.replace('-', '_')}", "parley all-in-one")

    return Platform(
        broker=broker,
        open_database=open_database,
        clock=clock,
        keyring=keyring,
        internal=InternalClient(keyring, clock, lambda _service: "http://parley", httpx2.ASGITransport(app)),
        settings=settings,
        holder=Holder(alone=embedded),  # the folder's lock, which we hold, was let go of by the process before us
        joint=file.joint if broker is file.broker else no_joint_save,
    )


def _broker(settings: PlatformSettings, file: OneFile, clock: SystemClock) -> Broker:
    if settings.broker_url.startswith(EMBEDDED):
        return file.broker
    return RabbitBroker(settings.broker_url, clock, "parley all-in-one")
