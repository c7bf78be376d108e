"""Who is calling, and may they. Keys and sessions are signed, so every service can tell alone; what was revoked it
learns from `access.revoked` and checks at every request.

A browser sends its cookie along with any page's request, so a cookie alone changes nothing: the request must come from
a page of ours. Programs send a bearer token, which no page can make a browser send.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request, Security
from pydantic import SecretStr
from starlette.requests import HTTPConnection

from shared.access.key_uses import KeyUses
from shared.access.principal import RANK
from shared.access.principal import Principal as Principal
from shared.access.principal import Role as Role
from shared.access.security_schemes import BEARER, COOKIE
from shared.access.security_schemes import SESSION_COOKIE as SESSION_COOKIE
from shared.clock import Clock
from shared.database.protocol import Database
from shared.errors import Forbidden, Invalid, Unauthenticated, Unavailable
from shared.events.accounts import AccessRevoked
from shared.events.envelope import Event
from shared.internal.client import InternalClient
from shared.internal.read_models import ReadModel, Source
from shared.keyring import Keyring

KEY_PREFIX = "pk_"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LEAST_ADMIN_TOKEN = 32
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def sign(keyring: Keyring, who: Principal) -> str:
    """The credential of this principal: an API key (`pk_…`) or a session token."""
    claims: dict[str, Any] = {
        "kind": "access",
        "tid": who.tenant_id,
        "role": who.role,
        "sub": who.subject_id,
        "uid": who.user_id,
        "iat": int(who.issued_at.timestamp()),
    }
    if who.expires_at:
        claims["exp"] = int(who.expires_at.timestamp())
    if who.user_id:
        # `iat` has whole seconds only: too coarse to tell a session from before a reset from the one after it.
        claims["ims"] = _milliseconds(who.issued_at)
    token = keyring.token(claims)
    return token if who.user_id else KEY_PREFIX + token


def read(keyring: Keyring, credential: str) -> Principal:
    """Raises `Unauthenticated`. Says nothing about revocation."""
    claims = keyring.claims(credential.removeprefix(KEY_PREFIX))
    if claims.get("kind") != "access" or claims.get("role") not in RANK:
        raise Unauthenticated("bad_token", "the credentials are not valid here")
    expires = claims.get("exp")
    issued_ms = claims.get("ims", claims["iat"] * 1000)
    return Principal(
        tenant_id=claims["tid"],
        role=claims["role"],
        subject_id=claims["sub"],
        user_id=claims.get("uid"),
        issued_at=_EPOCH + timedelta(milliseconds=issued_ms),
        expires_at=datetime.fromtimestamp(expires, UTC) if expires else None,
    )


class Access:
    """Who may call one service: dependencies for its routes, and its copy of what was revoked.

    Raises `Invalid("weak_admin_token")` for one that could be guessed. Without one there is no operator.
    """

    def __init__(
        self, keyring: Keyring, database: Database, internal: InternalClient, clock: Clock, admin_token: SecretStr
    ) -> None:
        self._keyring = keyring
        self._clock = clock
        self._admin_token = admin_token.get_secret_value().encode()
        if 0 < len(admin_token.get_secret_value()) < _LEAST_ADMIN_TOKEN:
            raise Invalid("weak_admin_token", f"ADMIN_TOKEN needs {_LEAST_ADMIN_TOKEN} characters or more; make one "
                          "with: openssl rand -hex 32")  # fmt: skip
        self.revocations = ReadModel(
            AccessRevoked, _subject, Source(service="accounts", path="revocations"), database, internal
        )
        self._uses = KeyUses(internal, clock)

    async def on_access_revoked(self, event: Event[AccessRevoked]) -> None:
        await self.revocations.on_event(event)

    async def check(self, credential: str) -> Principal:
        """The holder of this credential. Raises `Unauthenticated`, or `Unavailable` before revocations are known."""
        who = read(self._keyring, credential)
        if not await self.still_valid(who):
            raise Unauthenticated("revoked", "these credentials have been revoked; sign in again or use another key")
        if who.user_id is None:
            self._uses.note(who.subject_id)
        return who

    async def still_valid(self, who: Principal) -> bool:
        if not self.revocations.complete:
            raise Unavailable("starting", "The list of revoked keys is still being read; try again in a moment.")
        if who.expires_at and who.expires_at <= self._clock.now():
            return False
        if await self.revocations.known(who.subject_id):
            return False
        user = await self.revocations.known(who.user_id) if who.user_id else None
        return not (user and user.issued_before and who.issued_at < user.issued_before)

    def is_admin_token(self, credential: str) -> bool:
        return bool(self._admin_token) and hmac.compare_digest(credential.encode(errors="replace"), self._admin_token)

    def _needs(self, role: Role) -> Callable[[Request], Any]:
        async def dependency(
            request: Request,
            _bearer: None = Security(BEARER, scopes=[role]),
            _cookie: None = Security(COOKIE, scopes=[role]),
        ) -> Principal:
            who = await self.check(credential_of(request))
            if not who.may(role):
                raise Forbidden("role_too_small", f"this needs the role {role}; these credentials have {who.role}")
            return who

        dependency.authenticate = self._authenticate  # pyright: ignore[reportFunctionMemberAccess]
        return dependency

    async def _authenticate(self, request: Request) -> Principal:
        return await self.check(credential_of(request))

    @property
    def viewer(self) -> Callable[[Request], Any]:
        """`Depends(gate.viewer)`: anybody of the tenant. Gives the `Principal`."""
        return self._needs("viewer")

    @property
    def agent(self) -> Callable[[Request], Any]:
        return self._needs("agent")

    @property
    def admin(self) -> Callable[[Request], Any]:
        return self._needs("admin")


def credential_of(request: HTTPConnection) -> str:
    """Bearer token, or the session cookie. Raises `Unauthenticated`, or `Forbidden` for a foreign page's request."""
    if token := bearer_of(request):
        return token
    if cookie := cookie_of(request, SESSION_COOKIE):
        return cookie
    raise Unauthenticated("not_signed_in", "send Authorization: Bearer with an API key or session token")


def bearer_of(request: HTTPConnection) -> str:
    """Empty if there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def cookie_of(request: HTTPConnection, name: str) -> str:
    """A cookie that grants something; empty if there is none. Raises `Forbidden` for a foreign page's request."""
    cookie = request.cookies.get(name, "")
    if cookie and request.scope.get("method", "GET") not in _SAFE_METHODS and not of_our_own_page(request):
        raise Forbidden("foreign_origin", "a session cookie counts only for pages of this address; programs send "
                        "Authorization: Bearer")  # fmt: skip
    return cookie


def of_our_own_page(request: HTTPConnection) -> bool:
    """What a page cannot forge: the browser's own word, or its Origin against the host that was asked for.

    A proxy's X-Forwarded-Host counts too: no page can make a browser send it here unasked.
    """
    headers = request.headers
    if site := headers.get("sec-fetch-site"):
        return site == "same-origin"
    origin = headers.get("origin", "")
    asked_for = {headers.get("host", "").lower(), headers.get("x-forwarded-host", "").lower()} - {""}
    return _host_of(origin) in asked_for


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def _subject(revoked: AccessRevoked) -> str:
    return revoked.subject_id
