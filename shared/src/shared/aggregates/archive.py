"""Keeps the marks of absorbed causes, for 30 days, once a document holds too many of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.database.protocol import CollectionSpec, Database, In, Prefix, Range

SPEC = CollectionSpec("applied_archive", {"at": "datetime"}, (("at",),))
KEPT = timedelta(days=30)
"""Longer than anything is redelivered or replayed: a dead letter older than 29 days is refused."""


class Archive:
    def __init__(self, database: Database, collection: str) -> None:
        self._rows = database.collection(SPEC)
        self._collection = collection

    async def add(self, aggregate_id: str, marks: list[str], now: datetime) -> None:
        await self._rows.insert_many([{"id": self._key(aggregate_id, mark), "at": now} for mark in marks])

    async def of_these(self, aggregate_id: str, marks: Sequence[str]) -> list[str]:
        """The marks among these that are in the archive, by one read."""
        by_key = {self._key(aggregate_id, mark): mark for mark in marks}
        page = await self._rows.find({"id": In(list(by_key))}, limit=len(by_key))
        return [by_key[row["id"]] for row in page.items]

    async def drop(self, aggregate_id: str) -> None:
        await self._rows.delete({"id": Prefix(self._key(aggregate_id, ""))})

    async def has(self, aggregate_id: str, mark: str) -> bool:
        return await self._rows.get(self._key(aggregate_id, mark)) is not None

    def _key(self, aggregate_id: str, mark: str) -> str:
        return f"{self._collection}|{aggregate_id}|{mark}"


async def expire(database: Database, now: datetime) -> int:
    """Remove rows past their time; returns how many."""
    return await database.collection(SPEC).delete({"at": Range(lt=now - KEPT)})
