"""Shapes of `/api/webhooks`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from realtime.webhooks import examples
from realtime.webhooks.domain.delivery import Problem, State
from realtime.webhooks.domain.webhook import EventName
from shared.http.openapi_examples import with_example
from shared.outgoing.reach import MAX_URL
from shared.values import Moment

Url = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_URL,
        description="https, port 443 or from 1024 on, a host on the internet. Redirects are not followed.",
    ),
]
Events = Annotated[list[EventName], Field(min_length=1, max_length=5, description="Which events are posted there.")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class WebhookIn(_Body):
    model_config = with_example(examples.CREATE)

    url: Url
    events: Events
    active: bool = True


class WebhookPatch(_Body):
    """Fields that are left out stay as they are."""

    model_config = with_example(examples.PATCH)

    url: Url | None = None
    events: Events | None = None
    active: bool | None = Field(
        default=None,
        description="true: events are posted from now on, and deliveries that still wait go on. It also lifts what "
        "`disabled` says.",
    )


class DisabledOut(BaseModel):
    reason: Literal["gone", "failing"] = Field(
        description="`gone`: the address answered 410. `failing`: it accepted nothing for a day."
    )
    detail: str
    at: Moment


class WebhookOut(BaseModel):
    model_config = with_example(examples.WEBHOOK)

    id: str
    url: str
    events: list[EventName]
    active: bool
    disabled: DisabledOut | None = Field(description="Why we turned it off; null if we did not.")
    failing_since: Moment | None = Field(description="When the first of the latest failed attempts was made.")
    missed: int = Field(description="Events that were not kept for it, because 10,000 deliveries waited already.")
    missed_at: Moment | None = Field(description="The last time that happened.")
    old_secret_signs_until: Moment | None = Field(
        description="After a rotation the old secret signs too, until this moment."
    )
    created_at: Moment
    updated_at: Moment
    revision: int


class WebhookWithSecret(WebhookOut):
    model_config = with_example(examples.CREATED)

    secret: str | None = Field(
        description="Shown this once. null: a repeated request; the first answer showed it. Rotate if it is lost."
    )


class AttemptOut(BaseModel):
    model_config = with_example(examples.ATTEMPT)

    at: Moment
    milliseconds: int
    status: int | None = Field(description="The HTTP status; null if no answer came.")
    problem: Problem = Field(description="Why it does not count as accepted; empty if it was accepted.")
    detail: str
    answer: str = Field(description="The first 200 characters of the answer.")


class DeliveryOut(BaseModel):
    model_config = with_example(examples.DELIVERY)

    id: str
    event: str
    event_id: str = Field(description="The header `webhook-id`, the same for every attempt.")
    test: bool
    state: State = Field(description="`waiting`: to be tried at `next_try_at`. `failed`: given up after a day.")
    attempts: int
    created_at: Moment
    next_try_at: Moment | None
    ended_at: Moment | None
    last: AttemptOut | None = Field(description="The last attempt.")
