"""What the data folder holds: documents by service and collection, and messages that wait in the broker's queues.

Read from the files as they are, without the services: so what a service keeps is moved even if this version does not
declare it any more.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from all_in_one.folder import STORE
from shared.broker.embedded.rows import QueueEntry, every
from shared.database.protocol import CollectionSpec, Document, FieldType
from shared.database.sqlite.json import decode
from shared.sqlite.connection import connect

_CACHE_KIB = 8_192
_SERVICES = ("accounts", "ai-responder", "campaigns", "conversation", "realtime", "sender")
INGRESS, INGRESS_FILE = "ingress", "ingress.sqlite"
BATCH_DOCUMENTS, BATCH_BYTES = 500, 4 * 1024 * 1024
_TABLE = re.compile(r"c_(?P<stem>[a-z0-9_]+)")


@dataclass(frozen=True)
class StoredCollection:
    """One table of one file, and the service that owns it."""

    service: str
    file: str
    stem: str
    spec: CollectionSpec
    rows: int


def collections_of(data: Path) -> list[StoredCollection]:
    """Raises `sqlite3.Error` or `OSError`."""
    found = [*_in_file(data, STORE)]
    if (data / INGRESS_FILE).exists():
        found += _in_file(data, INGRESS_FILE)
    return sorted(found, key=lambda one: (one.service, one.spec.name))


def batches(data: Path, collection: StoredCollection) -> Iterator[list[Document]]:
    """All documents, a few MB at a time."""
    with closing(connect(data / collection.file, cache_kib=_CACHE_KIB)) as connection:
        batch, size = list[Document](), 0
        query = f'SELECT body FROM "c_{collection.stem}" ORDER BY rowid_'  # noqa: S608 - the name of a table of ours
        for (body,) in connection.execute(query):
            batch.append(decode(body))
            size += len(body)
            if len(batch) == BATCH_DOCUMENTS or size >= BATCH_BYTES:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch


def waiting(data: Path) -> Iterator[QueueEntry]:
    """Messages in the queues, those whose retry is due later among them, oldest first."""
    with closing(connect(data / STORE, cache_kib=_CACHE_KIB)) as connection:
        if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'entry'").fetchone():
            yield from every(connection)


def _in_file(data: Path, file: str) -> Iterator[StoredCollection]:
    with closing(connect(data / file, cache_kib=_CACHE_KIB)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        for name in names:
            if (matched := _TABLE.fullmatch(name)) and (owned := _owner(matched["stem"], file)):
                stem, (service, collection) = matched["stem"], owned
                (rows,) = connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()  # noqa: S608 - as above
                yield StoredCollection(service, file, stem, _spec(connection, stem, collection), rows)


def _owner(stem: str, file: str) -> tuple[str, str] | None:
    """Service and collection. A file of its own holds one service's collections without its name."""
    if file == INGRESS_FILE:
        return INGRESS, stem
    for service in _SERVICES:
        prefix = f"{service.replace('-', '_')}__"
        if stem.startswith(prefix):
            return service, stem.removeprefix(prefix)
    return None


def _spec(connection: sqlite3.Connection, stem: str, name: str) -> CollectionSpec:
    """Its fields as they were filled. Indexes are made by the services at their start."""
    known = connection.execute("SELECT field, type FROM parley_fields WHERE collection = ?", (stem,))
    kinds: dict[str, str] = {field: kind.partition(" ")[0] for field, kind in known}
    fields: dict[str, FieldType] = {}
    for field, kind in kinds.items():
        fields[field] = "terms" if kind.startswith("terms") else cast("FieldType", kind)
    return CollectionSpec(name, fields)
