"""How long this observer has seen an attempt unchanged, by its own monotonic clock: wall clocks end no lease."""

from __future__ import annotations

from sender.domain.message import Message
from shared.clock import Clock

Claim = tuple[str, int]


class Leases:
    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._seen: dict[Claim, tuple[float, float]] = {}
        """First and latest time each claim was seen."""

    def ended(self, message: Message) -> bool:
        """Whether this attempt was seen unchanged for the length of a lease; the first look never says so."""
        now = self._clock.monotonic()
        claim = (message.id, message.attempt)
        first, _ = self._seen.get(claim, (now, now))
        self._seen[claim] = (first, now)
        self._forget(now)
        return now - first >= self._seconds

    def _forget(self, now: float) -> None:
        stale = [claim for claim, (_, latest) in self._seen.items() if now - latest > 4 * self._seconds]
        for claim in stale:
            del self._seen[claim]
