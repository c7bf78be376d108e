"""One function per event. Each changes one aggregate and makes no outside call."""

from __future__ import annotations

from collections.abc import Callable

from ai_responder.domain import runs
from ai_responder.domain.assistants import default_assistant, default_id
from ai_responder.domain.runs import Thread
from ai_responder.job_loader import Tenants
from ai_responder.store import Assistants, Threads
from shared.aggregates import Cause, Decision
from shared.clock import Clock
from shared.events import Event, ReplyRequested, TenantChanged


async def on_reply_requested(
    event: Event[ReplyRequested], threads: Threads, clock: Clock, offer: Callable[[Thread], None]
) -> None:
    """Absorb a run. `offer` tells the workers of this process that it waits."""
    now = clock.now()
    change = await threads.change(
        event.data.thread_id, Cause.of(event), lambda thread: runs.receive(thread, event, now)
    )
    if change.state:
        offer(change.state)


async def on_tenant_changed(
    event: Event[TenantChanged], tenants: Tenants, assistants: Assistants, clock: Clock
) -> None:
    """Keep our copy of the tenant, and create its default assistant."""
    await tenants.on_event(event)
    tenant_id, now = event.data.tenant_id, clock.now()
    await assistants.change(
        default_id(tenant_id),
        Cause.due(tenant_id, f"default assistant|{tenant_id}", event.correlation_id),
        lambda assistant: None if assistant else Decision(default_assistant(tenant_id, now)),
    )
