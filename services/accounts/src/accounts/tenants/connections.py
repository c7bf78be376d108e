"""Requests about carrier connections: added, changed, read. The API key is sealed on the way in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.acts import Act
from accounts.tenants.domain import connections
from accounts.tenants.domain.connections import Connection
from accounts.tenants.store import TenantStore
from shared.errors import Invalid, NotFound
from shared.events import ConnectionChanged


@dataclass(frozen=True)
class NewConnection:
    """What a tenant enters for a carrier account; the API key is still readable. Raises `Invalid` for a public key that
    is malformed (`invalid_public_key`) or unsafe (`unsafe_public_key`)."""

    api_key: str
    public_keys: tuple[str, ...]
    messaging_profile_id: str | None = None
    api_base: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "public_keys", tuple(map(connections.safe_public_key, self.public_keys)))


async def add_connection(store: TenantStore, tenant_id: str, id: str, new: NewConnection, act: Act) -> Connection:
    facts = ConnectionChanged(
        connection_id=id,
        revision=1,
        tenant_id=tenant_id,
        public_keys=new.public_keys,
        encrypted_api_key=store.keyring.seal(new.api_key),
        messaging_profile_id=new.messaging_profile_id,
        api_base=new.api_base,
    )
    return await act.carry_out(
        store.connections, id, store.clock, lambda state, author: connections.add_connection(state, facts, author)
    )


async def change_connection(
    store: TenantStore, tenant_id: str, id: str, changes: Mapping[str, Any], act: Act
) -> Connection:
    """`api_key` is sealed anew only if it differs or an older secret sealed it, so that a repeat publishes nothing.

    Raises `NotFound`, and `Invalid` for a public key as `NewConnection` does.
    """
    current = await connection(store, tenant_id, id)
    rest = dict(changes)
    api_key = rest.pop("api_key", None)
    if api_key is not None and not _is_sealed_in(store, current.facts.encrypted_api_key, api_key):
        rest["encrypted_api_key"] = store.keyring.seal(api_key)
    if "public_keys" in rest:
        rest["public_keys"] = tuple(map(connections.safe_public_key, rest["public_keys"]))
    return await act.carry_out(
        store.connections,
        id,
        store.clock,
        lambda state, author: connections.change_connection(state or current, rest, author),
    )


def _is_sealed_in(store: TenantStore, sealed: str, api_key: str) -> bool:
    """False also where the secret that sealed it is gone: entering the key again is then the way out."""
    try:
        return store.keyring.unseal(sealed) == api_key and store.keyring.sealed_with_first(sealed)
    except Invalid:
        return False


async def connection(store: TenantStore, tenant_id: str, id: str) -> Connection:
    """Raises `NotFound`, also for another tenant's connection."""
    found = await store.connections.get(id)
    if found is None or found.facts.tenant_id != tenant_id:
        raise NotFound("not_found", "No such connection.")
    return found


async def named_connection(store: TenantStore, tenant_id: str, connection_id: str) -> Connection:
    """The connection that a request's body names. Raises `Invalid` if it does not belong to this tenant."""
    try:
        return await connection(store, tenant_id, connection_id)
    except NotFound:
        raise Invalid("unknown_connection", "connection_id names no connection of this tenant.") from None
