"""While SECRET_KEY is being replaced: seals the carriers' API keys anew with the first secret, so that the old one can
be removed. Each change is published like any other, so that every copy follows."""

from __future__ import annotations

import structlog

from accounts.acts import Act
from accounts.audit import Author
from accounts.tenants.domain import connections
from accounts.tenants.domain.connections import Connection
from accounts.tenants.store import TenantStore
from shared.aggregates import Decision
from shared.database.paging import documents
from shared.errors import Invalid

log = structlog.get_logger()

WHO = "SECRET_KEY"
"""In the audit trail."""


async def reseal_all(store: TenantStore) -> int:
    """How many keys were sealed anew. Safe to run in several instances at once, and to be interrupted."""
    count = 0
    async for document in documents(store.connections.store, {}):
        connection = store.connections.state_of(document)
        if not store.keyring.sealed_with_first(connection.facts.encrypted_api_key):
            count += await _reseal(store, connection)
    if count:
        log.info("carrier_keys_resealed", connections=count)
    return count


async def _reseal(store: TenantStore, connection: Connection) -> bool:
    old = connection.facts.encrypted_api_key
    try:
        new = store.keyring.seal(store.keyring.unseal(old))
    except Invalid:
        log.warning("connection_key_unreadable", connection=connection.id, tenant=connection.facts.tenant_id)
        return False

    def decide(state: Connection | None, author: Author) -> Decision[Connection] | None:
        if state is None or state.facts.encrypted_api_key != old:  # another key was entered meanwhile
            return None
        return connections.change_connection(state, {"encrypted_api_key": new}, author)

    act = Act.without_key(WHO, connection.facts.tenant_id)
    changed = await act.carry_out(store.connections, connection.id, store.clock, decide)
    return changed.facts.encrypted_api_key == new
