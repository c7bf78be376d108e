"""While SECRET_KEY is being replaced: the carriers' API keys are sealed anew with the first secret, so that the old one
can be taken out. Everybody who keeps a copy is told like of any other change."""

from __future__ import annotations

import structlog

from accounts.audit import By
from accounts.store import Books
from accounts.tenants.domain import connections
from accounts.tenants.domain.connections import Connection
from shared.aggregates import Cause, Decision
from shared.errors import Invalid

log = structlog.get_logger()

PAGE = 200
WHO = "SECRET_KEY"
"""In the audit trail."""


async def reseal(books: Books) -> int:
    """How many were sealed anew. May run in several instances at once, and be broken off."""
    count, cursor = 0, None
    while True:
        page = await books.connections.find({}, limit=PAGE, cursor=cursor)
        for connection in map(books.connections.state_of, page.items):
            if not books.keyring.sealed_with_first(connection.facts.encrypted_api_key):
                count += await _resealed(books, connection)
        cursor = page.next_cursor
        if cursor is None:
            if count:
                log.info("carrier_keys_resealed", connections=count)
            return count


async def _resealed(books: Books, connection: Connection) -> bool:
    old = connection.facts.encrypted_api_key
    try:
        new = books.keyring.seal(books.keyring.unseal(old))
    except Invalid:
        log.warning("connection_key_unreadable", connection=connection.id, tenant=connection.facts.tenant_id)
        return False
    by = By(WHO, books.clock.now())

    def decide(state: Connection | None) -> Decision[Connection] | None:
        if state is None or state.facts.encrypted_api_key != old:  # given another key meanwhile
            return None
        return connections.change_connection(state, {"encrypted_api_key": new}, by)

    cause = Cause.request(connection.facts.tenant_id)
    return (await books.connections.change(connection.id, cause, decide, publish_later=True)).fresh
