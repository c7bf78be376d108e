"""Withdrawals that no lane knows of: a campaign's, and those of messages named before they came."""

from __future__ import annotations

from dataclasses import dataclass

from sender.withdrawals.by_campaign import CampaignWithdrawals
from sender.withdrawals.by_message import MessageWithdrawals
from shared.events import SmsOutbound


@dataclass(frozen=True)
class WithdrawalLookup:
    campaigns: CampaignWithdrawals
    messages: MessageWithdrawals

    async def reason(self, tenant_id: str, order: SmsOutbound) -> str | None:
        """Why this message is not wanted any more; None: it is."""
        return await self.campaign_reason(tenant_id, order) or await self.messages.reason(tenant_id, order.message_id)

    async def campaign_reason(self, tenant_id: str, order: SmsOutbound) -> str | None:
        return "campaign_withdrawn" if await self.campaigns.covers(tenant_id, order) else None
