"""Pages through several collections as one list, newest first. Stable under inserts: a page goes on below the last
place shown, whatever was added above."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from shared.database.protocol import Collection, Document, Range, Sort
from shared.database.validation import from_milliseconds, to_milliseconds
from shared.errors import Invalid

NEWEST_FIRST = Sort("at", descending=True)
LONGEST_CURSOR = 500


@dataclass(frozen=True)
class Source:
    """`rows` has an index of the fields in `where`, then `at`."""

    rows: Collection
    where: Mapping[str, Any]
    shown: Callable[[Document], dict[str, Any]]


Place = tuple[datetime, str]


async def newest_first(
    sources: Sequence[Source], limit: int, cursor: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    """A page and the cursor of the next one. Raises `Invalid("bad_cursor")`."""
    before = _place(cursor) if cursor else None
    found: list[tuple[Place, Source, Document]] = []
    for source in sources:
        for document in await _below(source, before, limit + 1):
            found.append(((document["at"], document["id"]), source, document))
    found.sort(key=lambda one: one[0], reverse=True)
    page = found[:limit]
    more = len(found) > limit
    return [source.shown(document) for _, source, document in page], _cursor(page[-1][0]) if more else None


async def _below(source: Source, before: Place | None, limit: int) -> list[Document]:
    """The newest of this source that come after `before` in the list."""
    where = dict(source.where) | ({"at": Range(lte=before[0])} if before else {})
    found: list[Document] = []
    cursor: str | None = None
    while True:
        page = await source.rows.find(where, sort=NEWEST_FIRST, limit=limit, cursor=cursor)
        found += [one for one in page.items if before is None or (one["at"], one["id"]) < before]
        cursor = page.next_cursor
        if cursor is None or len(found) >= limit:
            return found[:limit]


def _cursor(place: Place) -> str:
    text = orjson.dumps([to_milliseconds(place[0]), place[1]])
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def _place(cursor: str) -> Place:
    try:
        if len(cursor) > LONGEST_CURSOR:
            raise ValueError(cursor)
        at, id = orjson.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        if type(at) is not int or not isinstance(id, str):
            raise ValueError(cursor)
        return from_milliseconds(at), id
    except (ValueError, TypeError, OverflowError, binascii.Error):
        raise Invalid("bad_cursor", "Not a cursor of this list; start again without one.") from None
