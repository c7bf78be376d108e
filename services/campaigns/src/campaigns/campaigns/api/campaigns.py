"""Campaigns: made, listed, changed, and moved from state to state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends, Query

from campaigns.campaigns.api.schemas import (
    CampaignIn,
    CampaignOut,
    CampaignPatch,
    CopyIn,
    ReportOut,
    RetryIn,
    ShownState,
    StartIn,
)
from campaigns.campaigns.commands import CampaignCommands
from campaigns.campaigns.domain.wire import campaign_wire
from campaigns.campaigns.report import Reports
from campaigns.campaigns.store import NEWEST_FIRST, listed
from campaigns.campaigns.withdrawing import Withdrawing
from shared.access.gate import Access, Principal
from shared.events import SendWindow
from shared.http.idempotency import RequestKey, request_key
from shared.http.openapi_problems import may_answer
from shared.http.paging import MAX_LIMIT, Listing, listing


@dataclass(frozen=True)
class Deps:
    gate: Access
    commands: CampaignCommands
    withdrawing: Withdrawing
    reports: Reports


def campaigns_router(deps: Deps) -> APIRouter:
    routes = APIRouter(prefix="/api/campaigns", tags=["campaigns"])
    _drafts(routes, deps)
    _reading(routes, deps)
    _starting(routes, deps)
    _stopping(routes, deps)
    return routes


def _drafts(routes: APIRouter, deps: Deps) -> None:
    @routes.post("", status_code=201, response_model=CampaignOut, summary="Create a draft")
    async def create_campaign(
        body: CampaignIn, key: RequestKey = Depends(request_key), who: Principal = Depends(deps.gate.agent)
    ) -> Any:
        """422 `invalid_text` names the place of a mistake in the text, `number_not_yours` a number of others."""
        return campaign_wire(await deps.commands.create(who, _fields(body.model_dump()), key))

    @routes.patch("/{campaign_id}", response_model=CampaignOut, summary="Change a draft, or rename any campaign")
    async def patch_campaign(campaign_id: str, body: CampaignPatch, who: Principal = Depends(deps.gate.agent)) -> Any:
        """409 `not_a_draft` for anything but the name once it was scheduled or started."""
        changes = _fields(body.model_dump(include=body.model_fields_set))
        return campaign_wire(await deps.commands.edit(who, campaign_id, changes))

    @routes.delete("/{campaign_id}", status_code=204, summary="Delete a draft and its recipients")
    async def delete_campaign(campaign_id: str, who: Principal = Depends(deps.gate.agent)) -> None:
        """409 `not_a_draft`: what was started stays, and can be cancelled. `import_running`: cancel the import."""
        await deps.commands.delete(who, campaign_id)

    @routes.post("/{campaign_id}/copy", status_code=201, response_model=CampaignOut, summary="Copy into a new draft")
    async def copy_campaign(
        campaign_id: str,
        body: CopyIn | None = None,
        key: RequestKey = Depends(request_key),
        who: Principal = Depends(deps.gate.agent),
    ) -> Any:
        """Text, hours, numbers and workflow are copied. Recipients follow in the background if they are asked for; the
        copy cannot start before they are all there (409 `import_running`)."""
        wanted = body or CopyIn()
        copy = await deps.commands.copy(who, campaign_id, key, recipients=wanted.recipients, name=wanted.name)
        return campaign_wire(copy)


def _reading(routes: APIRouter, deps: Deps) -> None:
    looks = deps.commands.looks

    @routes.get("", response_model=Listing[CampaignOut], summary="List campaigns, newest first")
    async def list_campaigns(
        state: ShownState | None = None,
        limit: int = Query(default=50, ge=1, le=MAX_LIMIT),
        cursor: str = "",
        who: Principal = Depends(deps.gate.viewer),
    ) -> Any:
        """The figures are those counted last, at most a second ago for a running campaign."""
        found = looks.campaigns.aggregates
        page = await found.find(listed(who.tenant_id, state), NEWEST_FIRST, limit, cursor or None)
        return listing([campaign_wire(found.state_of(document)) for document in page.items], page.next_cursor)

    @routes.get("/{campaign_id}", response_model=CampaignOut, summary="Read a campaign, counted now")
    async def get_campaign(campaign_id: str, who: Principal = Depends(deps.gate.viewer)) -> Any:
        return campaign_wire(await looks.fresh(await looks.campaigns.get(who.tenant_id, campaign_id)))

    @routes.get("/{campaign_id}/report", response_model=ReportOut, summary="Compare the outcome with the forecast")
    async def get_report(campaign_id: str, who: Principal = Depends(deps.gate.viewer)) -> Any:
        return await deps.reports.report(await looks.campaigns.get(who.tenant_id, campaign_id))


def _starting(routes: APIRouter, deps: Deps) -> None:
    @routes.post("/{campaign_id}/start", response_model=CampaignOut, summary="Start now, or schedule")
    async def start_campaign(
        campaign_id: str,
        body: StartIn | None = None,
        key: RequestKey = Depends(request_key),
        who: Principal = Depends(deps.gate.agent),
    ) -> Any:
        """409 `not_a_draft`, `no_recipients`, `nothing_to_send`, `no_common_hours`, `import_running`, or a reason of
        its workflow."""
        when = body or StartIn()
        return campaign_wire(await deps.commands.start(who, campaign_id, key, when.at, when.local_time))

    @routes.post("/{campaign_id}/unschedule", response_model=CampaignOut, summary="Make a scheduled one a draft again")
    async def unschedule_campaign(
        campaign_id: str, key: RequestKey = Depends(request_key), who: Principal = Depends(deps.gate.agent)
    ) -> Any:
        """409 `not_scheduled`."""
        return campaign_wire(await deps.commands.unschedule(who, campaign_id, key))

    @routes.post("/{campaign_id}/resume", response_model=CampaignOut, summary="Go on with a paused campaign")
    async def resume_campaign(
        campaign_id: str, key: RequestKey = Depends(request_key), who: Principal = Depends(deps.gate.agent)
    ) -> Any:
        """409 `not_paused`, `import_running`."""
        return campaign_wire(await deps.commands.resume(who, campaign_id, key))

    @routes.post("/{campaign_id}/retry", response_model=CampaignOut, summary="Text failed recipients once more")
    async def retry_campaign(
        campaign_id: str,
        body: RetryIn | None = None,
        key: RequestKey = Depends(request_key),
        who: Principal = Depends(deps.gate.agent),
    ) -> Any:
        """Those that had failed when this was asked. A finished campaign runs again; a paused one texts them when it
        resumes. 409 `not_started`."""
        reasons = tuple(dict.fromkeys((body or RetryIn()).reasons))
        return campaign_wire(await deps.commands.retry(who, campaign_id, key, reasons))


def _stopping(routes: APIRouter, deps: Deps) -> None:
    @routes.post(
        "/{campaign_id}/pause", response_model=CampaignOut, summary="Hold all sending", responses=may_answer(503)
    )
    async def pause_campaign(campaign_id: str, who: Principal = Depends(deps.gate.agent)) -> Any:
        """After the answer nothing more goes to the carrier but what had been claimed; the report names those.

        503 `pause_pending`: the campaign is paused and nothing new is handed over, but the part that sends does not
        answer; ask again to be sure. 409 `not_running`."""
        return campaign_wire(await deps.withdrawing.pause(who, campaign_id))

    @routes.post(
        "/{campaign_id}/cancel", response_model=CampaignOut, summary="End it for good", responses=may_answer(503)
    )
    async def cancel_campaign(campaign_id: str, who: Principal = Depends(deps.gate.agent)) -> Any:
        """As pause, and for good: recipients that were not texted are skipped, and its runs stop.

        503 `cancel_pending`: as `pause_pending` of pause. 409 `not_under_way`."""
        return campaign_wire(await deps.withdrawing.cancel(who, campaign_id))


def _fields(given: dict[str, Any]) -> dict[str, Any]:
    """The fields of a request as the domain keeps them."""
    fields = dict(given)
    if "text" in fields:
        fields["text"] = fields["text"] if (fields["text"] or "").strip() else None
    if "from_numbers" in fields:
        fields["from_numbers"] = tuple(dict.fromkeys(fields["from_numbers"]))
    if fields.get("send_window"):
        fields["send_window"] = SendWindow(**fields["send_window"])
    return fields
