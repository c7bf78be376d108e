"""Page cursors, alike for both stores: where the last page ended, as text that callers only hand back.

A cursor holds the last item's sort value and id, never an offset, so that pages stay stable under inserts and deletes.
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

    value: Any
    id: str


def encode_cursor(spec: CollectionSpec, where: Where, sort: Sort, last: Document) -> str:
    value = last.get(sort.field)
    stored = to_milliseconds(value) if isinstance(value, datetime) else value
    text = orjson.dumps([_shape(spec, where, sort), stored, last["id"]])
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def decode_cursor(spec: CollectionSpec, where: Where, sort: Sort, cursor: str) -> Position:
    try:
        shape, value, id = _parts(cursor)
        kind = kind_of(spec, sort.field)
        if shape != _shape(spec, where, sort) or not isinstance(id, str):
            raise ValueError
        if kind == "datetime" and value is not None:
            if type(value) is not int:
                raise ValueError
            value = from_milliseconds(value)
        check_kind(spec, sort.field, kind, value)
        if isinstance(value, int) and not -(2**63) <= value < 2**63:
            raise ValueError
    except (ValueError, OverflowError):
        raise Invalid("bad_cursor", "Not a cursor of this list; start again without one.") from None
    return Position(value, id)


def remaining(sort: Sort, position: Position | None) -> list[list[Test]]:
    """What is still to come, as segments in page order; one empty segment means everything."""
    if position is None:
        return [[]]
    id_follows = Test("id", Range(lt=position.id) if sort.descending else Range(gt=position.id))
    if sort.field == "id":
        return [[id_follows]]
    ties = [Test(sort.field, In((position.value,))), id_follows]
    nulls = [Test(sort.field, In((None,)))]
    if position.value is None:
        return [ties] if sort.descending else [ties, [Test(sort.field, Range())]]
    if sort.descending:
        return [ties, [Test(sort.field, Range(lt=position.value))], nulls]
    return [ties, [Test(sort.field, Range(gt=position.value))]]


def _shape(spec: CollectionSpec, where: Where, sort: Sort) -> str:
    """Which list this is, without the values asked for: a bound such as "until now" may move between pages."""
    asked = sorted(f"{field}:{type(condition).__name__}" for field, condition in where.items())
    text = "|".join([spec.name, sort.field, str(sort.descending), *asked])
    return hashlib.sha256(text.encode()).hexdigest()[:_SHAPE_LENGTH]


def _parts(cursor: str) -> tuple[Any, Any, Any]:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        parts = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, UnicodeEncodeError, orjson.JSONDecodeError):
        raise ValueError(cursor) from None
    if not isinstance(parts, list) or len(cast("list[object]", parts)) != 3:
        raise ValueError(cursor)
    shape, value, id = cast("list[Any]", parts)
    return shape, value, id
