"""Counts tries at passwords, per e-mail address and per network address, for all instances together."""

from __future__ import annotations

import ipaddress
from datetime import timedelta

from accounts.domain.lockout import PER_ADDRESS, PER_EMAIL, Attempts, Rule, charge, give_back
from shared.clock import Clock
from shared.database.protocol import Collection, Range
from shared.errors import TooMany
from shared.ids import derive

MAX_RACES = 20
KEPT = timedelta(days=1)


class Guard:
    """`login_attempts` holds fingerprints only: neither addresses nor names."""

    def __init__(self, attempts: Collection, clock: Clock) -> None:
        self._attempts = attempts
        self._clock = clock

    async def charge(self, email: str, address: str) -> None:
        """Before the password is looked at. Raises `TooMany` with how long to wait."""
        await self._charge(_address_key(address), PER_ADDRESS)
        await self._charge(_email_key(email), PER_EMAIL)

    async def right(self, email: str, address: str) -> None:
        """The try just charged was no guess: the address gets it back, the e-mail address starts anew."""
        await self._attempts.delete({"id": _email_key(email)})
        key = _address_key(address)
        document = await self._attempts.get(key)
        if document is not None:  # a lost race leaves one try too many on the count, which hurts nobody
            await self._save(key, document["version"], give_back(Attempts.model_validate(document["state"])))

    async def forget(self) -> int:
        return await self._attempts.delete({"last_at": Range(lt=self._clock.now() - KEPT)})

    async def _charge(self, key: str, rule: Rule) -> None:
        for _ in range(MAX_RACES):
            document = await self._attempts.get(key)
            state = Attempts.model_validate(document["state"]) if document else None
            charged = charge(state, rule, self._clock.now())
            if await self._save(key, document["version"] if document else 0, charged):
                return
        raise TooMany("too_many_attempts", "too many tries at once; try again in a moment")

    async def _save(self, key: str, version: int, state: Attempts) -> bool:
        document = {"id": key, "version": version + 1, "last_at": state.last_at, "state": state.model_dump()}
        if version == 0:
            return await self._attempts.insert(document)
        return await self._attempts.replace(document, version)


def _email_key(email: str) -> str:
    return derive("login attempts", "email", email)


def _address_key(address: str) -> str:
    """An IPv6 subscriber has a whole /64, so that is what is counted."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return derive("login attempts", "address", address)
    if parsed.version == 6:
        parsed = ipaddress.ip_network(f"{parsed}/64", strict=False).network_address
    return derive("login attempts", "address", str(parsed))
