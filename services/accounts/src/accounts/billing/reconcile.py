"""Runs a reconciliation: compares the carrier's records of a day with the ledger, then the ledger with the records.

Memory holds one page and the counts. Each run writes under its own key, so that a later run cannot mistake the rows of
an interrupted one for its own.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args
from urllib.parse import parse_qs, urlsplit

from accounts.billing.adapters.telnyx_detail_records import DetailRecords, RecordPage, Window
from accounts.billing.domain.jobs import BillingJob
from accounts.billing.domain.reconciliation import (
    PARTS,
    BookedMessage,
    CarrierRow,
    DifferenceKind,
    booked_messages,
    difference_document,
    differing,
    inbound_ids,
)
from accounts.billing.domain.statement import midnight
from accounts.billing.record_usage import zone_named
from accounts.billing.store import BillingStore
from accounts.carrier.adapters.telnyx_account import CarrierAccount
from shared.database.paging import pages
from shared.database.protocol import In, Sort
from shared.errors import Unavailable
from shared.events.links import read_receipt

MARGIN = timedelta(hours=1)
"""Around midnight a message may count for one day here and for the next at the carrier."""
ZONES_APART = timedelta(hours=26)
"""The most that two time zones differ."""
SLICE = timedelta(hours=3)
LEDGER_PAGE = 500
TRIES = 4
COUNTED = ("carrier_rows", "ledger_rows", "matched", "too_fresh", *get_args(DifferenceKind))
Heartbeat = Callable[[], Awaitable[None]]


@dataclass
class _Run:
    """One run under way."""

    job: BillingJob
    connections: list[str]
    heartbeat: Heartbeat
    counts: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(COUNTED, 0)))
    owners: dict[str, str | None] = field(default_factory=dict[str, str | None])
    """Number → tenant, as far as looked up in this run."""

    def record(self, kind: DifferenceKind, ours: BookedMessage | None, theirs: CarrierRow | None) -> dict[str, Any]:
        self.counts[kind] += 1
        return difference_document(kind, self.job.run_key, ours, theirs)


class Reconciler:
    def __init__(self, store: BillingStore, records: DetailRecords, fresh: timedelta) -> None:
        """`fresh`: younger messages may be missing at the carrier, which lists a message only after sending it."""
        self._store = store
        self._fresh = fresh
        self._records = records

    async def run(self, job: BillingJob, heartbeat: Heartbeat) -> dict[str, int]:
        """The counts of the result. Differences are filed under the run's key. Safe to repeat."""
        if job.run - 1 != job.result_run:
            await self.delete_result(f"{job.id}.{job.run - 1}")  # of an interrupted run
        accounts, connections = await self._accounts(job.tenant_id)
        run = _Run(job, connections, heartbeat)
        span = await self._span(job)
        for account in accounts:
            async for page in self._pages(account, span, heartbeat):
                run.counts["carrier_rows"] += len(page.rows)
                await self._compare_with_ledger(run, page.rows)
        where = {"tenant_id": job.tenant_id, "day": job.first_day, "kind": In(PARTS)}
        async for rows in pages(self._store.ledger, where, size=LEDGER_PAGE):
            await heartbeat()
            await self._compare_with_carrier(run, rows)
        await self._store.carrier_records.delete({"run": job.run_key})
        return dict(run.counts)

    async def delete_result(self, run_key: str) -> None:
        await self._store.carrier_records.delete({"run": run_key})
        await self._store.differences.delete({"run": run_key})

    def is_complete(self, job: BillingJob) -> bool:
        return self._store.clock.now() >= _bounds(job)[1] + self._fresh

    async def _accounts(self, tenant_id: str) -> tuple[list[CarrierAccount], list[str]]:
        """Carrier accounts (two connections may share one) and connection ids."""
        store = self._store.tenant_store
        page = await store.connections.find({"tenant_id": tenant_id}, limit=1000)
        found = [store.connections.state_of(document) for document in page.items]
        opened = [CarrierAccount(store.keyring.unseal(c.facts.encrypted_api_key), c.facts.api_base) for c in found]
        return list(dict.fromkeys(opened)), [one.id for one in found]

    async def _span(self, job: BillingJob) -> tuple[datetime, datetime]:
        """The hours of the day, and of the entries booked under it: the tenant may have had another time zone then."""
        bounds = _bounds(job)
        start, end = bounds
        where = {"tenant_id": job.tenant_id, "day": job.first_day, "kind": In(PARTS)}
        for last in (False, True):
            page = await self._store.ledger.find(where, sort=Sort("used_at", descending=last), limit=1)
            for row in page.items:
                start, end = min(start, row["used_at"]), max(end, row["used_at"])
        return max(start, bounds[0] - ZONES_APART) - MARGIN, min(end, bounds[1] + ZONES_APART) + MARGIN

    async def _pages(
        self, account: CarrierAccount, span: tuple[datetime, datetime], heartbeat: Heartbeat
    ) -> AsyncIterator[RecordPage]:
        start, end = span
        while start < end:
            window, number, more = Window(start, min(start + SLICE, end)), 1, True
            while more:
                await heartbeat()
                page = await self._page_with_retries(account, window, number)
                yield page
                number, more = number + 1, page.more
            start = window.end

    async def _page_with_retries(self, account: CarrierAccount, window: Window, number: int) -> RecordPage:
        """A short outage of the carrier must not discard what was read of the day."""
        for left in reversed(range(TRIES)):
            try:
                return await self._records.page(account, window, number)
            except Unavailable as error:
                if not left:
                    raise
                await asyncio.sleep(min(error.after, 20))
        raise AssertionError("unreachable")

    async def _compare_with_ledger(self, run: _Run, rows: Sequence[CarrierRow]) -> None:
        candidates = {row.uuid: self._candidates(run, row) for row in rows}
        known = await self._booked_messages(run.job.tenant_id, [id for ids in candidates.values() for id in ids or []])
        found: list[dict[str, Any]] = []
        for row in rows:
            ids = candidates[row.uuid]
            ours = next((known[id] for id in ids or [] if id in known), None)
            if ours is not None:
                found += await self._matched(run, ours, row)
            elif ids is not None:
                found += await self._unmatched(run, row)
        await self._store.differences.insert_many(found)

    def _candidates(self, run: _Run, row: CarrierRow) -> list[str] | None:
        """The ids this row may have in our ledger; None if it belongs to another tenant."""
        if row.direction == "inbound":
            return inbound_ids(run.connections, row.uuid)
        query = {name: values[0] for name, values in parse_qs(urlsplit(row.webhook_url).query).items()}
        token = read_receipt(
            self._store.tenant_store.keyring, query.get("t", ""), query.get("m", ""), query.get("k", "")
        )
        if token is None:
            return []
        return [token.message_id] if token.tenant_id == run.job.tenant_id else None

    async def _booked_messages(self, tenant_id: str, message_ids: Sequence[str]) -> dict[str, BookedMessage]:
        rows: list[dict[str, Any]] = []
        for start in range(0, len(message_ids), LEDGER_PAGE):
            where = {"tenant_id": tenant_id, "message_id": In(message_ids[start : start + LEDGER_PAGE])}
            rows += (await self._store.ledger.find(where, limit=10 * LEDGER_PAGE)).items
        return booked_messages(rows)

    async def _matched(self, run: _Run, ours: BookedMessage, theirs: CarrierRow) -> list[dict[str, Any]]:
        """The same message on both sides: marks it as seen, and compares it on the day it is booked under."""
        id = f"{run.job.run_key}|{ours.message_id}"
        seen = {"id": id, "run": run.job.run_key, "message_id": ours.message_id, "uuid": theirs.uuid}
        of_this_day = ours.day == run.job.first_day
        if not await self._store.carrier_records.insert(seen):
            before = await self._store.carrier_records.get(id)
            again = before is not None and before["uuid"] != theirs.uuid
            return [run.record("twice_at_carrier", ours, theirs)] if again and of_this_day else []
        if not of_this_day:
            return []
        kinds = differing(ours, theirs)
        run.counts["matched"] += not kinds
        return [run.record(kind, ours, theirs) for kind in kinds]

    async def _unmatched(self, run: _Run, row: CarrierRow) -> list[dict[str, Any]]:
        """At the carrier but not in our ledger: missing here, or sent by other software with the same account."""
        start, end = _bounds(run.job)
        owner = await self._owner(run, row.number)
        if not start <= row.created_at < end or (owner and owner != run.job.tenant_id):
            return []
        token = row.direction == "outbound" and self._candidates(run, row)
        ours = bool(token) or (row.direction == "inbound" and owner == run.job.tenant_id)
        return [run.record("missing_in_ledger" if ours else "foreign", None, row)]

    async def _owner(self, run: _Run, number: str) -> str | None:
        if number not in run.owners:
            held = await self._store.tenant_store.numbers.get(number) if number else None
            run.owners[number] = held.facts.tenant_id if held else None
        return run.owners[number]

    async def _compare_with_carrier(self, run: _Run, rows: Sequence[dict[str, Any]]) -> None:
        sent = booked_messages(row for row in rows if row["message_id"] and row["quantity"])
        ids = [f"{run.job.run_key}|{message_id}" for message_id in sent]
        if not ids:
            return
        page = await self._store.carrier_records.find({"id": In(ids)}, limit=len(ids))
        seen = {row["message_id"] for row in page.items}
        missing = [one for id, one in sent.items() if id not in seen]
        fresh = self._store.clock.now() - self._fresh
        run.counts["ledger_rows"] += len(sent)
        run.counts["too_fresh"] += sum(one.used_at > fresh for one in missing)
        late = [run.record("missing_at_carrier", one, None) for one in missing if one.used_at <= fresh]
        await self._store.differences.insert_many(late)


def _bounds(job: BillingJob) -> tuple[datetime, datetime]:
    zone, day = zone_named(job.zone), date.fromisoformat(job.first_day)
    return midnight(day, zone).astimezone(UTC), midnight(day + timedelta(days=1), zone).astimezone(UTC)
