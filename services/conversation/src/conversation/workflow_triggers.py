"""Which keywords and events start workflows of each tenant: a copy of what campaigns owns, listed by tenant.

Read for each inbound text, so it is remembered for a second, as the tenants' settings are.
"""

from __future__ import annotations

from conversation.domain.workflows.triggers import Triggers
from shared.clock import Clock
from shared.consent import keyword_form
from shared.database.protocol import CollectionSpec, Database
from shared.events import Event, WorkflowUpdated
from shared.internal.read_models import REMEMBERED_SECONDS

SPEC = CollectionSpec("workflow_triggers", {"tenant_id": "str"}, (("tenant_id",),))
MOST = 200
"""Active workflows of a tenant that texts can start."""
_REMEMBERED_TENANTS = 2_000
_STARTED_BY_TEXTS = ("keyword", "new_conversation")


class WorkflowTriggers:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._rows = database.collection(SPEC)
        self._clock = clock
        self._remembered: dict[str, tuple[float, Triggers]] = {}

    async def on_event(self, event: Event[WorkflowUpdated]) -> None:
        """Without a trigger it says nothing new. A row without a tenant starts nothing."""
        data, trigger = event.data, event.data.trigger
        if trigger is None:
            return
        counts = trigger.active and trigger.type in _STARTED_BY_TEXTS
        row = {
            "id": data.workflow_id,
            "revision": data.revision,
            "tenant_id": event.tenant_id if counts else None,
            "new_conversation": trigger.type == "new_conversation",
            "keywords": [form for word in trigger.keywords if (form := keyword_form(word))],
        }
        await self._rows.put(row)
        self._remembered.pop(event.tenant_id, None)

    async def of_tenant(self, tenant_id: str) -> Triggers:
        now = self._clock.monotonic()
        since, known = self._remembered.get(tenant_id, (0.0, None))
        if known is not None and now - since < REMEMBERED_SECONDS:
            return known
        found = (await self._rows.find({"tenant_id": tenant_id}, limit=MOST)).items
        keywords = frozenset(word for row in found if not row["new_conversation"] for word in row["keywords"])
        triggers = Triggers(keywords, any(row["new_conversation"] for row in found))
        if len(self._remembered) >= _REMEMBERED_TENANTS:
            self._remembered.clear()
        self._remembered[tenant_id] = (now, triggers)
        return triggers
