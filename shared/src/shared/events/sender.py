"""Events of sender: requests to send, withdrawals, and the status of each message.

`sms.outbound` and `sms.withdrawn` are sender's interface: conversation, campaigns and other internal services publish
them.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from shared.events.envelope import EventData
from shared.events.kinds import E164, Author, CarrierError, Encoding, Money, Text
from shared.values import Int64, Moment, Value

Priority = Literal["one", "bulk"]
"""`one`: a one-to-one text. `bulk`: a campaign's, which never holds up the others."""
BULK_ROUTING_KEY = "sms.outbound.bulk"
FILED_ROUTING_KEY = "sms.outbound.filed"
CAMPAIGN_STATUS_ROUTING_KEY = "sms.status.campaign"

MessageStatus = Literal[
    "queued", "submitting", "unknown", "accepted", "sent", "delivered", "undelivered", "unconfirmed", "failed",
    "suppressed", "expired", "withdrawn", "refused", "unresolved",
]  # fmt: skip
UNKNOWN_QUESTION = "unknown_question"
"""Reason of a refused answer: a workflow had asked the customer something that conversation did not know yet."""
FINAL_UNSENT: frozenset[str] = frozenset({"failed", "suppressed", "expired", "withdrawn", "refused"})
"""It was not sent and will not be."""
UNFINISHED: frozenset[str] = frozenset({"queued", "submitting", "unknown", "unresolved"})
"""It may still be sent, or a person must decide whether it was sent."""


def is_of_campaigns(author: str, campaign_id: str | None) -> bool:
    """Whether a text is a campaign's or a workflow's, so that campaigns follows it up."""
    return campaign_id is not None or author in ("campaign", "workflow")


class SendWindow(Value):
    """Hours of the recipient's own day: `opens` included, `closes` not."""

    opens: Annotated[int, Meta(ge=0, le=23)]
    closes: Annotated[int, Meta(ge=1, le=24)]


class KnownQuestion(Value):
    """What an automatic answer knows of the workflows' questions to its reader. Where another question has left, the
    text that it answers may belong to that question."""

    message_id: str | None = None
    """The latest workflow text that conversation has, by the time of its order. None: it has none."""
    at: Moment | None = None
    """The time of its order. None: an earlier version made this."""
    unsent: bool = False
    """As far as conversation knows, it has not left yet."""


class SmsOutbound(EventData):
    """Send this text to this person from this number, for this cause, before this time."""

    TYPE: ClassVar[str] = "sms.outbound"

    message_id: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,100}\Z")]
    """Ours, and the carrier's idempotency key: one id, one SMS."""
    number: E164
    contact: E164
    text: Text = ""
    media_urls: Annotated[tuple[str, ...], Meta(max_length=10)] = ()
    author: Author = "api"
    user_id: str | None = None
    priority: Priority = "one"
    expires_at: Moment | None = None
    """Not sent after this moment."""
    causes: tuple[str, ...] = ()
    """Ids of what led to it (inbound message, request, campaign, workflow run): withdrawal can name any of them."""
    conversation_id: str | None = None
    turn: Int64 | None = None
    campaign_id: str | None = None
    feed: Int64 | None = None
    stream: str | None = None
    seq: Annotated[int, Meta(ge=1, le=2**63 - 1)] | None = None
    """With `stream`: leaves after seq - 1 of that stream has left or ended."""
    respect_quiet_hours: bool = False
    send_window: SendWindow | None = None
    """With `respect_quiet_hours`: sent only while these hours and the tenant's quiet hours both allow it."""
    expects_reply_until: Moment | None = None
    """A workflow waits for the answer until then: the assistant stays silent. Once a run of campaigns says by
    `workflow.acted` whether it waits, that counts instead."""
    known_question: KnownQuestion | None = None
    """Of the assistant's answers: sender refuses it as `unknown_question` where a question has left of which this says
    nothing. None: it is not compared."""
    retry_of: str | None = None
    contact_texted_us: bool = False
    """They have texted this number: they can be texted, whatever numbering plans say of new ranges or landlines."""
    contact_name: str | None = None
    contact_company: str | None = None

    def routing_key(self, source: str = "") -> str:
        if self.priority == "bulk":
            return BULK_ROUTING_KEY
        return FILED_ROUTING_KEY if source == "conversation" else self.TYPE


class SmsWithdrawn(EventData):
    """Do not send these messages. Remembered if it arrives before them. Names messages, a thread or a campaign."""

    TYPE: ClassVar[str] = "sms.withdrawn"

    reason: Annotated[str, Meta(max_length=200)] = ""
    number: E164 | None = None
    contact: E164 | None = None
    message_ids: tuple[str, ...] = ()
    """With number and contact, or alone where the publisher does not know the thread."""
    turn: Int64 | None = None
    """With number and contact: what the assistant made for this turn."""
    cause: str | None = None
    """With number and contact: messages with this among their causes."""
    author: Author | None = None
    """With `cause`: only what this author made of it (a workflow withdraws the assistant's answer, not its own)."""
    campaign_id: str | None = None
    up_to_feed: Int64 | None = None


class SmsStatus(EventData):
    """The status of an outbound message changed. A higher `revision` of the same message is newer."""

    TYPE: ClassVar[str] = "sms.status"

    message_id: str
    revision: Int64
    number: E164
    contact: E164
    status: MessageStatus
    reason: str = ""
    """A stable code that explains the status: `opted_out`, `withdrawn`, `pace`, `quiet_hours`, `budget`, `daily_parts`,
    `gap`…"""
    detail: str = ""
    too_late: bool = False
    """It was withdrawn, but had already been claimed: it left or may have left."""
    author: Author = "api"
    conversation_id: str | None = None
    turn: Int64 | None = None
    campaign_id: str | None = None
    stream: str | None = None
    seq: Int64 | None = None
    carrier_message_id: str | None = None
    parts: Int64 | None = None
    encoding: Encoding | None = None
    cost: Money | None = None
    errors: tuple[CarrierError, ...] = ()
    opted_out_at: Moment | None = None
    """The carrier refused it because this person opted out there: when the attempt began."""
    tried_at: Moment | None = None
    """When the first request began that the carrier may have accepted: it cannot have left earlier. None: not tried."""
    sent_at: Moment | None = None
    delivered_at: Moment | None = None
    changed_at: Moment

    def routing_key(self, source: str = "") -> str:
        of_campaigns = is_of_campaigns(self.author, self.campaign_id)
        return CAMPAIGN_STATUS_ROUTING_KEY if of_campaigns else self.TYPE


class BudgetWarned(EventData):
    """A share of a spend cap is used up. Published once per threshold, period and cap; at 100 messages wait."""

    TYPE: ClassVar[str] = "budget.warned"

    tenant_id: str
    period: Literal["day", "month"]
    name: str
    """Which one: `2026-03-10` or `2026-03`, in the tenant's time zone."""
    threshold: Literal[50, 80, 100]
    spent: Money
    """What was sent in this period or is on its way."""
    cap: Money
