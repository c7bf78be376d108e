"""A process whose last step of starting fails says so and ends, instead of running on without a word."""

from __future__ import annotations

import asyncio
import socket

import pytest

from shared.broker.embedded import EmbeddedBroker
from shared.clock import ManualClock
from shared.database.embedded import EmbeddedDatabase
from shared.keyring import Keyring
from shared.service.http import create_app
from shared.service.internal import InternalClient
from shared.service.runner import Runner
from shared.service.service import Platform
from shared.settings import PlatformSettings


async def test_what_fails_when_all_is_ready_ends_the_process():
    clock, keyring = ManualClock(), Keyring("k" * 32)
    internal = InternalClient(keyring, clock, lambda service: f"http://{service}")
    broker, settings = EmbeddedBroker(None, clock), PlatformSettings(_env_file=None)
    platform = Platform(broker, lambda _: EmbeddedDatabase(None), clock, keyring, internal, settings)

    async def prepare() -> None:
        raise ValueError("the demo cannot be prepared")

    async def for_ever() -> None:
        await asyncio.Event().wait()

    runner = Runner([], platform, create_app("test", ""), extra={"work": for_ever}, on_ready=prepare)
    listener = socket.create_server(("127.0.0.1", 0))
    with pytest.raises(ValueError, match="the demo cannot be prepared"):
        await asyncio.wait_for(runner.serve(listener), timeout=60)
