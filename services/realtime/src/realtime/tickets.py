"""Tickets: how a browser opens a socket without putting its session into a URL. Signed, good for one use and 60 s.

The first instance to insert the ticket's id has used it; whoever comes after is refused.
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
        """Stands for this principal, with all that may void it: its own expiry and revocation stay in force."""
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
        """Whoever it was issued to, once. Raises `Unauthenticated`."""
        claims = self._keyring.claims(ticket)
        now = self._clock.now()
        if claims.get("kind") != "ticket":
            raise Unauthenticated("bad_ticket", "this is no ticket; get one by POST /api/realtime/tickets")
        if claims["exp"] <= now.timestamp():
            raise Unauthenticated("expired", "this ticket has expired; get a new one")
        if not await self._used.insert({"id": claims["jti"], "at": now}):
            raise Unauthenticated("ticket_used", "a ticket opens one stream only; get a new one")
        return Principal(
            tenant_id=claims["tid"],
            role=claims["role"],
            subject_id=claims["sub"],
            user_id=claims["uid"],
            issued_at=datetime.fromtimestamp(claims["since"], UTC),
            expires_at=datetime.fromtimestamp(claims["until"], UTC) if claims["until"] else None,
        )

    async def trim(self) -> int:
        """Forget used tickets that have long expired."""
        return await self._used.delete({"at": Range(lt=self._clock.now() - _REMEMBERED)})
