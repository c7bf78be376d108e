"""Which fields of an event a tenant's users may see. The fields are listed, so a field added later stays hidden."""

from __future__ import annotations

import orjson

from realtime.domain.frames import NewLogEntry
from shared.aggregates.cause import Cause
from shared.errors import Invalid
from shared.events.accounts import TenantChanged
from shared.events.campaigns import CampaignUpdated, WorkflowUpdated
from shared.events.conversation import ContactErased, ConversationUpdated, ReadUpdated
from shared.events.envelope import Event, EventData
from shared.events.sender import BudgetWarned

_CONVERSATION = {"conversation_id", "revision", "conversation", "messages", "forgotten_before"}
_ERASED = {"contact_id", "at"}
_READ = {"user_id", "conversation_id", "unread", "read_texts", "revision"}
_CAMPAIGN = {"campaign_id", "revision", "campaign"}
_WORKFLOW = {"workflow_id", "revision", "workflow"}
_TENANT = {
    "tenant_id", "revision", "name", "status", "default_region", "timezone", "ai_mode", "resume_days", "quiet_seconds",
    "quiet_hours",
}  # fmt: skip
"""Without spending caps and assistant limits: only administrators may see those."""
_BUDGET = {"tenant_id", "period", "name", "threshold", "spent", "cap"}
"""Every user of the tenant may read the same at `/api/messages/budget`."""


def conversation(event: Event[ConversationUpdated]) -> NewLogEntry:
    return _draft(event, _CONVERSATION)


def erased(event: Event[ContactErased]) -> NewLogEntry:
    """Clients drop the contact and its conversations. It names nobody."""
    return _draft(event, _ERASED)


def read_mark(event: Event[ReadUpdated]) -> NewLogEntry:
    return _draft(event, _READ)


def campaign(event: Event[CampaignUpdated]) -> NewLogEntry:
    return _draft(event, _CAMPAIGN)


def workflow(event: Event[WorkflowUpdated]) -> NewLogEntry:
    _require_own(event)
    return _draft(event, _WORKFLOW)


def budget(event: Event[BudgetWarned]) -> NewLogEntry:
    _require_own(event)
    return _draft(event, _BUDGET)


def tenant(event: Event[TenantChanged]) -> NewLogEntry:
    _require_own(event)
    return _draft(event, _TENANT)


def _require_own(event: Event[WorkflowUpdated] | Event[BudgetWarned] | Event[TenantChanged]) -> None:
    if event.data.tenant_id != event.tenant_id:
        raise Invalid("tenant_mismatch", "the event is about another tenant than its envelope says")


def _draft(event: Event[EventData], shown: set[str]) -> NewLogEntry:
    data = {name: value for name, value in event.data.jsonable().items() if name in shown}
    return NewLogEntry(
        mark=Cause.of(event).mark, type=event.data.TYPE, time=event.time, body=orjson.dumps(data).decode()
    )
