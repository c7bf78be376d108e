"""Which version of a workflow a campaign starts with, and keeps to its end."""

from __future__ import annotations

from campaigns.workflows.definitions.store import Workflows
from shared.errors import Refused


async def version_to_start(workflows: Workflows, tenant_id: str, workflow_id: str) -> int:
    """Raises `NotFound`, `Refused("workflow_not_active")` and `Refused("workflow_not_for_campaigns")`."""
    workflow = await workflows.get(tenant_id, workflow_id)
    if workflow.state != "active" or workflow.live_version is None:
        raise Refused("workflow_not_active", f"The workflow is {workflow.state}; activate it first.")
    if workflow.trigger is None or workflow.trigger.type != "campaign":
        raise Refused("workflow_not_for_campaigns", "The trigger of this workflow is not `campaign`.")
    return workflow.live_version
