"""The collections of tenants, their connections, numbers and API keys."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.store import Storage
from accounts.tenants.domain.api_keys import ApiKey
from accounts.tenants.domain.connections import Connection
from accounts.tenants.domain.numbers import Number
from accounts.tenants.domain.tenants import Tenant
from shared.aggregates import Aggregates, Kind
from shared.clock import Clock
from shared.database.protocol import Collection, CollectionSpec
from shared.keyring import Keyring

TENANTS = Kind("tenants", Tenant)
CONNECTIONS = Kind("connections", Connection, indexes=(("tenant_id",),))
NUMBERS = Kind(
    "numbers",
    Number,
    # By the present owner, not by the tenant that caused the last change: a released number is in no tenant's list.
    fields={"tenant_id": "str"},
    indexes=(("tenant_id",),),
    index=lambda number: {"tenant_id": number.facts.tenant_id},
)
API_KEYS = Kind("api_keys", ApiKey, indexes=(("tenant_id",),))
KEY_USES_SPEC = CollectionSpec("key_uses", {})


@dataclass(frozen=True)
class TenantStore:
    tenants: Aggregates[Tenant]
    connections: Aggregates[Connection]
    numbers: Aggregates[Number]
    api_keys: Aggregates[ApiKey]
    key_uses: Collection
    """When each API key was last used."""
    keyring: Keyring
    clock: Clock

    async def has_tenant(self, tenant_id: str) -> bool:
        return await self.tenants.get(tenant_id) is not None


def open_tenant_store(storage: Storage) -> TenantStore:
    return TenantStore(
        tenants=storage.aggregates(TENANTS),
        connections=storage.aggregates(CONNECTIONS),
        numbers=storage.aggregates(NUMBERS),
        api_keys=storage.aggregates(API_KEYS),
        key_uses=storage.database.collection(KEY_USES_SPEC),
        keyring=storage.keyring,
        clock=storage.clock,
    )
