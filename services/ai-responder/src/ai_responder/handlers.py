"""One function per event. Each changes one aggregate and makes no outside call."""

from __future__ import annotations

from ai_responder.assistants.store import Assistants
from ai_responder.domain import runs
from ai_responder.job_loader import Tenants
from ai_responder.store import Threads
from ai_responder.workers import Workers
from shared.aggregates import Cause
from shared.clock import Clock
from shared.events import Event, ReplyRequested, TenantChanged


async def on_reply_requested(event: Event[ReplyRequested], threads: Threads, clock: Clock, workers: Workers) -> None:
    """Absorb a run. If a worker of this process is free, the same save claims it; otherwise it waits its turn."""
    now, id = clock.now(), event.data.thread_id
    async with workers.place(event.tenant_id) as place:
        change = await threads.change(
            id, Cause.of(event), lambda thread: runs.receive(thread, event, now, place.holder)
        )
        if change.state:
            workers.offer(change.state)
        if change.answer:
            place.begin(change.answer)


async def on_tenant_changed(event: Event[TenantChanged], tenants: Tenants, assistants: Assistants) -> None:
    """Keep our copy of the tenant, and create its default assistant."""
    await tenants.on_event(event)
    await assistants.ensure_default(event.data.tenant_id, event.correlation_id)
