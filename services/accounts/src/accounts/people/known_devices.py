"""Browsers that signed in before, recognised by a signed cookie. Other people's guesses do not make them wait.

The cookie grants nothing. It only separates the login attempts of this browser, and for one e-mail address.
"""

from __future__ import annotations

from datetime import timedelta

from shared.clock import Clock
from shared.errors import Unauthenticated
from shared.ids import derive, new_id
from shared.keyring import Keyring

DEVICE_COOKIE = "parley_device"
REMEMBERED = timedelta(days=365)
_KIND = "device"


class KnownDevices:
    def __init__(self, keyring: Keyring, clock: Clock) -> None:
        self._keyring = keyring
        self._clock = clock

    def device_id(self, cookie: str, email: str) -> str | None:
        """The browser's id, if it signed in with this e-mail address before."""
        try:
            claims = self._keyring.claims(cookie)
        except Unauthenticated:
            return None
        if claims.get("kind") != _KIND or claims.get("for") != _fingerprint(email):
            return None
        return str(claims["dev"])

    def new_cookie(self, email: str) -> str:
        """For a browser that has just signed in."""
        until = self._clock.now() + REMEMBERED
        return self._keyring.token(
            {"kind": _KIND, "dev": new_id("dev"), "for": _fingerprint(email), "exp": int(until.timestamp())}
        )


def _fingerprint(email: str) -> str:
    return derive("device of", email)
