"""Users of a tenant, for its admins: added, changed, invited, their sessions ended; and the audit trail."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Query

from accounts.access import AccountAccess, Caller
from accounts.acts import Act
from accounts.idempotency import RequestKeys
from accounts.people import password_page
from accounts.people.orphaned_keys import keys_created_by, revoke_keys_created_by
from accounts.people.requests import NewUser, People
from accounts.people.schemas import AuditEntryOut, ChangedUserOut, ResetLinkOut, SessionOut, UserIn, UserOut, UserPatch
from accounts.people.store import PeopleStore
from accounts.tenants.store import TenantStore
from shared.database.protocol import Collection, Sort
from shared.http.idempotency import RequestKey, request_key
from shared.http.paging import MAX_LIMIT, Listing, listing

_ROUTE = "users"
_PREFIX = "/api/accounts/tenants/{tenant_id}"


def users_router(
    access: AccountAccess, store: PeopleStore, people: People, tenant_store: TenantStore, request_keys: RequestKeys
) -> APIRouter:
    router = APIRouter(prefix=_PREFIX, tags=["accounts"])

    @router.post("/users", status_code=201, summary="Add a user")
    async def add_user(
        tenant_id: str,
        body: UserIn,
        caller: Caller = Depends(access.tenant_admin),
        key: RequestKey = Depends(request_key),
    ) -> UserOut:
        """Without a password the user is invited: make a link (`reset-link`) and hand it over. 409 `email_taken` if the
        address cannot be used."""
        await request_keys.claim(key, tenant_id, _ROUTE, body)
        id = key.id_for("usr", tenant_id, _ROUTE)
        new = NewUser(body.email, body.name, body.role, body.password)
        made = await people.add(tenant_id, id, new, Act(key.cause(tenant_id, _ROUTE, id), caller.label))
        return UserOut.from_user(made)

    @router.get(
        "/users",
        response_model=Listing[UserOut],
        summary="List a tenant's users",
        dependencies=[Depends(access.tenant_admin)],
    )
    async def list_users(
        tenant_id: str, limit: int = Query(default=50, ge=1, le=MAX_LIMIT), cursor: str | None = None
    ) -> dict[str, Any]:
        page = await store.users.find({"tenant_id": tenant_id}, limit=limit, cursor=cursor)
        return listing([UserOut.from_user(store.users.state_of(document)) for document in page.items], page.next_cursor)

    @router.get("/users/{id}", summary="Read a user", dependencies=[Depends(access.tenant_admin)])
    async def read_user(tenant_id: str, id: str) -> UserOut:
        return UserOut.from_user(await people.one(tenant_id, id))

    @router.patch("/users/{id}", summary="Change a user, or close the account")
    async def change_user(
        tenant_id: str, id: str, body: UserPatch, caller: Caller = Depends(access.tenant_admin)
    ) -> ChangedUserOut:
        """A changed role, status or password ends every session of the user. 409 `last_admin` if the tenant would have
        no admin left; 409 `email_taken` if the address cannot be used.

        API keys the user made keep working: the answer lists them, and `revoke_keys: true` revokes them all.
        """
        changes = body.sent_fields()
        revoke = changes.pop("revoke_keys", False)
        user = await people.change(tenant_id, id, changes, Act.without_key(caller.label, tenant_id))
        if revoke:
            await revoke_keys_created_by(tenant_store, tenant_id, id, caller.label)
        return ChangedUserOut.from_user_and_keys(user, await keys_created_by(tenant_store, tenant_id, id))

    return router


def user_access_router(access: AccountAccess, people: People, public_base: str) -> APIRouter:
    """Reset links and sessions of a user."""
    router = APIRouter(prefix=_PREFIX, tags=["accounts"])

    @router.post("/users/{id}/reset-link", status_code=201, summary="Make a link that sets this user's password once")
    async def offer_reset(tenant_id: str, id: str, caller: Caller = Depends(access.tenant_admin)) -> ResetLinkOut:
        """Valid for 24 hours. A newer link, or another e-mail address of the user, voids it. The link opens a page;
        programs send its token to `POST /api/accounts/password`. Using it ends all sessions of the user.
        409 `account_closed` for a user who may not sign in.
        """
        token, expires_at = await people.offer_reset(tenant_id, id, Act.without_key(caller.label, tenant_id))
        # In the fragment (after `#`), which browsers do not send: the token appears in no server's log.
        url = f"{public_base}{password_page.PATH}#token={token}"
        return ResetLinkOut(url=url, token=token, expires_at=expires_at)

    @router.get(
        "/users/{id}/sessions",
        response_model=Listing[SessionOut],
        summary="List a user's sessions",
        dependencies=[Depends(access.tenant_admin)],
    )
    async def list_sessions(tenant_id: str, id: str) -> dict[str, Any]:
        user = await people.one(tenant_id, id)
        return listing([SessionOut.from_session(session, "") for session in user.sessions], None)

    @router.delete("/users/{id}/sessions/{session_id}", status_code=204, summary="End one session of a user")
    async def end_session(
        tenant_id: str, id: str, session_id: str, caller: Caller = Depends(access.tenant_admin)
    ) -> None:
        await people.end_session(tenant_id, id, session_id, Act.without_key(caller.label, tenant_id))

    return router


def audit_router(access: AccountAccess, audit: Collection) -> APIRouter:
    router = APIRouter(prefix=_PREFIX, tags=["accounts"])

    @router.get(
        "/audit",
        response_model=Listing[AuditEntryOut],
        summary="List who changed what, newest first",
        dependencies=[Depends(access.tenant_admin)],
    )
    async def audit_trail(
        tenant_id: str, limit: int = Query(default=50, ge=1, le=MAX_LIMIT), cursor: str | None = None
    ) -> dict[str, Any]:
        newest = Sort("at", descending=True)
        page = await audit.find({"tenant_id": tenant_id}, sort=newest, limit=limit, cursor=cursor)
        return listing([AuditEntryOut.model_validate(document) for document in page.items], page.next_cursor)

    return router
