"""Keeps the budgets: what several messages ask of one budget at the same moment is decided in one save.

Under a campaign every message reserves and settles in the same document. Asks that arrive while a save is under way
wait for the next one, together; so the number of saves does not grow with the number of messages, and the few processes
seldom race.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sender.budget.domain.batch import BudgetBatch
from sender.budget.domain.budget import Budget, BudgetAnswer, BudgetAsk, BudgetEntry, Reserve, Settle, Waiting
from sender.budget.prices import Prices
from sender.domain.calendar import month_of
from sender.domain.cost import Terms, terms_of
from sender.domain.prices import InForce
from shared.aggregates import Aggregates, Cause, Decision, Kind, NewEvent, Relay, stored
from shared.batcher import Batcher
from shared.clock import Clock
from shared.database.paging import pages
from shared.database.protocol import CollectionSpec, Database, In, Range
from shared.errors import Conflict
from shared.events import BudgetWarned, TenantChanged
from shared.internal.read_models import ReadModel
from shared.service.alarm import Alarm
from shared.sqlite.patience import patience

BUDGETS = Kind(
    "budgets",
    Budget,
    fields={"due_at": "datetime"},
    indexes=(("due_at",),),
    index=lambda budget: {"due_at": budget.due_at},
    remembered=False,  # claims and reservations decide on what the store says
)
ARCHIVE = CollectionSpec("budget_archive", {"budget_id": "str"}, (("budget_id",),))
TOGETHER = 100
SETTLED_KEPT = 20
"""Twice as many send the older ones to the archive."""
MAX_RACES = 50
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

Change = Callable[[Budget], Budget | None]


def budget_id(tenant_id: str, month: str) -> str:
    return f"{tenant_id}|{month}"


class _MovedOn(Exception):
    """Entries went to the archive after we looked into it."""


@dataclass
class BudgetLedger:
    database: Database
    relay: Relay
    clock: Clock
    tenants: ReadModel[TenantChanged]
    prices: Prices
    estimate_per_part: int
    alarm: Alarm
    """Of the loop that looks after budgets."""
    budgets: Aggregates[Budget] = field(init=False)
    _batcher: Batcher[tuple[str, str], BudgetAsk, BudgetAnswer] = field(init=False)

    def __post_init__(self) -> None:
        self.budgets = Aggregates(BUDGETS, self.database, self.relay, self.clock, source="sender")
        self.archive = self.database.collection(ARCHIVE)
        self._batcher = Batcher(self._save, most=TOGETHER)

    async def terms(self, tenant_id: str) -> Terms | None:
        tenant = await self.tenants.get(tenant_id)
        return await self.terms_of(tenant, self.clock.now()) if tenant else None

    async def terms_of(self, tenant: TenantChanged, now: datetime) -> Terms:
        return terms_of(tenant, await self.prices.at(tenant.tenant_id, now), self.estimate_per_part)

    async def _caps(self, tenant_id: str) -> Terms | None:
        """Without prices: asks name their amounts, which are compared with the caps."""
        tenant = await self.tenants.get(tenant_id)
        return terms_of(tenant, InForce(None), self.estimate_per_part) if tenant else None

    async def read(self, tenant_id: str, month: str) -> Budget:
        return await self.budgets.get(budget_id(tenant_id, month)) or Budget(tenant_id=tenant_id, month=month)

    async def ask(self, tenant_id: str, month: str, ask: BudgetAsk) -> BudgetAnswer:
        """None: done. Asks of the same budget at the same time are decided together, in their order."""
        return await self._batcher.ask((tenant_id, month), ask)

    async def change(self, budget: Budget, move: Change) -> Budget | None:
        """Another change of this budget, by itself; None if `move` had nothing to do."""

        def decide(state: Budget | None) -> Decision[Budget] | None:
            moved = move(state) if state else None
            return None if state is None or moved is None else Decision(moved.but(changes=state.changes + 1))

        change = await self.budgets.change(budget_id(budget.tenant_id, budget.month), _cause(budget), decide)
        return change.state if change.fresh else None

    async def _save(self, which: tuple[str, str], asks: list[BudgetAsk]) -> list[BudgetAnswer]:
        empty = Budget(tenant_id=which[0], month=which[1])
        terms = await self._caps(empty.tenant_id)
        for _ in range(MAX_RACES):
            try:
                with patience(not any(isinstance(ask, Reserve) for ask in asks)):  # a text waits for its reservation
                    return await self._try(empty, asks, terms)
            except _MovedOn:
                continue
        raise Conflict("conflict", "other senders are changing the same budget; try again")

    async def _try(self, empty: Budget, asks: list[BudgetAsk], terms: Terms | None) -> list[BudgetAnswer]:
        id = budget_id(empty.tenant_id, empty.month)
        document = await self.budgets.store.get(id)
        seen = self.budgets.state_of(document) if document else empty
        known = await self._from_archive(seen, asks)
        put_away = await self._to_archive(seen)
        answers: list[BudgetAnswer] = []
        now = self.clock.now()

        def decide(state: Budget | None) -> Decision[Budget] | None:
            budget = state or empty
            if budget.dropped != seen.dropped:
                raise _MovedOn
            sheet = BudgetBatch(budget, known, terms, now)
            answers[:] = [sheet.answer(ask) for ask in asks]
            changed, warnings = sheet.done(put_away)
            return None if changed is budget else Decision(changed, events=tuple(map(_event, warnings)))

        change = await self.budgets.change(id, _cause(empty), decide, publish_later=True, seen=document)
        if change.state and change.state.due_at and change.state.due_at <= now:
            self.alarm.ring()
        return answers

    async def _from_archive(self, seen: Budget, asks: list[BudgetAsk]) -> dict[str, BudgetEntry]:
        """The archived entries that these asks are about. Valid as long as nothing more went there."""
        here = {entry.message_id for entry in seen.open}
        wanted = {ask.message_id for ask in asks if not isinstance(ask, Waiting)} - here
        if not seen.dropped or not wanted:
            return {}
        id = budget_id(seen.tenant_id, seen.month)
        page = await self.archive.find({"id": In([f"{id}|{each}" for each in wanted])}, limit=len(wanted))
        return {row["entry"]["message_id"]: BudgetEntry.read(row["entry"]) for row in page.items}

    async def _to_archive(self, seen: Budget) -> list[BudgetEntry]:
        """File the older settled entries, before the save that leaves them out; a newer state of one replaces it."""
        settled = [entry for entry in seen.open if not entry.held_at]
        if len(settled) <= 2 * SETTLED_KEPT:
            return []
        old = settled[:-SETTLED_KEPT]
        id = budget_id(seen.tenant_id, seen.month)
        common: dict[str, Any] = {"budget_id": id, "revision": seen.changes}
        rows = [{"id": f"{id}|{entry.message_id}", "entry": stored(entry), **common} for entry in old]
        await asyncio.gather(*(self.archive.put(row) for row in rows))
        return old

    async def call(self, tenant_id: str) -> None:
        """The tenant's caps or prices may have changed: messages that wait for room are looked at now."""
        terms = await self.terms(tenant_id)
        if terms is None:
            return
        now = self.clock.now()
        budget = Budget(tenant_id=tenant_id, month=month_of(terms.today(now)))
        await self.change(budget, lambda state: state.called(now) if state.waiting else None)
        self.alarm.ring()

    async def call_all(self) -> None:
        """The prices of all tenants may have changed. Rare, so walking through all open budgets does no harm."""
        async for page in pages(self.budgets, {"due_at": Range(gt=_LONG_AGO)}):
            waiting = [budget for budget in map(self.budgets.state_of, page) if budget.waiting]
            await asyncio.gather(*(self.call(budget.tenant_id) for budget in waiting))


class BudgetNotes:
    """What lanes file into the budgets (`effects.budget_note`), as the relay sees it: repeating it is harmless."""

    def __init__(self, ledger: BudgetLedger) -> None:
        self._ledger = ledger

    async def put(self, document: dict[str, Any]) -> bool:
        tenant_id = document["tenant_id"]
        if "waits" in document:
            terms = await self._ledger.terms(tenant_id)
            if terms:
                today = terms.today(self._ledger.clock.now())
                booking = terms.booking(today, document["contact"], document["mms"])
                await self._ledger.ask(tenant_id, month_of(today), Waiting(booking.expected(document["waits"])))
            return True
        if "gives_back_at" in document:
            if terms := await self._ledger.terms(tenant_id):
                await self._settle(document, terms.today(document["gives_back_at"]), 0)
            return True
        await self._settle(document, document["day"], document["nano"])
        return True

    async def _settle(self, document: dict[str, Any], day: str, nano: int) -> None:
        ask = Settle(document["id"], document["revision"], day, nano)
        await self._ledger.ask(document["tenant_id"], month_of(day), ask)


def _cause(budget: Budget) -> Cause:
    return Cause.due(budget.tenant_id, f"budget|{budget.month}", budget_id(budget.tenant_id, budget.month))


def _event(warning: BudgetWarned) -> NewEvent:
    which = f"{warning.name}|{warning.cap.nano}|{warning.threshold}"
    return NewEvent(warning, subject=warning.tenant_id, key=warning.tenant_id, discriminator=which)
