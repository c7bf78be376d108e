"""One owner per e-mail address in the installation: signing in names no tenant, so the address must identify it.

A claim document decides. A claim without a user (a crash in between) is free again after a minute.
"""

from __future__ import annotations

from datetime import timedelta

from accounts.people.domain.users import User
from accounts.people.store import PeopleStore
from shared.database.protocol import Document
from shared.errors import Refused
from shared.ids import derive

MAX_RACES = 10
ABANDONED_AFTER = timedelta(minutes=1)
_UNAVAILABLE = "This e-mail address cannot be used; choose another one, or ask the operator."
"""The same words whether a user here or in another tenant has it: the address book of another tenant stays hidden."""


class EmailClaims:
    def __init__(self, store: PeopleStore) -> None:
        self._claims = store.email_claims
        self._users = store.users
        self._clock = store.clock

    async def take(self, email: str, user_id: str) -> None:
        """Raises `Refused("email_taken")`. Taking one's own address again is fine."""
        claim: Document = {"id": _key(email), "user_id": user_id, "version": 1, "at": self._clock.now()}
        for _ in range(MAX_RACES):
            if await self._claims.insert(claim):
                return
            held = await self._claims.get(claim["id"])
            if held is None:  # released between the two reads
                continue
            if held["user_id"] == user_id:
                return
            if await self._in_use(held, email):
                break
            if await self._claims.replace({**claim, "version": held["version"] + 1}, held["version"]):
                return
        raise Refused("email_taken", _UNAVAILABLE)

    async def release(self, email: str, user_id: str) -> None:
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
