"""Who may come in here: the operator by ADMIN_TOKEN everywhere, a tenant's admins to their own tenant only."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request, Security

from accounts.store import Books
from shared.access.gate import Gate, credential_of
from shared.access.security_schemes import ADMIN_TOKEN, BEARER, COOKIE
from shared.errors import Forbidden, NotFound

OPERATOR = "operator"
OWN_OR_OPERATOR = [Security(BEARER, scopes=["viewer"]), Security(COOKIE, scopes=["viewer"]), Security(ADMIN_TOKEN)]
"""For routes that find out themselves whose data is asked for: anybody's own, or the tenant the operator names."""


@dataclass(frozen=True)
class Caller:
    """`label` is for the records: the operator, a user or a key."""

    label: str
    is_operator: bool = False


@dataclass(frozen=True)
class Doors:
    gate: Gate
    books: Books

    async def operator(self, request: Request, _proof: None = Security(ADMIN_TOKEN)) -> Caller:
        """`Depends(doors.operator)`."""
        credential = credential_of(request)
        if self.gate.is_admin_token(credential):
            return Caller(OPERATOR, is_operator=True)
        await self.gate.check(credential)
        raise Forbidden("admin_token_needed", "only the installation's ADMIN_TOKEN opens this")

    async def tenant_admin(
        self,
        request: Request,
        tenant_id: str,
        _bearer: None = Security(BEARER, scopes=["admin"]),
        _cookie: None = Security(COOKIE, scopes=["admin"]),
        _operator: None = Security(ADMIN_TOKEN),
    ) -> Caller:
        """`Depends(doors.tenant_admin)` on paths with `{tenant_id}`; another tenant's is not there at all."""
        credential = credential_of(request)
        if self.gate.is_admin_token(credential):
            if await self.books.tenants.get(tenant_id) is None:
                raise NotFound("not_found", "no such tenant")
            return Caller(OPERATOR, is_operator=True)
        who = await self.gate.check(credential)
        if who.tenant_id != tenant_id:
            raise NotFound("not_found", "no such tenant")
        if not who.may("admin"):
            raise Forbidden("role_too_small", f"this needs the role admin; these credentials have {who.role}")
        return Caller(who.label)
