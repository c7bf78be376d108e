"""Events of ingress: what reached us from the carrier, proved genuine and given its tenant."""

from __future__ import annotations

from typing import ClassVar, Literal

from shared.events.envelope import EventData
from shared.events.kinds import E164, CarrierError, Encoding, Keyword, Media, Money, Sender, Text
from shared.values import Int64, Moment

KEYWORD_ROUTING_KEY = "sms.inbound.keyword"


class SmsInbound(EventData):
    """A customer's SMS or MMS reached one of our numbers."""

    TYPE: ClassVar[str] = "sms.inbound"

    message_id: str
    """Ours: `msg_…`, derived from connection and carrier message id, so every delivery of one text agrees."""
    carrier_message_id: str
    connection_id: str
    number: E164
    """Ours, the one it was sent to."""
    contact: Sender
    """The customer's, or a short code or name that cannot be answered."""
    text: Text = ""
    media: tuple[Media, ...] = ()
    others: tuple[str, ...] = ()
    """Further participants of a group MMS: such a text is never answered automatically."""
    keyword: Keyword | None = None
    """Set where `shared.consent` reads a plain wish to stop or start or a call for help, or the carrier matched one."""
    carrier_answered: bool = False
    """The carrier already sent its own confirmation for the keyword: send no second one."""
    parts: Int64 = 1
    encoding: Encoding | None = None
    cost: Money | None = None
    """What the carrier charges us in total."""
    carrier_fee: Money | None = None
    """The part of `cost` that is the networks' fee, where the carrier names it."""
    received_at: Moment
    """The carrier's time."""
    effective_at: Moment
    """The earlier of the carrier's time and arrival. Computed in ingress only; consent is ordered by it."""

    def routing_key(self, source: str = "") -> str:
        return KEYWORD_ROUTING_KEY if self.keyword else self.TYPE


class SmsReceipt(EventData):
    """The carrier reported on a message it accepted."""

    TYPE: ClassVar[str] = "sms.receipt"

    carrier_message_id: str
    connection_id: str
    message_id: str | None = None
    """Ours, if the report came by a webhook address that carries our valid token."""
    number: Sender
    contact: Sender
    status: Literal[
        "queued", "sending", "sent", "delivered", "sending_failed", "delivery_failed", "delivery_unconfirmed",
        "expired", "cancelled", "unknown",
    ]  # fmt: skip
    """The carrier's word for this recipient."""
    errors: tuple[CarrierError, ...] = ()
    parts: Int64 | None = None
    encoding: Encoding | None = None
    cost: Money | None = None
    carrier_fee: Money | None = None
    occurred_at: Moment
