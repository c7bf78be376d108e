"""The wire shapes of phone numbers: what a number is, how fast and how much it may send, what it can carry."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from accounts.tenants import examples
from accounts.tenants.domain.numbers import RATES, Number, Pace
from accounts.tenants.schemas import Asked, Label
from shared.events.accounts import Capability, NumberClass
from shared.http.openapi_examples import with_example

PartsPerSecond = Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)]


def _once_each(words: tuple[Capability, ...]) -> tuple[Capability, ...]:
    return tuple(dict.fromkeys(words))


def _at_least_one(parts: int) -> int:
    if parts < 1:
        raise ValueError(
            "1 or more; null takes the cap away, and a number that is to send nothing gets `active`: false"
        )
    return parts


DailyParts = Annotated[int, Field(le=10_000_000, json_schema_extra={"minimum": 1}), AfterValidator(_at_least_one)]
_DAILY_PARTS = (
    "the most SMS parts it may send in a day, from midnight to midnight in the tenant's time zone; null: no cap of its "
    "own. The last tenth (rounded down) is kept for one-to-one texts, so campaigns stop at nine tenths. What finds no "
    "room waits as `queued` with reason `daily_parts`, and goes out when the next day begins or the cap is raised. "
    "Networks count otherwise (T-Mobile per brand, until midnight Pacific): let all numbers together stay below that"
)
_CAPABILITIES = (
    "what it can carry: `sms` texts, `mms` media. An import fills it in from the carrier account. What a number cannot "
    "carry is refused at once (409 `number_without_sms`, `number_without_mms`); what comes by event ends `refused`"
)
Capabilities = Annotated[tuple[Capability, ...], Field(min_length=1, max_length=2), AfterValidator(_once_each)]
OfferedClass = Literal["long_code", "ten_dlc", "toll_free"]
"""Not all that events know: own short codes are no E.164 numbers, which all else here relies on."""
_CLASS = (
    "what the carrier takes it for: long_code (0.1 parts/s), ten_dlc (registered US local number, by its campaign; 1 "
    "part/s), toll_free (20 parts/s)"
)


class NewNumber(Asked):
    model_config = with_example(examples.NEW_NUMBER)

    phone_number: Annotated[str, StringConstraints(min_length=1, max_length=40)] = Field(examples=["+17735550002"])
    connection_id: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    label: Label = ""
    number_class: OfferedClass = Field(default="ten_dlc", description=_CLASS)
    parts_per_second: PartsPerSecond | None = Field(
        default=None, description="how fast the carrier lets it send; default: what its class may"
    )
    daily_parts: DailyParts | None = Field(default=None, description=_DAILY_PARTS, examples=[2000])
    capabilities: Capabilities = Field(default=("sms", "mms"), description=_CAPABILITIES)

    @property
    def pace(self) -> Pace:
        rate = RATES[self.number_class] if self.parts_per_second is None else self.parts_per_second
        return Pace(self.number_class, rate, self.daily_parts)


class NumberChange(Asked):
    model_config = with_example(examples.NUMBER_CHANGE)

    connection_id: Annotated[str, StringConstraints(min_length=1, max_length=200)] = ""
    label: Label = ""
    number_class: OfferedClass = Field(
        default="ten_dlc", description=f"{_CLASS}. Another one brings its pace, unless `parts_per_second` is given too"
    )
    parts_per_second: PartsPerSecond = 1.0
    daily_parts: DailyParts | None = Field(default=None, description=_DAILY_PARTS, examples=[2000])
    capabilities: Capabilities = Field(default=("sms", "mms"), description=_CAPABILITIES)
    active: bool = Field(default=True, description="false: nothing is sent from it, and what waits is refused")


class NumberView(BaseModel):
    model_config = with_example(examples.NUMBER)

    id: str
    phone_number: str
    connection_id: str | None
    label: str
    number_class: NumberClass
    parts_per_second: float
    daily_parts: int | None = Field(description=_DAILY_PARTS)
    capabilities: tuple[Capability, ...] = Field(description=_CAPABILITIES)
    active: bool
    assigned_at: datetime
    revision: int

    @classmethod
    def of(cls, number: Number) -> NumberView:
        return cls(id=number.facts.phone_number, **number.facts.model_dump(exclude={"tenant_id"}))
