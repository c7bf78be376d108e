"""A world with workflows for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from workflow_world import WorkflowsWorld


@pytest.fixture
async def world() -> AsyncIterator[WorkflowsWorld]:
    world = WorkflowsWorld()
    await world.start()
    yield world
    await world.database.close()
