"""Sessions of the operator's browser, for those who know ADMIN_TOKEN. Programs send the token itself.

A session is a row, so that signing out ends it at once. Only accounts has routes of the operator, so no other service
has to know. The cookie names the ADMIN_TOKEN it was opened with, by a fingerprint: another token ends every session.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.store import Storage
from shared.database.protocol import Range
from shared.errors import Unauthenticated
from shared.ids import new_id

LIFETIME = timedelta(hours=12)
_KIND = "operator session"


class OperatorSessions:
    def __init__(self, storage: Storage, admin_token: str) -> None:
        self._rows = storage.operator_sessions
        self._keyring = storage.keyring
        self._clock = storage.clock
        self._admin_token = admin_token

    async def begin(self, agent: str) -> tuple[str, datetime]:
        """The cookie, and until when it counts. For a caller who has proved to know ADMIN_TOKEN."""
        id, now = new_id("ops"), self._clock.now()
        until = now + LIFETIME
        await self._rows.insert({"id": id, "at": now, "expires_at": until, "agent": agent[:120]})
        claims = {"kind": _KIND, "sub": id, "for": self._keyring.mac(_KIND, self._admin_token)}
        return self._keyring.token({**claims, "exp": int(until.timestamp())}), until

    async def until(self, cookie: str) -> datetime | None:
        """When this session ends; None if it has ended or never was one."""
        id = self._id(cookie)
        row = await self._rows.get(id) if id else None
        return row["expires_at"] if row and row["expires_at"] > self._clock.now() else None

    async def end(self, cookie: str) -> None:
        if id := self._id(cookie):
            await self._rows.delete({"id": id})

    async def forget_old(self) -> int:
        return await self._rows.delete({"expires_at": Range(lt=self._clock.now())})

    def _id(self, cookie: str) -> str | None:
        try:
            claims = self._keyring.claims(cookie)
        except Unauthenticated:
            return None
        if claims.get("kind") != _KIND or not self._keyring.mac_is_valid(_KIND, self._admin_token, claims["for"]):
            return None
        return str(claims["sub"])
