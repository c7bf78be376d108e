"""What sending costs a tenant: by the rate card in force, the same figures that accounts bills."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.events import Money, PricesChanged, SendingPrices
from shared.money import amount, price_to, with_markup
from shared.values import Value


class Price(Value):
    """Of one message to its recipient, as the card said when the gates let it through."""

    amount: str
    """Decimal text, in the currency's unit."""
    per: Literal["part", "message"] = "part"
    carrier_fee_markup: str | None = None
    """The carrier's fee is added with so many percent more; None: it is not charged."""

    def of(self, parts: int) -> int:
        """Nano-units, without the carrier's fee."""
        return amount(parts if self.per == "part" else 1, self.amount)

    def fee(self, charged: Money | None, currency: str) -> int:
        """What the tenant pays of the carrier's fee; in another currency it cannot be added."""
        if charged is None or self.carrier_fee_markup is None or charged.currency != currency:
            return 0
        return with_markup(charged.nano, self.carrier_fee_markup)


@dataclass(frozen=True)
class InForce:
    """The card that counts for a tenant at one moment, if any."""

    card: SendingPrices | None
    own: bool = False
    """The tenant's; else the installation's."""
    until: datetime | None = None
    """When the next card known by now begins."""


def in_force(own: PricesChanged | None, default: PricesChanged | None, moment: datetime) -> InForce:
    cards = own.cards if own else ()
    until = min((card.valid_from for card in cards if card.valid_from > moment), default=None)
    if own and (card := own.at(moment)):
        return InForce(card, own=True, until=until)
    return InForce(default.at(moment) if default else None, until=until)


def price_for(card: SendingPrices, contact: str, mms: bool) -> Price | None:
    """None: the card names no price for this."""
    found = price_to(card.mms_out if mms else card.sms_out, contact)
    if found is None:
        return None
    per: Literal["part", "message"] = "message" if mms else "part"
    return Price(amount=found, per=per, carrier_fee_markup=card.carrier_fee_markup)
