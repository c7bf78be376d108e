"""Who may call internal paths."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Header, Request

from shared.errors import Unauthenticated
from shared.keyring import Keyring


def internal_only(keyring: Keyring) -> Callable[[str], None]:
    """A FastAPI dependency: only our own services and the operator's command line come in."""

    def check(authorization: str = Header(default="")) -> None:
        claims = keyring.claims(authorization.removeprefix("Bearer "))
        if claims.get("kind") != "internal":
            raise Unauthenticated("bad_token", "this path is for the installation's own services")

    async def authenticate(request: Request) -> None:
        check(request.headers.get("authorization", ""))

    check.authenticate = authenticate  # pyright: ignore[reportFunctionMemberAccess]
    return check
