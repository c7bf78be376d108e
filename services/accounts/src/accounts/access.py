"""Who may use a route: the operator everywhere, a tenant's admins in their own tenant only.

The operator sends ADMIN_TOKEN, or the cookie of an operator's session. A browser may have that cookie and a user's
session at once: in the user's own tenant it acts as the user, elsewhere as the operator.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import Request, Security

from accounts.operator_sessions import OperatorSessions
from shared.access.gate import Access, bearer_of, cookie_of, credential_of
from shared.access.principal import Principal, Role
from shared.access.security_schemes import ADMIN_TOKEN, BEARER, COOKIE, OPERATOR_COOKIE, OPERATOR_SESSION
from shared.errors import Forbidden, NotFound, Unauthenticated

OPERATOR = "operator"
OWN_OR_OPERATOR = [
    Security(BEARER, scopes=["viewer"]),
    Security(COOKIE, scopes=["viewer"]),
    Security(ADMIN_TOKEN),
    Security(OPERATOR_SESSION),
]
"""Documents routes that decide themselves which tenant is meant: the caller's own, or the one the operator names."""


@dataclass(frozen=True)
class Caller:
    label: str
    """For the audit trail: the operator, a user or a key."""
    is_operator: bool = False


@dataclass(frozen=True)
class Identity:
    """All that the credentials of a request prove: a user or key of a tenant, the operator, or both."""

    who: Principal | None
    is_operator: bool


@dataclass(frozen=True)
class AccountAccess:
    gate: Access
    operators: OperatorSessions
    tenant_exists: Callable[[str], Awaitable[bool]]

    async def identify(self, request: Request) -> Identity:
        """Raises `Unauthenticated` for credentials that open nothing here, `Forbidden` for a foreign page's request."""
        bearer = bearer_of(request)
        if bearer and self.gate.is_admin_token(bearer):
            return Identity(None, is_operator=True)
        cookie = "" if bearer else cookie_of(request, OPERATOR_COOKIE)
        is_operator = bool(cookie and await self.operators.until(cookie))
        try:
            return Identity(await self.gate.check(credential_of(request)), is_operator)
        except Unauthenticated:
            if not is_operator:
                raise
            return Identity(None, is_operator)

    async def authenticate(self, request: Request) -> None:
        """Raises as `identify` does."""
        await self.identify(request)

    async def operator(
        self, request: Request, _proof: None = Security(ADMIN_TOKEN), _session: None = Security(OPERATOR_SESSION)
    ) -> Caller:
        """`Depends(access.operator)`. Raises `Unauthenticated`, or `Forbidden` for any other valid credential."""
        if (await self.identify(request)).is_operator:
            return Caller(OPERATOR, is_operator=True)
        raise Forbidden("admin_token_needed", "This needs the installation's ADMIN_TOKEN.")

    async def tenant_admin(
        self,
        request: Request,
        tenant_id: str,
        _bearer: None = Security(BEARER, scopes=["admin"]),
        _cookie: None = Security(COOKIE, scopes=["admin"]),
        _operator: None = Security(ADMIN_TOKEN),
        _session: None = Security(OPERATOR_SESSION),
    ) -> Caller:
        """`Depends(access.tenant_admin)` on paths with `{tenant_id}`. Another tenant looks like one that does not
        exist."""
        return await self._in_tenant(request, tenant_id, "admin")

    async def tenant_viewer(
        self,
        request: Request,
        tenant_id: str,
        _bearer: None = Security(BEARER, scopes=["viewer"]),
        _cookie: None = Security(COOKIE, scopes=["viewer"]),
        _operator: None = Security(ADMIN_TOKEN),
        _session: None = Security(OPERATOR_SESSION),
    ) -> Caller:
        """`Depends(access.tenant_viewer)`: as `tenant_admin`, for what everybody of the tenant may read."""
        return await self._in_tenant(request, tenant_id, "viewer")

    async def _in_tenant(self, request: Request, tenant_id: str, role: Role) -> Caller:
        identity = await self.identify(request)
        who = identity.who if identity.who and identity.who.tenant_id == tenant_id else None
        if who and who.may(role):
            return Caller(who.label)
        if identity.is_operator and await self.tenant_exists(tenant_id):
            return Caller(OPERATOR, is_operator=True)
        if who:
            raise Forbidden("role_too_small", f"This needs the role {role}; these credentials have {who.role}.")
        raise NotFound("not_found", "No such tenant.")
