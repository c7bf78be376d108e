"""Counts attempts at passwords for all instances together. The rules are in `domain/lockout.py`."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import timedelta

from accounts.people.domain.lockout import PER_ADDRESS, PER_EMAIL, PER_VISITOR, AttemptCount, Rule, charge, refund
from accounts.people.store import PeopleStore
from shared.aggregates import stored
from shared.database.protocol import Range
from shared.errors import TooMany
from shared.ids import derive

MAX_RACES = 20
KEPT = timedelta(days=1)


@dataclass(frozen=True)
class LoginAttempt:
    """A password for this mailbox from this network address. `known` is the id of a browser or session that signed in
    before."""

    email: str
    address: str
    known: str | None = None

    @property
    def own_count(self) -> str:
        """The counter of this caller alone."""
        if self.known is not None:
            return derive("login attempts", "known", self.email, self.known)
        return derive("login attempts", "visitor", self.email, network_of(self.address))

    @property
    def shared_counts(self) -> list[tuple[str, Rule]]:
        if self.known is not None:
            return []
        email = derive("login attempts", "email", self.email)
        return [(email, PER_EMAIL), (derive("login attempts", "address", network_of(self.address)), PER_ADDRESS)]


class LoginThrottle:
    """`login_attempts` holds fingerprints only, neither addresses nor names."""

    def __init__(self, store: PeopleStore) -> None:
        self._attempts = store.login_attempts
        self._clock = store.clock

    async def charge(self, attempt: LoginAttempt) -> None:
        """Call before looking at the password. Raises `TooMany` with the seconds to wait."""
        counts = [(attempt.own_count, PER_VISITOR), *attempt.shared_counts]
        for key, rule in counts:  # check all before charging any: an attempt that one counter refuses costs no other
            charge((await self._read(key))[0], rule, self._clock.now())
        for key, rule in counts:
            await self._charge(key, rule)

    async def refund(self, attempt: LoginAttempt) -> None:
        """Login succeeded: clear this caller's counter and refund the shared ones."""
        await self._attempts.delete({"id": attempt.own_count})
        for key, _ in attempt.shared_counts:
            state, version = await self._read(key)
            if state is not None:  # a lost race leaves one attempt too many on the count, which is harmless
                await self._save(key, version, refund(state))

    async def forget_old(self) -> int:
        return await self._attempts.delete({"last_at": Range(lt=self._clock.now() - KEPT)})

    async def _charge(self, key: str, rule: Rule) -> None:
        for _ in range(MAX_RACES):
            state, version = await self._read(key)
            if await self._save(key, version, charge(state, rule, self._clock.now())):
                return
        raise TooMany("too_many_attempts", "Too many attempts at once; try again in a moment.")

    async def _read(self, key: str) -> tuple[AttemptCount | None, int]:
        document = await self._attempts.get(key)
        return (AttemptCount.read(document["state"]), document["version"]) if document else (None, 0)

    async def _save(self, key: str, version: int, state: AttemptCount) -> bool:
        document = {"id": key, "version": version + 1, "last_at": state.last_at, "state": stored(state)}
        if version == 0:
            return await self._attempts.insert(document)
        return await self._attempts.replace(document, version)


def network_of(address: str) -> str:
    """What is counted: an IPv4 address, or the /64 of an IPv6 address, since a subscriber has a whole /64. An
    IPv4-mapped IPv6 address (`::ffff:192.0.2.7`) is the IPv4 address: all of IPv4 is one /64 otherwise."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False).network_address)
    return str(parsed)
