"""Counts tries at passwords for all instances together; who waits for whose tries: `domain/lockout.py`."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import timedelta

from accounts.people.domain.lockout import PER_ADDRESS, PER_EMAIL, PER_VISITOR, Attempts, Rule, charge, give_back
from shared.clock import Clock
from shared.database.protocol import Collection, Range
from shared.errors import TooMany
from shared.ids import derive

MAX_RACES = 20
KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Try:
    """A password for this mailbox from this network address; `known` names a browser or session that was let in."""

    email: str
    address: str
    known: str | None = None

    @property
    def own_count(self) -> str:
        """The count of whoever tries, which nobody else's tries are in."""
        if self.known is not None:
            return derive("login attempts", "known", self.email, self.known)
        return derive("login attempts", "visitor", self.email, _network(self.address))

    @property
    def shared_counts(self) -> list[tuple[str, Rule]]:
        if self.known is not None:
            return []
        email = derive("login attempts", "email", self.email)
        return [(email, PER_EMAIL), (derive("login attempts", "address", _network(self.address)), PER_ADDRESS)]


class Guard:
    """`login_attempts` holds fingerprints only: neither addresses nor names."""

    def __init__(self, attempts: Collection, clock: Clock) -> None:
        self._attempts = attempts
        self._clock = clock

    async def charge(self, tried: Try) -> None:
        """Before the password is looked at. Raises `TooMany` with how long to wait."""
        counts = [(tried.own_count, PER_VISITOR), *tried.shared_counts]
        for key, rule in counts:  # all are asked before any is raised: a try refused by one costs nothing elsewhere
            charge((await self._read(key))[0], rule, self._clock.now())
        for key, rule in counts:
            await self._charge(key, rule)

    async def right(self, tried: Try) -> None:
        """The try just charged was no guess: whoever made it starts anew, and what is shared gets it back."""
        await self._attempts.delete({"id": tried.own_count})
        for key, _ in tried.shared_counts:
            state, version = await self._read(key)
            if state is not None:  # a lost race leaves one try too many on the count, which hurts nobody
                await self._save(key, version, give_back(state))

    async def forget(self) -> int:
        return await self._attempts.delete({"last_at": Range(lt=self._clock.now() - KEPT)})

    async def _charge(self, key: str, rule: Rule) -> None:
        for _ in range(MAX_RACES):
            state, version = await self._read(key)
            if await self._save(key, version, charge(state, rule, self._clock.now())):
                return
        raise TooMany("too_many_attempts", "too many tries at once; try again in a moment")

    async def _read(self, key: str) -> tuple[Attempts | None, int]:
        document = await self._attempts.get(key)
        return (Attempts.model_validate(document["state"]), document["version"]) if document else (None, 0)

    async def _save(self, key: str, version: int, state: Attempts) -> bool:
        document = {"id": key, "version": version + 1, "last_at": state.last_at, "state": state.model_dump()}
        if version == 0:
            return await self._attempts.insert(document)
        return await self._attempts.replace(document, version)


def _network(address: str) -> str:
    """An IPv6 subscriber has a whole /64, so that is what is counted."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 6:
        parsed = ipaddress.ip_network(f"{parsed}/64", strict=False).network_address
    return str(parsed)
