"""The API keys a user made. A key works without its maker, so an admin who takes away rights is shown them."""

from __future__ import annotations

from accounts.acts import Act
from accounts.tenants import api_keys
from accounts.tenants.domain.api_keys import ApiKey, valid_keys_created_by
from accounts.tenants.store import TenantStore
from shared.database.paging import documents


async def keys_created_by(store: TenantStore, tenant_id: str, user_id: str) -> list[ApiKey]:
    """Those that still work."""
    rows = documents(store.api_keys.store, {"tenant_id": tenant_id})
    return valid_keys_created_by(user_id, [store.api_keys.state_of(row) async for row in rows])


async def revoke_keys_created_by(store: TenantStore, tenant_id: str, user_id: str, who: str) -> None:
    """Safe to repeat after an interruption: a revoked key stays revoked."""
    for key in await keys_created_by(store, tenant_id, user_id):
        await api_keys.revoke_key(store, tenant_id, key.id, Act.without_key(who, tenant_id))
