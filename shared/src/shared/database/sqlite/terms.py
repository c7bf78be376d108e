"""The index of a collection's words: SQLite's FTS5, one row a document, in the order in which pages are read.

`w_<name>` keeps what a document is filed under, `s_<name>` is the full-text index of it (no positions, no copy of the
text). A row's number there begins with the value of the field that follows the words in their declared index (when the
last text came), so an index `(tenant_id, terms, last_activity_at)` gives the first page of the latest hits without
looking at the others: a word in 100,000 conversations costs what a rare one does. The fields before the words are part
of every word, so no tenant's words make another's search longer.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from shared.database.conditions import Test
from shared.database.protocol import CollectionSpec, Document, HasTerms, In
from shared.database.validation import to_milliseconds

# Every name in these statements was checked by `check_spec`, every value is bound: S608 has nothing to find here.
# ruff: noqa: S608

_ROW_BITS = 27
ROW = (1 << _ROW_BITS) - 1
"""The part of a place that is the document's row number: enough for 134 million documents."""
_STEP_BITS = 6  # a place tells 64 ms apart (64 of an int); what shares a step is sorted when it is read
_MOST_STEPS = (1 << 36) - 1  # until the year 2109
_SCRUBBED_PAGES = 500  # some 50 ms
_PLAIN = re.compile(r"[a-z0-9_\u0080-\U0010ffff]{0,200}")
"""What the tokenizer `ascii` leaves as it is."""
_FORMAT = "fts5/1"
_MOST_ALTERNATIVES = 250
"""Values of one field that the full-text index is asked for: each is looked up at every step."""
_REMEMBERED = 1024


@dataclass(frozen=True)
class TermIndex:
    """Of one collection, by the name that its tables have in the file."""

    spec: CollectionSpec
    stem: str

    @cached_property
    def fields(self) -> list[str]:
        return [field for field, kind in self.spec.fields.items() if kind == "terms"]

    @cached_property
    def table(self) -> str:
        return f'"s_{self.stem}"'

    @cached_property
    def kept(self) -> str:
        return f'"w_{self.stem}"'

    @cached_property
    def order(self) -> str | None:
        """The field by which hits are kept sorted."""
        for field in self.fields:
            after = self._named(field)[1][:1]
            if after and self.spec.fields.get(after[0]) in ("int", "datetime"):
                return after[0]
        return None

    @cached_property
    def narrowing(self) -> list[str]:
        """Fields that are filed like words, so that a filter that few pass need not look at every hit."""
        scope = {name for field in self.fields for name in self.scope(field)}
        indexed = {name for index in self.spec.indexes for name in index}
        kinds = self.spec.fields.items()
        return [n for n, kind in kinds if n not in scope and (kind == "bool" or (kind == "str" and n in indexed))]

    def scope(self, field: str) -> tuple[str, ...]:
        """Fields that have to be asked together with this list."""
        return self._named(field)[0]

    def filled_as(self, field: str) -> str:
        """Changes whenever what is filed for the field changes, so that existing files are filled again."""
        return f"terms {_FORMAT} {','.join(self.scope(field))} {self.order} {','.join(self.narrowing)}"

    def make(self, connection: sqlite3.Connection) -> None:
        connection.execute(
            f"CREATE TABLE IF NOT EXISTS {self.kept} (row INTEGER PRIMARY KEY, place INTEGER, scope TEXT, words TEXT)"
        )
        connection.execute(
            f"CREATE VIRTUAL TABLE IF NOT EXISTS {self.table} USING fts5"
            """(words, content = '', detail = none, columnsize = 0, tokenize = "ascii tokenchars '_'")"""
        )

    def empty(self, connection: sqlite3.Connection) -> None:
        connection.execute(f"INSERT INTO {self.table} ({self.table}) VALUES ('delete-all')")
        connection.execute(f"DELETE FROM {self.kept}")

    def file(self, connection: sqlite3.Connection, row: int, document: Document) -> None:
        """File this document under its words; nothing is written if they and its place are as before."""
        new = (self.place(document.get(self.order) if self.order else None, row), *self._filed(document))
        old = connection.execute(f"SELECT place, scope, words FROM {self.kept} WHERE row = ?", (row,)).fetchone()
        if old == new:
            return
        if old is not None:
            self._unfile(connection, old)
        connection.execute(f"INSERT OR REPLACE INTO {self.kept} VALUES (?, ?, ?, ?)", (row, *new))
        text = self._text(*new[1:])
        connection.execute(f"INSERT INTO {self.table} (rowid, words) VALUES (?, ?)", (new[0], text))

    def remove(self, connection: sqlite3.Connection, rows: Iterable[int]) -> None:
        for row in rows:
            statement = f"DELETE FROM {self.kept} WHERE row = ? RETURNING place, scope, words"
            for old in connection.execute(statement, (row,)).fetchall():
                self._unfile(connection, old)

    def scrub(self, connection: sqlite3.Connection, *, first: bool) -> bool:
        """One step towards a single segment, the only form without what was deleted; False at the end."""
        before = connection.total_changes
        pages = -_SCRUBBED_PAGES if first else _SCRUBBED_PAGES  # less than none: all segments, not only many alike
        connection.execute(f"INSERT INTO {self.table} ({self.table}, rank) VALUES ('merge', ?)", (pages,))
        return connection.total_changes - before > 1

    def place(self, value: Any, row: int) -> int:
        """Where a hit comes, among all. Null is first, as everywhere."""
        return _step(value) << _ROW_BITS | row

    def places(self, value: Any) -> tuple[int, int]:
        """First and last place of what may have this value."""
        return self.place(value, 0), self.place(value, ROW)

    def match(self, tests: Sequence[Test]) -> str:
        """What the full-text index is asked for these tests; empty if it cannot help. Other tests must be made too."""
        equal = {test.field: _one(test) for test in tests if isinstance(test.condition, In)}
        found: set[str] = set()
        for test in tests:
            if isinstance(test.condition, HasTerms) and self._is_asked_whole(test.field, equal):
                scope = self._scoped(test.field, {name: equal[name][0] for name in self.scope(test.field)})
                found |= {f'"{scope}{self._word(test.field, term)}"' for term in test.condition.terms}
        if not found:
            return ""
        if self._is_asked_whole(self.fields[0], equal):
            found |= self._narrowed(tests, equal)
        return " AND ".join(sorted(found))

    def covers(self, tests: Sequence[Test]) -> bool:
        """Whether what `match` asks says all that these tests do."""
        equal = {test.field: _one(test) for test in tests if isinstance(test.condition, In)}
        if not self._is_asked_whole(self.fields[0], equal):
            return False
        scope = {name for test in tests if isinstance(test.condition, HasTerms) for name in self.scope(test.field)}
        return all(self._is_covered(test, scope, equal) for test in tests)

    def _is_covered(self, test: Test, scope: set[str], equal: dict[str, list[Any]]) -> bool:
        if isinstance(test.condition, HasTerms):
            return self._is_asked_whole(test.field, equal)
        if not isinstance(test.condition, In):
            return False
        return test.field in scope or (
            test.field in self.narrowing and 0 < len(test.condition.values) <= _MOST_ALTERNATIVES
        )

    def _narrowed(self, tests: Sequence[Test], equal: dict[str, list[Any]]) -> set[str]:
        """What else is filed like words and asked: of each field any of its values."""
        first = self.fields[0]
        scope = self._scoped(first, {name: equal[name][0] for name in self.scope(first)})
        found: set[str] = set()
        for test in tests:
            if test.field in self.narrowing and isinstance(test.condition, In):
                values = test.condition.values
                if 0 < len(values) <= _MOST_ALTERNATIVES:
                    some = " OR ".join(f'"{scope}{self._narrow(test.field, value)}"' for value in values)
                    found.add(f"({some})" if len(values) > 1 else some)
        return found

    def matches(self, tests: Sequence[Test], test: Test) -> bool:
        """Whether `match` of these tests covers this one."""
        equal = {other.field: _one(other) for other in tests if isinstance(other.condition, In)}
        return self._is_asked_whole(test.field, equal)

    def by_scan(self, test: Test) -> tuple[str, list[Any]]:
        """A list asked without the fields before it in its index: every document's words are read."""
        assert isinstance(test.condition, HasTerms)
        words = [f" {self._word(test.field, term)} " for term in sorted(set(test.condition.terms))]
        text = " AND ".join(["instr(' ' || words || ' ', ?)"] * len(words))
        return f"rowid_ IN (SELECT row FROM {self.kept} WHERE {text})", words

    def by_row(self, test: Test) -> tuple[str, list[Any]]:
        """A list asked of rows that are known otherwise: the words of each of them are read."""
        assert isinstance(test.condition, HasTerms)
        words = [f" {self._word(test.field, term)} " for term in sorted(set(test.condition.terms))]
        text = " AND ".join(["instr(' ' || words || ' ', ?)"] * len(words))
        return f"EXISTS (SELECT 1 FROM {self.kept} WHERE row = rowid_ AND {text})", words

    def _is_asked_whole(self, field: str, equal: dict[str, list[Any]]) -> bool:
        return all(equal.get(name) for name in self.scope(field))

    def _named(self, field: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What stands before and after the field in the first index that names it."""
        for index in self.spec.indexes:
            if field in index:
                at = index.index(field)
                return index[:at], index[at + 1 :]
        return (), ()

    def _filed(self, document: Document) -> tuple[str, str]:
        """One scope for each list, and all words."""
        scopes = [self._scoped(field, document) for field in self.fields]
        lists = tuple(tuple(document.get(field) or ()) for field in self.fields)
        return " ".join(scopes), self._words(lists, tuple(document.get(name) for name in self.narrowing))

    @cached_property
    def _words(self) -> Callable[[tuple[tuple[str, ...], ...], tuple[Any, ...]], str]:
        """All words in order. A document is saved some times in a row with the same ones."""

        def words(lists: tuple[tuple[str, ...], ...], narrow: tuple[Any, ...]) -> str:
            found = [
                self._word(field, term) for field, terms in zip(self.fields, lists, strict=True) for term in set(terms)
            ]
            found += [self._narrow(name, value) for name, value in zip(self.narrowing, narrow, strict=True)]
            return " ".join(sorted(found))

        return lru_cache(maxsize=_REMEMBERED, typed=True)(words)

    def _text(self, scopes: str, words: str) -> str:
        by_letter = {_letter(number): scope for number, scope in enumerate(scopes.split(" "))}
        by_letter[_NARROW] = by_letter[_letter(0)]
        return " ".join(by_letter[word[0]] + word for word in words.split(" ") if word)

    def _scoped(self, field: str, values: Document) -> str:
        scope = self.scope(field)
        return _digest(*(values.get(name) for name in scope)) if scope else ""

    def _word(self, field: str, term: str) -> str:
        return _letter(self.fields.index(field)) + _token(term)

    def _narrow(self, name: str, value: Any) -> str:
        return f"{_NARROW}{self.narrowing.index(name)}{_token(value)}"

    def _unfile(self, connection: sqlite3.Connection, old: tuple[int, str, str]) -> None:
        """The full-text index keeps no text, so it has to be told what to forget."""
        place, scope, words = old
        statement = f"INSERT INTO {self.table} ({self.table}, rowid, words) VALUES ('delete', ?, ?)"
        connection.execute(statement, (place, self._text(scope, words)))


_NARROW = "z"


def _letter(number: int) -> str:
    return chr(ord("a") + number)


def _one(test: Test) -> list[Any]:
    """The value, if only one is asked for."""
    assert isinstance(test.condition, In)
    return list(test.condition.values) if len(test.condition.values) == 1 else []


def _step(value: Any) -> int:
    number = to_milliseconds(value) if isinstance(value, datetime) else value
    return 0 if number is None else min(max((number >> _STEP_BITS) + 1, 0), _MOST_STEPS)


def _token(value: Any) -> str:
    """A word that the tokenizer keeps whole, another one for every value."""
    if value is None or isinstance(value, bool):
        return f"v{value}".lower()
    if _PLAIN.fullmatch(value):
        return f"x{value}"
    return f"h{value.encode().hex()}" if len(value) <= 200 else f"s{hashlib.sha256(value.encode()).hexdigest()}"


@lru_cache(maxsize=4096)
def _digest(*values: Any) -> str:
    """Short, because it is part of every word. Should two be equal, the condition on the field tells them apart."""
    return hashlib.sha256(repr(values).encode()).hexdigest()[:10]
