"""The cookies of a browser that signs in: the user's or operator's session, and the one that recognises the browser."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fastapi import Response

from accounts.people.known_devices import DEVICE_COOKIE, REMEMBERED
from accounts.people.requests import SignedIn
from accounts.people.schemas import LoginOut
from shared.access.gate import SESSION_COOKIE
from shared.access.security_schemes import OPERATOR_COOKIE
from shared.clock import Clock

_NO_STORE = {"Cache-Control": "no-store"}


@dataclass(frozen=True)
class SessionCookies:
    clock: Clock
    secure: bool
    """Whether browsers reach this installation over https."""

    def begin(self, response: Response, signed_in: SignedIn) -> LoginOut:
        expires_at = signed_in.who.expires_at or signed_in.who.issued_at
        seconds = round((expires_at - self.clock.now()).total_seconds())
        response.headers.update(_NO_STORE)
        response.set_cookie(
            SESSION_COOKIE, signed_in.token, max_age=seconds, httponly=True, samesite="lax", secure=self.secure
        )
        self.remember_device(response, signed_in.device)
        return LoginOut(token=signed_in.token, expires_at=expires_at)

    def end(self, response: Response) -> None:
        response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax", secure=self.secure)

    def begin_operator(self, response: Response, cookie: str, until: datetime) -> None:
        seconds = round((until - self.clock.now()).total_seconds())
        response.headers.update(_NO_STORE)
        response.set_cookie(
            OPERATOR_COOKIE, cookie, max_age=seconds, httponly=True, samesite="strict", secure=self.secure
        )

    def end_operator(self, response: Response) -> None:
        response.delete_cookie(OPERATOR_COOKIE, httponly=True, samesite="strict", secure=self.secure)

    def remember_device(self, response: Response, device: str) -> None:
        seconds = round(REMEMBERED.total_seconds())
        response.set_cookie(
            DEVICE_COOKIE,
            device,
            max_age=seconds,
            path="/api/accounts",
            httponly=True,
            samesite="lax",
            secure=self.secure,
        )
