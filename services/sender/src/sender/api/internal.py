"""What other services ask of the sender directly: the withdrawal of a campaign, in force with the answer."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from sender.withdrawals.at_once import CampaignStop
from shared.internal.access import internal_only
from shared.keyring import Keyring

Id = Annotated[str, Field(min_length=1, max_length=100)]


class CampaignWithdrawalIn(BaseModel):
    tenant_id: Id
    campaign_id: Id
    up_to_feed: int | None = Field(default=None, ge=0, lt=2**40)
    """None: all feeds, those to come included."""


def internal_router(stop: CampaignStop, keyring: Keyring) -> APIRouter:
    router = APIRouter(
        prefix="/internal/sender", include_in_schema=False, dependencies=[Depends(internal_only(keyring))]
    )

    @router.post("/withdraw-campaign")
    async def withdraw_campaign(wanted: CampaignWithdrawalIn) -> dict[str, Any]:
        """After this answer nothing of these feeds goes to the carrier but what it names: claimed before."""
        claimed = await stop.withdraw(wanted.tenant_id, wanted.campaign_id, wanted.up_to_feed)
        return {"claimed": [_out(message.id, message.order.contact, message.status) for message in claimed]}

    return router


def _out(message_id: str, contact: str, status: str) -> dict[str, str]:
    return {"message_id": message_id, "contact": contact, "status": status}
