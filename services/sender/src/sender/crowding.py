"""How many requests of this process are under way through each carrier connection.

A carrier account that hangs must not take all the places: other tenants' texts leave meanwhile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager


class Crowding:
    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._under_way: Counter[str] = Counter()

    def full(self, connection_id: str) -> bool:
        return self._under_way[connection_id] >= self._limit

    @contextmanager
    def one_more(self, connection_id: str) -> Generator[None]:
        self._under_way[connection_id] += 1
        try:
            yield
        finally:
            self._under_way[connection_id] -= 1
            if not self._under_way[connection_id]:
                del self._under_way[connection_id]
