"""Withdraws public keys that were stored before small-order keys were refused. Runs at start and then hourly."""

from __future__ import annotations

import structlog

from accounts.acts import Act
from accounts.tenants.domain import connections
from accounts.tenants.store import TenantStore
from shared.database.paging import documents

log = structlog.get_logger()

WHO = "key check"
"""In the audit trail."""


async def withdraw_unsafe_keys(store: TenantStore) -> int:
    """How many connections changed. Safe to run in several instances at once, and to be interrupted."""
    count = 0
    async for document in documents(store.connections.store, {}):
        known = store.connections.state_of(document)
        act = Act.without_key(WHO, known.facts.tenant_id)
        if connections.withdraw_unsafe_keys(known, act.author(store.clock.now())) is None:
            continue
        await act.carry_out(store.connections, known.id, store.clock, connections.withdraw_unsafe_keys)
        log.warning("unsafe_public_key_withdrawn", connection=known.id, tenant=known.facts.tenant_id)
        count += 1
    return count
