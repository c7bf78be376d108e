"""Events of campaigns: how campaigns and workflows now stand, and what workflow runs do in a conversation."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

from shared.events.envelope import EventData
from shared.events.kinds import E164
from shared.values import Int64, Moment, Value


class CampaignUpdated(EventData):
    """How a campaign now stands, its counts included. Applied only if `revision` is newer."""

    TYPE: ClassVar[str] = "campaign.updated"

    campaign_id: str
    revision: Int64
    campaign: dict[str, Any]
    """The wire shape of the HTTP API, counts included."""


TriggerType = Literal["campaign", "keyword", "new_conversation", "api"]
TRIGGER_ROUTING_KEY = "workflow.updated.trigger"


class WorkflowTrigger(Value):
    """What starts a run of a workflow."""

    type: TriggerType
    active: bool
    """False for drafts and archived workflows: nothing starts them."""
    keywords: Annotated[tuple[str, ...], Meta(max_length=50)] = ()
    """Of type `keyword`: a text that is one of these, as a whole, starts a run."""


class WorkflowUpdated(EventData):
    """How a workflow now stands, the counts of its runs included. Applied only if `revision` is newer. The internal
    page has the same shape."""

    TYPE: ClassVar[str] = "workflow.updated"

    workflow_id: str
    tenant_id: str
    revision: Int64
    workflow: dict[str, Any]
    """The wire shape of the HTTP API, without the definition; on the internal page it may be empty."""
    trigger: WorkflowTrigger | None = None
    """Where the trigger may have changed, and on the internal page. None: only figures have."""

    def routing_key(self, source: str = "") -> str:
        return TRIGGER_ROUTING_KEY if self.trigger else self.TYPE

    def after(self, earlier: EventData) -> WorkflowUpdated:
        """A trigger that was held back is not lost."""
        if not isinstance(earlier, WorkflowUpdated) or self.trigger:
            return self
        return self.but(trigger=earlier.trigger)


RunAction = Literal["awaits", "released", "took", "hand_over", "set_field"]


class WorkflowActed(EventData):
    """A workflow run did something in a conversation. Of one run's `awaits`, `released` and `hand_over` the one with
    the highest `revision` counts; every other act counts by itself, in any order."""

    TYPE: ClassVar[str] = "workflow.acted"

    run_id: str
    workflow_id: str
    thread_id: str
    number: E164
    contact: E164
    revision: Int64
    """Of the run: a later act has a higher one."""
    at: Moment
    """When the run decided it."""
    action: RunAction
    """`awaits`: it waits for an answer, the assistant is silent. `released`: it no longer waits. `took`: these texts
    were its answer, so the assistant's reply to them is withdrawn. `hand_over`: a person or the assistant goes on; the
    run no longer waits. `set_field`: a field of the contact's card gets a value."""
    until: Moment | None = None
    """Of `awaits`. None: until it is released."""
    message_ids: Annotated[tuple[str, ...], Meta(max_length=100)] = ()
    """Of `took`: the texts. Of `hand_over` to the assistant: the texts that it shall answer."""
    to: Literal["assistant", "person"] | None = None
    """Of `hand_over`."""
    note: Annotated[str, Meta(max_length=1000)] = ""
    """Of `hand_over`: shown to the person."""
    field: Annotated[str, Meta(max_length=100)] | None = None
    """Of `set_field`."""
    value: Annotated[str, Meta(max_length=1000)] | None = None
    """Of `set_field`. None: the field is deleted."""
