"""Checked conditions as SQL, and the reading statements built from them."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Sequence
from typing import Any

from shared.database.conditions import Test
from shared.database.cursor import Position, remaining
from shared.database.protocol import FieldType, In, Range, Sort
from shared.database.sqlite.schema import Layout, bound, column
from shared.database.sqlite.terms import ROW
from shared.database.validation import from_milliseconds
from shared.errors import Invalid

# Every name in these statements passed `Layout`, every value is bound: S608 has nothing to find here.
# ruff: noqa: S608


UNBOUNDED = -1
"""As a LIMIT."""


def matching(layout: Layout, tests: Sequence[Test]) -> tuple[str, list[Any]]:
    """The text after WHERE and its parameters."""
    texts, values = _plain(layout, tests)
    hits = _hits(layout, tests)
    if hits:
        texts.append(f"rowid_ IN (SELECT rowid & {ROW} FROM {layout.search.table} WHERE {layout.search.table} MATCH ?)")
        values.append(hits)
    return " AND ".join(texts) or "1", values


def read_page(
    connection: sqlite3.Connection, layout: Layout, tests: Sequence[Test], sort: Sort, span: tuple[Position | None, int]
) -> list[bytes]:
    """Up to so many bodies after this position, from one snapshot."""
    hits = _hits(layout, tests) if sort.fields == (layout.search.order,) else ""
    asked = (layout, tests, sort)
    several = bool(hits or span[0]) and not connection.in_transaction
    if several:
        connection.execute("BEGIN")
    try:
        return _read_hits(connection, *asked, (*span, hits)) if hits else _read_segments(connection, *asked, span)
    finally:
        if several:
            connection.execute("ROLLBACK")


def _read_segments(
    connection: sqlite3.Connection, layout: Layout, tests: Sequence[Test], sort: Sort, span: tuple[Position | None, int]
) -> list[bytes]:
    position, wanted = span
    direction = "DESC" if sort.descending else "ASC"
    order = ", ".join(f"{column(field)} {direction}" for field in (*sort.fields, "id"))
    bodies: list[bytes] = []
    for segment in remaining(sort, position):
        if len(bodies) < wanted:
            text, values = matching(layout, [*tests, *segment])
            statement = f"SELECT body FROM {layout.table} WHERE {text} ORDER BY {order} LIMIT ?"
            bodies += [row[0] for row in connection.execute(statement, (*values, wanted - len(bodies)))]
    return bodies


def _read_hits(
    connection: sqlite3.Connection,
    layout: Layout,
    tests: Sequence[Test],
    sort: Sort,
    span: tuple[Position | None, int, str],
) -> list[bytes]:
    """The index of terms gives the hits in steps of the wanted order; what shares the last step is read whole."""
    position, wanted, hits = span
    search, down = layout.search, sort.descending
    texts, values = _plain(layout, tests)
    low, high = 0, sys.maxsize
    if position is not None:
        first, last = search.places(*position.values)
        low, high = (low, last) if down else (first, high)
        segments = [_plain(layout, segment) for segment in remaining(sort, position)]
        texts.append(f"({' OR '.join(' AND '.join(some) for some, _ in segments)})")
        values += [value for _, some in segments for value in some]
    statement = (
        f"SELECT {search.table}.rowid, {column(sort.field)}, id, body FROM {search.table} "
        f"CROSS JOIN {layout.table} ON rowid_ = {search.table}.rowid & {ROW} "
        f"WHERE {search.table} MATCH ? AND {search.table}.rowid BETWEEN ? AND ? AND {' AND '.join(texts) or '1'} "
        f"ORDER BY {search.table}.rowid {'DESC' if down else 'ASC'} LIMIT ?"
    )
    rows = connection.execute(statement, (hits, low, high, *values, wanted)).fetchall()
    if len(rows) == wanted:
        place = rows[-1][0]
        low, high = (place & ~ROW, place - 1) if down else (place + 1, place | ROW)
        rows += connection.execute(statement, (hits, low, high, *values, -1)).fetchall()
    rows.sort(key=lambda row: (row[1] is not None, row[1] or 0, row[2]), reverse=down)
    return [row[3] for row in rows[:wanted]]


def _hits(layout: Layout, tests: Sequence[Test]) -> str:
    """What the index of terms is asked; nothing where ids are, because each of these rows can be looked at."""
    return layout.search.match(tests) if layout.terms and not _asks_ids(tests) else ""


def _asks_ids(tests: Sequence[Test]) -> bool:
    return any(test.field == "id" and isinstance(test.condition, In) for test in tests)


def _plain(layout: Layout, tests: Sequence[Test]) -> tuple[list[str], list[Any]]:
    """All tests but those that the index of terms answers."""
    texts: list[str] = []
    values: list[Any] = []
    by_id = _asks_ids(tests)
    fixed = {test.field for test in tests if isinstance(test.condition, In)}
    for test in tests:
        if isinstance(test.condition, In):
            # A plus keeps SQLite from walking along the index of another field and looking for the ids there.
            text, some = _in("+" * (by_id and test.field != "id") + column(test.field), test.condition)
        elif isinstance(test.condition, Range):
            # A plus keeps SQLite from preferring a range of the field to the one value asked for, which is in order.
            text, some = _range("+" * (by_id or test.field in fixed) + column(test.field), test.condition)
        elif by_id and test.condition.terms:
            text, some = layout.search.by_row(test)
        elif not test.condition.terms or layout.search.matches(tests, test):
            continue
        else:
            text, some = layout.search.by_scan(test)
        texts.append(text)
        values += some
    return texts, values


def count(connection: sqlite3.Connection, layout: Layout, tests: Sequence[Test]) -> int:
    text, values = matching(layout, tests)
    return connection.execute(f"SELECT count(*) FROM {layout.table} WHERE {text}", values).fetchone()[0]


def count_by(
    connection: sqlite3.Connection, layout: Layout, tests: Sequence[Test], field: str, most: int
) -> dict[Any, int]:
    """`most`: documents that are looked at, or `UNBOUNDED`."""
    hits = _hits(layout, tests) if most != UNBOUNDED else ""
    by = column(field)
    if hits:  # in the order of the index, so that it stops in time
        texts, values = _plain(layout, tests)
        found = (
            f"SELECT {by} AS key FROM {layout.search.table} "
            f"CROSS JOIN {layout.table} ON rowid_ = {layout.search.table}.rowid & {ROW} "
            f"WHERE {layout.search.table} MATCH ? AND {' AND '.join(texts) or '1'} LIMIT ?"
        )
        values = [hits, *values]
    else:
        text, values = matching(layout, tests)
        found = f"SELECT {by} AS key FROM {layout.table} WHERE {text} LIMIT ?"
    rows = connection.execute(f"SELECT key, count(*) FROM ({found}) GROUP BY key", (*values, most))
    return {_unbound(layout, field, key): number for key, number in rows}


def count_few_by(
    connection: sqlite3.Connection, layout: Layout, tests: Sequence[Test], field: str, at_most: int
) -> dict[Any, int] | None:
    """What is common is known from the index of terms alone, without a look at one document."""
    hits = _hits(layout, tests)
    if hits and layout.search.covers(tests):
        some = f"SELECT 1 FROM {layout.search.table} WHERE {layout.search.table} MATCH ? LIMIT ?"
        if connection.execute(f"SELECT count(*) FROM ({some})", (hits, at_most + 1)).fetchone()[0] > at_most:
            return None
    groups = count_by(connection, layout, tests, field, at_most + 1)
    return groups if sum(groups.values()) <= at_most else None


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
    """How many went. Rows first and by `RETURNING`, because the condition may itself ask the index of terms."""
    text, values = matching(layout, tests)
    statement = f"DELETE FROM {layout.table} WHERE {text}"
    if not layout.terms:
        return connection.execute(statement, values).rowcount
    gone = connection.execute(f"{statement} RETURNING rowid_", values).fetchall()
    layout.search.remove(connection, [row for (row,) in gone])
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


def _unbound(layout: Layout, field: str, value: Any) -> Any:
    kind: FieldType = "str" if field == "id" else layout.spec.fields[field]
    if value is None or kind in ("str", "int"):
        return value
    return bool(value) if kind == "bool" else from_milliseconds(value)
