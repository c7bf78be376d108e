"""The wire shapes of phone numbers: class, pace, daily cap and capabilities."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from accounts.request_body import RequestBody
from accounts.tenants import examples
from accounts.tenants.domain.numbers import RATES, Number, Pace
from accounts.tenants.schemas import Label
from shared.events.accounts import Capability, NumberClass
from shared.http.openapi_examples import with_example

PartsPerSecond = Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)]


def _once_each(words: tuple[Capability, ...]) -> tuple[Capability, ...]:
    return tuple(dict.fromkeys(words))


def _at_least_one(parts: int) -> int:
    if parts < 1:
        raise ValueError("1 or more. null removes the cap; to stop sending from the number set `active`: false.")
    return parts


DailyParts = Annotated[int, Field(le=10_000_000, json_schema_extra={"minimum": 1}), AfterValidator(_at_least_one)]
_DAILY_PARTS = (
    "The most SMS parts the number may send per day, midnight to midnight in the tenant's time zone; null: no cap. The "
    "last tenth (rounded down) is reserved for one-to-one texts, so campaigns stop at nine tenths. Messages beyond the "
    "cap wait as `queued` with reason `daily_parts` until the next day begins or the cap is raised. Networks may count "
    "differently (T-Mobile: per brand, until midnight Pacific), so keep the sum of all numbers below their limit."
)
_CAPABILITIES = (
    "What the number can carry: `sms`, `mms` or both. An import reads it from the carrier account. Other requests to "
    "send are refused (409 `number_without_sms`, `number_without_mms`); events end as `refused` with the same code."
)
Capabilities = Annotated[tuple[Capability, ...], Field(min_length=1, max_length=2), AfterValidator(_once_each)]
OfferedClass = Literal["long_code", "ten_dlc", "toll_free"]
"""Own short codes are not supported: they are not E.164 numbers."""
_CLASS = (
    "How the carrier classifies it: `long_code` (0.1 parts/s), `ten_dlc` (registered US local number, limited by its "
    "campaign; 1 part/s), `toll_free` (20 parts/s)."
)


class NumberIn(RequestBody):
    model_config = with_example(examples.NEW_NUMBER)

    phone_number: Annotated[str, StringConstraints(min_length=1, max_length=40)] = Field(examples=["+17735550002"])
    connection_id: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    label: Label = ""
    number_class: OfferedClass = Field(default="ten_dlc", description=_CLASS)
    parts_per_second: PartsPerSecond | None = Field(
        default=None, description="How fast the carrier lets it send. Default: the rate of its class."
    )
    daily_parts: DailyParts | None = Field(default=None, description=_DAILY_PARTS, examples=[2000])
    capabilities: Capabilities = Field(default=("sms", "mms"), description=_CAPABILITIES)

    @property
    def pace(self) -> Pace:
        rate = RATES[self.number_class] if self.parts_per_second is None else self.parts_per_second
        return Pace(self.number_class, rate, self.daily_parts)


class NumberPatch(RequestBody):
    model_config = with_example(examples.NUMBER_CHANGE)

    connection_id: Annotated[str, StringConstraints(min_length=1, max_length=200)] = ""
    label: Label = ""
    number_class: OfferedClass = Field(
        default="ten_dlc", description=f"{_CLASS} Another class sets its rate, unless `parts_per_second` is given too."
    )
    parts_per_second: PartsPerSecond = 1.0
    daily_parts: DailyParts | None = Field(default=None, description=_DAILY_PARTS, examples=[2000])
    capabilities: Capabilities = Field(default=("sms", "mms"), description=_CAPABILITIES)
    active: bool = Field(default=True, description="False: nothing is sent from it, and queued messages are refused.")


class NumberOut(BaseModel):
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
    def from_number(cls, number: Number) -> NumberOut:
        return cls(id=number.facts.phone_number, **number.facts.plain(without=["tenant_id"]))
