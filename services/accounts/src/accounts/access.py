"""Who may use a route: the operator with ADMIN_TOKEN everywhere, a tenant's admins in their own tenant only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import Request, Security

from shared.access.gate import Access, credential_of
from shared.access.security_schemes import ADMIN_TOKEN, BEARER, COOKIE
from shared.errors import Forbidden, NotFound

OPERATOR = "operator"
OWN_OR_OPERATOR = [Security(BEARER, scopes=["viewer"]), Security(COOKIE, scopes=["viewer"]), Security(ADMIN_TOKEN)]
"""Documents routes that decide themselves which tenant is meant: the caller's own, or the one the operator names."""


@dataclass(frozen=True)
class Caller:
    label: str
    """For the audit trail: the operator, a user or a key."""
    is_operator: bool = False


@dataclass(frozen=True)
class AccountAccess:
    gate: Access
    tenant_exists: Callable[[str], Awaitable[bool]]

    async def authenticate(self, request: Request) -> None:
        """Raises `Unauthenticated` for credentials that open nothing here."""
        credential = credential_of(request)
        if not self.gate.is_admin_token(credential):
            await self.gate.check(credential)

    async def operator(self, request: Request, _proof: None = Security(ADMIN_TOKEN)) -> Caller:
        """`Depends(access.operator)`. Raises `Unauthenticated`, or `Forbidden` for any other valid credential."""
        credential = credential_of(request)
        if self.gate.is_admin_token(credential):
            return Caller(OPERATOR, is_operator=True)
        await self.gate.check(credential)
        raise Forbidden("admin_token_needed", "This needs the installation's ADMIN_TOKEN.")

    async def tenant_admin(
        self,
        request: Request,
        tenant_id: str,
        _bearer: None = Security(BEARER, scopes=["admin"]),
        _cookie: None = Security(COOKIE, scopes=["admin"]),
        _operator: None = Security(ADMIN_TOKEN),
    ) -> Caller:
        """`Depends(access.tenant_admin)` on paths with `{tenant_id}`. Another tenant looks like one that does not
        exist."""
        credential = credential_of(request)
        if self.gate.is_admin_token(credential):
            if not await self.tenant_exists(tenant_id):
                raise NotFound("not_found", "No such tenant.")
            return Caller(OPERATOR, is_operator=True)
        who = await self.gate.check(credential)
        if who.tenant_id != tenant_id:
            raise NotFound("not_found", "No such tenant.")
        if not who.may("admin"):
            raise Forbidden("role_too_small", f"This needs the role admin; these credentials have {who.role}.")
        return Caller(who.label)
