"""`/api/campaigns/{id}/tally`: the figures of a campaign id that other services made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from campaigns.counting.domain.contact import campaign_key
from campaigns.counting.domain.tally import tally_wire
from campaigns.counting.store import Tallies, count
from shared.access.gate import Access, Principal
from shared.database.protocol import Collection
from shared.errors import NotFound
from shared.events import MessageStatus
from shared.http.openapi_examples import with_example
from shared.values import Moment


@dataclass(frozen=True)
class Deps:
    gate: Access
    tallies: Tallies
    rows: Collection


class TallyOut(BaseModel):
    model_config = with_example(
        {
            "id": "spring-sale",
            "recipients": 1200,
            "counts": {"delivered": 1130, "sent": 40, "failed": 12, "suppressed": 18},
            "replied": 87,
            "opted_out": 9,
            "revision": 412,
            "first_seen_at": "2026-03-10T09:00:00Z",
            "updated_at": "2026-03-10T14:02:03Z",
        }
    )

    id: str = Field(description="The campaign id that the sent texts carry.")
    recipients: int
    counts: dict[MessageStatus, int] = Field(
        description="Recipients by the latest text's status; their sum is `recipients`."
    )
    replied: int = Field(description="Recipients who wrote after a text of this campaign and before the next one's.")
    opted_out: int = Field(description="Recipients who are opted out since a text of this campaign.")
    revision: int
    first_seen_at: Moment
    updated_at: Moment = Field(description="When the stored figures last changed; `/tally` counts at each request.")


def router(deps: Deps) -> APIRouter:
    routes = APIRouter(prefix="/api/campaigns", tags=["campaigns"])

    @routes.get("/{campaign_id}/tally", response_model=TallyOut, summary="Count one campaign now")
    async def tally(campaign_id: str, who: Principal = Depends(deps.gate.viewer)) -> Any:
        key = campaign_key(who.tenant_id, campaign_id)
        known = await deps.tallies.get(key)
        if known is None:
            raise NotFound("not_found", "No texts were sent for this campaign.")
        return tally_wire(known.but(counts=await count(deps.rows, key)))

    return routes
