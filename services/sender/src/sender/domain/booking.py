"""What one message costs its tenant's budget, and where it counts.

What the tenant pays counts: parts by the tenant's price. Where no price is known, the installation's estimate counts
until the carrier says what it charges (in the same currency).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from sender.domain.periods import day_of, zone_of
from shared.events import Money, TenantChanged
from shared.values import Value

if TYPE_CHECKING:
    from sender.domain.message import Line, Message


class Booking(Value):
    """As it was when the gates let the message through: its later costs belong to the same day and month."""

    day: str
    per_part: int
    """In billionths of the currency's unit."""
    currency: str
    priced: bool = False
    """`per_part` is the tenant's own price: no carrier's figure replaces it."""


@dataclass(frozen=True)
class Terms:
    """A tenant's caps and price, in one currency."""

    daily: int | None
    monthly: int | None
    covers: Literal["all", "bulk"]
    currency: str
    per_part: int
    priced: bool
    zone: ZoneInfo

    def holds_back(self, line: Line) -> bool:
        """Whether a reached cap keeps this line waiting."""
        return (self.daily is not None or self.monthly is not None) and (self.covers == "all" or line == "bulk")

    def today(self, now: datetime) -> str:
        return day_of(now, self.zone)

    def booking(self, now: datetime) -> Booking:
        return Booking(day=self.today(now), per_part=self.per_part, currency=self.currency, priced=self.priced)


def terms_of(tenant: TenantChanged, estimate_per_part: int) -> Terms:
    """The caps' currency is the budget's; a price in another one cannot be reckoned with."""
    cap = tenant.monthly_cap or tenant.daily_cap
    price = tenant.price_per_part
    currency = cap.currency if cap else price.currency if price else Money(nano=0).currency
    priced = price is not None and price.currency == currency
    return Terms(
        daily=tenant.daily_cap.nano if tenant.daily_cap else None,
        monthly=tenant.monthly_cap.nano if tenant.monthly_cap else None,
        covers=tenant.cap_covers,
        currency=currency,
        per_part=price.nano if price is not None and priced else estimate_per_part,
        priced=priced,
        zone=zone_of(tenant.timezone),
    )


def counted(message: Message) -> int | None:
    """What it counts with now; None while that is open (never claimed, or being sent: its reservation counts)."""
    booking = message.booking
    if booking is None or message.status == "submitting":
        return None
    if message.unsent or message.status == "queued":
        return 0
    if not booking.priced and message.cost and message.cost.currency == booking.currency:
        return message.cost.nano
    return booking.per_part * message.parts
