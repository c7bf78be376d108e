"""When each connection's last genuine webhook came, for the operator: a carrier that calls no more is seen at once.

Saved beside the request, at most once a minute for each connection and process: a hint, which may be lost.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated, Any

import structlog
from cachetools import TTLCache
from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from shared.clock import Clock
from shared.database.protocol import CollectionSpec, Database, In
from shared.errors import ParleyError
from shared.internal.access import internal_only
from shared.keyring import Keyring

log = structlog.get_logger()

SPEC = CollectionSpec("webhooks_last_seen", {})
EVERY_SECONDS = 60.0
MOST_CONNECTIONS = 10_000


class LastSeen:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._rows = database.collection(SPEC)
        self._clock = clock
        self._noted: TTLCache[str, bool] = TTLCache(MOST_CONNECTIONS, EVERY_SECONDS, timer=clock.monotonic)
        self._saving: set[asyncio.Task[None]] = set()

    def note(self, connection_id: str) -> None:
        """A genuine webhook of this connection came just now."""
        if connection_id in self._noted:
            return
        self._noted[connection_id] = True
        task = asyncio.create_task(self._save(connection_id, self._clock.now()))
        self._saving.add(task)
        task.add_done_callback(self._saving.discard)

    async def of(self, connection_ids: list[str]) -> dict[str, datetime]:
        page = await self._rows.find({"id": In(connection_ids)}, limit=len(connection_ids))
        return {row["id"]: row["at"] for row in page.items}

    async def _save(self, connection_id: str, at: datetime) -> None:
        try:
            await self._rows.put({"id": connection_id, "revision": int(at.timestamp() * 1000), "at": at})
        except ParleyError as error:
            log.debug("webhook_time_not_saved", code=error.code)


class SeenIn(BaseModel):
    connection_ids: Annotated[list[Annotated[str, Field(max_length=100)]], Field(min_length=1, max_length=200)]


def last_seen_router(last_seen: LastSeen, keyring: Keyring) -> APIRouter:
    router = APIRouter(
        prefix="/internal/ingress", dependencies=[Depends(internal_only(keyring))], include_in_schema=False
    )

    @router.post("/webhooks-last-seen")
    async def webhooks_last_seen(asked: SeenIn) -> dict[str, Any]:
        return {
            "items": [{"connection_id": id, "at": at} for id, at in (await last_seen.of(asked.connection_ids)).items()]
        }

    return router
