"""What one service says about itself to the operator's page (`/api/system` in accounts)."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, Depends

from shared.errors import ParleyError
from shared.http.health import Health
from shared.http.served import Served
from shared.internal.access import internal_only
from shared.keyring import Keyring
from shared.settings import PlatformSettings

PATH = "about"


def about_router(service: Served, health: Health, keyring: Keyring, settings: PlatformSettings) -> APIRouter:
    router = APIRouter(
        prefix=f"/internal/{service.name}", include_in_schema=False, dependencies=[Depends(internal_only(keyring))]
    )

    @router.get(f"/{PATH}")
    async def about() -> dict[str, Any]:
        missing, waiting = await health.reasons_of(service)
        return {
            "version": version("parley-shared"),
            "commit": settings.parley_commit,
            "missing": missing,
            "waiting": waiting,
            "oldest_effect_seconds": await _oldest_effect_seconds(service),
        }

    return router


async def _oldest_effect_seconds(service: Served) -> float | None:
    try:
        return await service.relay.oldest_waiting_seconds()
    except ParleyError:  # the database is away, which `missing` says
        return None
