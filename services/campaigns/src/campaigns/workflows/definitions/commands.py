"""What people do to workflows: each is one decision about one workflow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from campaigns.workflows.definitions import domain
from campaigns.workflows.definitions.domain import Version, Workflow, owned
from campaigns.workflows.definitions.reading import read_draft
from campaigns.workflows.definitions.store import Workflows
from shared.access.principal import Principal
from shared.aggregates import Cause, Decision
from shared.clock import Clock
from shared.errors import Conflict
from shared.http.idempotency import RequestKey, digest, require_same

ROUTE = "/api/workflows"
Decide = Callable[[Workflow, Version], Decision[Workflow] | None]
RACES = 5
"""Changes of one workflow by people at the same moment."""


class WorkflowCommands:
    def __init__(self, workflows: Workflows, clock: Clock) -> None:
        self._workflows = workflows
        self._clock = clock

    async def create(self, who: Principal, key: RequestKey, name: str, definition: dict[str, Any]) -> Workflow:
        """Raises `Invalid` if the same key made something else."""
        draft, now = read_draft(definition, who.label), self._clock.now()
        id, meaning = key.id_for("wfl", who.tenant_id, ROUTE), digest([name, definition])
        new = Workflow(
            id=id, tenant_id=who.tenant_id, name=name, created_at=now, updated_at=now, request_digest=meaning
        )
        change = await self._workflows.aggregates.change(
            id,
            key.cause(who.tenant_id, ROUTE, id),
            lambda known: None if known else domain.create(new, draft),
            publish_later=True,
        )
        made = owned(change.state, who.tenant_id)
        require_same(made.request_digest, meaning)
        return made

    async def change(
        self, who: Principal, workflow_id: str, name: str | None, definition: dict[str, Any] | None
    ) -> Workflow:
        """The next version, if the definition differs from the newest one."""
        draft, now = read_draft(definition, who.label) if definition is not None else None, self._clock.now()

        def decide(known: Workflow, newest: Version) -> Decision[Workflow] | None:
            same = draft is not None and draft.definition == newest.definition
            return domain.revise(known, name, None if same else draft, now)

        return await self._with_newest(who, workflow_id, decide)

    async def activate(self, who: Principal, workflow_id: str) -> Workflow:
        now = self._clock.now()
        return await self._with_newest(who, workflow_id, lambda known, newest: domain.activate(known, newest, now))

    async def archive(self, who: Principal, workflow_id: str) -> Workflow:
        now = self._clock.now()
        return await self._workflows.change(
            who.tenant_id, workflow_id, Cause.request(who.tenant_id), lambda known: domain.archive(known, now)
        )

    async def _with_newest(self, who: Principal, workflow_id: str, decide: Decide) -> Workflow:
        """Decide on the workflow and its newest version; again, if another change made a newer one meanwhile."""
        for _ in range(RACES):
            workflow = await self._workflows.get(who.tenant_id, workflow_id)
            newest = await self._workflows.version(who.tenant_id, workflow_id, workflow.version)

            def decided(known: Workflow, newest: Version = newest) -> Decision[Workflow] | None:
                if known.version != newest.version:
                    raise Conflict("conflict", "This workflow is being changed by others; try again.")
                return decide(known, newest)

            try:
                cause = Cause.request(who.tenant_id)
                return await self._workflows.change(who.tenant_id, workflow_id, cause, decided)
            except Conflict:
                continue
        raise Conflict("conflict", "This workflow is being changed by others; try again.")
