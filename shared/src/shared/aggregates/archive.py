"""Where the marks of absorbed causes go when a document keeps no more of them. Rows live 30 days."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.database.protocol import CollectionSpec, Database, Range

SPEC = CollectionSpec("applied_archive", {"at": "datetime"}, (("at",),))
KEPT = timedelta(days=30)
"""Longer than anything is redelivered or replayed: a dead letter older than 29 days is refused."""


class Archive:
    def __init__(self, database: Database, collection: str) -> None:
        self._rows = database.collection(SPEC)
        self._collection = collection

    async def add(self, aggregate_id: str, marks: list[str], now: datetime) -> None:
        await self._rows.insert_many([{"id": self._key(aggregate_id, mark), "at": now} for mark in marks])

    async def has(self, aggregate_id: str, mark: str) -> bool:
        return await self._rows.get(self._key(aggregate_id, mark)) is not None

    def _key(self, aggregate_id: str, mark: str) -> str:
        return f"{self._collection}|{aggregate_id}|{mark}"


async def expire(database: Database, now: datetime) -> int:
    """Remove rows past their time; returns how many."""
    return await database.collection(SPEC).delete({"at": Range(lt=now - KEPT)})
