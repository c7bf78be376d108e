"""Signing in and out, and what signed-in users do with their own account."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from accounts.access import AccountAccess
from accounts.acts import Act
from accounts.people.known_devices import DEVICE_COOKIE, REMEMBERED
from accounts.people.requests import People, SignedIn, Visitor
from accounts.people.schemas import (
    ColleagueOut,
    LinkPasswordIn,
    LoginIn,
    LoginOut,
    OwnPasswordIn,
    SessionOut,
    login_email,
)
from accounts.people.store import PeopleStore
from shared.access.gate import SESSION_COOKIE, of_our_own_page
from shared.access.principal import Principal
from shared.errors import Forbidden, Refused
from shared.http.openapi_problems import may_answer
from shared.http.paging import Listing, listing
from shared.http.peers import peer_of

_NO_STORE = {"Cache-Control": "no-store"}


def sessions_router(access: AccountAccess, store: PeopleStore, people: People, public_base: str) -> APIRouter:
    router = APIRouter(prefix="/api/accounts", tags=["accounts"])
    secure = public_base.startswith("https://")

    def remember_device(response: Response, device: str) -> None:
        seconds = round(REMEMBERED.total_seconds())
        response.set_cookie(
            DEVICE_COOKIE, device, max_age=seconds, path="/api/accounts", httponly=True, samesite="lax", secure=secure
        )

    def set_cookies(response: Response, signed_in: SignedIn) -> LoginOut:
        expires_at = signed_in.who.expires_at or signed_in.who.issued_at
        seconds = round((expires_at - store.clock.now()).total_seconds())
        response.headers.update(_NO_STORE)
        response.set_cookie(
            SESSION_COOKIE, signed_in.token, max_age=seconds, httponly=True, samesite="lax", secure=secure
        )
        remember_device(response, signed_in.device)
        return LoginOut(token=signed_in.token, expires_at=expires_at)

    @router.post("/login", summary="Sign in", responses=may_answer(401, 403, 429))
    async def login(body: LoginIn, request: Request, response: Response) -> LoginOut:
        """Also sets the session cookie, and a cookie that identifies this browser: other people's wrong attempts then
        do not delay it. 429 with Retry-After after several wrong attempts."""
        if "origin" in request.headers and not of_our_own_page(request):
            raise Forbidden("foreign_origin", "Only pages of this installation may sign in here.")
        return set_cookies(response, await people.login(login_email(body.email), body.password, _visitor(request)))

    @router.post(
        "/logout",
        status_code=204,
        summary="Sign out: voids this session at every service",
        responses=may_answer(409),
    )
    async def logout(response: Response, who: Principal = Depends(access.gate.viewer)) -> None:
        user_id = _user_id(who)
        await people.end_session(who.tenant_id, user_id, who.subject_id, Act.without_key(user_id, who.tenant_id))
        response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax", secure=secure)

    @router.post("/password", status_code=204, summary="Set a password by a reset link", responses=may_answer(401))
    async def use_link(body: LinkPasswordIn, response: Response) -> None:
        """Ends every session of the user. 401 `link_used` if the link was used, replaced or has expired."""
        remember_device(response, await people.use_reset(body.token, body.password))

    @router.post("/me/password", summary="Change your own password", responses=may_answer(429))
    async def change_own_password(
        body: OwnPasswordIn, request: Request, response: Response, who: Principal = Depends(access.gate.viewer)
    ) -> LoginOut:
        """Ends all your sessions; the answer holds a new one."""
        _user_id(who)
        changed = await people.set_own_password(who, body.current, body.new, _visitor(request))
        return set_cookies(response, changed)

    _own_routes(router, access, store, people)
    return router


def _own_routes(router: APIRouter, access: AccountAccess, store: PeopleStore, people: People) -> None:
    viewer: Principal = Depends(access.gate.viewer)

    @router.get(
        "/me/sessions", response_model=Listing[SessionOut], summary="List your own sessions", responses=may_answer(409)
    )
    async def own_sessions(who: Principal = viewer) -> dict[str, Any]:
        user = await people.one(who.tenant_id, _user_id(who))
        return listing([SessionOut.from_session(session, who.subject_id) for session in user.sessions], None)

    @router.delete("/me/sessions/{session_id}", status_code=204, summary="End one of your own sessions")
    async def end_own_session(session_id: str, who: Principal = viewer) -> None:
        user_id = _user_id(who)
        await people.end_session(who.tenant_id, user_id, session_id, Act.without_key(user_id, who.tenant_id))

    @router.get(
        "/colleagues",
        response_model=Listing[ColleagueOut],
        summary="List the names and roles of your tenant's active users",
    )
    async def colleagues(who: Principal = viewer, cursor: str | None = None) -> dict[str, Any]:
        page = await store.users.find({"tenant_id": who.tenant_id}, limit=200, cursor=cursor)
        found = [store.users.state_of(document) for document in page.items]
        active = [ColleagueOut(id=u.id, name=u.profile.name, role=u.profile.role) for u in found if u.is_active]
        return listing(active, page.next_cursor)


def _user_id(who: Principal) -> str:
    if who.user_id is None:
        raise Refused("not_a_person", "API keys have no session; sign in with email and password.")
    return who.user_id


def _visitor(request: Request) -> Visitor:
    """Behind a proxy the address is the one it forwards, if FORWARDED_ALLOW_IPS trusts the proxy."""
    return Visitor(peer_of(request), request.headers.get("user-agent", ""), request.cookies.get(DEVICE_COOKIE, ""))
