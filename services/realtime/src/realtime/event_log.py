"""The log of each tenant's events: each event is numbered once, without gaps, even if many instances number at once.

A tenant has one head document (`version`, epoch, last number). Numbers are given out by replacing it, on condition that
its version has not changed. The head carries the newest entries. When they become many, they are filed as rows of their
own, together, before the head is replaced by one without them. So after any crash head and rows together hold every
number up to the last, and a reader can tell a missing number from a late one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from realtime.domain.frames import EMPTIED, LogEntry, NewLogEntry, Position
from shared.aggregates import stored
from shared.aggregates.archive import Archive
from shared.clock import Clock
from shared.database.paging import pages
from shared.database.protocol import Collection, CollectionSpec, Database, Document, In, Range, Sort, Where
from shared.errors import Conflict
from shared.events.conversation import ContactErased
from shared.ids import new_id

HEADS = CollectionSpec("log_heads", {})
ROWS = CollectionSpec(
    "log",
    {"tenant_id": "str", "epoch": "str", "n": "int", "at": "datetime"},
    (("tenant_id", "epoch", "n"), ("at",)),
)
KEPT = timedelta(hours=1)
KEPT_ENTRIES = 5_000
IN_HEAD = 8
"""Entries that a head carries at most, besides the ones that were numbered together last."""
IN_HEAD_CHARACTERS = 100_000
"""Of the bodies of these entries: each save writes them again, and an event may have a mebibyte."""
MAX_RACES = 50
_TRIM_EVERY = 500
_TRIM_PAGE = 500


@dataclass(frozen=True)
class LogHead:
    """The last number given out, and the newest entries, which may not be filed yet."""

    epoch: str
    n: int
    version: int
    entries: tuple[LogEntry, ...] = ()


@dataclass(frozen=True)
class LogSlice:
    """The entries after a position. `entries` is None if some of them are gone."""

    top: Position
    entries: tuple[LogEntry, ...] | None


async def read_by_none(_tenant_id: str) -> None:
    """Nobody but open streams reads the log: they can do without what is old."""


class EventLog:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        new_epoch: Callable[[], str] = lambda: new_id("ep"),
        read_up_to: Callable[[str], Awaitable[Position | None]] = read_by_none,
    ) -> None:
        self._heads: Collection = database.collection(HEADS)
        self._rows: Collection = database.collection(ROWS)
        self._archive = Archive(database, ROWS.name)
        self._clock = clock
        self._new_epoch = new_epoch
        self._read_up_to = read_up_to
        self._filed: dict[str, tuple[str, int]] = {}

    async def number(self, tenant_id: str, drafts: Sequence[NewLogEntry]) -> tuple[str, list[LogEntry]]:
        """Number the events that have no number yet. Returns the epoch and their entries, in order of number.

        An event that was numbered and has left the log since is not among them. Safe to repeat and to run in several
        instances at once. Raises `Conflict` after `MAX_RACES` lost races.
        """
        unique = {draft.mark: draft for draft in drafts}
        for race in range(MAX_RACES):
            head = await self._head(tenant_id)
            known = await self._known(tenant_id, head, list(unique))
            found = [entry for entry in known.values() if entry is not None]
            fresh = [draft for mark, draft in unique.items() if mark not in known]
            if not fresh:
                return head.epoch, sorted(found, key=lambda entry: entry.n)
            entries = tuple(LogEntry.of(draft, head.n + place) for place, draft in enumerate(fresh, 1))
            if await self._append(tenant_id, head, entries):
                return head.epoch, sorted([*found, *entries], key=lambda entry: entry.n)
            await asyncio.sleep(0.001 * min(race, 10))
        raise Conflict("conflict", "other instances are numbering this tenant's events; try again")

    async def top(self, tenant_id: str) -> Position:
        """The position of the newest event. Begins the tenant's log if there is none."""
        head = await self._head(tenant_id)
        return Position(head.epoch, head.n)

    async def after(self, tenant_id: str, position: Position, limit: int) -> LogSlice:
        """Up to `limit` entries that follow `position`."""
        head = await self._head(tenant_id)
        top = Position(head.epoch, head.n)
        if position.epoch != head.epoch or position.n > head.n:
            return LogSlice(top, None)
        last = min(head.n, position.n + limit)
        if last == position.n:
            return LogSlice(top, ())
        entries = {entry.n: entry for entry in head.entries if position.n < entry.n <= last}
        if len(entries) < last - position.n:
            wanted: Where = {"tenant_id": tenant_id, "epoch": head.epoch, "n": Range(gt=position.n, lte=last)}
            page = await self._rows.find(wanted, sort=Sort("n"), limit=limit)
            entries |= {item["n"]: LogEntry.read(item["entry"]) for item in page.items}
        whole = all(n in entries for n in range(position.n + 1, last + 1))
        return LogSlice(top, tuple(entries[n] for n in range(position.n + 1, last + 1)) if whole else None)

    async def trim(self) -> int:
        """Drop old entries; returns how many. The archive remembers for 30 days that they were numbered."""
        return await self._drop({"at": Range(lt=self._clock.now() - KEPT)})

    async def forget(self, tenant_id: str, before: datetime) -> AsyncGenerator[int]:
        """Empty the head of a tenant without new events: it would keep its last entries for ever."""
        if await self._heads.get(tenant_id) is None:
            return
        head = await self._head(tenant_id)
        if head.entries and head.entries[-1].time < before:
            await self._file(tenant_id, head)
            bare = LogHead(head.epoch, head.n, head.version + 1)
            if await self._heads.replace(_document(tenant_id, bare), head.version):
                yield len(head.entries)

    async def erase(self, tenant_id: str, speaks_of: Callable[[str], bool]) -> int:
        """Empty every entry that this is true of; returns how many. Their numbers stay."""
        if await self._heads.get(tenant_id) is None:
            return 0
        erased = await self._erase_in_head(tenant_id, speaks_of)
        async for page in pages(self._rows, {"tenant_id": tenant_id}, Sort("n")):
            blank = [_emptied(row) for row in page if _speaks(LogEntry.read(row["entry"]), speaks_of)]
            if blank:  # a crash between the two leaves a gap: open streams read a fresh snapshot
                await self._rows.delete({"id": In([row["id"] for row in blank])})
                await self._rows.insert_many(blank)
            erased += len(blank)
        return erased

    async def _erase_in_head(self, tenant_id: str, speaks_of: Callable[[str], bool]) -> int:
        for _ in range(MAX_RACES):
            head = await self._head(tenant_id)
            found = sum(_speaks(entry, speaks_of) for entry in head.entries)
            entries = tuple(entry.emptied() if _speaks(entry, speaks_of) else entry for entry in head.entries)
            emptied = LogHead(head.epoch, head.n, head.version + 1, entries)
            if not found or await self._heads.replace(_document(tenant_id, emptied), head.version):
                return found
        raise Conflict("conflict", "other instances are numbering this tenant's events; try again")

    async def _append(self, tenant_id: str, head: LogHead, entries: tuple[LogEntry, ...]) -> bool:
        carried = (*head.entries, *entries)
        if len(carried) > IN_HEAD or sum(len(entry.body) for entry in carried) > IN_HEAD_CHARACTERS:
            await self._file(tenant_id, head)
            carried = entries
        grown = LogHead(head.epoch, head.n + len(entries), head.version + 1, carried)
        if not await self._heads.replace(_document(tenant_id, grown), head.version):
            return False
        if grown.n // _TRIM_EVERY != head.n // _TRIM_EVERY and grown.n > KEPT_ENTRIES:
            await self._drop_surplus(tenant_id, grown)
        return True

    async def _drop_surplus(self, tenant_id: str, head: LogHead) -> None:
        """All but the newest entries, and those that a webhook has not read yet."""
        last = head.n - KEPT_ENTRIES
        read = await self._read_up_to(tenant_id)
        if read is not None and read.epoch == head.epoch:
            last = min(last, read.n)
        await self._drop({"tenant_id": tenant_id, "epoch": head.epoch, "n": Range(lte=last)})

    async def _head(self, tenant_id: str) -> LogHead:
        while True:
            document = await self._heads.get(tenant_id)
            if document is not None:
                entries = tuple(LogEntry.read(entry) for entry in document["entries"])
                return LogHead(document["epoch"], document["n"], document["version"], entries)
            await self._heads.insert(_document(tenant_id, LogHead(self._new_epoch(), 0, 1)))

    async def _known(self, tenant_id: str, head: LogHead, marks: list[str]) -> dict[str, LogEntry | None]:
        """Those of these events that have a number.

        Call it after loading the head, never before: by then the entries of all earlier heads are filed. So a numbered
        event is in the head, in a row or in the archive. They are read in this order, because entries move that way.
        """
        known: dict[str, LogEntry | None] = {entry.mark: entry for entry in head.entries if entry.mark in marks}
        place = f"{tenant_id}|{head.epoch}"
        if rest := [mark for mark in marks if mark not in known]:
            page = await self._rows.find({"id": In([f"{place}|{mark}" for mark in rest])}, limit=len(rest))
            known |= {item["mark"]: LogEntry.read(item["entry"]) for item in page.items}
        if rest := [mark for mark in marks if mark not in known]:
            known |= dict.fromkeys(await self._archive.of_these(place, rest))
        return known

    async def _file(self, tenant_id: str, head: LogHead) -> None:
        """File the head's entries as rows. Filing twice is harmless; this process remembers what it has filed."""
        if not head.entries or self._filed.get(tenant_id) == (head.epoch, head.version):
            return
        now = self._clock.now()
        await self._rows.insert_many([_row(tenant_id, head.epoch, entry, now) for entry in head.entries])
        self._filed[tenant_id] = (head.epoch, head.version)

    async def _drop(self, where: Where) -> int:
        dropped = 0
        while True:
            page = await self._rows.find(where, limit=_TRIM_PAGE)
            by_log: dict[str, list[str]] = {}
            for item in page.items:
                by_log.setdefault(f"{item['tenant_id']}|{item['epoch']}", []).append(item["mark"])
            # Archive first, delete after: a numbered event must be known at every moment.
            for place, marks in by_log.items():
                await self._archive.add(place, marks, self._clock.now())
            if page.items:
                dropped += await self._rows.delete({"id": In([item["id"] for item in page.items])})
            if len(page.items) < _TRIM_PAGE:
                return dropped


def _speaks(entry: LogEntry, speaks_of: Callable[[str], bool]) -> bool:
    return entry.type not in (EMPTIED, ContactErased.TYPE) and speaks_of(entry.body)


def _emptied(row: Document) -> Document:
    return {**row, "entry": stored(LogEntry.read(row["entry"]).emptied())}


def _document(tenant_id: str, head: LogHead) -> Document:
    entries = [stored(entry) for entry in head.entries]
    return {"id": tenant_id, "version": head.version, "epoch": head.epoch, "n": head.n, "entries": entries}


def _row(tenant_id: str, epoch: str, entry: LogEntry, now: object) -> Document:
    return {
        "id": f"{tenant_id}|{epoch}|{entry.mark}",
        "tenant_id": tenant_id,
        "epoch": epoch,
        "n": entry.n,
        "mark": entry.mark,
        "at": now,
        "entry": stored(entry),
    }
