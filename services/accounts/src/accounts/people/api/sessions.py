"""Signing in and out."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response

from accounts.access import AccountAccess
from accounts.acts import Act
from accounts.people.api.session_cookies import SessionCookies
from accounts.people.known_devices import DEVICE_COOKIE
from accounts.people.login_tickets import LoginTickets
from accounts.people.requests import People, Visitor
from accounts.people.schemas import LinkPasswordIn, LoginIn, LoginOut, LoginTicketIn, login_email
from shared.access.gate import of_our_own_page
from shared.access.principal import Principal
from shared.access.security_schemes import OPERATOR_COOKIE
from shared.errors import Forbidden, Refused
from shared.http.openapi_problems import may_answer
from shared.http.peers import peer_of


def sessions_router(access: AccountAccess, people: People, cookies: SessionCookies) -> APIRouter:
    router = APIRouter(prefix="/api/accounts", tags=["accounts"])

    @router.post("/login", summary="Sign in", responses=may_answer(401, 403, 429))
    async def login(body: LoginIn, request: Request, response: Response) -> LoginOut:
        """Also sets the session cookie, and a cookie that identifies this browser: other people's wrong attempts then
        do not delay it. 429 with Retry-After after several wrong attempts."""
        require_our_own_page(request)
        return cookies.begin(response, await people.login(login_email(body.email), body.password, visitor_of(request)))

    @router.post(
        "/logout",
        status_code=204,
        summary="Sign out: voids this session at every service",
        responses=may_answer(409),
    )
    async def logout(request: Request, response: Response, who: Principal = Depends(access.gate.viewer)) -> None:
        """Ends the operator's session of the same browser too."""
        user_id = user_id_of(who)
        await people.end_session(who.tenant_id, user_id, who.subject_id, Act.without_key(user_id, who.tenant_id))
        cookies.end(response)
        if operator := request.cookies.get(OPERATOR_COOKIE):
            await access.operators.end(operator)
            cookies.end_operator(response)

    @router.post("/password", status_code=204, summary="Set a password by a reset link", responses=may_answer(401))
    async def use_link(body: LinkPasswordIn, response: Response) -> None:
        """Ends every session of the user. 401 `link_used` if the link was used, replaced or has expired."""
        cookies.remember_device(response, await people.use_reset(body.token, body.password))

    return router


def login_ticket_router(tickets: LoginTickets, cookies: SessionCookies) -> APIRouter:
    router = APIRouter(prefix="/api/accounts", tags=["accounts"])

    @router.post("/login/ticket", summary="Sign in by a link, once", responses=may_answer(401, 403))
    async def login_by_ticket(body: LoginTicketIn, request: Request, response: Response) -> LoginOut:
        """For the link that `make run` prints (`/login?ticket=…`); answers and sets cookies like `login`. 401
        `login_ticket_used` if the ticket was used, replaced by a newer one or has expired (24 hours)."""
        require_our_own_page(request)
        return cookies.begin(response, await tickets.use(body.ticket, visitor_of(request).agent))

    return router


def require_our_own_page(request: Request) -> None:
    """Programs send no Origin. Raises `Forbidden`: another site's page must not choose who this browser is signed in
    as."""
    if "origin" in request.headers and not of_our_own_page(request):
        raise Forbidden("foreign_origin", "Only pages of this installation may sign in here.")


def user_id_of(who: Principal) -> str:
    if who.user_id is None:
        raise Refused("not_a_person", "API keys have no session; sign in with email and password.")
    return who.user_id


def visitor_of(request: Request) -> Visitor:
    """Behind a proxy the address is the one it forwards, if FORWARDED_ALLOW_IPS trusts the proxy."""
    return Visitor(peer_of(request), request.headers.get("user-agent", ""), request.cookies.get(DEVICE_COOKIE, ""))
