"""Who the caller is."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from accounts.access import AccountAccess
from accounts.people.requests import People
from accounts.people.schemas import MeOut
from accounts.tenants.store import TenantStore
from accounts.tenants.tenants import tenant
from shared.access.gate import Principal


def me_router(access: AccountAccess, tenant_store: TenantStore, people: People) -> APIRouter:
    router = APIRouter(prefix="/api/accounts", tags=["accounts"])
    viewer: Principal = Depends(access.gate.viewer)

    @router.get("/me", summary="Read who you are signed in as")
    async def me(who: Principal = viewer) -> MeOut:
        own_tenant = await tenant(tenant_store, who.tenant_id)
        user = await people.one(who.tenant_id, who.user_id) if who.user_id else None
        return MeOut(
            tenant_id=who.tenant_id,
            tenant_name=own_tenant.facts.name,
            tenant_timezone=own_tenant.facts.timezone,
            tenant_region=own_tenant.facts.default_region,
            role=who.role,
            subject_id=who.subject_id,
            user_id=who.user_id,
            email=user.profile.email if user else None,
            name=user.profile.name if user else None,
            expires_at=who.expires_at,
        )

    return router
