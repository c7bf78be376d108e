"""One furnished installation for all files here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
from pydantic import SecretStr

from access_rules import ADMIN_TOKEN
from access_stage import Stage, furnish
from all_in_one.assembly import assemble
from shared.settings import PlatformSettings


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    folder: Path = tmp_path_factory.mktemp("routes")
    settings = PlatformSettings(
        _env_file=None,  # pyright: ignore[reportCallIssue]
        secret_key=SecretStr("a secret of thirty-two characters or more"),
        admin_token=SecretStr(ADMIN_TOKEN),
        database_url=f"embedded:{folder}",
        sandbox="off",
        telnyx_api_base="http://127.0.0.1:9/v2",
    )
    assembly = assemble(settings, folder)
    await assembly.runner.start()
    work = asyncio.create_task(assembly.runner.run_tasks())
    transport = httpx2.ASGITransport(assembly.runner.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as http:
        made = Stage(assembly, http)
        await furnish(made)
        yield made
    work.cancel()
    await asyncio.wait({work})
    await assembly.runner.stop()
