"""How long this observer has seen an attempt unchanged, by its own monotonic clock: wall clocks end no lease.

The lease of a process that is known to have ended is over at once.
"""

from __future__ import annotations

from cachetools import TTLCache

from sender.domain.message import Message
from shared.clock import Clock
from shared.service.holder import Holder

Claim = tuple[str, int]
MOST_WATCHED = 50_000
"""A claim that is forgotten is watched anew: its lease ends later, never too early."""


class Leases:
    def __init__(self, clock: Clock, seconds: float, holder: Holder | None = None) -> None:
        self._clock = clock
        self._seconds = seconds
        self._holder = holder or Holder()
        self._first_seen: TTLCache[Claim, float] = TTLCache(MOST_WATCHED, 4 * seconds, timer=clock.monotonic)

    def ended(self, message: Message) -> bool:
        """Whether this attempt was seen unchanged for the length of a lease, or its process is known to have ended."""
        if self.left_behind(message):
            return True
        claim, now = (message.id, message.attempt), self._clock.monotonic()
        first = self._first_seen.get(claim, now)
        self._first_seen[claim] = first
        return now - first >= self._seconds

    def left_behind(self, message: Message) -> bool:
        """Whether a process that is known to have ended left this attempt without an outcome."""
        return message.status == "submitting" and self._holder.outlived(message.owner)
