"""CSV that a spreadsheet may open: what it would take for a formula is defused with a leading apostrophe."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

from fastapi import Request

from shared.database.protocol import Collection, Document, Sort, Where
from shared.errors import Invalid

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)
"""Phone numbers and amounts begin with a sign and do no harm: they stay as they are."""
_PAGE = 500
MEDIA_TYPE = "text/csv; charset=utf-8"


def safe(value: Any) -> str:
    text = "" if value is None else str(value)
    if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def lines(rows: Iterable[Iterable[Any]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for row in rows:
        writer.writerow([safe(value) for value in row])
    return text.getvalue()


async def pages(
    store: Collection, where: Where, sort: Sort, head: Iterable[str], row: Callable[[Document], Iterable[Any]]
) -> AsyncIterator[str]:
    """All that is found, a page at a time, as lines under this head."""
    yield lines([head])
    cursor: str | None = None
    while True:
        page = await store.find(where, sort=sort, limit=_PAGE, cursor=cursor)
        yield lines(map(row, page.items))
        cursor = page.next_cursor
        if cursor is None:
            return


def wanted(request: Request, format: str | None) -> bool:
    """`?format=csv` (or json) decides; else whether the caller accepts text/csv and names it before JSON."""
    if format is not None:
        if format not in ("csv", "json"):
            raise Invalid("bad_format", "format is csv or json")
        return format == "csv"
    accept = request.headers.get("accept", "").lower()
    return "text/csv" in accept and not 0 <= accept.find("application/json") < accept.find("text/csv")


def or_csv(example: str) -> dict[int | str, dict[str, Any]]:
    """`responses` of a route that answers either; `example` is of the CSV."""
    text = {"schema": {"type": "string"}, "example": example}
    return {200: {"content": {"text/csv": text}, "description": "JSON, or CSV if asked for"}}


def download(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}.csv"', "X-Content-Type-Options": "nosniff"}
