"""Browsers that were let in before, by a signed cookie: whoever else guesses at the same mailbox, they need not wait.

The cookie opens nothing. It says only whose tries are counted apart, and for the one e-mail address it was given for.
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


class Devices:
    def __init__(self, keyring: Keyring, clock: Clock) -> None:
        self._keyring = keyring
        self._clock = clock

    def known(self, cookie: str, email: str) -> str | None:
        """Which browser this is, if it was let in with this e-mail address before."""
        try:
            claims = self._keyring.claims(cookie)
        except Unauthenticated:
            return None
        if claims.get("kind") != _KIND or claims.get("for") != _fingerprint(email):
            return None
        return str(claims["dev"])

    def cookie(self, email: str) -> str:
        """For a browser that has just been let in."""
        until = self._clock.now() + REMEMBERED
        return self._keyring.token(
            {"kind": _KIND, "dev": new_id("dev"), "for": _fingerprint(email), "exp": int(until.timestamp())}
        )


def _fingerprint(email: str) -> str:
    return derive("device of", email)
