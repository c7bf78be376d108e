"""Users of a tenant, as its admins see them: added, changed, invited, their sessions ended; and the audit trail."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Query

from accounts.access import Caller, Doors
from accounts.acts import Act
from accounts.idempotency import claim
from accounts.people import password_page
from accounts.people.orphaned_keys import keys_made_by, revoke_keys_made_by
from accounts.people.requests import NewUser, People
from accounts.people.schemas import AuditView, NewUserBody, ResetLink, SessionView, UserChange, UserChanged, UserView
from shared.database.protocol import Sort
from shared.http.idempotency import RequestKey, request_key
from shared.http.paging import MAX_LIMIT, Listing, listing

_ROUTE = "users"


def users_router(doors: Doors, people: People, public_base: str) -> APIRouter:
    router = APIRouter(prefix="/api/accounts/tenants/{tenant_id}", tags=["accounts"])
    _user_routes(router, doors, people)
    _access_routes(router, doors, people, public_base)

    @router.get(
        "/audit",
        response_model=Listing[AuditView],
        summary="Who changed what, newest first",
        dependencies=[Depends(doors.tenant_admin)],
    )
    async def audit_trail(
        tenant_id: str, limit: int = Query(default=50, ge=1, le=MAX_LIMIT), cursor: str | None = None
    ) -> dict[str, Any]:
        newest = Sort("at", descending=True)
        page = await doors.books.audit.find({"tenant_id": tenant_id}, sort=newest, limit=limit, cursor=cursor)
        return listing([AuditView.model_validate(document) for document in page.items], page.next_cursor)

    return router


def _user_routes(router: APIRouter, doors: Doors, people: People) -> None:
    books = doors.books

    @router.post("/users", status_code=201, summary="Add a user")
    async def add_user(
        tenant_id: str,
        body: NewUserBody,
        key: RequestKey = Depends(request_key),
        caller: Caller = Depends(doors.tenant_admin),
    ) -> UserView:
        """Without a password the user is invited: make a link (`reset-link`) and hand it over. 409 `email_taken`."""
        await claim(books, key, tenant_id, _ROUTE, body)
        id = key.id_for("usr", tenant_id, _ROUTE)
        new = NewUser(body.email, body.name, body.role, body.password)
        made = await people.add(tenant_id, id, new, Act(key.cause(tenant_id, _ROUTE, id), caller.label))
        return UserView.of(made)

    @router.get(
        "/users",
        response_model=Listing[UserView],
        summary="The tenant's users",
        dependencies=[Depends(doors.tenant_admin)],
    )
    async def list_users(
        tenant_id: str, limit: int = Query(default=50, ge=1, le=MAX_LIMIT), cursor: str | None = None
    ) -> dict[str, Any]:
        page = await books.users.find({"tenant_id": tenant_id}, limit=limit, cursor=cursor)
        return listing([UserView.of(books.users.state_of(document)) for document in page.items], page.next_cursor)

    @router.get("/users/{id}", summary="One user", dependencies=[Depends(doors.tenant_admin)])
    async def read_user(tenant_id: str, id: str) -> UserView:
        return UserView.of(await people.one(tenant_id, id))

    @router.patch("/users/{id}", summary="Change a user, or close the account")
    async def change_user(
        tenant_id: str, id: str, body: UserChange, caller: Caller = Depends(doors.tenant_admin)
    ) -> UserChanged:
        """409 `last_admin` if nobody would be left to administer the tenant; 409 `email_taken`.

        API keys the user made go on working: they are listed, and `revoke_keys: true` revokes them all.
        """
        changes = body.given()
        revoke = changes.pop("revoke_keys", False)
        user = await people.change(tenant_id, id, changes, Act.of(caller.label, tenant_id))
        if revoke:
            await revoke_keys_made_by(books, tenant_id, id, caller.label)
        return UserChanged.after(user, await keys_made_by(books, tenant_id, id))


def _access_routes(router: APIRouter, doors: Doors, people: People, public_base: str) -> None:
    @router.post("/users/{id}/reset-link", status_code=201, summary="A link to set this user's password, once")
    async def offer_reset(tenant_id: str, id: str, caller: Caller = Depends(doors.tenant_admin)) -> ResetLink:
        """Good for 24 hours; a new one voids the one before, and so does another e-mail address of the user. It leads
        to a page; programs send its token to `POST /api/accounts/password`. Using it ends all sessions of the user.
        409 `account_closed` for one who may not sign in.
        """
        token, expires_at = await people.offer_reset(tenant_id, id, Act.of(caller.label, tenant_id))
        # Behind the `#`: a browser keeps that part to itself, so no server's log ever holds the token.
        return ResetLink(url=f"{public_base}{password_page.PATH}#token={token}", token=token, expires_at=expires_at)

    @router.get(
        "/users/{id}/sessions",
        response_model=Listing[SessionView],
        summary="Where a user is signed in",
        dependencies=[Depends(doors.tenant_admin)],
    )
    async def list_sessions(tenant_id: str, id: str) -> dict[str, Any]:
        user = await people.one(tenant_id, id)
        return listing([SessionView.of(session, "") for session in user.sessions], None)

    @router.delete(
        "/users/{id}/sessions/{session_id}",
        status_code=204,
        summary="End one session of a user",
    )
    async def end_session(
        tenant_id: str, id: str, session_id: str, caller: Caller = Depends(doors.tenant_admin)
    ) -> None:
        await people.end_session(tenant_id, id, session_id, Act.of(caller.label, tenant_id))
