"""A tenant and its settings. Whatever is changed, everybody is told the whole of it with the next revision."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.aggregates import Decision, NewEvent
from shared.events import TenantChanged
from shared.values import Moment, Value


class Tenant(Value):
    facts: TenantChanged
    """What every service is told."""
    created_at: Moment

    @property
    def id(self) -> str:
        return self.facts.tenant_id


def open_tenant(state: Tenant | None, facts: TenantChanged, now: datetime) -> Decision[Tenant] | None:
    if state is not None:
        return None
    return _told(Tenant(facts=facts, created_at=now))


def change_settings(state: Tenant, changes: Mapping[str, Any]) -> Decision[Tenant] | None:
    """`changes` are checked settings by name. Nothing is told where nothing differs."""
    facts = state.facts.but(**changes)
    if facts == state.facts:
        return None
    return _told(state.but(facts=facts.but(revision=facts.revision + 1)))


def _told(tenant: Tenant) -> Decision[Tenant]:
    return Decision(tenant, events=(NewEvent(tenant.facts, subject=tenant.id, key=tenant.id),))
