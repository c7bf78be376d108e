"""A deliberately small document store: what MongoDB (standalone included) and SQLite do alike.

No multi-document transactions, server-side code, change streams, TTL or partial indexes. Each call is one round trip
and atomic for each document it touches. A document is a dict with a text `id`, values of None, bool, int (64 bit),
float, str, bytes, aware datetime (whole milliseconds, returned in UTC), list and dict. Dict keys are short names of
ours: text from outside never becomes a key. Reads see every acknowledged write (primary, majority).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

Document = dict[str, Any]
FieldType = Literal["str", "int", "bool", "datetime", "terms"]
MAX_DOCUMENT_BYTES = 12 * 1024 * 1024
"""Refused above this with `TooLarge("document_too_large")` by both stores (MongoDB's own limit is 16 MiB)."""


@dataclass(frozen=True)
class CollectionSpec:
    """A collection and the top-level fields it may be asked by. Declared beside the repository, made at start.

    `fields` maps name to type; a field of type `terms` holds a list of normalised words, asked with `HasTerms`.
    A declared field has that one type or null; missing equals null. `indexes` are compound, equality fields first, then
    terms, then the sort field; `id` is appended to each as the tie-break. Asked with the equality fields of its index
    and in its order, `HasTerms` costs what the page holds; otherwise it may cost what the collection holds. Asked
    together with ids it costs what the ids hold, and so it does with values of another indexed text field.

    `sparse` are fields that few documents have and by which those without are never looked for: SQLite leaves these out
    of an index that begins with such a field. MongoDB keeps a null as a value like any other, so there it says nothing.
    """

    name: str
    fields: Mapping[str, FieldType]
    indexes: tuple[tuple[str, ...], ...] = ()
    sparse: tuple[str, ...] = ()


@dataclass(frozen=True)
class In:
    values: Sequence[Any]


@dataclass(frozen=True)
class Range:
    """Bounds on a declared field; null never matches."""

    gt: Any = None
    gte: Any = None
    lt: Any = None
    lte: Any = None


@dataclass(frozen=True)
class Prefix:
    text: str


@dataclass(frozen=True)
class HasTerms:
    """All of these words are in the document's list (exact words; store prefixes too where they are wanted)."""

    terms: Sequence[str]


Where = Mapping[str, Any]
"""Field → value (equality, None matches missing) or one of the conditions above. All must hold. `id` may be asked."""


@dataclass(frozen=True)
class Sort:
    """One declared field (or `id`), a second one if wanted, then `id`; all in the same direction. Null sorts first
    ascending."""

    field: str = "id"
    descending: bool = False
    then: str | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """But for `id`, which ends every order."""
        return tuple(field for field in (self.field, self.then) if field not in ("id", None))


@dataclass(frozen=True)
class Page:
    items: list[Document]
    next_cursor: str | None


class Collection(Protocol):
    @property
    def spec(self) -> CollectionSpec: ...

    async def get(self, id: str) -> Document | None: ...

    async def insert(self, document: Document) -> bool:
        """True if the id was new; False (and nothing changed) if it was there."""
        ...

    async def insert_many(self, documents: Sequence[Document]) -> list[str]:
        """Ids that were new, in order; the others were there and stay as they are."""
        ...

    async def put(self, document: Document) -> bool:
        """Insert, or replace if the stored `revision` (int) is lower than this document's. False if not lower."""
        ...

    async def replace(self, document: Document, version: int) -> bool:
        """Replace only if the stored `version` (int) is still this one; the document carries the next one."""
        ...

    async def put_many(self, documents: Sequence[Document]) -> list[bool]:
        """As `put` for each in turn, in one round trip (one more if an id comes twice, or if some were not lower).
        What cannot be stored holds up no other: its error is raised when the rest are written."""
        ...

    async def replace_many(self, changes: Sequence[tuple[Document, int]]) -> list[bool]:
        """As `replace` for each document and version in turn, in one round trip (a second one tells the winners from
        the losers). What cannot be stored holds up no other: its error is raised when the rest are written. Raises
        `Conflict("overtaken")` if later writes hide who won; read again to know."""
        ...

    async def find(self, where: Where, *, sort: Sort = Sort(), limit: int = 100, cursor: str | None = None) -> Page:
        """One page; pass `next_cursor` with the same `where` and `sort` to go on. Pages stay stable under inserts:
        nothing that was there at the start and did not move is skipped or repeated. An empty
        cursor is the beginning (`?cursor=` of an API); one that we did not make raises `Invalid("bad_cursor")`."""
        ...

    async def count(self, where: Where) -> int: ...

    async def count_by(self, where: Where, field: str) -> dict[Any, int]:
        """How many have each value of a declared field, or of `id`."""
        ...

    async def count_few_by(self, where: Where, field: str, at_most: int) -> dict[Any, int] | None:
        """As `count_by`; None if more than `at_most` documents fit. Asking costs no more than so many."""
        ...

    async def sum_by(self, where: Where, field: str, by: str | None = None) -> dict[Any, int]:
        """Sums of a declared int field, grouped by another declared field (or one group, None)."""
        ...

    async def delete(self, where: Where) -> int:
        """How many went. An empty `where` is refused with ValueError."""
        ...

    async def scrub(self) -> None:
        """After deleting for good: terms of what was deleted or replaced do not stay in the store's index either."""
        ...


class Database(Protocol):
    def collection(self, spec: CollectionSpec) -> Collection:
        """The same object for the same name; another spec under a known name is a ValueError."""
        ...

    async def start(self) -> None:
        """Connect and make collections and indexes of everything declared so far."""
        ...

    async def server_time(self) -> datetime | None:
        """The server's clock, where it has one of its own."""
        ...

    async def ping(self) -> None:
        """Write and read something small. Raises `StoreUnavailable` if that fails or takes more than a second; its
        code says what is wrong, and stays the same for the same trouble."""
        ...

    async def clear(self) -> None:
        """Empty every collection (tests, and an operator's rebuild of a read model)."""
        ...

    async def compact(self) -> None:
        """After deleting for good: see to it that deleted data leaves the store's files soon, where that is ours to do.
        Returns at once."""
        ...

    async def close(self) -> None: ...
