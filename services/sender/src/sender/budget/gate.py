"""The spend cap's place among the gates: looked at before the pace, reserved under the message id before the claim."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

from sender.budget.domain.budget import Full, Reserve, Stale, full
from sender.budget.store import Ledger
from sender.domain.calendar import month_of
from sender.domain.cost import Booking, Terms
from sender.domain.dispatch import Wait
from sender.domain.message import Message
from shared.events import TenantChanged

AFTER_OPENING = timedelta(minutes=10)
"""The budget's worker wakes who fits when a period begins; whoever it forgot asks again so much later, one by one."""
ASKING_SPREAD_SECONDS = 3600


@dataclass(frozen=True)
class SpendCaps:
    ledger: Ledger

    async def terms(self, tenant: TenantChanged, now: datetime) -> Terms:
        """Read once for all that is decided about a message: what is reserved is what will count."""
        return await self.ledger.terms_of(tenant, now)

    def booking(self, message: Message, terms: Terms, now: datetime) -> Booking | None:
        """How it will count if it goes now. One that may have left already stays where it counts."""
        return message.booking if message.status == "unknown" else terms.booking_of(message, now)

    async def look(self, message: Message, terms: Terms, now: datetime) -> Wait | None:
        """Whether there is room for it, without taking it."""
        if message.status == "unknown" or not terms.holds_back(message.line):
            return None
        booking = terms.booking_of(message, now)
        day = booking.day
        budget = await self.ledger.read(message.tenant_id, month_of(day))
        mine = next((entry for entry in budget.open if entry.message_id == message.id), None)
        if mine and mine.nano and mine.day == day:
            return None
        needed, credit = booking.expected(message.parts), mine.nano if mine else 0
        return _wait(full(budget, needed, day, terms, credit), message, terms)

    async def reserve(self, message: Message, terms: Terms, now: datetime) -> Wait | None:
        """None: there is money for it, and it is kept for it. Repeating it costs nothing."""
        if message.status == "unknown" or not terms.holds_back(message.line):
            return None
        booking = terms.booking_of(message, now)
        ask = Reserve(message.id, message.revision, booking.day, booking.expected(message.parts))
        answer = await self.ledger.ask(message.tenant_id, month_of(booking.day), ask)
        return Wait("pace", now) if isinstance(answer, Stale) else _wait(answer, message, terms)


def _wait(closed: Full | None, message: Message, terms: Terms) -> Wait | None:
    if closed is None:
        return None
    spread = timedelta(seconds=crc32(message.id.encode()) % ASKING_SPREAD_SECONDS)
    which = "daily" if closed.period == "day" else "monthly"
    amount = f"{closed.cap / 1_000_000_000:.2f} {terms.currency}"
    opens = f"it goes out when the cap is raised or the next {closed.period} begins"
    detail = f"the {which} cap of {amount} is reached ({closed.name}); {opens}"
    return Wait("budget", closed.opens_at + AFTER_OPENING + spread, detail=detail)
