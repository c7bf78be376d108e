"""Reads a tenant's guides when an answer is requested. The snapshot chooses which of them apply."""

from __future__ import annotations

from conversation.domain.assistant.snapshot import Guide
from conversation.domain.judgement.autopilot import Autopilot
from shared.database.protocol import Collection, Sort

MOST = 50


class Guides:
    """Documents `{id, tenant_id, text, keywords: […], priority}`."""

    def __init__(self, records: Collection) -> None:
        self._records = records

    async def autopilot_of(self, tenant_id: str, guide_id: str) -> Autopilot | None:
        """The guide's setting; None if the tenant has no such guide."""
        document = await self._records.get(guide_id)
        if document is None or document["tenant_id"] != tenant_id:
            return None
        return Autopilot.read(document.get("autopilot") or {})

    async def of_tenant(self, tenant_id: str) -> tuple[Guide, ...]:
        page = await self._records.find({"tenant_id": tenant_id}, sort=Sort("priority", descending=True), limit=MOST)
        return tuple(
            Guide(document["text"], tuple(document["keywords"]), document["priority"]) for document in page.items
        )
