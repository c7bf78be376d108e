"""Whose turn it is: tenants in a circle, each with its own line and its own limit, so that one with a thousand waiting
runs delays nobody else. Only hints: what is due is in the database, and claiming there decides.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from dataclasses import dataclass, field

LONGEST_LINE = 1000
"""Per tenant; the rest is found by the next look into the database."""


@dataclass(frozen=True)
class Limits:
    overall: int
    per_tenant: int


@dataclass
class FairQueue:
    limits: Limits
    _lines: OrderedDict[str, deque[str]] = field(default_factory=OrderedDict[str, deque[str]])
    _waiting: set[str] = field(default_factory=set[str])
    _running: Counter[str] = field(default_factory=Counter[str])

    def offer(self, tenant_id: str, thread_id: str) -> None:
        """This thread has a run to claim. Offering it again changes nothing."""
        line = self._lines.setdefault(tenant_id, deque())
        if thread_id not in self._waiting and len(line) < LONGEST_LINE:
            line.append(thread_id)
            self._waiting.add(thread_id)

    def take(self) -> tuple[str, str] | None:
        """The next tenant's next thread, or None if nothing waits or nothing more may run. Give back with `done`."""
        if self._running.total() >= self.limits.overall:
            return None
        for tenant_id, line in self._lines.items():
            if line and self._running[tenant_id] < self.limits.per_tenant:
                thread_id = line.popleft()
                self._waiting.discard(thread_id)
                self._running[tenant_id] += 1
                self._lines.move_to_end(tenant_id)
                if not line:
                    del self._lines[tenant_id]
                return tenant_id, thread_id
        return None

    def done(self, tenant_id: str) -> None:
        self._running[tenant_id] -= 1
        if not self._running[tenant_id]:
            del self._running[tenant_id]

    def room_of(self, tenant_id: str) -> int:
        """How many more of this tenant's it is worth looking for."""
        return max(0, LONGEST_LINE - len(self._lines.get(tenant_id, ())))

    def __len__(self) -> int:
        return len(self._waiting)
