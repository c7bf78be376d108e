"""Genuine webhooks for numbers without an owner: kept for the operator, hidden from tenants, deleted after a while."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import structlog
from fastapi import APIRouter, Depends, Query

from shared.clock import Clock
from shared.database.paging import pages
from shared.database.protocol import CollectionSpec, Database, Document, In, Range, Sort
from shared.http.paging import listing
from shared.ids import derive
from shared.internal.access import internal_only
from shared.keyring import Keyring

log = structlog.get_logger()

SPEC = CollectionSpec("unrouted", {"at": "datetime"}, (("at",),))


class Unrouted:
    def __init__(self, database: Database, clock: Clock, kept_days: int) -> None:
        self._rows = database.collection(SPEC)
        self._clock = clock
        self._kept = timedelta(days=kept_days)

    async def keep(self, connection_id: str, carrier_message_id: str, reason: str, raw: bytes) -> None:
        """Keeps one row per carrier message, however often the carrier delivers it."""
        row = {
            "id": derive("unrouted", connection_id, carrier_message_id, reason),
            "connection_id": connection_id,
            "reason": reason,
            "body": raw,
            "at": self._clock.now(),
        }
        if await self._rows.insert(row):
            log.warning("webhook_unrouted", connection=connection_id, reason=reason)

    async def list(self, limit: int, cursor: str | None) -> dict[str, Any]:
        page = await self._rows.find({}, sort=Sort("at", descending=True), limit=limit, cursor=cursor)
        return listing([_readable(row) for row in page.items], page.next_cursor)

    async def erase(self, speaks_of: Callable[[Document], Awaitable[bool]]) -> int:
        """Delete every row of which this is true; returns how many."""
        erased = 0
        async for page in pages(self._rows, {}, Sort("at")):
            found = [row["id"] for row in page if await speaks_of(row)]
            erased += await self._rows.delete({"id": In(found)}) if found else 0
        return erased

    async def sweep(self) -> int:
        """Deletes what is too old. Returns how many rows."""
        return await self._rows.delete({"at": Range(lt=self._clock.now() - self._kept)})


def _readable(row: Document) -> dict[str, Any]:
    return {**row, "body": row["body"].decode(errors="replace")}


def unrouted_router(unrouted: Unrouted, keyring: Keyring) -> APIRouter:
    """For the operator's command line, with an internal token."""
    router = APIRouter(
        prefix="/internal/ingress/unrouted", dependencies=[Depends(internal_only(keyring))], include_in_schema=False
    )

    @router.get("")
    async def list_unrouted(limit: int = Query(default=100, ge=1, le=1000), cursor: str = "") -> dict[str, Any]:
        return await unrouted.list(limit, cursor or None)

    return router
