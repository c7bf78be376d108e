"""What credentials tell of their own: who am I, and what have we used."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from accounts.access import Doors
from accounts.tenants import requests
from accounts.tenants.schemas import Me
from shared.access.gate import Principal


def own_router(doors: Doors) -> APIRouter:
    router = APIRouter(prefix="/api/accounts", tags=["accounts"])
    viewer: Principal = Depends(doors.gate.viewer)

    @router.get("/me", summary="Whose credentials are these?")
    async def me(who: Principal = viewer) -> Me:
        tenant = await requests.tenant(doors.books, who.tenant_id)
        user = await doors.books.users.get(who.user_id) if who.user_id else None
        return Me(
            tenant_id=who.tenant_id,
            tenant_name=tenant.facts.name,
            role=who.role,
            subject_id=who.subject_id,
            user_id=who.user_id,
            email=user.profile.email if user else None,
            name=user.profile.name if user else None,
            expires_at=who.expires_at,
        )

    return router
