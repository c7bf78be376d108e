"""Who may open a stream: a page of ours, or a client that is no browser, with valid credentials or an unused ticket."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from realtime.tickets import Tickets
from shared.access.gate import Access, Principal, credential_of
from shared.errors import Forbidden, Unauthenticated


@dataclass(frozen=True)
class Admission:
    gate: Access
    tickets: Tickets
    allowed_origins: frozenset[str]
    """Scheme, host and port, lower case; the host asked for is allowed besides."""

    async def admit(self, connection: HTTPConnection) -> Principal:
        """Raises `Forbidden`, `Unauthenticated`, or `Unavailable` before revocations are known."""
        self._check_origin(connection)
        ticket = connection.query_params.get("ticket")
        if ticket is None:
            return await self.gate.check(credential_of(connection))
        who = await self.tickets.redeem(ticket)
        if not await self.gate.still_valid(who):
            raise Unauthenticated("revoked", "these credentials have been revoked; sign in again or use another key")
        return who

    def _check_origin(self, connection: HTTPConnection) -> None:
        """A browser sends our cookie with a socket that any page opens, so the page must be one of ours."""
        origin = connection.headers.get("origin")
        if origin is None:
            return  # not a browser, so no cookie was added without the caller's knowledge
        asked_for = connection.headers.get("host", "").lower()
        same_host = bool(asked_for) and _host_of(origin) == asked_for
        if not same_host and origin.rstrip("/").lower() not in self.allowed_origins:
            raise Forbidden("foreign_origin", "pages of this origin may not open streams here")


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""
