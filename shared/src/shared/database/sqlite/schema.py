"""Tables, columns and indexes of the declared collections, and how an existing file grows into a new declaration.

A collection is one table `c_<name>`, in a file that services share `c_<service>__<name>`: id, version and revision,
each declared field as a column (no affinity: values are kept exactly as bound), and the whole document as JSON. Fields
of type `terms` live in a full-text index beside it (`terms.py`). `parley_fields` remembers what each column was filled
as: a field that is new here, or has another type now, is filled from the documents; a field no longer declared is
forgotten, so that it is filled again if it comes back. An index that is no longer declared, or otherwise, goes.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from shared.database.conditions import check_spec
from shared.database.protocol import CollectionSpec, Document
from shared.database.sqlite.json import decode
from shared.database.sqlite.terms import TermIndex
from shared.database.validation import to_milliseconds

_BACKFILL_ROWS = 500
_OWNER = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*", re.ASCII)


def prefix_of(owner: str) -> str:
    """How the names of a service's collections begin in a shared file. No service's name holds two underscores in a
    row or ends in one, so none of its names can be another's."""
    return f"{owner.replace('-', '_')}__"


@dataclass(frozen=True)
class Layout:
    """The names and the statements of one collection's tables."""

    spec: CollectionSpec
    owner: str = ""
    """The service, where several share the file."""

    def __post_init__(self) -> None:
        check_spec(self.spec)  # after this every name may stand in a statement
        if self.owner and not _OWNER.fullmatch(self.owner):
            raise ValueError(f"{self.owner!r} is no name for the owner of a collection")

    @cached_property
    def stem(self) -> str:
        """What the collection is called in the file."""
        return f"{prefix_of(self.owner)}{self.spec.name}" if self.owner else self.spec.name

    @cached_property
    def table(self) -> str:
        return f'"c_{self.stem}"'

    @cached_property
    def search(self) -> TermIndex:
        return TermIndex(self.spec, self.stem)

    @cached_property
    def columns(self) -> list[str]:
        return [field for field, kind in self.spec.fields.items() if kind != "terms"]

    @cached_property
    def terms(self) -> list[str]:
        return self.search.fields

    @cached_property
    def indexes(self) -> dict[str, str]:
        """Name → definition: columns, and which rows. Those of terms are left out: they have an index of their own."""
        wanted: dict[str, str] = {}
        for index in self.spec.indexes:
            fields = [field for field in index if field != "id"]
            if fields and not set(fields) & set(self.terms):
                sparse = f" WHERE {column(fields[0])} IS NOT NULL" if fields[0] in self.spec.sparse else ""
                name, columns = f"{self.index_prefix}{'__'.join(fields)}", ", ".join([*map(column, fields), "id"])
                wanted[name] = f'"{name}" ON {self.table} ({columns}){sparse}'
        return wanted

    @cached_property
    def index_prefix(self) -> str:
        return f"i_{self.stem}__"

    @cached_property
    def _written(self) -> str:
        return ", ".join(["id", "version", "revision", "body", *map(column, self.columns)])

    @cached_property
    def _assigned(self) -> str:
        return ", ".join(f"{name} = excluded.{name}" for name in self._written.split(", ")[1:])

    @cached_property
    def insert(self) -> str:
        marks = ", ".join("?" * (4 + len(self.columns)))
        return f"INSERT INTO {self.table} ({self._written}) VALUES ({marks}) ON CONFLICT (id) DO NOTHING"  # noqa: S608 - names are checked above

    @cached_property
    def put(self) -> str:
        replaces = f"DO UPDATE SET {self._assigned} WHERE {self.table}.revision < excluded.revision"
        return self.insert.replace("DO NOTHING", replaces)

    @cached_property
    def replace(self) -> str:
        settings = ", ".join(f"{name} = ?" for name in self._written.split(", ")[1:])
        return f"UPDATE {self.table} SET {settings} WHERE id = ? AND version = ?"  # noqa: S608 - names are checked above

    @cached_property
    def kept(self) -> str:
        columns = ", ".join(["version", "revision", *map(column, self.columns)])
        return f"SELECT {columns} FROM {self.table} WHERE id = ?"  # noqa: S608 - names are checked above

    @cached_property
    def newest(self) -> str:
        """The last row's number. A row that is added gets the next one."""
        return f"SELECT coalesce(max(rowid_), 0) FROM {self.table}"  # noqa: S608 - names are checked above

    @cached_property
    def newer(self) -> str:
        return f"SELECT id FROM {self.table} WHERE rowid_ > ?"  # noqa: S608 - names are checked above

    def update(self, changed: Sequence[int]) -> str:
        """Sets version, revision, body and these of the columns."""
        names = ["version", "revision", "body", *(column(self.columns[n]) for n in changed)]
        settings = ", ".join(f"{name} = ?" for name in names)
        return f"UPDATE {self.table} SET {settings} WHERE id = ?"  # noqa: S608 - names are checked above

    @cached_property
    def get(self) -> str:
        return f"SELECT body FROM {self.table} WHERE id = ?"  # noqa: S608 - names are checked above

    def row(self, document: Document, body: bytes) -> tuple[Any, ...]:
        declared = map(bound, map(document.get, self.columns))
        return (document["id"], _whole(document.get("version")), _whole(document.get("revision")), body, *declared)


def column(field: str) -> str:
    return "id" if field == "id" else f'"f_{field}"'


def bound(value: Any) -> Any:
    """A declared field's value as its column keeps it."""
    return to_milliseconds(value) if isinstance(value, datetime) else value


def make(connection: sqlite3.Connection, layout: Layout) -> None:
    """Bring one collection's tables to its declaration; nothing happens if they are there already."""
    connection.execute(
        "CREATE TABLE IF NOT EXISTS parley_fields "
        "(collection TEXT, field TEXT, type TEXT, PRIMARY KEY (collection, field))"
    )
    connection.execute(
        f"CREATE TABLE IF NOT EXISTS {layout.table} "
        "(rowid_ INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version, revision, "
        + "".join(f"{column(field)}, " for field in layout.columns)
        + "body BLOB NOT NULL)"
    )
    if layout.terms:
        layout.search.make(connection)
        connection.execute(f'DROP TABLE IF EXISTS "t_{layout.stem}"')  # one row a word: how it was before
    _grow(connection, layout)
    _index(connection, layout)


def file_terms(connection: sqlite3.Connection, layout: Layout, document: Document) -> None:
    """Bring the index of terms to this document, which is stored already."""
    row = connection.execute(f"SELECT rowid_ FROM {layout.table} WHERE id = ?", (document["id"],)).fetchone()[0]  # noqa: S608 - checked name
    layout.search.file(connection, row, document)


def _grow(connection: sqlite3.Connection, layout: Layout) -> None:
    name, declared = layout.stem, _filled_as(layout)
    known = dict(connection.execute("SELECT field, type FROM parley_fields WHERE collection = ?", (name,)))
    if known == declared:
        return
    there = {row[1] for row in connection.execute(f"PRAGMA table_info({layout.table})")}
    for field in layout.columns:
        if f"f_{field}" not in there:
            connection.execute(f"ALTER TABLE {layout.table} ADD COLUMN {column(field)}")
    new = {field for field, kind in declared.items() if known.get(field) != kind}
    if new:
        _backfill(connection, layout, new)
    connection.execute("DELETE FROM parley_fields WHERE collection = ?", (name,))
    rows = [(name, field, kind) for field, kind in declared.items()]
    connection.executemany("INSERT INTO parley_fields VALUES (?, ?, ?)", rows)


def _index(connection: sqlite3.Connection, layout: Layout) -> None:
    """Indexes that are not ours, an operator's say, are left alone."""
    asked = "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL"
    there = dict(connection.execute(asked, (layout.table.strip('"'),)).fetchall())
    wanted = {name: f"CREATE INDEX {definition}" for name, definition in layout.indexes.items()}
    for name, definition in there.items():
        if name.startswith(layout.index_prefix) and wanted.get(name) != definition:
            connection.execute(f'DROP INDEX "{name}"')
    for name, definition in wanted.items():
        if there.get(name) != definition:
            connection.execute(definition)


def _filled_as(layout: Layout) -> dict[str, str]:
    kinds = layout.spec.fields.items()
    return {field: layout.search.filled_as(field) if kind == "terms" else kind for field, kind in kinds}


def _backfill(connection: sqlite3.Connection, layout: Layout, new: set[str]) -> None:
    """Fill new columns, and the index of terms if it is new, from the documents, a few hundred in memory at a time."""
    columns = [field for field in layout.columns if field in new]
    settings = ", ".join(f"{column(field)} = ?" for field in columns)
    files_terms = not new.isdisjoint(layout.terms)
    if files_terms:
        layout.search.empty(connection)
    page = f"SELECT rowid_, body FROM {layout.table} WHERE rowid_ > ? ORDER BY rowid_ LIMIT {_BACKFILL_ROWS}"  # noqa: S608 - checked names
    last = -1
    while rows := connection.execute(page, (last,)).fetchall():
        for last, body in rows:
            document = decode(body)
            if columns:
                values = [bound(document.get(field)) for field in columns]
                connection.execute(f"UPDATE {layout.table} SET {settings} WHERE rowid_ = ?", (*values, last))  # noqa: S608 - checked names
            if files_terms:
                layout.search.file(connection, last, document)


def _whole(value: Any) -> int | None:
    return value if type(value) is int else None
