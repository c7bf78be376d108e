"""The wire shapes of `/api/messages` (design.md §6)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sender.api import examples
from sender.domain.lane import Lane
from sender.domain.message import Message
from shared.events import Author, CarrierError, MessageStatus, Money
from shared.http.openapi_examples import with_example


class MediaView(BaseModel):
    url: str


class MessageView(BaseModel):
    """An outbound message and where it stands."""

    model_config = ConfigDict(populate_by_name=True) | with_example(examples.MESSAGE)

    id: str = Field(examples=["msg_0b5e9c"])
    conversation_id: str | None
    direction: Literal["outbound"] = "outbound"
    author: Author
    text: str
    media: list[MediaView]
    from_: str = Field(serialization_alias="from", examples=["+13125550001"])
    to: str = Field(examples=["+13125550002"])
    status: MessageStatus
    reason: str = Field(
        description="stable code of why it is in this status, where there is something to say. Of a `queued` one: "
        "`quiet_hours`, `budget` (a spend cap), `daily_parts` (its number's cap on SMS parts a day), `pace`, `gap`; it "
        "goes out by itself when that is over. Of a `refused` one: `number_without_mms`, `number_without_sms`, …"
    )
    detail: str = Field(description="the same in words, and what to do about it")
    parts: int
    encoding: Literal["GSM-7", "UCS-2"] | None
    cost: Money | None
    error: CarrierError | None
    created_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    changed_at: datetime
    campaign_id: str | None
    retry_of: str | None
    retried_as: str | None = Field(description="the new message, if a person had it sent again")
    too_late: bool = Field(description="it was withdrawn, but had already been claimed")
    lane_id: str
    forgotten_at: datetime | None = Field(
        description="when the tenant's retention took text, media and details; what became of it stays"
    )
    revision: int

    @classmethod
    def of(cls, message: Message) -> MessageView:
        order = message.order
        return cls(
            id=message.id,
            conversation_id=order.conversation_id,
            author=order.author,
            text=order.text,
            media=[MediaView(url=url) for url in order.media_urls if url],
            from_=order.number,
            to=order.contact,
            status=message.status,
            reason=message.reason,
            detail=message.detail,
            parts=message.parts,
            encoding=message.encoding,
            cost=message.cost,
            error=message.errors[0] if message.errors else None,
            created_at=message.created_at,
            sent_at=message.sent_at,
            delivered_at=message.delivered_at,
            changed_at=message.changed_at,
            campaign_id=order.campaign_id,
            retry_of=order.retry_of,
            retried_as=message.retried_as,
            too_late=message.too_late,
            lane_id=message.lane_id,
            forgotten_at=message.forgotten_at,
            revision=message.revision,
        )


class StepView(BaseModel):
    at: datetime
    status: MessageStatus
    reason: str
    detail: str
    attempt: int | None


class AttemptView(BaseModel):
    number: int
    started_at: datetime
    ended_at: datetime | None
    outcome: str
    detail: str


class WhyView(BaseModel):
    """Why a message was or was not sent: what led to it, and every state with its time and reason."""

    model_config = with_example(examples.WHY)

    message_id: str
    status: MessageStatus
    reason: str
    correlation_id: str = Field(description="that of the whole chain, from the webhook or request on")
    event_id: str = Field(description="the sms.outbound that asked for it")
    causes: list[str] = Field(description="ids of what led to it, e.g. the customer's text")
    author: Author
    user_id: str | None
    stream: str | None
    seq: int | None
    carrier_message_id: str | None
    carrier_errors: list[CarrierError]
    history: list[StepView]
    attempts: list[AttemptView]

    @classmethod
    def of(cls, message: Message) -> WhyView:
        order = message.order
        return cls(
            message_id=message.id,
            status=message.status,
            reason=message.reason,
            correlation_id=message.correlation_id,
            event_id=message.event_id,
            causes=list(order.causes),
            author=order.author,
            user_id=order.user_id,
            stream=order.stream,
            seq=order.seq,
            carrier_message_id=message.carrier_message_id,
            carrier_errors=list(message.errors),
            history=[StepView(**step.model_dump()) for step in message.history],
            attempts=[AttemptView(**entry.model_dump(exclude={"owner", "account"})) for entry in message.attempts],
        )


class ResolveRequest(BaseModel):
    """How a person settles a message whose fate could not be found out."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True) | with_example(examples.RESOLVE)

    as_: Literal["sent", "retry"] = Field(
        alias="as",
        description="`sent`: assume it left (it is booked). `retry`: send the same text as a new message.",
        examples=["sent"],
    )


class WaitingView(BaseModel):
    message_id: str
    line: Literal["one", "bulk"]
    status: MessageStatus
    reason: str
    stream: str | None
    seq: int | None


class LaneView(BaseModel):
    """What waits or is in flight between one of our numbers and one customer."""

    model_config = with_example(examples.LANE)

    id: str
    from_: str = Field(serialization_alias="from")
    to: str
    waiting: list[WaitingView]

    @classmethod
    def of(cls, lane: Lane) -> LaneView:
        waiting = [
            WaitingView(
                message_id=message.id,
                line=message.line,
                status=message.status,
                reason=message.reason,
                stream=message.order.stream,
                seq=message.order.seq,
            )
            for message in lane.messages
            if message.live
        ]
        return cls(id=lane.id, from_=lane.number, to=lane.contact, waiting=waiting)
