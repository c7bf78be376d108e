"""Adds the rows of an import, batch by batch. Any process may go on where another one stopped.

The cursor lies in the import's document. A batch is added under ids that derive from campaign and number, and only then
the cursor moves. After a crash the batch is added again: what is there already with the same import and row is this
row itself and counts as added, so the counts come out the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from campaigns.campaigns.domain.campaign import Campaign
from campaigns.campaigns.domain.lifecycle import must_take_recipients
from campaigns.campaigns.domain.recipient import Recipient
from campaigns.campaigns.store import Campaigns, Recipients
from campaigns.imports.batch_reader import BatchReader, Threads
from campaigns.imports.batches import Batch, ReadRow
from campaigns.imports.domain import model
from campaigns.imports.domain.admission import begin_import, end_import
from campaigns.imports.domain.model import Import, RowCounts
from campaigns.imports.domain.rejected import RejectedRow, Rejection
from campaigns.imports.domain.rows import rejected
from campaigns.imports.store import ImportAggregates, RejectedRows
from shared.aggregates import Cause, Change, Decision
from shared.clock import Clock
from shared.database.protocol import Document, In
from shared.errors import Invalid, NotFound, Refused
from shared.files import FileStore
from shared.ids import new_id
from shared.service.alarm import Alarm
from shared.service.due import DueLoop

AT_ONCE = 4
RENEWED_EACH_SECONDS = model.LEASE_SECONDS / 4
_ASKED_AT_ONCE = 500
Decide = Callable[[Import], Decision[Import] | None]


@dataclass(frozen=True)
class Parts:
    """What importing stands on."""

    imports: ImportAggregates
    campaigns: Campaigns
    recipients: Recipients
    rejected: RejectedRows
    files: FileStore
    clock: Clock
    threads: Threads
    alarm: Alarm


class ImportWorker:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._stopping = False
        self.due = DueLoop(
            parts.imports.store, self.work, parts.clock, at_once=AT_ONCE, alarm=parts.alarm, turn_of=_tenant_of
        )

    async def run(self) -> None:
        """For ever. On cancellation imports stop after the batch they are at, and other processes go on with them."""
        loop = asyncio.create_task(self.due.run())
        try:
            await loop
        finally:
            self._stopping = True
            loop.cancel()
            await asyncio.wait([loop])

    async def work(self, document: Document) -> None:
        worker, now = new_id("wrk"), self._parts.clock.now()
        claimed = await self._change(
            document["id"], document["tenant_id"], lambda found: model.claim(found, worker, now)
        )
        known = claimed.state
        if not claimed.fresh or known is None:
            return
        if known.state == "running":
            known = await self._add_rows(known, worker)
        if known.is_unsettled or known.state in ("cancelled", "failed"):
            await self.settle(known)  # also if another worker did: this one may have added a batch since

    async def settle(self, known: Import) -> None:
        """Clear up after an import that has ended. Repeating it is harmless."""
        parts = self._parts
        campaign = await parts.campaigns.aggregates.get(known.campaign_id)  # one that was deleted too: rows may be left
        if campaign is not None and (known.state != "done" or campaign.state == "deleted"):
            await parts.recipients.remove_import(campaign, known.id)
        if known.state != "done":
            await parts.rejected.delete(known)
        if campaign is not None and campaign.state != "deleted":
            await self._change_campaign(campaign, known, "end")
        await parts.files.delete(known.tenant_id, known.file.id)
        await self._change(known.id, known.tenant_id, model.settle)

    async def _add_rows(self, known: Import, worker: str) -> Import:
        """Until the end, or until another one has the lease. Returns the import as it is then."""
        try:
            campaign = await self._parts.campaigns.get(known.tenant_id, known.campaign_id)
            await self._change_campaign(campaign, known, "begin")
        except (NotFound, Refused) as error:
            return await self._end(known, worker, error.detail)
        reader = BatchReader(self._parts.files, known)
        ahead = asyncio.ensure_future(self._parts.threads.run(reader.next))
        try:
            while (batch := await self._read(ahead, known, worker)) is not None:
                ahead = asyncio.ensure_future(self._parts.threads.run(reader.next))
                must_take_recipients(await self._parts.campaigns.get(known.tenant_id, known.campaign_id))
                change = await self._add(campaign, known, worker, batch)
                known = change.state or known
                if not change.fresh:
                    return known
                if self._stopping:
                    return await self._release(known, worker)
            return await self._end(known, worker, None)
        except (Invalid, NotFound, Refused) as error:
            return await self._end(known, worker, error.detail)
        finally:
            await asyncio.gather(ahead, return_exceptions=True)
            await self._parts.threads.run(reader.close)

    async def _read(self, ahead: asyncio.Future[Batch | None], known: Import, worker: str) -> Batch | None:
        """The batch. Reading a large workbook up to the cursor may take longer than a lease, so it is renewed."""
        while not (await asyncio.wait([ahead], timeout=RENEWED_EACH_SECONDS))[0]:
            now = self._parts.clock.now()
            await self._change(known.id, known.tenant_id, lambda found, now=now: model.renew(found, worker, now))
        return ahead.result()

    async def _add(self, campaign: Campaign, known: Import, worker: str, batch: Batch) -> Change[Import]:
        rows = [row for row, _ in batch.recipients]
        new = await self._parts.recipients.begin(campaign, rows)
        old = [pair for pair, is_new in zip(batch.recipients, new, strict=True) if not is_new]
        doubles = await self._doubles(known, old) if old else []
        await self._parts.rejected.add(known, [*batch.rejected, *doubles])
        counts = RowCounts(
            total=batch.rows,
            accepted=len(rows) - len(doubles),
            rejected=len(batch.rejected),
            duplicates=len(doubles),
        )
        now = self._parts.clock.now()
        return await self._change(
            known.id,
            known.tenant_id,
            lambda found: model.move(found, worker, model.Step(batch.next_row, counts, batch.share), now),
        )

    async def _doubles(self, known: Import, rows: Sequence[ReadRow]) -> list[RejectedRow]:
        """Which of these, whose number is in the campaign already, are not this very row from before a crash."""
        aggregates = self._parts.recipients.aggregates
        some, there = sorted({row.id for row, _ in rows}), dict[str, Recipient]()
        for start in range(0, len(some), _ASKED_AT_ONCE):
            asked = {"id": In(some[start : start + _ASKED_AT_ONCE]), "tenant_id": known.tenant_id}
            page = await aggregates.find(asked, limit=_ASKED_AT_ONCE)
            there |= {recipient.id: recipient for recipient in map(aggregates.state_of, page.items)}
        doubles: list[RejectedRow] = []
        for row, cells in rows:
            found = there.get(row.id)
            assert row.row is not None
            if found is not None and found.import_id == known.id:
                if found.row != row.row:
                    why = Rejection(code="duplicate_in_file", detail=f"Row {found.row} has the same number.")
                    doubles.append(rejected(row.row, cells, why))
            else:
                why = Rejection(code="already_in_campaign", detail="The number was in the campaign before this import.")
                doubles.append(rejected(row.row, cells, why))
        return doubles

    async def _end(self, known: Import, worker: str, error: str | None) -> Import:
        now = self._parts.clock.now()
        change = await self._change(known.id, known.tenant_id, lambda found: model.end(found, worker, error, now))
        return change.state or known

    async def _release(self, known: Import, worker: str) -> Import:
        now = self._parts.clock.now()
        change = await self._change(known.id, known.tenant_id, lambda found: model.release(found, worker, now))
        return change.state or known

    async def _change(self, id: str, tenant_id: str, decide: Decide) -> Change[Import]:
        cause = Cause.due(tenant_id, f"import|{id}", id)
        return await self._parts.imports.change(id, cause, lambda known: decide(known) if known else None)

    async def _change_campaign(self, campaign: Campaign, known: Import, what: str) -> None:
        decide = begin_import if what == "begin" else end_import
        cause = Cause.due(known.tenant_id, f"{what}|{known.id}", campaign.id)
        await self._parts.campaigns.change(known.tenant_id, campaign.id, cause, lambda found: decide(found, known.id))


def _tenant_of(document: Document) -> str:
    """One import of a tenant at a time: a tenant with ten files does not take all the places."""
    return document["tenant_id"]
