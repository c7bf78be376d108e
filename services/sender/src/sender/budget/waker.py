"""Looks after one budget: lets messages go that fit again, oldest first, and clears reservations left behind.

Those it lets go get their reservation here, so that no more are woken than there is room for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sender.budget.domain.batch import HOLD_CHECKED
from sender.budget.domain.budget import Budget, Entry, Reserve, Settle, Waiting
from sender.budget.store import Ledger, budget_id
from sender.domain.calendar import day_ends, month_ends, month_of
from sender.domain.cost import Terms, counted
from sender.domain.message import Line, Message
from sender.store import Messages, message_of
from shared.clock import Clock
from shared.database.protocol import Document, In, Sort
from shared.errors import ParleyError

LOOK_LEASE = timedelta(seconds=10)
"""Nobody else looks meanwhile; if we die, somebody does then."""
ROUND = 100
HELD_MOST = 200
"""More are not let go at once: they may have to wait for the pace, and the document stays small."""
SOON = timedelta(seconds=0.2)
NOT_YET_FILED = timedelta(seconds=5)
NOBODY_WAITS = timedelta(seconds=30)
"""After the latest asking: a message that was just told to wait may not be filed yet."""
CLOSED_AFTER = timedelta(days=3)


@dataclass(frozen=True)
class BudgetWorker:
    ledger: Ledger
    messages: Messages
    clock: Clock
    wake: Callable[[Line, datetime | None], None]

    async def work(self, document: Document) -> None:
        now = self.clock.now()

        def begin(state: Budget) -> Budget | None:
            return state.but(due_at=now + LOOK_LEASE) if state.due_at and state.due_at <= now else None

        seen = await self.ledger.change(self.ledger.budgets.state_of(document), begin)
        terms = await self.ledger.terms(seen.tenant_id) if seen else None
        if seen is None or terms is None:
            return
        await self._check_held(seen, now)
        waiting, again = await self._let_go(seen, terms, now)
        ended = month_ends(seen.month, terms.zone) + CLOSED_AFTER
        if now >= ended:
            await self._empty_archive(seen)

        def end(state: Budget) -> Budget | None:
            if state.calls != seen.calls:
                return None  # somebody called meanwhile: it is due, and stays so
            if now >= ended:
                return state.but(open=(), closed=True, waiting=False, due_at=None)
            moments = [ended, *([again] if again else []), *([now + HOLD_CHECKED] if state.held else [])]
            return state.but(waiting=waiting, due_at=min(moments))

        await self.ledger.change(seen, end)

    async def _check_held(self, seen: Budget, now: datetime) -> None:
        """A reservation whose message ended otherwise, or was let go by a process that died, is settled."""
        old = [entry for entry in seen.held if entry.held_at and entry.held_at + HOLD_CHECKED <= now]
        for start in range(0, len(old), ROUND):
            some = {entry.message_id: entry for entry in old[start : start + ROUND]}
            page = await self.messages.records.find({"id": In(list(some))}, limit=ROUND)
            ended = [
                message for message in map(message_of, page.items) if message.status not in ("queued", "submitting")
            ]
            asks = [_in_the_end(some[message.id], message, seen.month) for message in ended]
            await asyncio.gather(*(self.ledger.ask(seen.tenant_id, seen.month, ask) for ask in asks))

    async def _let_go(self, seen: Budget, terms: Terms, now: datetime) -> tuple[bool, datetime | None]:
        """Whether messages still wait for this budget, and when to look again."""
        if not seen.waiting:
            return False, None
        today = terms.today(now)
        if month_of(today) != seen.month:  # they wait for another month's budget now
            await self.ledger.ask(seen.tenant_id, month_of(today), Waiting(0))
            return False, None
        if len(seen.held) >= HELD_MOST:
            return True, now + NOT_YET_FILED
        where = {"tenant_id": seen.tenant_id, "waits_for": "budget"}
        page = await self.messages.records.find(where, sort=Sort("created_at"), limit=ROUND)
        if not page.items:
            filed = seen.asked_at is not None and seen.asked_at + NOBODY_WAITS <= now
            return not filed, None if filed else now + NOT_YET_FILED
        gone = await asyncio.gather(*(self._one(message_of(row), terms, now) for row in page.items))
        moments = [day_ends(today, terms.zone), *([terms.prices.until] if terms.prices.until else [])]
        return True, now + SOON if any(gone) else min(moments)

    async def _one(self, message: Message, terms: Terms, now: datetime) -> bool:
        """Reserve for it and send it back into its line; False if there is no room for it."""
        if terms.holds_back(message.line):
            booking = terms.booking_of(message, now)
            ask = Reserve(message.id, message.revision, booking.day, booking.expected(message.parts))
            if await self.ledger.ask(message.tenant_id, month_of(booking.day), ask):
                return False
        now = self.clock.now()
        try:
            gone = await self.messages.let_go(message, "budget", now, look_at=now)
        except ParleyError:
            return True  # the reservation stands; the next look tries again
        self.wake(message.line, None)
        return gone

    async def _empty_archive(self, seen: Budget) -> None:
        rows = self.ledger.archive
        where = {"budget_id": budget_id(seen.tenant_id, seen.month)}
        while (page := await rows.find(where, limit=500)).items:
            await rows.delete({"id": In([row["id"] for row in page.items])})


def _in_the_end(left: Entry, message: Message, month: str) -> Settle:
    """What it counts with in this month: nothing if it left in another one, where it was booked."""
    booked = message.booking if message.booking and month_of(message.booking.day) == month else None
    nano = counted(message) if booked else None
    return Settle(message.id, message.revision, booked.day if booked else left.day, nano or 0, ended=True)
