"""How many requests of this process are under way through each carrier connection.

A carrier account that hangs must not take all the places: other tenants' texts leave meanwhile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, timedelta

SOONEST = timedelta(seconds=0.2)
BETWEEN = timedelta(seconds=0.02)


class Crowding:
    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._under_way: Counter[str] = Counter()
        self._tickets: dict[str, datetime] = {}

    def turned_away(self, connection_id: str, now: datetime) -> datetime | None:
        """None: there is a place. Else when to ask again; not all at once, or asking itself would be the load."""
        if self._under_way[connection_id] < self._limit:
            self._tickets.pop(connection_id, None)
            return None
        ticket = max(self._tickets.get(connection_id, now), now + SOONEST)
        self._tickets[connection_id] = ticket + BETWEEN
        return ticket

    @contextmanager
    def one_more(self, connection_id: str) -> Generator[None]:
        self._under_way[connection_id] += 1
        try:
            yield
        finally:
            self._under_way[connection_id] -= 1
            if not self._under_way[connection_id]:
                del self._under_way[connection_id]
