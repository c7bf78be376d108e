"""Signing in and out, and what signed-in people do with their own account."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from accounts.access import Doors
from accounts.acts import Act
from accounts.people.known_devices import DEVICE_COOKIE, REMEMBERED
from accounts.people.requests import People, SignedIn, Visitor
from accounts.people.schemas import Colleague, LinkedPassword, LoggedIn, Login, OwnPassword, SessionView, spelled_or_not
from shared.access.gate import SESSION_COOKIE, of_our_own_page
from shared.access.principal import Principal
from shared.errors import Forbidden, Refused
from shared.http.openapi_problems import may_answer
from shared.http.paging import Listing, listing

_NO_STORE = {"Cache-Control": "no-store"}


def signing_in_router(doors: Doors, people: People, public_base: str) -> APIRouter:
    router = APIRouter(prefix="/api/accounts", tags=["accounts"])
    secure = public_base.startswith("https://")

    def remember(response: Response, device: str) -> None:
        seconds = round(REMEMBERED.total_seconds())
        response.set_cookie(
            DEVICE_COOKIE, device, max_age=seconds, path="/api/accounts", httponly=True, samesite="lax", secure=secure
        )

    def admitted(response: Response, signed_in: SignedIn) -> LoggedIn:
        expires_at = signed_in.who.expires_at or signed_in.who.issued_at
        seconds = round((expires_at - doors.books.clock.now()).total_seconds())
        response.headers.update(_NO_STORE)
        response.set_cookie(
            SESSION_COOKIE, signed_in.token, max_age=seconds, httponly=True, samesite="lax", secure=secure
        )
        remember(response, signed_in.device)
        return LoggedIn(token=signed_in.token, expires_at=expires_at)

    @router.post("/login", summary="Sign in", responses=may_answer(401, 403, 429))
    async def login(body: Login, request: Request, response: Response) -> LoggedIn:
        """Sets the session cookie too, and one by which this browser is known again: it opens nothing, but nobody
        else's wrong tries make it wait. 429 with Retry-After after several wrong tries."""
        if "origin" in request.headers and not of_our_own_page(request):
            raise Forbidden("foreign_origin", "pages of another address may not sign anybody in here")
        email = spelled_or_not(body.email)
        return admitted(response, await people.login(email, body.password, _visitor(request)))

    @router.post(
        "/logout",
        status_code=204,
        summary="Sign out: this session is void, at every service",
        responses=may_answer(409),
    )
    async def logout(response: Response, who: Principal = Depends(doors.gate.viewer)) -> None:
        user_id = _person(who)
        await people.end_session(who.tenant_id, user_id, who.subject_id, Act.of(user_id, who.tenant_id))
        response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax", secure=secure)

    @router.post("/password", status_code=204, summary="Set a password by a link", responses=may_answer(401))
    async def use_link(body: LinkedPassword, response: Response) -> None:
        """Ends every session of the user. 401 `link_used` once it was used, replaced or has run out."""
        remember(response, await people.use_reset(body.token, body.password))

    @router.post("/me/password", summary="Change one's own password", responses=may_answer(429))
    async def change_own_password(
        body: OwnPassword, request: Request, response: Response, who: Principal = Depends(doors.gate.viewer)
    ) -> LoggedIn:
        """Ends every session of yours; the answer is a new one."""
        _person(who)
        changed = await people.set_own_password(who, body.current, body.new, _visitor(request))
        return admitted(response, changed)

    _own_routes(router, doors, people)
    return router


def _own_routes(router: APIRouter, doors: Doors, people: People) -> None:
    viewer: Principal = Depends(doors.gate.viewer)

    @router.get(
        "/me/sessions", response_model=Listing[SessionView], summary="Where am I signed in?", responses=may_answer(409)
    )
    async def own_sessions(who: Principal = viewer) -> dict[str, Any]:
        user = await people.one(who.tenant_id, _person(who))
        return listing([SessionView.of(session, who.subject_id) for session in user.sessions], None)

    @router.delete("/me/sessions/{session_id}", status_code=204, summary="End one of my sessions")
    async def end_own_session(session_id: str, who: Principal = viewer) -> None:
        user_id = _person(who)
        await people.end_session(who.tenant_id, user_id, session_id, Act.of(user_id, who.tenant_id))

    @router.get(
        "/colleagues", response_model=Listing[Colleague], summary="Who works here: names for everybody who is signed in"
    )
    async def colleagues(who: Principal = viewer, cursor: str | None = None) -> dict[str, Any]:
        users = doors.books.users
        page = await users.find({"tenant_id": who.tenant_id}, limit=200, cursor=cursor)
        found = [users.state_of(document) for document in page.items]
        active = [Colleague(id=u.id, name=u.profile.name, role=u.profile.role) for u in found if u.is_active]
        return listing(active, page.next_cursor)


def _person(who: Principal) -> str:
    if who.user_id is None:
        raise Refused("not_a_person", "an API key is nobody's session; sign in with an e-mail address and a password")
    return who.user_id


def _visitor(request: Request) -> Visitor:
    """Behind a proxy the address is the one it names, if the process was told to trust it (FORWARDED_ALLOW_IPS)."""
    address = request.client.host if request.client else ""
    return Visitor(address, request.headers.get("user-agent", ""), request.cookies.get(DEVICE_COOKIE, ""))
