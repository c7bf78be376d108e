"""How a process speaks for another one of its installation: it asks over internal HTTP, as services ask each other."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends

from shared.errors import ParleyError
from shared.http.health import Health
from shared.internal.access import internal_only
from shared.internal.client import InternalClient
from shared.keyring import Keyring


def companion_router(service: str, health: Health, keyring: Keyring) -> APIRouter:
    """What `HttpCompanion` asks for."""
    router = APIRouter(
        prefix=f"/internal/{service}", include_in_schema=False, dependencies=[Depends(internal_only(keyring))]
    )

    @router.get("/readiness")
    async def readiness() -> dict[str, Any]:
        missing, waiting = await health.reasons()
        return {"missing": missing, "waiting": waiting}

    @router.get("/metrics")
    async def metrics() -> dict[str, Any]:
        return {"text": (await health.metrics()).decode()}

    return router


class HttpCompanion:
    """The process of one service."""

    def __init__(self, service: str, internal: InternalClient) -> None:
        self._service = service
        self._internal = internal

    async def reasons(self) -> tuple[list[str], list[str]]:
        try:
            said = await self._internal.get(self._service, "readiness")
        except ParleyError as error:
            return [f"{self._service}: {error.code}"], []
        return said["missing"], said["waiting"]

    async def metrics(self) -> str:
        try:
            return (await self._internal.get(self._service, "metrics"))["text"]
        except ParleyError:
            return ""

    async def close(self) -> None:
        await self._internal.close()
