"""Tickets let a browser open a socket without a session in the URL. They are signed, valid once and for 60 s.

Using a ticket inserts its id: the first insert wins, and every later use is refused.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from shared.access.gate import Principal
from shared.clock import Clock
from shared.database.protocol import CollectionSpec, Database, Range
from shared.errors import Unauthenticated
from shared.ids import new_id
from shared.keyring import Keyring

TICKET_SECONDS = 60
USED = CollectionSpec("tickets_used", {"at": "datetime"}, (("at",),))
_REMEMBERED = timedelta(hours=1)


class Tickets:
    def __init__(self, keyring: Keyring, database: Database, clock: Clock) -> None:
        self._keyring = keyring
        self._used = database.collection(USED)
        self._clock = clock

    def issue(self, who: Principal) -> str:
        """A ticket for this principal. The expiry and revocation of its credentials also end the stream."""
        claims: dict[str, Any] = {
            "kind": "ticket",
            "jti": new_id("tkt"),
            "exp": int(self._clock.now().timestamp()) + TICKET_SECONDS,
            "tid": who.tenant_id,
            "role": who.role,
            "sub": who.subject_id,
            "uid": who.user_id,
            "since": who.issued_at.timestamp(),
            "until": who.expires_at.timestamp() if who.expires_at else None,
        }
        return self._keyring.token(claims)

    async def redeem(self, ticket: str) -> Principal:
        """Use the ticket; returns the principal it was issued to. Raises `Unauthenticated`."""
        claims = self._keyring.claims(ticket)
        now = self._clock.now()
        if claims.get("kind") != "ticket":
            raise Unauthenticated("bad_ticket", "This is not a ticket. Get one with POST /api/realtime/tickets.")
        if claims["exp"] <= now.timestamp():
            raise Unauthenticated("expired", "This ticket has expired; get a new one.")
        if not await self._used.insert({"id": claims["jti"], "at": now}):
            raise Unauthenticated("ticket_used", "This ticket was used already; get a new one for each stream.")
        return Principal(
            tenant_id=claims["tid"],
            role=claims["role"],
            subject_id=claims["sub"],
            user_id=claims["uid"],
            issued_at=datetime.fromtimestamp(claims["since"], UTC),
            expires_at=datetime.fromtimestamp(claims["until"], UTC) if claims["until"] else None,
        )

    async def trim(self) -> int:
        """Delete the ids of used tickets that expired long ago; returns how many."""
        return await self._used.delete({"at": Range(lt=self._clock.now() - _REMEMBERED)})
