"""Reads everything that matches, a page at a time, so that memory stays flat however much there is."""

from __future__ import annotations

from collections.abc import AsyncIterator

from shared.database.protocol import Collection, Document, Sort, Where

BY_ID = Sort()


async def pages(
    rows: Collection, where: Where, *, sort: Sort = BY_ID, size: int = 200
) -> AsyncIterator[list[Document]]:
    """At least one page, which may be empty."""
    cursor: str | None = None
    while True:
        page = await rows.find(where, sort=sort, limit=size, cursor=cursor)
        yield page.items
        cursor = page.next_cursor
        if cursor is None:
            return


async def documents(rows: Collection, where: Where, *, size: int = 200) -> AsyncIterator[Document]:
    """One by one, in order of id."""
    async for page in pages(rows, where, size=size):
        for document in page:
            yield document
