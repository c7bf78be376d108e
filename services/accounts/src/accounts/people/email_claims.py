"""One owner per e-mail address in the installation: signing in names no tenant, so the address must.

A claim document decides. One whose user never came to be (a crash in between) is free again after a minute.
"""

from __future__ import annotations

from datetime import timedelta

from accounts.people.domain.users import User
from shared.aggregates import Aggregates
from shared.clock import Clock
from shared.database.protocol import Collection, Document
from shared.errors import Refused
from shared.ids import derive

MAX_RACES = 10
ABANDONED_AFTER = timedelta(minutes=1)
_TAKEN = "this e-mail address has an account here already; use another one, or ask the operator"


class Emails:
    def __init__(self, claims: Collection, users: Aggregates[User], clock: Clock) -> None:
        self._claims = claims
        self._users = users
        self._clock = clock

    async def take(self, email: str, user_id: str) -> None:
        """Raises `Refused("email_taken")`. Taking one's own again is fine."""
        claim: Document = {"id": _key(email), "user_id": user_id, "version": 1, "at": self._clock.now()}
        for _ in range(MAX_RACES):
            if await self._claims.insert(claim):
                return
            held = await self._claims.get(claim["id"])
            if held is None:  # let go between the two looks: it is anybody's again
                continue
            if held["user_id"] == user_id:
                return
            if await self._in_use(held, email):
                break
            if await self._claims.replace({**claim, "version": held["version"] + 1}, held["version"]):
                return
        raise Refused("email_taken", _TAKEN)

    async def leave(self, email: str, user_id: str) -> None:
        await self._claims.delete({"id": _key(email), "user_id": user_id})

    async def holder(self, email: str) -> User | None:
        claim = await self._claims.get(_key(email))
        user = await self._users.get(claim["user_id"]) if claim else None
        return user if user and user.profile.email == email else None

    async def _in_use(self, held: Document, email: str) -> bool:
        holder = await self._users.get(held["user_id"])
        if holder is not None and holder.profile.email == email:
            return True
        return self._clock.now() - held["at"] < ABANDONED_AFTER


def _key(email: str) -> str:
    return derive("user e-mail", email)
