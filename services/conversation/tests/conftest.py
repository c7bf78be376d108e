"""A conversation service in memory, driven by hand."""

from __future__ import annotations

import pytest

from conversation_world import World


@pytest.fixture
async def world() -> World:
    world = World()
    await world.start()
    return world


@pytest.fixture
async def suggesting() -> World:
    world = World({"ai_mode": "suggest"})
    await world.start()
    return world
