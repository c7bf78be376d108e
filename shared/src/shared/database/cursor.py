"""Page cursors, alike for both stores: where the last page ended, as text that callers only hand back.

A cursor holds the last item's sort values and id, never an offset, so that pages stay stable under inserts and deletes.
What comes after it is a list of disjoint segments in page order: SQLite reads them one after the other, each straight
along an index; MongoDB gets them as one `$or`. Nulls sort first ascending, last descending.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import orjson

from shared.database.conditions import Test, kind_of
from shared.database.protocol import CollectionSpec, Document, In, Range, Sort, Where
from shared.database.validation import check_kind, from_milliseconds, to_milliseconds
from shared.errors import Invalid

_SHAPE_LENGTH = 8


@dataclass(frozen=True)
class Position:
    """The last item already seen."""

    values: tuple[Any, ...]
    """Of the fields that it is sorted by."""
    id: str


def position_of(sort: Sort, document: Document) -> Position:
    return Position(tuple(document.get(field) for field in sort.fields), document["id"])


def encode_cursor(spec: CollectionSpec, where: Where, sort: Sort, last: Document) -> str:
    position = position_of(sort, last)
    stored = [to_milliseconds(value) if isinstance(value, datetime) else value for value in position.values]
    # A list in the order of ids names the id twice: versions that run side by side during an upgrade read one form.
    text = orjson.dumps([_shape(spec, where, sort), *(stored or [position.id]), position.id])
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def decode_cursor(spec: CollectionSpec, where: Where, sort: Sort, cursor: str) -> Position:
    try:
        shape, *values, id = _parts(cursor, max(1, len(sort.fields)) + 2)
        if shape != _shape(spec, where, sort) or not isinstance(id, str):
            raise ValueError
        position = Position(tuple(_revived(spec, *one) for one in zip(sort.fields, values, strict=False)), id)
    except (ValueError, OverflowError):
        raise Invalid("bad_cursor", "Not a cursor of this list; start again without one.") from None
    return position


def remaining(sort: Sort, position: Position | None) -> list[list[Test]]:
    """What is still to come, as segments in page order; one empty segment means everything."""
    if position is None:
        return [[]]
    ties = [Test(field, In((value,))) for field, value in zip(sort.fields, position.values, strict=True)]
    segments = [[*ties, Test("id", Range(lt=position.id) if sort.descending else Range(gt=position.id))]]
    for place in reversed(range(len(ties))):
        following = _following(sort.fields[place], position.values[place], descending=sort.descending)
        segments += [[*ties[:place], follows] for follows in following]
    return segments


def _following(field: str, value: Any, *, descending: bool) -> list[Test]:
    """What comes after this value of a field, in order."""
    nulls = Test(field, In((None,)))
    if descending:
        return [] if value is None else [Test(field, Range(lt=value)), nulls]
    return [Test(field, Range() if value is None else Range(gt=value))]


def _shape(spec: CollectionSpec, where: Where, sort: Sort) -> str:
    """Which list this is, without the values asked for: a bound such as "until now" may move between pages."""
    asked = sorted(f"{field}:{type(condition).__name__}" for field, condition in where.items())
    then = [sort.then] if sort.then else []
    text = "|".join([spec.name, sort.field, str(sort.descending), *then, *asked])
    return hashlib.sha256(text.encode()).hexdigest()[:_SHAPE_LENGTH]


def _revived(spec: CollectionSpec, field: str, value: Any) -> Any:
    """Raises `ValueError` or `OverflowError` for what no document holds in this field."""
    kind = kind_of(spec, field)
    if kind == "datetime" and value is not None:
        if type(value) is not int:
            raise ValueError(value)
        value = from_milliseconds(value)
    check_kind(spec, field, kind, value)
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError(value)
    return value


def _parts(cursor: str, how_many: int) -> list[Any]:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        parts = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, UnicodeEncodeError, orjson.JSONDecodeError):
        raise ValueError(cursor) from None
    if not isinstance(parts, list) or len(cast("list[object]", parts)) != how_many:
        raise ValueError(cursor)
    return cast("list[Any]", parts)
