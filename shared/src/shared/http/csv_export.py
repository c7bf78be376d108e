"""CSV that is safe to open in a spreadsheet: text that would run as a formula gets a leading apostrophe."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

from fastapi import Request

from shared.database.paging import pages
from shared.database.protocol import Collection, Document, Sort, Where
from shared.errors import Invalid

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)
"""Phone numbers and amounts begin with a sign and are harmless: they stay unchanged."""
_PAGE = 500
MEDIA_TYPE = "text/csv; charset=utf-8"


def safe_cell(value: Any) -> str:
    text = "" if value is None else str(value)
    if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def lines(rows: Iterable[Iterable[Any]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
    return text.getvalue()


async def lines_by_page(
    store: Collection, where: Where, sort: Sort, head: Iterable[str], row: Callable[[Document], Iterable[Any]]
) -> AsyncIterator[str]:
    """All matching documents as CSV lines under this head, a page at a time."""
    yield lines([head])
    async for page in pages(store, where, sort=sort, size=_PAGE):
        yield lines(map(row, page))


def is_wanted(request: Request, format: str | None) -> bool:
    """`?format=csv` (or json) decides; without it, whether the Accept header names text/csv before JSON."""
    if format is not None:
        if format not in ("csv", "json"):
            raise Invalid("bad_format", "format must be csv or json.")
        return format == "csv"
    accept = request.headers.get("accept", "").lower()
    return "text/csv" in accept and not 0 <= accept.find("application/json") < accept.find("text/csv")


def csv_responses(example: str) -> dict[int | str, dict[str, Any]]:
    """`responses` of a route that answers JSON or CSV, with an example of the CSV."""
    text = {"schema": {"type": "string"}, "example": example}
    return {200: {"content": {"text/csv": text}, "description": "JSON, or CSV on request."}}


def download_headers(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}.csv"', "X-Content-Type-Options": "nosniff"}
