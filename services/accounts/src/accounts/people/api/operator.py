"""The operator's browser: signing in and out; and whether the installation is still to be set up."""

from __future__ import annotations

import structlog
from fastapi import APIRouter, Depends, Request, Response

from accounts.access import AccountAccess
from accounts.people.api.session_cookies import SessionCookies
from accounts.people.api.sessions import require_our_own_page, visitor_of
from accounts.people.login_throttle import LoginAttempt, LoginThrottle
from accounts.people.me_schemas import OperatorLoginIn, OperatorOut, SetupOut
from accounts.tenants.store import TenantStore
from shared.access.security_schemes import OPERATOR_COOKIE
from shared.errors import Unauthenticated
from shared.http.openapi_problems import may_answer

log = structlog.get_logger()

_MAILBOX = "ADMIN_TOKEN"
"""What attempts are counted under: no e-mail address that anybody signs in with is in capitals."""


def operator_router(access: AccountAccess, throttle: LoginThrottle, cookies: SessionCookies) -> APIRouter:
    router = APIRouter(prefix="/api/accounts", tags=["accounts"])

    @router.post("/operator-login", summary="Sign in as the operator", responses=may_answer(401, 403, 429))
    async def operator_login(body: OperatorLoginIn, request: Request, response: Response) -> OperatorOut:
        """Sets a cookie that counts for 12 hours wherever `ADMIN_TOKEN` does, beside a user's session of the same
        browser. 401 `wrong_admin_token`; 429 with Retry-After after several wrong attempts."""
        require_our_own_page(request)
        visitor = visitor_of(request)
        attempt = LoginAttempt(_MAILBOX, visitor.address)
        await throttle.charge(attempt)
        if not access.gate.is_admin_token(body.admin_token):
            raise Unauthenticated("wrong_admin_token", "This is not the ADMIN_TOKEN of this installation.")
        await throttle.refund(attempt)
        cookie, until = await access.operators.begin(visitor.agent)
        log.info("operator_signed_in")
        cookies.begin_operator(response, cookie, until)
        return OperatorOut(expires_at=until)

    @router.post(
        "/operator-logout",
        status_code=204,
        summary="End this browser's operator session",
        dependencies=[Depends(access.operator)],
    )
    async def operator_logout(request: Request, response: Response) -> None:
        """A user's session of the same browser goes on; `POST /api/accounts/logout` ends both."""
        await access.operators.end(request.cookies.get(OPERATOR_COOKIE, ""))
        cookies.end_operator(response)

    return router


def setup_router(store: TenantStore, *, sandbox_is_on: bool) -> APIRouter:
    router = APIRouter(prefix="/api/accounts", tags=["accounts"])

    @router.get("/setup", summary="Is this installation still to be set up?")
    async def setup() -> SetupOut:
        """Open to everybody. Without a tenant the operator signs in (`operator-login`), opens one, and adds its first
        admin with a password, who then signs in."""
        page = await store.tenants.find({}, limit=1)
        return SetupOut(needs_setup=not page.items, sandbox=sandbox_is_on)

    return router
