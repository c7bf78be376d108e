"""What is asked of forecasts and audiences over HTTP, and what an audience answers."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from campaigns.campaigns.api.schemas import StartIn
from campaigns.campaigns.domain.recipient import RecipientState
from shared.http.openapi_examples import with_example


class ForecastIn(StartIn):
    """When the campaign would start. Neither: as it is scheduled, else now."""

    model_config = with_example({"local_time": "2026-12-01T10:00"})


class FromCampaignIn(BaseModel):
    model_config = with_example({"id": "cmp_1", "states": ["failed"]}) | ConfigDict(extra="forbid")

    id: str = Field(max_length=100)
    states: list[RecipientState] = Field(min_length=1, max_length=6)


class AudienceIn(BaseModel):
    """Either a label of contacts, or an earlier campaign."""

    model_config = with_example(
        {"label": "regulars"}, {"from_campaign": {"id": "cmp_1", "states": ["failed"]}}
    ) | ConfigDict(extra="forbid")

    label: str | None = Field(default=None, min_length=1, max_length=100, description="Name, in any case, or id.")
    from_campaign: FromCampaignIn | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.label is None) == (self.from_campaign is None):
            raise ValueError("give either `label` or `from_campaign`")
        return self


class AudienceOut(BaseModel):
    model_config = with_example({"found": 120, "accepted": 110, "already_in_campaign": 8, "without_number": 2})

    found: int
    accepted: int
    already_in_campaign: int
    without_number: int = Field(description="Contacts without a phone number.")
