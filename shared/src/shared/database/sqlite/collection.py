"""One collection of the embedded store: each method of the protocol as one job for the writer or a reader."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol, TypeVar

from shared.database.bulk import prepared, storable
from shared.database.conditions import Test, check_group, check_sort, parse, parse_some
from shared.database.cursor import decode_cursor, encode_cursor
from shared.database.protocol import CollectionSpec, Document, In, Page, Sort, Where
from shared.database.sqlite import query
from shared.database.sqlite.changes import write_row
from shared.database.sqlite.json import decode, encode
from shared.database.sqlite.schema import Layout, file_terms
from shared.database.validation import check_size, clean, clean_document, next_version, revision_of

T = TypeVar("T")
Item = TypeVar("Item")
PreparedRow = tuple[Document, tuple[Any, ...]]
_BULK = 500  # documents a job: other writers get a turn in between
_INSERTED = 1_000
"""New rows a job, some 20 ms. Rows of one job share the pages of the indexes that they come to: recipient 300,000 of a
campaign cost 1.6 pages with 500 a job, and 1.2 with 2,500, which takes more memory and others' time."""
_FEW_IDS = 16
_BY_ID = Sort()


class Engine(Protocol):
    """What a collection needs of its database."""

    async def ensure(self, layout: Layout) -> None: ...
    async def write(self, job: Callable[[sqlite3.Connection], T]) -> T: ...
    async def read(self, job: Callable[[sqlite3.Connection], T]) -> T: ...
    async def read_here(self, job: Callable[[sqlite3.Connection], T]) -> T: ...


class EmbeddedCollection:
    def __init__(self, engine: Engine, layout: Layout) -> None:
        self._engine = engine
        self.layout = layout

    @property
    def spec(self) -> CollectionSpec:
        return self.layout.spec

    async def get(self, id: str) -> Document | None:
        await self._engine.ensure(self.layout)
        wanted = (clean(id),)
        row = await self._engine.read_here(lambda connection: connection.execute(self.layout.get, wanted).fetchone())
        return decode(row[0]) if row else None

    async def insert(self, document: Document) -> bool:
        cleaned, row = self._row(document)
        return await self._change(self.layout.insert, row, cleaned)

    async def put(self, document: Document) -> bool:
        cleaned, row = self._put_row(document)
        return await self._change(self.layout.put, row, cleaned)

    async def put_many(self, documents: Sequence[Document]) -> list[bool]:
        return await self._change_many(self.layout.put, documents, self._put_row)

    async def replace(self, document: Document, version: int) -> bool:
        cleaned, row = self._replace_row((document, version))
        return await self._change(self.layout.replace, row, cleaned)

    async def replace_many(self, changes: Sequence[tuple[Document, int]]) -> list[bool]:
        return await self._change_many(self.layout.replace, changes, self._replace_row)

    async def insert_many(self, documents: Sequence[Document]) -> list[str]:
        await self._engine.ensure(self.layout)
        rows = await prepared(documents, self._row)
        insert = self._insert_and_file if self.layout.terms else self._insert_rows
        at_once = _BULK if self.layout.terms else _INSERTED
        new: list[str] = []
        for start in range(0, len(rows), at_once):
            new += await self._engine.write(partial(insert, rows[start : start + at_once]))
        return new

    async def find(self, where: Where, *, sort: Sort = _BY_ID, limit: int = 100, cursor: str | None = None) -> Page:
        check_sort(self.spec, sort, limit)
        tests = parse(self.spec, where)
        position = decode_cursor(self.spec, where, sort, cursor) if cursor else None

        def page(connection: sqlite3.Connection) -> list[Document]:
            found = query.read_page(connection, self.layout, tests, sort, (position, limit + 1))
            return [decode(body) for body in found]

        items = await self._read(page, here=cursor is None and _is_short(tests))
        if len(items) <= limit:
            return Page(items, None)
        return Page(items[:limit], encode_cursor(self.spec, where, sort, items[limit - 1]))

    async def count(self, where: Where) -> int:
        tests = parse(self.spec, where)
        return await self._read(lambda connection: query.count(connection, self.layout, tests))

    async def count_by(self, where: Where, field: str) -> dict[Any, int]:
        tests = parse(self.spec, where)
        check_group(self.spec, field)
        return await self._read(
            lambda connection: query.count_by(connection, self.layout, tests, field, query.UNBOUNDED)
        )

    async def count_few_by(self, where: Where, field: str, at_most: int) -> dict[Any, int] | None:
        tests = parse(self.spec, where)
        check_group(self.spec, field)
        return await self._read(lambda connection: query.count_few_by(connection, self.layout, tests, field, at_most))

    async def sum_by(self, where: Where, field: str, by: str | None = None) -> dict[Any, int]:
        tests = parse(self.spec, where)
        check_group(self.spec, field, summed=True)
        if by is not None:
            check_group(self.spec, by)
        return await self._read(lambda connection: query.sum_by(connection, self.layout, tests, field, by))

    async def delete(self, where: Where) -> int:
        tests = parse_some(self.spec, where)
        await self._engine.ensure(self.layout)
        return await self._engine.write(lambda connection: query.delete(connection, self.layout, tests))

    async def saving(self, document: Document, version: int) -> Callable[[sqlite3.Connection], bool]:
        """`insert` (version 0) or `replace`, as a part of a larger job."""
        await self._engine.ensure(self.layout)
        statement = self.layout.replace if version else self.layout.insert
        cleaned, row = self._replace_row((document, version)) if version else self._row(document)
        return partial(self._change_with_terms, statement=statement, row=row, document=cleaned)

    async def putting(self, document: Document) -> Callable[[sqlite3.Connection], bool]:
        """`put`, as a part of a larger job."""
        await self._engine.ensure(self.layout)
        cleaned, row = self._put_row(document)
        return partial(self._change_with_terms, statement=self.layout.put, row=row, document=cleaned)

    async def scrub(self) -> None:
        """In steps, so that other writers get a turn in between: 0.7 s of processor at 100,000 conversations."""
        await self._engine.ensure(self.layout)
        first = True
        while self.layout.terms and await self._engine.write(partial(self.layout.search.scrub, first=first)):
            first = False

    def _row(self, document: Document) -> PreparedRow:
        cleaned = clean_document(self.spec, document)
        body = encode(cleaned)
        check_size(len(body), cleaned["id"])
        return cleaned, self.layout.row(cleaned, body)

    def _put_row(self, document: Document) -> PreparedRow:
        revision_of(document)
        return self._row(document)

    def _replace_row(self, change: tuple[Document, int]) -> PreparedRow:
        document, version = change
        next_version(document, version)
        cleaned, row = self._row(document)
        return cleaned, (*row[1:], row[0], version)

    async def _change(self, statement: str, row: tuple[Any, ...], document: Document) -> bool:
        """Run one statement that touches one row or none, and file the document's terms if it touched one."""
        await self._engine.ensure(self.layout)
        if self.layout.terms:
            return await self._engine.write(
                lambda connection: self._change_with_terms(connection, statement, row, document)
            )
        return await self._engine.write(lambda connection: write_row(connection, self.layout, statement, row))

    async def _change_many(
        self, statement: str, items: Sequence[Item], prepare: Callable[[Item], PreparedRow]
    ) -> list[bool]:
        """As `_change` for each, some hundreds in one commit."""
        await self._engine.ensure(self.layout)
        rows, error = await storable(items, prepare)
        answers: list[bool] = []
        for start in range(0, len(rows), _BULK):
            answers += await self._engine.write(partial(self._change_rows, statement, rows[start : start + _BULK]))
        if error is not None:
            raise error
        return answers

    def _change_rows(self, statement: str, rows: list[PreparedRow], connection: sqlite3.Connection) -> list[bool]:
        return [self._change_with_terms(connection, statement, row, document) for document, row in rows]

    def _change_with_terms(
        self, connection: sqlite3.Connection, statement: str, row: tuple[Any, ...], document: Document
    ) -> bool:
        if not write_row(connection, self.layout, statement, row):
            return False
        if self.layout.terms:
            file_terms(connection, self.layout, document)
        return True

    def _insert_and_file(self, rows: list[PreparedRow], connection: sqlite3.Connection) -> list[str]:
        done = self._change_rows(self.layout.insert, rows, connection)
        return [document["id"] for (document, _), new in zip(rows, done, strict=True) if new]

    def _insert_rows(self, rows: list[PreparedRow], connection: sqlite3.Connection) -> list[str]:
        """All in one call; which of them are new tells their place after the row that was the last before."""
        last = connection.execute(self.layout.newest).fetchone()
        done = connection.executemany(self.layout.insert, [row for _, row in rows]).rowcount
        ids = [document["id"] for document, _ in rows]
        if done == len(rows):
            return ids
        new = {id for (id,) in connection.execute(self.layout.newer, last)}
        return [id for id in dict.fromkeys(ids) if id in new]

    async def _read(self, job: Callable[[sqlite3.Connection], T], *, here: bool = False) -> T:
        await self._engine.ensure(self.layout)
        return await (self._engine.read_here(job) if here else self._engine.read(job))


def _is_short(tests: Sequence[Test]) -> bool:
    """A few asked for by their ids: that is as many point reads, and no work for a thread."""
    if len(tests) != 1 or tests[0].field != "id":
        return False
    asked = tests[0].condition
    return isinstance(asked, In) and len(asked.values) <= _FEW_IDS
