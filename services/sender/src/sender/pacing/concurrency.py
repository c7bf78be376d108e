"""How many requests of this process are under way through each carrier connection.

Carrier accounts that hang must not take all the places: other tenants' texts leave meanwhile. So a connection may hold
no more places of a priority than are still free. The first that hangs takes its full share, each further one at most
half of what is left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from shared.events import Priority

SOONEST = timedelta(seconds=0.2)
BETWEEN = timedelta(seconds=0.02)


class ConnectionLimits:
    def __init__(self, limit: int, places: Mapping[Priority, int]) -> None:
        """`limit` of one connection, over both priorities; `places` of each priority, over all connections."""
        self._limit = limit
        self._places = places
        self._bulk_limit = max(1, limit - max(1, limit // 4))
        """A campaign leaves some places to replies, even if it came first."""
        self._under_way: Counter[tuple[str, Priority]] = Counter()
        self._tickets: dict[tuple[str, Priority], datetime] = {}

    def wait_for_place(self, connection_id: str, now: datetime, priority: Priority = "one") -> datetime | None:
        """None: there is a place. Else when to ask again, each message at another moment, or asking would be the load.

        Each priority has its own moments: behind a campaign's thousands a reply would wait for minutes."""
        place = (connection_id, priority)
        if self._has_room(connection_id, priority):
            self._tickets.pop(place, None)
            return None
        ticket = max(self._tickets.get(place, now), now + SOONEST)
        self._tickets[place] = ticket + BETWEEN
        return ticket

    def under_way(self, connection_id: str) -> int:
        return self._under_way[connection_id, "one"] + self._under_way[connection_id, "bulk"]

    def _has_room(self, connection_id: str, priority: Priority) -> bool:
        replies, bulk = self._under_way[connection_id, "one"], self._under_way[connection_id, "bulk"]
        if replies + bulk >= self._limit or (priority == "bulk" and bulk >= self._bulk_limit):
            return False
        taken = sum(number for (_, of), number in self._under_way.items() if of == priority)
        return self._under_way[connection_id, priority] < self._places[priority] - taken

    @contextmanager
    def one_more(self, connection_id: str, priority: Priority = "one") -> Generator[None]:
        place = (connection_id, priority)
        self._under_way[place] += 1
        try:
            yield
        finally:
            self._under_way[place] -= 1
            if not self._under_way[place]:
                del self._under_way[place]
