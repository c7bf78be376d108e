"""Who the caller is, and what users choose for themselves."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request

from accounts.access import OWN_OR_OPERATOR, AccountAccess
from accounts.people import examples
from accounts.people.api.sessions import user_id_of
from accounts.people.me_schemas import MeOut, MePatch, NotifyOut, OperatorOut
from accounts.people.requests import People
from accounts.tenants.store import TenantStore
from accounts.tenants.tenants import tenant
from shared.access.principal import Principal
from shared.access.security_schemes import OPERATOR_COOKIE


def me_router(access: AccountAccess, tenant_store: TenantStore, people: People) -> APIRouter:
    router = APIRouter(prefix="/api/accounts", tags=["accounts"])

    @router.get(
        "/me",
        summary="Read who you are signed in as",
        dependencies=[*OWN_OR_OPERATOR, Depends(access.authenticate)],
        responses={200: {"content": {"application/json": {"example": examples.ME}}}},
    )
    async def me(request: Request) -> MeOut | OperatorOut:
        """A user's session or an API key with its tenant; the operator alone has none."""
        identity = await access.identify(request)
        if identity.who is None:
            return OperatorOut(expires_at=await access.operators.until(request.cookies.get(OPERATOR_COOKIE, "")))
        return (await _tenant_caller(identity.who)).model_copy(update={"operator": identity.is_operator})

    async def _tenant_caller(who: Principal) -> MeOut:
        own_tenant = await tenant(tenant_store, who.tenant_id)
        user = await people.one(who.tenant_id, who.user_id) if who.user_id else None
        chosen = user.preferences if user else None
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
            language=chosen.language if chosen else None,
            notify=NotifyOut.model_validate(chosen.notify.plain()) if chosen else None,
            expires_at=who.expires_at,
        )

    @router.patch("/me", summary="Change your own name and what your dashboard does")
    async def change_me(body: MePatch, request: Request, who: Principal = Depends(access.gate.viewer)) -> MeOut:
        """`language` and `notify` are for the dashboard; 409 `not_a_person` for an API key."""
        user_id_of(who)
        await people.change_own(who, body.changes())
        identity = await access.identify(request)
        return (await _tenant_caller(who)).model_copy(update={"operator": identity.is_operator})

    return router
