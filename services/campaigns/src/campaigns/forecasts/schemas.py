"""What a forecast looks like over HTTP."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from shared.http.openapi_examples import with_example
from shared.values import Moment


class CostsOut(BaseModel):
    model_config = with_example(
        {"low": 9_900_000_000, "high": 11_700_000_000, "currency": "USD", "priced_by": "rate_card"}
    )

    low: int = Field(description="Billionths of the currency's unit.")
    high: int
    currency: str
    priced_by: Literal["rate_card", "past_costs", "estimate"] = Field(
        description="`rate_card`: the prices in force, and the carrier's fee where they pass it on; `past_costs`: what "
        "the carrier charged for your latest campaigns; `estimate`: neither is known."
    )


class FinishOut(BaseModel):
    model_config = with_example({"earliest": "2026-12-01T19:12:00Z", "latest": "2026-12-01T20:31:00Z"})

    earliest: Moment | None = Field(description="null: not within 100 days, or nothing is sent.")
    latest: Moment | None


class CharacterCountOut(BaseModel):
    model_config = with_example({"character": "’", "n": 38})

    character: str
    n: int


class Ucs2Out(BaseModel):
    model_config = with_example({"n": 38, "worst": [{"character": "’", "n": 38}]})

    n: int = Field(description="Recipients for which the text needs UCS-2.")
    worst: list[CharacterCountOut] = Field(description="The characters that cause it, in most texts first.")


class CostliestOut(BaseModel):
    model_config = with_example(
        {"recipient_id": "rcp_6f1d", "phone_number": "+13125550123", "parts": 3, "encoding": "UCS-2"}
    )

    recipient_id: str
    phone_number: str
    parts: int
    encoding: str


class OptOutHistoryOut(BaseModel):
    model_config = with_example({"texted": 12_000, "opted_out": 96})

    texted: int
    opted_out: int


_FORECAST: dict[str, Any] = {
    "recipients": 1000,
    "kept": 960,
    "skipped": {"missing_variable": 11, "opted_out": 29},
    "parts": {"1": 930, "2": 30},
    "ucs2": {"n": 38, "worst": [{"character": "’", "n": 38}]},
    "cost": {"low": 9_900_000_000, "high": 11_700_000_000, "currency": "USD", "priced_by": "rate_card"},
    "finishes_at": {"earliest": "2026-12-01T19:12:00Z", "latest": "2026-12-01T20:31:00Z"},
    "expected_opt_outs": 8,
    "opt_out_history": {"texted": 12_000, "opted_out": 96},
    "next_day": 0,
    "costliest": {"recipient_id": "rcp_6f1d", "phone_number": "+13125550123", "parts": 2, "encoding": "UCS-2"},
    "made_at": "2026-12-01T15:00:00Z",
}


class ForecastOut(BaseModel):
    """docs/campaigns.md says how each figure is computed."""

    model_config = with_example(_FORECAST)

    recipients: int
    kept: int = Field(description="Recipients that would be texted.")
    skipped: dict[str, int] = Field(description="Recipients that would not, by reason. With `kept`: all `recipients`.")
    parts: dict[str, int] = Field(description="Number of SMS parts, and recipients whose text has so many.")
    ucs2: Ucs2Out
    cost: CostsOut
    finishes_at: FinishOut
    expected_opt_outs: int
    opt_out_history: OptOutHistoryOut = Field(description="What `expected_opt_outs` is computed from.")
    next_day: int = Field(description="Recipients whose local time is already past: they are texted the next day.")
    costliest: CostliestOut | None
    made_at: Moment
