"""What the database contract suite runs on: one backend a parameter, a collection of its own for every test."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from shared.database.protocol import Collection, CollectionSpec, Database, Document, Sort, Where
from shared.database.sqlite.database import EmbeddedDatabase

NAME = f"parley_contract_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
"""Each worker has a database of its own: some of these tests clear theirs, or count all it holds."""
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
THINGS = CollectionSpec(
    "things",
    {
        "tenant_id": "str",
        "name": "str",
        "n": "int",
        "open": "bool",
        "due_at": "datetime",
        "words": "terms",
        "more_words": "terms",
    },
    (
        ("tenant_id", "due_at"),
        ("tenant_id", "n"),
        ("tenant_id", "name"),
        ("tenant_id", "words", "due_at"),
        ("tenant_id", "name", "n"),
    ),
)


@dataclass(frozen=True)
class DatabaseBackend:
    """`open` makes another database object on the same stored data, as a second process would have."""

    name: str
    open: Callable[[], Database]
    most_values: int = 10_000
    """In one condition, within the time an operation has."""


def own_spec(spec: CollectionSpec = THINGS) -> CollectionSpec:
    """The same declaration under a name of its own, so that tests never see each other's documents."""
    return replace(spec, name=f"{spec.name}_{uuid.uuid4().hex[:12]}")


def thing(id: str, **fields: Any) -> Document:
    return {"id": id, "version": 1, "revision": 1, **fields}


def minutes(count: float) -> datetime:
    return START + timedelta(minutes=count)


async def all_ids(collection: Collection, where: Where, sort: Sort = Sort(), limit: int = 1000) -> list[str]:  # noqa: B008 - frozen
    """Ids of every page, in order."""
    ids: list[str] = []
    cursor: str | None = None
    while True:
        page = await collection.find(where, sort=sort, limit=limit, cursor=cursor)
        ids += [item["id"] for item in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return ids


async def fill(path: Path, spec: CollectionSpec, documents: list[dict[str, Any]]) -> None:
    """A file of SQLite with these documents, closed again."""
    database = EmbeddedDatabase(path)
    collection = database.collection(replace(spec))
    await database.start()
    await collection.insert_many(documents)
    await database.close()
