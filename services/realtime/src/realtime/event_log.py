"""The log of each tenant's events: numbered without a gap, each event once, whoever and however many number them.

A head per tenant (`version`, epoch, last number) is replaced only if nobody else did meanwhile: that is what gives out
numbers. The entries of the last replace lie inside it until they are filed as rows of their own, and nobody replaces a
head before its entries are filed. So whatever a crash leaves, head + rows always hold every number up to the last, and
a reader never has to guess whether one is missing or only late.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from realtime.domain.frames import Draft, Entry, Position
from shared.aggregates.archive import Archive
from shared.clock import Clock
from shared.database.protocol import Collection, CollectionSpec, Database, Document, In, Range, Sort, Where
from shared.errors import Conflict
from shared.ids import new_id

HEADS = CollectionSpec("log_heads", {})
ROWS = CollectionSpec(
    "log",
    {"tenant_id": "str", "epoch": "str", "n": "int", "at": "datetime"},
    (("tenant_id", "epoch", "n"), ("at",)),
)
KEPT = timedelta(hours=1)
KEPT_ENTRIES = 5_000
MAX_RACES = 50
_TRIM_EVERY = 500
_TRIM_PAGE = 500


@dataclass(frozen=True)
class Head:
    """The last number given out, and the entries that may not be filed yet (always the last ones)."""

    epoch: str
    n: int
    version: int
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Part:
    """What follows a position. `entries` is None if it cannot be told whole any more."""

    top: Position
    entries: tuple[Entry, ...] | None


class Log:
    def __init__(self, database: Database, clock: Clock, new_epoch: Callable[[], str] = lambda: new_id("ep")) -> None:
        self._heads: Collection = database.collection(HEADS)
        self._rows: Collection = database.collection(ROWS)
        self._archive = Archive(database, ROWS.name)
        self._clock = clock
        self._new_epoch = new_epoch
        self._filed: dict[str, tuple[str, int]] = {}

    async def number(self, tenant_id: str, drafts: Sequence[Draft]) -> tuple[str, list[Entry]]:
        """Number what has no number yet. Returns the epoch and the entries of these events, in order of number; one
        that was numbered and has left the log since is not among them. Safe to repeat, and to race."""
        unique = {draft.mark: draft for draft in drafts}
        for race in range(MAX_RACES):
            head = await self._head(tenant_id)
            known = await self._known(tenant_id, head, list(unique))
            found = [entry for entry in known.values() if entry is not None]
            fresh = [draft for mark, draft in unique.items() if mark not in known]
            if not fresh:
                await self._file(tenant_id, head)
                return head.epoch, sorted(found, key=lambda entry: entry.n)
            entries = tuple(Entry.of(draft, head.n + place) for place, draft in enumerate(fresh, 1))
            if await self._append(tenant_id, head, entries):
                return head.epoch, sorted([*found, *entries], key=lambda entry: entry.n)
            await asyncio.sleep(0.001 * min(race, 10))
        raise Conflict("too_many_writers", "many instances number this tenant's events at once; try again")

    async def top(self, tenant_id: str) -> Position:
        """The last number; begins the tenant's log if there is none."""
        head = await self._head(tenant_id)
        return Position(head.epoch, head.n)

    async def after(self, tenant_id: str, position: Position, limit: int) -> Part:
        """Up to `limit` entries that follow `position`."""
        head = await self._head(tenant_id)
        top = Position(head.epoch, head.n)
        if position.epoch != head.epoch or position.n > head.n:
            return Part(top, None)
        last = min(head.n, position.n + limit)
        if last == position.n:
            return Part(top, ())
        entries = {entry.n: entry for entry in head.entries if position.n < entry.n <= last}
        if len(entries) < last - position.n:
            wanted: Where = {"tenant_id": tenant_id, "epoch": head.epoch, "n": Range(gt=position.n, lte=last)}
            page = await self._rows.find(wanted, sort=Sort("n"), limit=limit)
            entries |= {item["n"]: Entry.model_validate(item["entry"]) for item in page.items}
        whole = all(n in entries for n in range(position.n + 1, last + 1))
        return Part(top, tuple(entries[n] for n in range(position.n + 1, last + 1)) if whole else None)

    async def trim(self) -> int:
        """Drop entries past their time; returns how many. That they were numbered is remembered for 30 days."""
        return await self._drop({"at": Range(lt=self._clock.now() - KEPT)})

    async def forget(self, tenant_id: str, before: datetime) -> AsyncGenerator[int]:
        """A head keeps its last entries until others come: those of a tenant fallen silent go here."""
        if await self._heads.get(tenant_id) is None:
            return
        head = await self._head(tenant_id)
        if head.entries and head.entries[-1].time < before:
            await self._file(tenant_id, head)
            bare = Head(head.epoch, head.n, head.version + 1)
            if await self._heads.replace(_document(tenant_id, bare), head.version):
                yield len(head.entries)

    async def _append(self, tenant_id: str, head: Head, entries: tuple[Entry, ...]) -> bool:
        await self._file(tenant_id, head)
        grown = Head(head.epoch, head.n + len(entries), head.version + 1, entries)
        if not await self._heads.replace(_document(tenant_id, grown), head.version):
            return False
        await self._file(tenant_id, grown)
        if grown.n // _TRIM_EVERY != head.n // _TRIM_EVERY and grown.n > KEPT_ENTRIES:
            old: Where = {"tenant_id": tenant_id, "epoch": head.epoch, "n": Range(lte=grown.n - KEPT_ENTRIES)}
            await self._drop(old)
        return True

    async def _head(self, tenant_id: str) -> Head:
        while True:
            document = await self._heads.get(tenant_id)
            if document is not None:
                entries = tuple(Entry.model_validate(entry) for entry in document["entries"])
                return Head(document["epoch"], document["n"], document["version"], entries)
            await self._heads.insert(_document(tenant_id, Head(self._new_epoch(), 0, 1)))

    async def _known(self, tenant_id: str, head: Head, marks: list[str]) -> dict[str, Entry | None]:
        """Those of these events that have a number. After the head was loaded, never before: all its predecessors'
        entries are filed by then, so an event is in the head, in a row, in the archive, or was never numbered. In this
        order, for that is how it moves."""
        known: dict[str, Entry | None] = {entry.mark: entry for entry in head.entries if entry.mark in marks}
        place = f"{tenant_id}|{head.epoch}"
        if rest := [mark for mark in marks if mark not in known]:
            page = await self._rows.find({"id": In([f"{place}|{mark}" for mark in rest])}, limit=len(rest))
            known |= {item["mark"]: Entry.model_validate(item["entry"]) for item in page.items}
        if rest := [mark for mark in marks if mark not in known]:
            known |= dict.fromkeys(await self._archive.of_these(place, rest))
        return known

    async def _file(self, tenant_id: str, head: Head) -> None:
        """Make rows of the head's entries. Twice is harmless; this process remembers what it has filed."""
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
            # Remembered before it is dropped: at no moment is a numbered event unknown.
            for place, marks in by_log.items():
                await self._archive.add(place, marks, self._clock.now())
            if page.items:
                dropped += await self._rows.delete({"id": In([item["id"] for item in page.items])})
            if len(page.items) < _TRIM_PAGE:
                return dropped


def _document(tenant_id: str, head: Head) -> Document:
    entries = [entry.model_dump() for entry in head.entries]
    return {"id": tenant_id, "version": head.version, "epoch": head.epoch, "n": head.n, "entries": entries}


def _row(tenant_id: str, epoch: str, entry: Entry, now: object) -> Document:
    return {
        "id": f"{tenant_id}|{epoch}|{entry.mark}",
        "tenant_id": tenant_id,
        "epoch": epoch,
        "n": entry.n,
        "mark": entry.mark,
        "at": now,
        "entry": entry.model_dump(),
    }
