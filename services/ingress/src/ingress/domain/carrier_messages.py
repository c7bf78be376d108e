"""The kinds of webhook that a carrier sends, in our own terms."""

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
    """Size and price, as far as the carrier says."""

    parts: int | None = None
    encoding: Encoding | None = None
    cost: Money | None = None
    carrier_fee: Money | None = None


@dataclass(frozen=True)
class InboundText:
    """A text to one of `to`. The number directory knows which of them is ours."""

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
    """The carrier's report on a message that we sent, per recipient."""

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
    """Genuine, but of a kind that Parley does not use."""

    event_type: str
    addresses: tuple[str, ...] = ()
    """Of both ends: an unknown kind does not say which of them is ours."""

    @property
    def our_numbers(self) -> tuple[str, ...]:
        return self.addresses


Webhook: TypeAlias = InboundText | DeliveryReport | Ignored
