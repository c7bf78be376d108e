"""The wire shapes of `/api/messages`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec.structs import asdict
from pydantic import BaseModel, ConfigDict, Field

from sender.api import examples
from sender.domain.lane import Lane
from sender.domain.message import Message
from shared.events import Author, CarrierError, MessageStatus
from shared.http.openapi_examples import with_example
from shared.http.value_models import AS_MODEL, MoneyOut

CarrierErrorOut = Annotated[CarrierError, AS_MODEL]


class MediaOut(BaseModel):
    url: str


class MessageOut(BaseModel):
    """An outbound message and its status."""

    model_config = ConfigDict(populate_by_name=True) | with_example(examples.MESSAGE)

    id: str = Field(examples=["msg_0b5e9c"])
    conversation_id: str | None
    direction: Literal["outbound"] = "outbound"
    author: Author
    text: str
    media: list[MediaOut]
    from_: str = Field(serialization_alias="from", examples=["+13125550001"])
    to: str = Field(examples=["+13125550002"])
    status: MessageStatus
    reason: str = Field(
        description="stable code that explains the status; empty where there is nothing to explain. A `queued` message "
        "waits for `quiet_hours`, `budget` (spend cap), `daily_parts` (its number's cap on SMS parts a day), `pace`, "
        "`carrier_records` (they are read first, after a restore), "
        "`gap` (an earlier message of its stream) or, of a campaign or workflow, `tenant_inactive`, `number_inactive` "
        "or `no_connection`, and is sent when that is over. A `refused` one: "
        "`number_without_mms`, `number_without_sms`, …"
    )
    detail: str = Field(description="the reason in words, and what to do about it")
    parts: int
    encoding: Literal["GSM-7", "UCS-2"] | None
    cost: MoneyOut | None
    error: CarrierErrorOut | None
    created_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    changed_at: datetime
    campaign_id: str | None
    retry_of: str | None
    retried_as: str | None = Field(description="id of the new message, if a person sent it again")
    too_late: bool = Field(description="a withdrawal came after sending had begun")
    lane_id: str
    forgotten_at: datetime | None = Field(
        description="when the tenant's retention removed text, media and details; status and history stay"
    )
    revision: int

    @classmethod
    def of(cls, message: Message) -> MessageOut:
        order = message.order
        return cls(
            id=message.id,
            conversation_id=order.conversation_id,
            author=order.author,
            text=order.text,
            media=[MediaOut(url=url) for url in order.media_urls if url],
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


class StepOut(BaseModel):
    at: datetime
    status: MessageStatus
    reason: str
    detail: str
    attempt: int | None


class AttemptOut(BaseModel):
    number: int
    started_at: datetime
    ended_at: datetime | None
    outcome: str
    detail: str


class PassageOut(BaseModel):
    """A piece of the tenant's knowledge that the model was given."""

    knowledge_id: str
    title: str
    text: str


class AnswerWhyOut(BaseModel):
    """How the assistant came to an answer. Names and rules are as they were then."""

    assistant_id: str
    assistant_name: str
    assistant_rule: str = Field(description="why this assistant answered")
    version: int = Field(description="the assistant's version")
    guide_id: str | None
    guide_name: str
    guide_rule: str = Field(description="why this guide was chosen")
    route_id: str | None
    passages: list[PassageOut]
    guards: list[str] = Field(description="the checks that changed the answer or held it")
    tokens_prompt: int
    tokens_completion: int
    intent: str


class WhyOut(BaseModel):
    """What led to a message, and every status with its time and reason."""

    model_config = with_example(examples.WHY)

    message_id: str
    status: MessageStatus
    reason: str
    correlation_id: str = Field(description="shared by everything that follows from the same webhook or request")
    event_id: str = Field(description="id of the `sms.outbound` event that requested it")
    causes: list[str] = Field(description="ids of what led to it, such as the customer's text")
    author: Author
    user_id: str | None
    stream: str | None
    seq: int | None
    carrier_message_id: str | None
    carrier_errors: list[CarrierErrorOut]
    history: list[StepOut]
    attempts: list[AttemptOut]
    answer: AnswerWhyOut | None = Field(
        description="how the assistant came to this text; null if it did not write it, or conversation is away"
    )

    @classmethod
    def of(cls, message: Message, answer: dict[str, Any] | None) -> WhyOut:
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
            history=[StepOut(**asdict(step)) for step in message.history],
            attempts=[AttemptOut(**asdict(entry)) for entry in message.attempts],
            answer=AnswerWhyOut(**answer) if answer else None,
        )


class ResolveIn(BaseModel):
    """A person's decision about a message with an unknown outcome."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True) | with_example(examples.RESOLVE)

    as_: Literal["sent", "retry"] = Field(
        alias="as",
        description="`sent`: assume that it was sent, and bill it. `retry`: send the same text as a new message.",
        examples=["sent"],
    )


class WaitingOut(BaseModel):
    message_id: str
    line: Literal["one", "bulk"]
    status: MessageStatus
    reason: str
    stream: str | None
    seq: int | None


class LaneOut(BaseModel):
    """Messages waiting or in flight between one of our numbers and one customer."""

    model_config = with_example(examples.LANE)

    id: str
    from_: str = Field(serialization_alias="from")
    to: str
    waiting: list[WaitingOut]

    @classmethod
    def of(cls, lane: Lane) -> LaneOut:
        waiting = [
            WaitingOut(
                message_id=message.id,
                line=message.priority,
                status=message.status,
                reason=message.reason,
                stream=message.order.stream,
                seq=message.order.seq,
            )
            for message in lane.messages
            if message.live
        ]
        return cls(id=lane.id, from_=lane.number, to=lane.contact, waiting=waiting)
