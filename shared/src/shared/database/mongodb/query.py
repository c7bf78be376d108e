"""Checked conditions as MongoDB filters, and documents as BSON: our `id` is their `_id`, on the top level only.

Only what every server does alike: equality, `$in`, ranges, `$all`, `$or`, `$ne: null`. Missing and null are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import bson
from bson.codec_options import CodecOptions
from bson.objectid import ObjectId
from bson.raw_bson import RawBSONDocument

from shared.database.conditions import Test
from shared.database.cursor import Position, remaining
from shared.database.protocol import CollectionSpec, Document, HasTerms, In, Range, Sort
from shared.database.validation import check_size, clean_document

Filter = dict[str, Any]
MARK = "_bulk"
"""Which bulk replaced a document; never part of what callers read."""
_BOUNDS = (("$gt", "gt"), ("$gte", "gte"), ("$lt", "lt"), ("$lte", "lte"))


def name_of(field: str) -> str:
    return "_id" if field == "id" else field


def to_filter(tests: Sequence[Test]) -> Filter:
    """One filter of all these tests; several on one field stay apart."""
    parts = [_part(test) for test in tests]
    parts = [part for part in parts if part]
    if len(parts) < 2:
        return parts[0] if parts else {}
    return {"$and": parts}


def by_one_term(tests: Sequence[Test], drawn: Test, term: str) -> Filter:
    """What an index of terms finds for one of them, with the fields that stand before it."""
    equal = [test for test in tests if isinstance(test.condition, In)]
    return to_filter([*equal, Test(drawn.field, HasTerms((term,)))])


def page_filter(tests: Sequence[Test], sort: Sort, position: Position | None) -> Filter:
    segments = remaining(sort, position)
    if len(segments) == 1:
        return to_filter([*tests, *segments[0]])
    rest = {"$or": [to_filter(segment) for segment in segments]}
    return {"$and": [*map(_part, tests), rest]} if tests else rest


def order(sort: Sort) -> list[tuple[str, int]]:
    direction = -1 if sort.descending else 1
    return [(name_of(field), direction) for field in (*sort.fields, "id")]


def to_bson(
    spec: CollectionSpec, document: Document, options: CodecOptions[Any], mark: ObjectId | None = None
) -> RawBSONDocument:
    """Checked, measured and encoded here once; the driver passes the bytes on."""
    cleaned = {**clean_document(spec, document)}
    id = cleaned.pop("id")
    if mark is not None:
        cleaned[MARK] = mark
    body = bson.encode({"_id": id, **cleaned}, codec_options=options)
    check_size(len(body), id)
    return RawBSONDocument(body)


def from_bson(stored: Document) -> Document:
    stored.pop(MARK, None)
    return {"id": stored.pop("_id"), **stored}


def _part(test: Test) -> Filter:
    name, asked = name_of(test.field), test.condition
    if isinstance(asked, In):
        return {name: asked.values[0] if len(asked.values) == 1 else {"$in": list(asked.values)}}
    if isinstance(asked, Range):
        bounds = {sign: getattr(asked, bound) for sign, bound in _BOUNDS if getattr(asked, bound) is not None}
        return {name: bounds or {"$ne": None}}
    return {name: {"$all": list(dict.fromkeys(asked.terms))}} if asked.terms else {}
