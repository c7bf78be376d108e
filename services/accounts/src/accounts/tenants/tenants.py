"""Requests about tenants: opened, changed, read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.acts import Act
from accounts.tenants.domain import tenants
from accounts.tenants.domain.tenants import Tenant
from accounts.tenants.store import TenantStore
from shared.errors import NotFound
from shared.events import TenantChanged


async def open_tenant(store: TenantStore, tenant_id: str, settings: Mapping[str, Any], act: Act) -> Tenant:
    facts = TenantChanged(tenant_id=tenant_id, revision=1, **settings)
    return await act.carry_out(
        store.tenants, tenant_id, store.clock, lambda state, author: tenants.open_tenant(state, facts, author)
    )


async def change_tenant(store: TenantStore, tenant_id: str, settings: Mapping[str, Any], act: Act) -> Tenant:
    return await act.carry_out(
        store.tenants,
        tenant_id,
        store.clock,
        lambda state, author: tenants.change_settings(_existing(state), settings, author),
    )


async def tenant(store: TenantStore, tenant_id: str) -> Tenant:
    """Raises `NotFound`."""
    return _existing(await store.tenants.get(tenant_id))


def _existing(state: Tenant | None) -> Tenant:
    if state is None:
        raise NotFound("not_found", "No such tenant.")
    return state
