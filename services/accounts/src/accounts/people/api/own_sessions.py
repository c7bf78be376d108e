"""What signed-in users do with their own account: password, sessions; and who their colleagues are."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from accounts.access import AccountAccess
from accounts.acts import Act
from accounts.people.api.session_cookies import SessionCookies
from accounts.people.api.sessions import user_id_of, visitor_of
from accounts.people.requests import People
from accounts.people.schemas import ColleagueOut, LoginOut, OwnPasswordIn, SessionOut
from accounts.people.store import PeopleStore
from shared.access.principal import Principal
from shared.http.openapi_problems import may_answer
from shared.http.paging import Listing, listing


def own_sessions_router(access: AccountAccess, people: People, cookies: SessionCookies) -> APIRouter:
    router = APIRouter(prefix="/api/accounts", tags=["accounts"])
    viewer: Principal = Depends(access.gate.viewer)

    @router.post("/me/password", summary="Change your own password", responses=may_answer(429))
    async def change_own_password(
        body: OwnPasswordIn, request: Request, response: Response, who: Principal = viewer
    ) -> LoginOut:
        """Ends all your sessions; the answer holds a new one."""
        user_id_of(who)
        return cookies.begin(response, await people.set_own_password(who, body.current, body.new, visitor_of(request)))

    @router.get(
        "/me/sessions", response_model=Listing[SessionOut], summary="List your own sessions", responses=may_answer(409)
    )
    async def own_sessions(who: Principal = viewer) -> dict[str, Any]:
        user = await people.one(who.tenant_id, user_id_of(who))
        return listing([SessionOut.from_session(session, who.subject_id) for session in user.sessions], None)

    @router.delete("/me/sessions/{session_id}", status_code=204, summary="End one of your own sessions")
    async def end_own_session(session_id: str, who: Principal = viewer) -> None:
        user_id = user_id_of(who)
        await people.end_session(who.tenant_id, user_id, session_id, Act.without_key(user_id, who.tenant_id))

    return router


def colleagues_router(access: AccountAccess, store: PeopleStore) -> APIRouter:
    router = APIRouter(prefix="/api/accounts", tags=["accounts"])

    @router.get(
        "/colleagues",
        response_model=Listing[ColleagueOut],
        summary="List the names and roles of your tenant's active users",
    )
    async def colleagues(who: Principal = Depends(access.gate.viewer), cursor: str | None = None) -> dict[str, Any]:
        page = await store.users.find({"tenant_id": who.tenant_id}, limit=200, cursor=cursor)
        found = [store.users.state_of(document) for document in page.items]
        active = [ColleagueOut(id=u.id, name=u.profile.name, role=u.profile.role) for u in found if u.is_active]
        return listing(active, page.next_cursor)

    return router
