"""One sender for each test (`tests/support/sender/sender_alone.py`)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sender_alone import MakeSender, OneSender, one_sender


@pytest.fixture
async def make_world() -> AsyncIterator[MakeSender]:
    opened: list[OneSender] = []

    async def make(filled: bool = True, **settings: Any) -> OneSender:
        opened.append(await one_sender(filled, **settings))
        return opened[-1]

    yield make
    for world in opened:
        await world.parts.service.database.close()


@pytest.fixture
async def world(make_world: MakeSender) -> OneSender:
    return await make_world()
