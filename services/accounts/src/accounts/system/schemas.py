"""The wire shapes of the operator's view of the installation."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from accounts.request_body import RequestBody
from accounts.system import examples
from accounts.system.opaque_ids import opaque
from shared.consuming.dead_letters import REPLAYABLE
from shared.http.openapi_examples import with_example

LetterState = Literal["waiting", "replayed", "discarded"]
_UNREACHABLE = Field(description="Services that did not answer; what they would say is missing here.")


class DeadLetterOut(BaseModel):
    """An event that a service could not handle."""

    model_config = with_example(examples.DEAD_LETTER)

    id: str = Field(description="For the address of this letter.")
    service: str = Field(description="The service that could not handle it.")
    queue: str
    event_type: str
    event_id: str
    tenant_id: str | None
    reason: str
    state: LetterState
    first_at: datetime = Field(description="When it first ended here.")
    at: datetime = Field(description="When it last ended here.")
    replayable_until: datetime
    why: str = Field(description="Why it was discarded.")

    @classmethod
    def of(cls, letter: dict[str, Any]) -> DeadLetterOut:
        service, _, rest = letter["queue"].partition(".")
        first_at = datetime.fromisoformat(letter["first_at"])
        return cls(
            id=opaque(letter["id"]),
            service=service,
            event_type=rest.rpartition(".v")[0],
            tenant_id=letter["tenant_id"] or None,
            first_at=first_at,
            replayable_until=first_at + REPLAYABLE,
            why=letter.get("why", ""),
            **{name: letter[name] for name in ("queue", "event_id", "reason", "state", "at")},
        )


class WholeDeadLetterOut(DeadLetterOut):
    model_config = with_example(examples.WHOLE_DEAD_LETTER)

    body: str = Field(description="The event as it came, CloudEvents JSON if it is any.")


class DeadLettersOut(BaseModel):
    model_config = with_example(examples.DEAD_LETTERS)

    items: list[DeadLetterOut]
    next_cursor: str | None
    unreachable: list[str] = _UNREACHABLE


class ReplayIn(RequestBody):
    model_config = with_example(examples.REPLAY)

    body: Annotated[str, StringConstraints(min_length=2, max_length=900_000, strip_whitespace=False)] | None = Field(
        default=None, description="The event corrected, CloudEvents JSON; null: as it came."
    )


class DiscardIn(RequestBody):
    model_config = with_example(examples.DISCARD)

    why: Annotated[str, StringConstraints(min_length=1, max_length=500)] = Field(
        description="Why it need not be handled."
    )


class QueueOut(BaseModel):
    model_config = with_example(examples.QUEUE)

    queue: str
    service: str
    event_type: str
    ready: int = Field(description="Events that wait.")
    consumers: int = Field(description="Processes that read it.")
    dead: int = Field(description="Events on their way to the dead letters.")


class OutboxOut(BaseModel):
    model_config = with_example(examples.OUTBOX)

    service: str
    oldest_seconds: float | None = Field(
        description="How long its oldest event waits for the message queue; null: its database is away."
    )


class QueuesOut(BaseModel):
    model_config = with_example(examples.QUEUES)

    items: list[QueueOut]
    outboxes: list[OutboxOut]
    unreachable: list[str] = _UNREACHABLE


class WaitingOut(BaseModel):
    """Messages of the tenant that have not ended."""

    model_config = with_example(examples.WAITING)

    queued: int
    submitting: int
    unknown: int = Field(description="The carrier's answer was lost; it is being asked.")
    unresolved: int = Field(description="For a person to settle.")


class CarrierNumberOut(BaseModel):
    model_config = with_example(examples.CARRIER_NUMBER)

    phone_number: str
    label: str
    active: bool
    parts_per_second: float
    daily_parts: int | None
    free_at: datetime | None = Field(description="Its next part waits until then for its rate; null: for nothing.")
    campaigns_from: datetime | None = Field(
        description="Campaign texts wait until then for the carrier's own queue; null: for nothing."
    )


class CarrierOut(BaseModel):
    model_config = with_example(examples.CARRIER)

    connection_id: str
    tenant_id: str
    kind: str
    active: bool
    usable: bool = Field(description="False: its webhooks cannot be verified.")
    last_webhook_at: datetime | None = Field(description="Its last genuine webhook, to the minute; null: none yet.")
    requests_under_way: int | None = Field(description="Of the process that answered.")
    waiting: WaitingOut | None
    numbers: list[CarrierNumberOut]


class CarriersOut(BaseModel):
    model_config = with_example(examples.CARRIERS)

    items: list[CarrierOut]
    next_cursor: str | None
    unreachable: list[str] = _UNREACHABLE


class ServiceOut(BaseModel):
    model_config = with_example(examples.SERVICE)

    service: str
    version: str | None
    commit: str | None = Field(description="What it was built of, where the build says so (`PARLEY_COMMIT`).")
    status: Literal["ready", "degraded", "not ready", "unreachable"]
    reasons: list[str]


class EventVersionOut(BaseModel):
    model_config = with_example(examples.EVENT_VERSION)

    type: str
    version: int
    also_read: list[int] = Field(description="Former versions that are still understood.")


class VersionsOut(BaseModel):
    model_config = with_example(examples.VERSIONS)

    services: list[ServiceOut]
    events: list[EventVersionOut]
