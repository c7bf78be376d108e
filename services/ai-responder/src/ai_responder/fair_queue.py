"""The order of work: tenants in a circle, each with a queue and a limit of its own, so that a thousand waiting runs of
one tenant delay no other. These are only hints: the database knows what is due, and a claim there decides.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from dataclasses import dataclass, field

LONGEST_QUEUE = 1000
"""Per tenant; the next search in the database finds the rest."""


@dataclass(frozen=True)
class Limits:
    overall: int
    per_tenant: int


@dataclass
class FairQueue:
    limits: Limits
    _queues: OrderedDict[str, deque[str]] = field(default_factory=OrderedDict[str, deque[str]])
    _waiting: set[str] = field(default_factory=set[str])
    _running: Counter[str] = field(default_factory=Counter[str])

    def offer(self, tenant_id: str, thread_id: str) -> None:
        """This thread has a run to claim. Offering it again changes nothing."""
        queue = self._queues.setdefault(tenant_id, deque())
        if thread_id not in self._waiting and len(queue) < LONGEST_QUEUE:
            queue.append(thread_id)
            self._waiting.add(thread_id)

    def take_for(self, tenant_id: str) -> bool:
        """A place for a run of this tenant that comes just now, if none waits for one. Give it back with `done`."""
        free = self._running.total() < self.limits.overall and self._running[tenant_id] < self.limits.per_tenant
        if free and not self._queues:
            self._running[tenant_id] += 1
            return True
        return False

    def take(self) -> tuple[str, str] | None:
        """The next tenant's next thread, or None if nothing waits or nothing more may run. Give back with `done`."""
        if self._running.total() >= self.limits.overall:
            return None
        for tenant_id, queue in self._queues.items():
            if queue and self._running[tenant_id] < self.limits.per_tenant:
                thread_id = queue.popleft()
                self._waiting.discard(thread_id)
                self._running[tenant_id] += 1
                self._queues.move_to_end(tenant_id)
                if not queue:
                    del self._queues[tenant_id]
                return tenant_id, thread_id
        return None

    def done(self, tenant_id: str) -> None:
        self._running[tenant_id] -= 1
        if not self._running[tenant_id]:
            del self._running[tenant_id]

    def room_of(self, tenant_id: str) -> int:
        """How many more runs of this tenant fit into its queue."""
        return max(0, LONGEST_QUEUE - len(self._queues.get(tenant_id, ())))

    def __len__(self) -> int:
        return len(self._waiting)
