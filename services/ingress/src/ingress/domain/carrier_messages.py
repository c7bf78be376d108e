"""What a carrier's webhook can say to us, in our own words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from shared.events import CarrierError, Media, Money
from shared.events.kinds import Encoding, Keyword

ReceiptStatus = Literal[
    "queued", "sending", "sent", "delivered", "sending_failed", "delivery_failed", "delivery_unconfirmed",
    "expired", "cancelled", "unknown",
]  # fmt: skip


@dataclass(frozen=True)
class Charge:
    """What the carrier says about size and price, where it says so."""

    parts: int | None = None
    encoding: Encoding | None = None
    cost: Money | None = None
    carrier_fee: Money | None = None


@dataclass(frozen=True)
class InboundText:
    """A text somebody sent to one of `to`; which of them is ours, the number directory knows."""

    carrier_message_id: str
    contact: str
    to: tuple[str, ...]
    others: tuple[str, ...]
    """Further participants of a group; may repeat any of the above."""
    text: str
    media: tuple[Media, ...]
    keyword: Keyword | None
    carrier_answered: bool
    charge: Charge
    received_at: datetime | None

    @property
    def our_numbers(self) -> tuple[str, ...]:
        return self.to


@dataclass(frozen=True)
class DeliveryReport:
    """What became of a message of ours, per recipient."""

    carrier_message_id: str
    number: str
    """The one it was sent from."""
    recipients: tuple[tuple[str, ReceiptStatus], ...]
    errors: tuple[CarrierError, ...]
    charge: Charge
    occurred_at: datetime | None

    @property
    def our_numbers(self) -> tuple[str, ...]:
        return (self.number,)


@dataclass(frozen=True)
class Ignored:
    """Genuine, but nothing we act upon."""

    event_type: str
    addresses: tuple[str, ...] = ()
    """Of both ends: which is ours, a kind we do not know does not say."""

    @property
    def our_numbers(self) -> tuple[str, ...]:
        return self.addresses


Webhook: TypeAlias = InboundText | DeliveryReport | Ignored
