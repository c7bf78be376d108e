"""Reads everything that a condition finds, a page at a time, so that no list of unknown length is ever in memory."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from typing import Protocol

from shared.database.protocol import Collection, Document, In, Page, Sort, Where

PAGE = 200
_BY_ID = Sort()


class Pages(Protocol):
    """A collection, or the aggregates in one."""

    async def find(self, where: Where, *, sort: Sort, limit: int, cursor: str | None) -> Page: ...


async def pages(rows: Pages, where: Where, sort: Sort = _BY_ID, *, size: int = PAGE) -> AsyncGenerator[list[Document]]:
    """Pages that are not empty, in this order. Documents may be changed or deleted between two pages: none that was
    there at the start and did not move is skipped or repeated."""
    cursor: str | None = None
    while True:
        page = await rows.find(where, sort=sort, limit=size, cursor=cursor)
        if page.items:
            yield page.items
        cursor = page.next_cursor
        if cursor is None:
            return


async def documents(rows: Pages, where: Where, sort: Sort = _BY_ID, *, size: int = PAGE) -> AsyncGenerator[Document]:
    """As `pages`, one document after the other."""
    async for page in pages(rows, where, sort, size=size):
        for document in page:
            yield document


async def delete_if(rows: Collection, where: Where, sort: Sort, is_meant: Callable[[Document], bool]) -> int:
    """Delete those that a condition finds and of which this is true. Returns how many."""
    deleted = 0
    async for page in pages(rows, where, sort):
        ids = [row["id"] for row in page if is_meant(row)]
        deleted += await rows.delete({"id": In(ids)}) if ids else 0
    return deleted
