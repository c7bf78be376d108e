"""How sending goes, for the operator's page (`GET /api/system/carriers` in accounts)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from sender.pacing.buckets import Pace
from sender.pacing.concurrency import ConnectionLimits
from shared.clock import Clock
from shared.database.protocol import Collection
from shared.internal.access import internal_only
from shared.keyring import Keyring

OPEN = ("queued", "submitting", "unknown", "unresolved")
"""The states of messages that have not ended."""
Ids = Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=1000)]


class FiguresIn(BaseModel):
    tenant_ids: Ids
    connection_ids: Ids
    phone_numbers: Ids


@dataclass(frozen=True)
class CarrierFigures:
    records: Collection
    """Of all messages."""
    pace: Pace
    limits: ConnectionLimits
    clock: Clock

    async def of(self, asked: FiguresIn) -> dict[str, Any]:
        return {
            "tenants": [await self._tenant(tenant_id) for tenant_id in asked.tenant_ids],
            "connections": [
                {"connection_id": id, "requests_under_way": self.limits.under_way(id)} for id in asked.connection_ids
            ],
            "numbers": [await self._number(phone_number) for phone_number in asked.phone_numbers],
        }

    async def _tenant(self, tenant_id: str) -> dict[str, Any]:
        counts = await asyncio.gather(
            *(self.records.count({"tenant_id": tenant_id, "status": status}) for status in OPEN)
        )
        return {"tenant_id": tenant_id, **dict(zip(OPEN, counts, strict=True))}

    async def _number(self, phone_number: str) -> dict[str, Any]:
        now, outlook = self.clock.now(), await self.pace.outlook(phone_number)
        return {
            "phone_number": phone_number,
            "free_at": outlook.free_at if outlook.free_at > now else None,
            "campaigns_from": outlook.campaigns_from if outlook.campaigns_from > now else None,
        }


def carrier_figures_router(figures: CarrierFigures, keyring: Keyring) -> APIRouter:
    router = APIRouter(
        prefix="/internal/sender", include_in_schema=False, dependencies=[Depends(internal_only(keyring))]
    )

    @router.post("/carrier-figures")
    async def carrier_figures(asked: FiguresIn) -> dict[str, Any]:
        return await figures.of(asked)

    return router
