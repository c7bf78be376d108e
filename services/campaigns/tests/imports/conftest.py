"""The world of the import tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from imports_world import ImportWorld


@pytest.fixture
async def imports() -> AsyncIterator[ImportWorld]:
    world = ImportWorld()
    await world.open()
    yield world
    await world.database.close()
