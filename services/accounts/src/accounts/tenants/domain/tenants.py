"""A tenant and its settings. Every change publishes the whole tenant with the next revision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.audit import Action, Author, audit_entry, differences
from shared.aggregates import Decision, NewEvent
from shared.errors import Invalid
from shared.events import TenantChanged
from shared.values import Moment, Value


class Tenant(Value):
    facts: TenantChanged
    """What is published to every service."""
    created_at: Moment

    @property
    def id(self) -> str:
        return self.facts.tenant_id


def open_tenant(state: Tenant | None, facts: TenantChanged, author: Author) -> Decision[Tenant] | None:
    """Raises `Invalid`: caps in two currencies."""
    if state is not None:
        return None
    _check_caps(facts)
    return _decision(None, Tenant(facts=facts, created_at=author.at), author)


def change_settings(state: Tenant, changes: Mapping[str, Any], author: Author) -> Decision[Tenant] | None:
    """`changes` are validated settings by name; None if nothing differs. Raises `Invalid`: caps in two currencies."""
    facts = state.facts.but(**changes)
    if facts == state.facts:
        return None
    if {"daily_cap", "monthly_cap"} & changes.keys():  # an older tenant with two may still change its name
        _check_caps(facts)
    return _decision(state, state.but(facts=facts.but(revision=facts.revision + 1)), author)


def _check_caps(facts: TenantChanged) -> None:
    """A budget adds up in one currency; there is no exchange rate here."""
    currencies = {cap.currency for cap in (facts.daily_cap, facts.monthly_cap) if cap}
    if len(currencies) > 1:
        detail = f"The caps would be in {' and '.join(sorted(currencies))}; give both the same currency."
        raise Invalid("caps_in_two_currencies", detail)


def _decision(old: Tenant | None, tenant: Tenant, author: Author) -> Decision[Tenant]:
    action = Action("tenant.changed" if old else "tenant.opened", tenant.id, tenant.facts.revision)
    changes = differences(old.facts if old else None, tenant.facts)
    event = NewEvent(tenant.facts, subject=tenant.id, key=tenant.id)
    return Decision(tenant, events=(event,), records=(audit_entry(tenant.id, author, action, changes),))
