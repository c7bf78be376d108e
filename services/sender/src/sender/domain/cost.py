"""What one message costs its tenant's budget, and where it counts.

What the tenant pays counts: the price of the rate card in force, for the recipient's country. Where there is none, the
installation's estimate counts until the carrier says what it charges (in the same currency).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sender.domain.calendar import day_of
from sender.domain.prices import InForce, Price, price_for
from shared.events import Money, Priority, SendingPrices, TenantChanged
from shared.local_time.zones import zone_of
from shared.values import Value


class BudgetBooking(Value):
    """As it was when the gates let the message through: its later figures belong to the same day and price."""

    day: str
    currency: str
    per_part: int
    """The installation's estimate, in billionths of the currency's unit: counts where there is no price."""
    price: Price | None = None

    def expected(self, parts: int) -> int:
        """What so many parts are expected to cost before they are sent."""
        return self.price.of(parts) if self.price else self.per_part * parts


@dataclass(frozen=True)
class Terms:
    """A tenant's caps and prices at one moment, in one currency."""

    daily: int | None
    monthly: int | None
    covers: Literal["all", "bulk"]
    currency: str
    estimate: int
    """Per part."""
    prices: InForce
    zone: ZoneInfo

    def holds_back(self, priority: Priority) -> bool:
        """Whether a reached cap holds back messages of this priority."""
        return (self.daily is not None or self.monthly is not None) and (self.covers == "all" or priority == "bulk")

    def today(self, now: datetime) -> str:
        return day_of(now, self.zone)

    @property
    def card(self) -> SendingPrices | None:
        """None for a card in another currency than the caps: sender knows no exchange rates."""
        card = self.prices.card
        return card if card and card.currency == self.currency else None

    def booking(self, day: str, contact: str, mms: bool) -> BudgetBooking:
        price = price_for(self.card, contact, mms) if self.card else None
        return BudgetBooking(day=day, currency=self.currency, per_part=self.estimate, price=price)


def terms_of(tenant: TenantChanged, prices: InForce, estimate_per_part: int) -> Terms:
    """The caps' currency is the budget's; without a cap, the card's."""
    cap = tenant.monthly_cap or tenant.daily_cap
    currency = cap.currency if cap else prices.card.currency if prices.card else Money(nano=0).currency
    return Terms(
        daily=tenant.daily_cap.nano if tenant.daily_cap else None,
        monthly=tenant.monthly_cap.nano if tenant.monthly_cap else None,
        covers=tenant.cap_covers,
        currency=currency,
        estimate=estimate_per_part,
        prices=prices,
        zone=zone_of(tenant.timezone),
    )
