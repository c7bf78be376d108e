"""Checked conditions as SQL, and the reading statements built from them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from shared.database.conditions import Test
from shared.database.cursor import Position, remaining
from shared.database.protocol import FieldType, HasTerms, In, Range, Sort
from shared.database.sqlite.schema import Layout, bound, column
from shared.database.validation import from_milliseconds
from shared.errors import Invalid

# Every name in these statements passed `Layout`, every value is bound: S608 has nothing to find here.
# ruff: noqa: S608


def matching(layout: Layout, tests: Sequence[Test]) -> tuple[str, list[Any]]:
    """The text after WHERE and its parameters."""
    texts: list[str] = []
    values: list[Any] = []
    for test in tests:
        if isinstance(test.condition, In):
            text, some = _in(column(test.field), test.condition)
        elif isinstance(test.condition, Range):
            text, some = _range(column(test.field), test.condition)
        else:
            text, some = _has_terms(layout, test.field, test.condition)
        texts.append(text)
        values += some
    return " AND ".join(texts) or "1", values


def read_page(
    connection: sqlite3.Connection, layout: Layout, tests: Sequence[Test], sort: Sort, span: tuple[Position | None, int]
) -> list[bytes]:
    """Up to so many bodies after this position, from one snapshot."""
    position, wanted = span
    direction = "DESC" if sort.descending else "ASC"
    order = f"{column(sort.field)} {direction}" + ("" if sort.field == "id" else f", id {direction}")
    bodies: list[bytes] = []
    segments = remaining(sort, position)
    own_transaction = len(segments) > 1 and not connection.in_transaction
    if own_transaction:
        connection.execute("BEGIN")
    try:
        for segment in segments:
            if len(bodies) < wanted:
                text, values = matching(layout, [*tests, *segment])
                statement = f"SELECT body FROM {layout.table} WHERE {text} ORDER BY {order} LIMIT ?"
                bodies += [row[0] for row in connection.execute(statement, (*values, wanted - len(bodies)))]
    finally:
        if own_transaction:
            connection.execute("ROLLBACK")
    return bodies


def count(connection: sqlite3.Connection, layout: Layout, tests: Sequence[Test]) -> int:
    text, values = matching(layout, tests)
    return connection.execute(f"SELECT count(*) FROM {layout.table} WHERE {text}", values).fetchone()[0]


def count_by(connection: sqlite3.Connection, layout: Layout, tests: Sequence[Test], field: str) -> dict[Any, int]:
    text, values = matching(layout, tests)
    by = column(field)
    rows = connection.execute(f"SELECT {by}, count(*) FROM {layout.table} WHERE {text} GROUP BY {by}", values)
    return {_unbound(layout, field, key): number for key, number in rows}


def sum_by(
    connection: sqlite3.Connection, layout: Layout, tests: Sequence[Test], field: str, by: str | None
) -> dict[Any, int]:
    text, values = matching(layout, tests)
    total = f"coalesce(sum({column(field)}), 0)"
    try:
        if by is None:
            found = connection.execute(f"SELECT {total} FROM {layout.table} WHERE {text}", values).fetchone()
            return {None: found[0]}
        key = column(by)
        rows = connection.execute(f"SELECT {key}, {total} FROM {layout.table} WHERE {text} GROUP BY {key}", values)
        return {_unbound(layout, by, group): number for group, number in rows}
    except sqlite3.OperationalError as error:
        if "integer overflow" in str(error):
            raise Invalid("sum_too_large", f"The sum of {field} leaves 64 bits; ask for smaller groups.") from None
        raise


def delete(connection: sqlite3.Connection, layout: Layout, tests: Sequence[Test]) -> int:
    """How many went. Rows first and by `RETURNING`, because the condition may itself ask the side table."""
    text, values = matching(layout, tests)
    statement = f"DELETE FROM {layout.table} WHERE {text}"
    if not layout.terms:
        return connection.execute(statement, values).rowcount
    gone = connection.execute(f"{statement} RETURNING id", values).fetchall()
    connection.executemany(f"DELETE FROM {layout.terms_table} WHERE id = ?", gone)
    return len(gone)


def _in(name: str, asked: In) -> tuple[str, list[Any]]:
    values = [bound(value) for value in asked.values if value is not None]
    null = f"{name} IS NULL" if len(values) < len(asked.values) else ""
    if not values:
        return null or "0", []
    text = f"{name} = ?" if len(values) == 1 else f"{name} IN ({', '.join('?' * len(values))})"
    return (f"({text} OR {null})" if null else text), values


def _range(name: str, asked: Range) -> tuple[str, list[Any]]:
    bounds = [(">", asked.gt), (">=", asked.gte), ("<", asked.lt), ("<=", asked.lte)]
    given = [(sign, bound(value)) for sign, value in bounds if value is not None]
    if not given:
        return f"{name} IS NOT NULL", []
    return " AND ".join(f"{name} {sign} ?" for sign, _ in given), [value for _, value in given]


def _has_terms(layout: Layout, field: str, asked: HasTerms) -> tuple[str, list[Any]]:
    one = f"id IN (SELECT id FROM {layout.terms_table} WHERE field = ? AND term = ?)"
    terms = sorted(set(asked.terms))
    return " AND ".join([one] * len(terms)) or "1", [value for term in terms for value in (field, term)]


def _unbound(layout: Layout, field: str, value: Any) -> Any:
    kind: FieldType = "str" if field == "id" else layout.spec.fields[field]
    if value is None or kind in ("str", "int"):
        return value
    return bool(value) if kind == "bool" else from_milliseconds(value)
