"""The recipients of a campaign: added, listed, exported, taken away."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from campaigns.campaigns.api import examples
from campaigns.campaigns.api.schemas import AddedOut, RecipientIn, RecipientOut, RecipientsIn
from campaigns.campaigns.commands import CampaignCommands
from campaigns.campaigns.domain.recipient import RecipientState
from campaigns.campaigns.domain.rows import GivenRow
from campaigns.campaigns.listing import RecipientLists, Wanted
from shared.access.gate import Access, Principal
from shared.http import csv_export
from shared.http.idempotency import RequestKey, request_key
from shared.http.paging import MAX_LIMIT, Listing, listing


@dataclass(frozen=True)
class RecipientDeps:
    gate: Access
    commands: CampaignCommands
    lists: RecipientLists


def recipients_router(deps: RecipientDeps) -> APIRouter:
    routes = APIRouter(prefix="/api/campaigns/{campaign_id}/recipients", tags=["campaigns"])

    @routes.post("", response_model=AddedOut, summary="Add up to 1,000 recipients")
    async def add_recipients(
        campaign_id: str,
        body: RecipientsIn,
        key: RequestKey = Depends(request_key),
        who: Principal = Depends(deps.gate.agent),
    ) -> Any:
        """Drafts and paused campaigns take recipients (409 `campaign_takes_no_recipients`). A number joins once: a
        repeat rejects them as `already_in_campaign`, or, under the same Idempotency-Key, gets the same answer."""
        done = await deps.commands.add_recipients(who, campaign_id, key, [_row(each) for each in body.recipients])
        return {"accepted": len(done.rows), "rejected": [vars(each) for each in done.rejected]}

    _listing(routes, deps)

    @routes.delete("/{recipient_id}", status_code=204, summary="Take a recipient out of a draft")
    async def remove_recipient(campaign_id: str, recipient_id: str, who: Principal = Depends(deps.gate.agent)) -> None:
        """409 `not_a_draft`."""
        await deps.commands.remove_recipient(who, campaign_id, recipient_id)

    return routes


def _listing(routes: APIRouter, deps: RecipientDeps) -> None:
    @routes.get(
        "",
        response_model=Listing[RecipientOut],
        summary="List or export recipients",
        responses=csv_export.csv_responses(examples.RECIPIENTS_CSV),
    )
    async def list_recipients(
        request: Request,
        campaign_id: str,
        state: RecipientState | None = None,
        reason: Annotated[str | None, Query(max_length=100)] = None,
        q: Annotated[str, Query(max_length=200, description="A number, or a part of a name or company.")] = "",
        limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
        cursor: str = "",
        format: Annotated[str | None, Query(description="`json` or `csv`; else what `Accept` names.")] = None,
        who: Principal = Depends(deps.gate.viewer),
    ) -> Any:
        """CSV holds all that fit, JSON a page. A search goes through some thousand recipients at a time, so that a page
        of it may be short and still have a `next_cursor`."""
        campaign = await deps.commands.looks.campaigns.get(who.tenant_id, campaign_id)
        wanted = Wanted(state, reason, q)
        region = (await deps.commands.tenant(who.tenant_id)).default_region
        if csv_export.is_wanted(request, format):
            return _download(deps.lists.csv(campaign, wanted, region), campaign.id)
        items, following = await deps.lists.page(campaign, wanted, limit, cursor or None, region)
        return listing(items, following)


def _download(content: AsyncIterator[str], campaign_id: str) -> Response:
    headers = csv_export.download_headers(f"recipients-{campaign_id}")
    return StreamingResponse(content, media_type=csv_export.MEDIA_TYPE, headers=headers)


def _row(given: RecipientIn) -> GivenRow:
    return GivenRow(given.phone_number, given.name, given.company, tuple(given.fields.items()))
