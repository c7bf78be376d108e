"""`Where` and `Sort`, checked against the spec and reduced to the three tests that both stores know.

Equality becomes `In` of one value and a prefix becomes a range, so that each store translates as little as possible.
An undeclared field is a programming mistake in both stores, even where one of them would quietly scan.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from shared.database.protocol import CollectionSpec, FieldType, HasTerms, In, Prefix, Range, Sort, Where
from shared.database.validation import check_kind, clean

_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
MAX_VALUES = 10_000  # of one `In`; SQLite binds 32,766 parameters a statement
Condition: TypeAlias = In | Range | HasTerms


@dataclass(frozen=True)
class Test:
    """One declared field (or `id`) and what must hold for it."""

    __test__ = False  # not one of pytest's

    field: str
    condition: Condition


def check_spec(spec: CollectionSpec) -> None:
    """Names that every store takes as they are, indexes that every store can make."""
    for name in (spec.name, *spec.fields):
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name for a collection or field: lower case, digits, underscores")
    if "id" in spec.fields:
        raise ValueError(f"{spec.name} need not declare id")
    for field in spec.sparse:
        kind_of(spec, field)
    for index in spec.indexes:
        kinds = [kind_of(spec, field) for field in index]
        if kinds.count("terms") > 1:
            raise ValueError(f"{spec.name} has an index {index} of two lists; MongoDB makes none such")


def kind_of(spec: CollectionSpec, field: str) -> FieldType:
    if field == "id":
        return "str"
    try:
        return spec.fields[field]
    except KeyError:
        raise ValueError(f"{spec.name} does not declare {field!r}; it can be asked by {sorted(spec.fields)}") from None


def parse(spec: CollectionSpec, where: Where) -> list[Test]:
    return [Test(field, _condition(spec, field, asked)) for field, asked in where.items()]


def parse_some(spec: CollectionSpec, where: Where) -> list[Test]:
    """As `parse`, but refuses an empty condition, which would mean every document."""
    if not where:
        raise ValueError(f"an empty condition would empty {spec.name}")
    return parse(spec, where)


def check_sort(spec: CollectionSpec, sort: Sort, limit: int) -> None:
    for field in sort.fields:
        if kind_of(spec, field) == "terms":
            raise ValueError(f"{spec.name}.{field} is a list of terms and has no order")
    if sort.then is not None and len(set(sort.fields)) < 2:
        raise ValueError(f"{spec.name}: nothing is left to sort by {sort.then} after {sort.field}")
    if limit < 1:
        raise ValueError(f"a page has at least one item, not {limit}")


def check_group(spec: CollectionSpec, field: str, *, summed: bool = False) -> None:
    kind = kind_of(spec, field)
    if kind == "terms" or (summed and kind != "int"):
        raise ValueError(f"{spec.name}.{field} is declared {kind}: it cannot be {'summed' if summed else 'grouped by'}")


def above(prefix: str) -> str | None:
    """The first text after everything that starts with this, in code point order; None if nothing comes after."""
    head = prefix.rstrip(chr(0x10FFFF))
    if not head:
        return None
    last = ord(head[-1]) + 1
    return head[:-1] + chr(0xE000 if last == 0xD800 else last)  # surrogates are not characters


def _condition(spec: CollectionSpec, field: str, asked: Any) -> Condition:
    kind = kind_of(spec, field)
    if isinstance(asked, HasTerms):
        _expect(kind == "terms", spec, field, asked)
        return HasTerms(tuple(_checked(spec, field, "str", term) for term in _many(asked.terms)))
    _expect(kind != "terms", spec, field, asked)

    def checked(value: Any) -> Any:
        return _checked(spec, field, kind, value)

    if isinstance(asked, In):
        return In(tuple(checked(value) for value in _many(asked.values)))
    if isinstance(asked, Range):
        _expect(kind != "bool", spec, field, asked)
        return Range(*(checked(bound) for bound in (asked.gt, asked.gte, asked.lt, asked.lte)))
    if isinstance(asked, Prefix):
        _expect(kind == "str", spec, field, asked)
        return _prefix(asked, checked)
    return In((checked(asked),))


def _prefix(asked: Prefix, checked: Callable[[Any], Any]) -> Range:
    text = checked(asked.text)
    return Range(gte=text, lt=above(text))


def _many(values: Any) -> list[Any]:
    if isinstance(values, str):
        raise ValueError(f"a list of values, not the text {values!r}")
    many = list(values)
    if len(many) > MAX_VALUES:
        raise ValueError(f"{len(many)} values in one condition; {MAX_VALUES} is the most, ask in parts")
    return many


def _checked(spec: CollectionSpec, field: str, kind: FieldType, value: Any) -> Any:
    cleaned = clean(value)
    check_kind(spec, field, kind, cleaned)
    return cast("object", cleaned)


def _expect(fits: bool, spec: CollectionSpec, field: str, asked: Any) -> None:
    if not fits:
        raise ValueError(f"{spec.name}.{field} is declared {kind_of(spec, field)}: it cannot be asked with {asked!r}")
