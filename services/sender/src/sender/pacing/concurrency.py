"""How many requests of this process are under way through each carrier connection.

A carrier account that hangs must not take all the places, nor may several together: other tenants' texts leave
meanwhile. So a connection may hold no more places of a line than are still free: the first that hangs takes its full
share, each further one at most half of what is left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from sender.domain.message import Line

SOONEST = timedelta(seconds=0.2)
BETWEEN = timedelta(seconds=0.02)


class Crowding:
    def __init__(self, limit: int, places: Mapping[Line, int]) -> None:
        """`limit` of one connection, over both lines; `places` of each line, over all connections."""
        self._limit = limit
        self._places = places
        self._bulk_limit = max(1, limit - max(1, limit // 4))
        """A campaign leaves some places to replies, even if it came first."""
        self._under_way: Counter[tuple[str, Line]] = Counter()
        self._tickets: dict[tuple[str, Line], datetime] = {}

    def turned_away(self, connection_id: str, now: datetime, line: Line = "one") -> datetime | None:
        """None: there is a place. Else when to ask again; not all at once, or asking itself would be the load. Each
        line has its own times to ask: behind a campaign's thousands a reply would wait for minutes."""
        place = (connection_id, line)
        if self._has_room(connection_id, line):
            self._tickets.pop(place, None)
            return None
        ticket = max(self._tickets.get(place, now), now + SOONEST)
        self._tickets[place] = ticket + BETWEEN
        return ticket

    def _has_room(self, connection_id: str, line: Line) -> bool:
        replies, bulk = self._under_way[connection_id, "one"], self._under_way[connection_id, "bulk"]
        if replies + bulk >= self._limit or (line == "bulk" and bulk >= self._bulk_limit):
            return False
        taken = sum(number for (_, of), number in self._under_way.items() if of == line)
        return self._under_way[connection_id, line] < self._places[line] - taken

    @contextmanager
    def one_more(self, connection_id: str, line: Line = "one") -> Generator[None]:
        place = (connection_id, line)
        self._under_way[place] += 1
        try:
            yield
        finally:
            self._under_way[place] -= 1
            if not self._under_way[place]:
                del self._under_way[place]
