"""What a former process was sending when it ended. Its attempts count as unknown from the start of the next process on,
and are settled by evidence or a repeat as any other. Without this each would wait for the next look at its lane.
"""

from __future__ import annotations

from sender.domain.timing import after
from sender.sending.worker import SendWorker
from shared.database.paging import documents
from shared.database.protocol import Range, Sort


async def end_attempts(worker: SendWorker) -> None:
    """In lanes that are not due yet: the worker's loop looks at all others by itself."""
    lanes, now, field = worker.tools.lanes, worker.tools.clock.now(), f"{worker.priority}_due_at"
    claimed = {field: Range(gt=now, lte=after(now, worker.tools.timing.watch))}
    async for document in documents(lanes, claimed, Sort(field)):
        message = lanes.state_of(document).flight(worker.priority)
        if message and worker.leases.left_behind(message):
            await worker.watch(message)
