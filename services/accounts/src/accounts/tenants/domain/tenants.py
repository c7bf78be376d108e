"""A tenant and its settings. Whatever is changed, everybody is told the whole of it with the next revision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.audit import By, Deed, differences, entry
from shared.aggregates import Decision, NewEvent
from shared.errors import Invalid
from shared.events import TenantChanged
from shared.values import Moment, Value


class Tenant(Value):
    facts: TenantChanged
    """What every service is told."""
    created_at: Moment

    @property
    def id(self) -> str:
        return self.facts.tenant_id


def open_tenant(state: Tenant | None, facts: TenantChanged, by: By) -> Decision[Tenant] | None:
    """Raises `Invalid`: caps in two currencies."""
    if state is not None:
        return None
    _check_caps(facts)
    return _told(None, Tenant(facts=facts, created_at=by.at), by)


def change_settings(state: Tenant, changes: Mapping[str, Any], by: By) -> Decision[Tenant] | None:
    """`changes` are checked settings by name. Nothing is told where nothing differs. Raises `Invalid`: caps in two
    currencies."""
    facts = state.facts.but(**changes)
    if facts == state.facts:
        return None
    if {"daily_cap", "monthly_cap"} & changes.keys():  # an older tenant with two may still change its name
        _check_caps(facts)
    return _told(state, state.but(facts=facts.but(revision=facts.revision + 1)), by)


def _check_caps(facts: TenantChanged) -> None:
    """A budget adds up in one currency, and nobody here knows an exchange rate."""
    currencies = {cap.currency for cap in (facts.daily_cap, facts.monthly_cap) if cap}
    if len(currencies) > 1:
        detail = f"the caps would be in {' and '.join(sorted(currencies))}; give both the same currency"
        raise Invalid("caps_in_two_currencies", detail)


def _told(old: Tenant | None, tenant: Tenant, by: By) -> Decision[Tenant]:
    deed = Deed("tenant.changed" if old else "tenant.opened", tenant.id, tenant.facts.revision)
    audited = entry(tenant.id, by, deed, differences(old.facts if old else None, tenant.facts))
    event = NewEvent(tenant.facts, subject=tenant.id, key=tenant.id)
    return Decision(tenant, events=(event,), records=(audited,))
