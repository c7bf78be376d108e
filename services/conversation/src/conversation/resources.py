"""What handlers and commands work with: stores, tenants' settings and the clock; and the scene of a decision."""

from __future__ import annotations

from dataclasses import dataclass

from conversation.activities.store import Activities
from conversation.assignment.turns import Turns
from conversation.autopilot.store import Autopilots
from conversation.domain.thread.context import Scene
from conversation.erasing.erased_identifiers import ErasedIdentifiers
from conversation.guides.store import Guides
from conversation.labels.names import LabelNames
from conversation.media.store import MediaStore
from conversation.numbers import Numbers
from conversation.people.store import People
from conversation.read_marks.store import ReadMarkStore
from conversation.store import Ledger, Messages, Threads
from conversation.timeline.store import TimelineEntries
from conversation.workflow_triggers import WorkflowTriggers
from shared.clock import Clock
from shared.errors import NotFound
from shared.events import ConsentEntry, TenantChanged
from shared.internal.read_models import ReadModel


@dataclass(frozen=True)
class Resources:
    threads: Threads
    messages: Messages
    media: MediaStore
    people: People
    ledger: Ledger
    erased_identifiers: ErasedIdentifiers
    numbers: Numbers
    guides: Guides
    autopilots: Autopilots
    activities: Activities
    timeline: TimelineEntries
    read_marks: ReadMarkStore
    turns: Turns
    tenants: ReadModel[TenantChanged]
    triggers: WorkflowTriggers
    label_names: LabelNames
    clock: Clock

    async def tenant(self, tenant_id: str) -> TenantChanged:
        tenant = await self.tenants.get(tenant_id)
        if tenant is None:
            raise NotFound("unknown_tenant", "accounts has no such tenant yet")
        return tenant

    async def scene(self, tenant_id: str, correlation_id: str = "", consent: tuple[ConsentEntry, ...] = ()) -> Scene:
        return Scene(self.clock.now(), await self.tenant(tenant_id), correlation_id, consent)

    async def scene_with_consent(self, tenant_id: str, contact: str, correlation_id: str = "") -> Scene:
        return await self.scene(tenant_id, correlation_id, await self.ledger.entries(tenant_id, contact))
