"""Wire shapes of campaigns and their recipients."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from campaigns.campaigns.api import examples
from campaigns.campaigns.domain.recipient import RecipientState
from campaigns.forecasts.schemas import ForecastOut
from shared.http.openapi_examples import with_example
from shared.http.value_models import MoneyOut
from shared.text_templates.template import LONGEST_TEMPLATE
from shared.text_templates.variables import variable_name
from shared.values import Moment

MOST_NUMBERS, MOST_ROWS, MOST_FIELDS = 100, 1000, 50
ShownState = Literal["draft", "scheduled", "running", "paused", "finished", "cancelled"]
E164In = Annotated[str, Field(pattern=r"^\+[1-9][0-9]{1,14}$")]
_LOCAL = "%Y-%m-%dT%H:%M"


class _Request(BaseModel):
    """A misspelled field is refused: a start whose `at` was not understood would text everybody at once."""

    model_config = ConfigDict(extra="forbid")


class SendWindowIO(BaseModel):
    """Hours of the recipient's own day: `opens` included, `closes` not."""

    model_config = with_example({"opens": 9, "closes": 18})

    opens: int = Field(ge=0, le=23)
    closes: int = Field(ge=1, le=24)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError("opens must be before closes")
        return self


class CampaignIn(_Request):
    model_config = with_example(examples.NEW_CAMPAIGN)

    name: str = Field(min_length=1, max_length=200)
    text: str | None = Field(
        default=None,
        max_length=LONGEST_TEMPLATE,
        description="The first SMS of every recipient. With a workflow, empty leaves all sending to the workflow.",
    )
    from_numbers: list[E164In] = Field(
        default=[], max_length=MOST_NUMBERS, description="Empty: all active numbers of the tenant."
    )
    workflow_id: str | None = Field(default=None, max_length=100)
    send_window: SendWindowIO | None = Field(
        default=None, description="Kept within the tenant's quiet hours; null: only these count."
    )


class CampaignPatch(_Request):
    """Fields that are left out stay as they are."""

    model_config = with_example({"name": "Spring sale, second wave"})

    name: str = Field(default="", min_length=1, max_length=200)
    text: str | None = Field(default=None, max_length=LONGEST_TEMPLATE)
    from_numbers: list[E164In] = Field(default=[], max_length=MOST_NUMBERS)
    workflow_id: str | None = Field(default=None, max_length=100)
    send_window: SendWindowIO | None = None


class CountsOut(BaseModel):
    """Recipients by state. `total` is the sum of the others."""

    model_config = with_example(examples.CAMPAIGN["counts"])

    total: int
    pending: int = Field(description="Not handed to the sender yet.")
    queued: int = Field(description="On its way to the carrier, or its outcome is unknown.")
    sent: int = Field(description="The carrier accepted it.")
    delivered: int
    failed: int
    skipped: int = Field(description="Not texted; each recipient says why.")


class HoldOut(BaseModel):
    model_config = with_example(examples.CAMPAIGN["holds"][0])

    reason: str = Field(
        description="`budget`, `daily_parts`, `quiet_hours`, `tenant_suspended`, `no_active_number`, "
        "`connection_key_unreadable`: it goes on by itself when this ends."
    )
    since: Moment


class CampaignOut(BaseModel):
    model_config = with_example(examples.CAMPAIGN)

    id: str
    name: str
    state: ShownState
    text: str | None
    from_numbers: list[str]
    workflow_id: str | None
    workflow_version: int | None
    send_window: SendWindowIO | None
    starts_at: Moment | None
    local_time: str | None = Field(description="Time on each recipient's own clock at which it starts there.")
    started_at: Moment | None
    finished_at: Moment | None
    counts: CountsOut
    replied: int
    opted_out: int
    unresolved: int = Field(description="Queued texts that may or may not have left: a person decides.")
    holds: list[HoldOut]
    forecast: ForecastOut | None
    created_at: Moment
    revision: int


class StartIn(_Request):
    """Neither field: now. One of them at most."""

    model_config = with_example({"at": "2026-12-01T15:00:00Z"})

    at: datetime | None = Field(default=None, description="A moment with its zone; past: now.")
    local_time: str | None = Field(
        default=None,
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$",
        description="Each recipient's own clock, e.g. `2026-12-01T10:00`; already past there: the next day.",
    )

    @field_validator("at")
    @classmethod
    def _has_zone(cls, at: datetime | None) -> datetime | None:
        if at is not None and at.utcoffset() is None:
            raise ValueError("a moment needs its zone, e.g. 2026-12-01T15:00:00Z")
        return at

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if self.at and self.local_time:
            raise ValueError("give at or local_time, not both")
        if self.local_time:
            datetime.strptime(self.local_time, _LOCAL)  # noqa: DTZ007 - it has no zone: each recipient's clock
        return self


class CopyIn(_Request):
    model_config = with_example({"recipients": True})

    recipients: bool = Field(default=False, description="Also copy the recipients, as new ones.")
    name: str | None = Field(default=None, min_length=1, max_length=200)


class RetryIn(_Request):
    model_config = with_example({"reasons": ["carrier_rejected"]})

    reasons: list[Annotated[str, Field(max_length=100)]] = Field(
        default=[], max_length=50, description="Only recipients that failed for one of these; empty: all that failed."
    )


class RecipientIn(_Request):
    model_config = with_example(
        {"phone_number": "+13125550123", "name": "Ada Byron", "fields": {"favourite_cake": "lemon"}}
    )

    phone_number: str = Field(max_length=100, description="E.164, or national in the tenant's region.")
    name: str = Field(default="", max_length=200)
    company: str = Field(default="", max_length=200)
    fields: dict[str, Annotated[str, Field(max_length=1000)]] = Field(default={}, max_length=MOST_FIELDS)

    @field_validator("fields")
    @classmethod
    def _named(cls, fields: dict[str, str]) -> dict[str, str]:
        wrong = next((name for name in fields if variable_name(name) != name), None)
        if wrong is not None:
            raise ValueError(f"{wrong[:60]!r} is no name of a field: lower case, letters, digits and _")
        return fields


class RecipientsIn(_Request):
    model_config = with_example({"recipients": [{"phone_number": "+13125550123", "name": "Ada Byron"}]})

    recipients: list[RecipientIn] = Field(min_length=1, max_length=MOST_ROWS)


class RejectedOut(BaseModel):
    model_config = with_example(examples.ADDED["rejected"][0])

    index: int = Field(description="Place in the request, from 0.")
    code: str = Field(
        description="`no_phone_number`, `invalid_number`, `short_code`, `landline`, `foreign_region`, "
        "`duplicate_in_file`, `already_in_campaign`."
    )
    detail: str


class AddedOut(BaseModel):
    model_config = with_example(examples.ADDED)

    accepted: int
    rejected: list[RejectedOut]


class RecipientOut(BaseModel):
    model_config = with_example(examples.RECIPIENT)

    id: str
    phone_number: str
    name: str
    company: str
    fields: dict[str, str]
    state: RecipientState
    reason: str = Field(description="Why it is skipped or failed, or what a queued text waits for.")
    text: str | None = Field(description="As it was sent; null: not handed over yet.")
    parts: int | None
    cost: MoneyOut | None
    message_id: str | None
    run_id: str | None
    sent_at: Moment | None
    delivered_at: Moment | None
    replied_at: Moment | None


class LeftOut(BaseModel):
    model_config = with_example(
        {"recipient_id": "rcp_4b6f0d5c", "phone_number": "+13125550123", "message_id": "msg_9d1f7a54"}
    )

    recipient_id: str
    phone_number: str
    message_id: str


class ReportOut(BaseModel):
    model_config = with_example(
        {
            "forecast": None,
            "outcome": {
                "recipients": 1200, "sent": 1170, "skipped": {"opted_out": 18}, "failed": {"carrier_rejected": 12},
                "parts": 1182, "cost": {"nano": 4_728_000_000, "currency": "USD"}, "at_forecast_prices": None,
                "finished_at": "2026-03-10T17:02:03Z", "replied": 87, "opted_out": 9,
            },
            "differences": None,
            "left_after_pause": [],
        }
    )  # fmt: skip

    forecast: ForecastOut | None
    outcome: dict[str, Any] = Field(
        description="`cost` is what the carrier has charged so far. `at_forecast_prices` is what the same parts cost "
        "by the prices of the forecast (`low`, `high`, `priced_by`), so that the two can be compared."
    )
    differences: dict[str, Any] | None = Field(description="Outcome minus forecast; null without a forecast.")
    left_after_pause: list[LeftOut] = Field(
        description="Texts that had been claimed when it was paused or cancelled, and so left or may have left."
    )
