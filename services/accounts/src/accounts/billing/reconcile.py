"""A reconciliation's run: the carrier's records of a day, page by page, held against the ledger, then the other way.

Nothing is kept in memory but a page and the counts. Each run writes under a key of its own, so a run that broke off
leaves nothing that a later one could take for its result.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args
from urllib.parse import parse_qs, urlsplit

from accounts.adapters.telnyx import Access
from accounts.adapters.telnyx_detail_records import DetailRecords, RecordPage, Window
from accounts.billing.domain.jobs import Job
from accounts.billing.domain.reconciliation import (
    PARTS,
    Booked,
    CarrierRow,
    DifferenceKind,
    booked,
    compare,
    difference,
    inbound_ids,
)
from accounts.billing.domain.statement import midnight
from accounts.billing.record_usage import zone_named
from accounts.billing.store import Billing
from shared.database.protocol import In, Sort
from shared.errors import Unavailable
from shared.events.links import read_receipt

MARGIN = timedelta(hours=1)
"""A message of midnight may be of one day here and of the next at the carrier."""
ZONES_APART = timedelta(hours=26)
"""The most that two time zones differ."""
SLICE = timedelta(hours=3)
LEDGER_PAGE = 500
TRIES = 4
COUNTED = ("carrier_rows", "ledger_rows", "matched", "too_fresh", *get_args(DifferenceKind))
Beat = Callable[[], Awaitable[None]]


@dataclass
class _Run:
    """One run under way."""

    job: Job
    connections: list[str]
    beat: Beat
    counts: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(COUNTED, 0)))
    owners: dict[str, str | None] = field(default_factory=dict[str, str | None])
    """Whose a number is, as far as it was asked."""

    def find(self, kind: DifferenceKind, ours: Booked | None, theirs: CarrierRow | None) -> dict[str, Any]:
        self.counts[kind] += 1
        return difference(kind, self.job.run_key, ours, theirs)


class Reconciling:
    def __init__(self, billing: Billing, records: DetailRecords, fresh: timedelta) -> None:
        """`fresh`: a younger message is not missed yet, as the carrier lists it only once it has sent it."""
        self._billing = billing
        self._fresh = fresh
        self._records = records

    async def run(self, job: Job, beat: Beat) -> dict[str, int]:
        """The counts of the result; differences are filed under the run's key. May be done any number of times."""
        if job.run - 1 != job.result_run:
            await self.forget(f"{job.id}.{job.run - 1}")  # of a worker that died
        accounts, connections = await self._accounts(job.tenant_id)
        run = _Run(job, connections, beat)
        span = await self._span(job)
        for access in accounts:
            async for page in self._pages(access, span, beat):
                run.counts["carrier_rows"] += len(page.rows)
                await self._hold_against_ledger(run, page.rows)
        async for rows in self._ledger(job):
            await beat()
            await self._hold_against_carrier(run, rows)
        await self._billing.carrier_records.delete({"run": job.run_key})
        return dict(run.counts)

    async def forget(self, run_key: str) -> None:
        await self._billing.carrier_records.delete({"run": run_key})
        await self._billing.differences.delete({"run": run_key})

    def is_complete(self, job: Job) -> bool:
        return self._billing.books.clock.now() >= _bounds(job)[1] + self._fresh

    async def _accounts(self, tenant_id: str) -> tuple[list[Access], list[str]]:
        """Carrier accounts (two connections may share one) and connection ids."""
        books = self._billing.books
        page = await books.connections.find({"tenant_id": tenant_id}, limit=1000)
        found = [books.connections.state_of(document) for document in page.items]
        keys = [Access(books.keyring.unseal(one.facts.encrypted_api_key), one.facts.api_base) for one in found]
        return list(dict.fromkeys(keys)), [one.id for one in found]

    async def _span(self, job: Job) -> tuple[datetime, datetime]:
        """The hours of the day, and of what is booked under it: the tenant's time zone may have been another then."""
        bounds = _bounds(job)
        start, end = bounds
        where = {"tenant_id": job.tenant_id, "day": job.first_day, "kind": In(PARTS)}
        for last in (False, True):
            page = await self._billing.ledger.find(where, sort=Sort("used_at", descending=last), limit=1)
            for row in page.items:
                start, end = min(start, row["used_at"]), max(end, row["used_at"])
        return max(start, bounds[0] - ZONES_APART) - MARGIN, min(end, bounds[1] + ZONES_APART) + MARGIN

    async def _pages(self, access: Access, span: tuple[datetime, datetime], beat: Beat) -> AsyncIterator[RecordPage]:
        start, end = span
        while start < end:
            window, number, more = Window(start, min(start + SLICE, end)), 1, True
            while more:
                await beat()
                page = await self._patiently(access, window, number)
                yield page
                number, more = number + 1, page.more
            start = window.end

    async def _patiently(self, access: Access, window: Window, number: int) -> RecordPage:
        """A carrier that is busy for a moment must not cost a whole day's reading."""
        for left in reversed(range(TRIES)):
            try:
                return await self._records.page(access, window, number)
            except Unavailable as error:
                if not left:
                    raise
                await asyncio.sleep(min(error.after, 20))
        raise AssertionError("unreachable")

    async def _hold_against_ledger(self, run: _Run, rows: Sequence[CarrierRow]) -> None:
        candidates = {row.uuid: self._candidates(run, row) for row in rows}
        known = await self._booked(run.job.tenant_id, [id for ids in candidates.values() for id in ids or []])
        found: list[dict[str, Any]] = []
        for row in rows:
            ids = candidates[row.uuid]
            ours = next((known[id] for id in ids or [] if id in known), None)
            if ours is not None:
                found += await self._pair(run, ours, row)
            elif ids is not None:
                found += await self._unknown(run, row)
        await self._billing.differences.insert_many(found)

    def _candidates(self, run: _Run, row: CarrierRow) -> list[str] | None:
        """Ids this row may have in our ledger; None if it is another tenant's."""
        if row.direction == "inbound":
            return inbound_ids(run.connections, row.uuid)
        query = {name: values[0] for name, values in parse_qs(urlsplit(row.webhook_url).query).items()}
        token = read_receipt(self._billing.books.keyring, query.get("t", ""), query.get("m", ""), query.get("k", ""))
        if token is None:
            return []
        return [token.message_id] if token.tenant_id == run.job.tenant_id else None

    async def _booked(self, tenant_id: str, message_ids: Sequence[str]) -> dict[str, Booked]:
        rows: list[dict[str, Any]] = []
        for start in range(0, len(message_ids), LEDGER_PAGE):
            where = {"tenant_id": tenant_id, "message_id": In(message_ids[start : start + LEDGER_PAGE])}
            rows += (await self._billing.ledger.find(where, limit=10 * LEDGER_PAGE)).items
        return booked(rows)

    async def _pair(self, run: _Run, ours: Booked, theirs: CarrierRow) -> list[dict[str, Any]]:
        """The same message on both sides: seen, and compared on the day it is booked under."""
        id = f"{run.job.run_key}|{ours.message_id}"
        seen = {"id": id, "run": run.job.run_key, "message_id": ours.message_id, "uuid": theirs.uuid}
        of_this_day = ours.day == run.job.first_day
        if not await self._billing.carrier_records.insert(seen):
            before = await self._billing.carrier_records.get(id)
            again = before is not None and before["uuid"] != theirs.uuid
            return [run.find("twice_at_carrier", ours, theirs)] if again and of_this_day else []
        if not of_this_day:
            return []
        kinds = compare(ours, theirs)
        run.counts["matched"] += not kinds
        return [run.find(kind, ours, theirs) for kind in kinds]

    async def _unknown(self, run: _Run, row: CarrierRow) -> list[dict[str, Any]]:
        """At the carrier and not in our ledger: a hole in the ledger, or another's use of the account."""
        start, end = _bounds(run.job)
        owner = await self._owner(run, row.number)
        if not start <= row.created_at < end or (owner and owner != run.job.tenant_id):
            return []
        token = row.direction == "outbound" and self._candidates(run, row)
        ours = bool(token) or (row.direction == "inbound" and owner == run.job.tenant_id)
        return [run.find("missing_in_ledger" if ours else "foreign", None, row)]

    async def _owner(self, run: _Run, number: str) -> str | None:
        if number not in run.owners:
            held = await self._billing.books.numbers.get(number) if number else None
            run.owners[number] = held.facts.tenant_id if held else None
        return run.owners[number]

    async def _ledger(self, job: Job) -> AsyncIterator[list[dict[str, Any]]]:
        where = {"tenant_id": job.tenant_id, "day": job.first_day, "kind": In(PARTS)}
        cursor: str | None = None
        while True:
            page = await self._billing.ledger.find(where, limit=LEDGER_PAGE, cursor=cursor)
            yield page.items
            cursor = page.next_cursor
            if cursor is None:
                return

    async def _hold_against_carrier(self, run: _Run, rows: Sequence[dict[str, Any]]) -> None:
        sent = booked(row for row in rows if row["message_id"] and row["quantity"])
        ids = [f"{run.job.run_key}|{message_id}" for message_id in sent]
        if not ids:
            return
        page = await self._billing.carrier_records.find({"id": In(ids)}, limit=len(ids))
        seen = {row["message_id"] for row in page.items}
        missing = [one for id, one in sent.items() if id not in seen]
        fresh = self._billing.books.clock.now() - self._fresh
        run.counts["ledger_rows"] += len(sent)
        run.counts["too_fresh"] += sum(one.used_at > fresh for one in missing)
        late = [run.find("missing_at_carrier", one, None) for one in missing if one.used_at <= fresh]
        await self._billing.differences.insert_many(late)


def _bounds(job: Job) -> tuple[datetime, datetime]:
    zone, day = zone_named(job.zone), date.fromisoformat(job.first_day)
    return midnight(day, zone).astimezone(UTC), midnight(day + timedelta(days=1), zone).astimezone(UTC)
