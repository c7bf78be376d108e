"""How workflows and their versions are kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from campaigns.workflows.definitions.domain import VERSIONS, Version, Workflow, owned, version_id
from shared.aggregates import Aggregates, Cause, Change, Decision, Kind
from shared.database.protocol import Collection, CollectionSpec, Page, Sort
from shared.errors import NotFound

WORKFLOWS = Kind(
    "workflows",
    Workflow,
    fields={"created_at": "datetime", "status": "str", "trigger": "str"},
    indexes=(("tenant_id", "created_at"), ("tenant_id", "status", "created_at"), ("tenant_id", "status", "trigger")),
    index=lambda workflow: {
        "created_at": workflow.created_at,
        "status": workflow.state,
        "trigger": workflow.trigger.type if workflow.trigger else None,
    },
)
VERSION_SPEC = CollectionSpec(
    VERSIONS, {"tenant_id": "str", "workflow_id": "str", "version": "int"}, (("tenant_id", "workflow_id", "version"),)
)
VERSIONS_REMEMBERED = 200
MOST_OF_A_TRIGGER = 200
"""Active workflows of one tenant that one text or conversation can start."""


class Workflows:
    def __init__(self, aggregates: Aggregates[Workflow], versions: Collection) -> None:
        self.aggregates = aggregates
        self.versions = versions
        self._remembered: OrderedDict[str, Version] = OrderedDict()

    async def get(self, tenant_id: str, workflow_id: str) -> Workflow:
        """Raises `NotFound`."""
        return owned(await self.aggregates.get(workflow_id), tenant_id)

    async def change(
        self, tenant_id: str, workflow_id: str, cause: Cause, decide: Callable[[Workflow], Decision[Workflow] | None]
    ) -> Workflow:
        """The workflow after the change. Raises `NotFound`, and what `decide` raises."""

        def decided(known: Workflow | None) -> Decision[Workflow] | None:
            return decide(owned(known, tenant_id))

        change: Change[Workflow] = await self.aggregates.change(workflow_id, cause, decided, publish_later=True)
        return owned(change.state, tenant_id)

    async def version(self, tenant_id: str, workflow_id: str, version: int) -> Version:
        """Never changes, so it is remembered. Raises `NotFound`."""
        id = version_id(workflow_id, version)
        found = self._remembered.get(id)
        if found is None:
            document = await self.versions.get(id)
            found = Version.read(document) if document else None
        if found is None or found.tenant_id != tenant_id:
            raise NotFound("not_found", "There is no such version of a workflow.")
        self._remembered[id] = found
        self._remembered.move_to_end(id)
        if len(self._remembered) > VERSIONS_REMEMBERED:
            self._remembered.popitem(last=False)
        return found

    async def page(self, tenant_id: str, state: str | None, limit: int, cursor: str | None) -> Page:
        """Newest first."""
        where = {"tenant_id": tenant_id} | ({"status": state} if state else {})
        newest = Sort("created_at", descending=True)
        return await self.aggregates.find(where, sort=newest, limit=limit, cursor=cursor)

    async def versions_page(self, tenant_id: str, workflow_id: str, limit: int, cursor: str | None) -> Page:
        """Newest first."""
        where = {"tenant_id": tenant_id, "workflow_id": workflow_id}
        return await self.versions.find(where, sort=Sort("version", descending=True), limit=limit, cursor=cursor)

    async def triggered_by(self, tenant_id: str, trigger: str) -> list[Workflow]:
        """The active workflows that this kind of trigger starts."""
        where = {"tenant_id": tenant_id, "status": "active", "trigger": trigger}
        page = await self.aggregates.find(where, limit=MOST_OF_A_TRIGGER)
        return [self.aggregates.state_of(document) for document in page.items]
