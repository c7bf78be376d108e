"""Who may visit the sandbox: programs and browsers on this machine, and holders of its token.

A stranger with access could send texts in a customer's name and read what was sent. Another site's page may also lead
a browser on this machine here, so foreign Origins and foreign Host names are refused too (with DNS rebinding an
attacker's name leads to a loopback address).
"""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from fastapi import Request

from shared.errors import Forbidden
from shared.settings import is_loopback

HEADER = "x-sandbox-token"
COOKIE = "sandbox_token"
_REFUSAL = (
    "The sandbox answers visitors from this machine only, under a loopback address such as http://127.0.0.1:8080. "
    "From elsewhere start Parley with SANDBOX_TOKEN=… and open /sandbox/phone?token=…, or send X-Sandbox-Token."
)


class Visitors:
    """A FastAPI dependency. `token` is empty where none is set: then only this machine gets in."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: Request) -> None:
        """Raises `Forbidden`."""
        if not (_from_here(request) or self.holds_token(request)) or _is_foreign(request):
            raise Forbidden("sandbox_is_local", _REFUSAL)

    def holds_token(self, request: Request) -> bool:
        given = request.headers.get(HEADER) or request.cookies.get(COOKIE) or request.query_params.get("token", "")
        return bool(self._token) and hmac.compare_digest(given.encode(), self._token.encode())


_FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")


def _from_here(request: Request) -> bool:
    """A request that a proxy on this machine passes on comes from elsewhere, whatever its peer and Host say."""
    if any(name in request.headers for name in _FORWARDED):
        return False
    peer = request.client.host if request.client else ""
    return is_loopback(peer) and is_loopback(_host_name(request.headers.get("host", "")))


def _is_foreign(request: Request) -> bool:
    """A browser names the site whose page makes the request; only our own pages may."""
    origin = request.headers.get("origin")
    return origin is not None and origin.lower().partition("://")[2] != request.headers.get("host", "").lower()


def _host_name(netloc: str) -> str:
    try:
        return urlsplit(f"//{netloc}").hostname or ""
    except ValueError:
        return ""
