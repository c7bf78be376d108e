"""`/api/campaigns/{id}/forecast` and `/audience`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Depends

from campaigns.campaigns.commands import asked_under
from campaigns.forecasts.audience import Audience
from campaigns.forecasts.domain.forecast import forecast_wire
from campaigns.forecasts.maker import ForecastMaker, StartTime
from campaigns.forecasts.requests import AudienceIn, AudienceOut, ForecastIn
from campaigns.forecasts.schemas import ForecastOut
from shared.access.gate import Access, Principal
from shared.errors import Invalid
from shared.http.idempotency import RequestKey, request_key


def forecasts_router(maker: ForecastMaker, audience: Audience, gate: Access) -> APIRouter:
    routes = APIRouter(prefix="/api/campaigns", tags=["campaigns"])

    @routes.post("/{campaign_id}/forecast", response_model=ForecastOut, summary="Compute what the campaign would do")
    async def make_forecast(
        campaign_id: str, body: ForecastIn | None = None, who: Principal = Depends(gate.agent)
    ) -> dict[str, Any]:
        """Goes through all recipients that wait, without sending anything: about a minute for a million. It goes on if
        you leave; the campaign's `forecast` then has it. Of a paused campaign it says what is left to do, and the
        campaign keeps the forecast made before its start, for its report.

        409 `not_forecast` for a campaign that is running or over."""
        asked = body or ForecastIn()
        return forecast_wire(await maker.make(who.tenant_id, campaign_id, StartTime(asked.at, asked.local_time)))

    @routes.post("/{campaign_id}/audience", response_model=AudienceOut, summary="Add contacts, or an earlier audience")
    async def add_audience(
        campaign_id: str,
        body: AudienceIn,
        key: RequestKey = Depends(request_key),
        who: Principal = Depends(gate.agent),
    ) -> dict[str, Any]:
        """Recipients from contacts with a label, or from an earlier campaign by state. Repeating it adds nobody twice.

        409 `campaign_takes_no_recipients` unless the campaign is a draft or paused."""
        await audience.campaigns.mark(who.tenant_id, campaign_id, asked_under("audience", key, body.model_dump()))
        if body.label is not None:
            return asdict(await audience.from_contacts(who.tenant_id, campaign_id, body.label))
        source = body.from_campaign
        if source is None:
            raise Invalid("invalid", "give either `label` or `from_campaign`")
        return asdict(await audience.from_campaign(who.tenant_id, campaign_id, source.id, source.states))

    return routes
