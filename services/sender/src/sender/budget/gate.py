"""The spend cap's place among the gates: looked at before the pace, reserved under the message id before the claim."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from zlib import crc32

from sender.budget.domain.budget import Full, Reserve, Stale, full
from sender.budget.store import BudgetLedger
from sender.domain.calendar import month_of
from sender.domain.cost import BudgetBooking, Terms
from sender.domain.dispatch import Wait
from sender.domain.message import Message
from shared.events import TenantChanged

AFTER_OPENING = timedelta(minutes=10)
"""Safety net: a message that the waker missed retries so long after the period opens, staggered."""
ASKING_SPREAD_SECONDS = 3600


@dataclass(frozen=True)
class SpendCaps:
    ledger: BudgetLedger

    async def terms(self, tenant: TenantChanged, now: datetime) -> Terms:
        """Read once for all that is decided about a message: what is reserved is what will count."""
        return await self.ledger.terms_of(tenant, now)

    def booking(self, message: Message, terms: Terms, now: datetime) -> BudgetBooking | None:
        """How it will count if it goes now. One that may have left already stays where it counts."""
        return message.booking if message.status == "unknown" else message.booking_under(terms, now)

    async def look(self, message: Message, terms: Terms, now: datetime) -> Wait | None:
        """Whether there is room for it, without taking it."""
        if message.status == "unknown" or not terms.holds_back(message.priority):
            return None
        booking = message.booking_under(terms, now)
        day = booking.day
        budget = await self.ledger.read(message.tenant_id, month_of(day))
        mine = next((entry for entry in budget.open if entry.message_id == message.id), None)
        if mine and mine.nano and mine.day == day:
            return None
        needed, credit = booking.expected(message.parts), mine.nano if mine else 0
        return _wait(full(budget, needed, day, terms, credit), message, terms)

    async def reserve(self, message: Message, terms: Terms, now: datetime) -> Wait | None:
        """None: there is money for it, and it is kept for it. Repeating it costs nothing."""
        if message.status == "unknown" or not terms.holds_back(message.priority):
            return None
        booking = message.booking_under(terms, now)
        ask = Reserve(message.id, message.revision, booking.day, booking.expected(message.parts))
        answer = await self.ledger.ask(message.tenant_id, month_of(booking.day), ask)
        return Wait("pace", now) if isinstance(answer, Stale) else _wait(answer, message, terms)


def _decimal(nano: int) -> str:
    """In the currency's unit, exactly; two decimals at least."""
    exact = Decimal(nano).scaleb(-9).normalize()
    return f"{exact:.2f}" if exact == round(exact, 2) else f"{exact:f}"


def _wait(closed: Full | None, message: Message, terms: Terms) -> Wait | None:
    if closed is None:
        return None
    spread = timedelta(seconds=crc32(message.id.encode()) % ASKING_SPREAD_SECONDS)
    which = "daily" if closed.period == "day" else "monthly"
    amount = f"{_decimal(closed.cap)} {terms.currency}"
    opens = f"it goes out when the cap is raised or the next {closed.period} begins"
    detail = f"the {which} cap of {amount} is reached ({closed.name}); {opens}"
    return Wait("budget", closed.opens_at + AFTER_OPENING + spread, detail=detail)
