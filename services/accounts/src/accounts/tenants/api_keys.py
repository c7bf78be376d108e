"""Requests about API keys: issued, revoked, checked against SECRET_KEY."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.acts import Act
from accounts.audit import Author
from accounts.tenants.domain import api_keys
from accounts.tenants.domain.api_keys import ApiKey
from accounts.tenants.store import TenantStore
from shared.access.gate import Role, sign
from shared.errors import Refused


@dataclass(frozen=True)
class NewKey:
    label: str
    role: Role


async def issue_key(store: TenantStore, tenant_id: str, id: str, new: NewKey, act: Act) -> tuple[ApiKey, str]:
    """The key, and its credential, which is shown this once. Raises `Refused` for a repeat."""
    key, credential = _signed_key(store, tenant_id, id, new, act.author(store.clock.now()))
    change = await store.api_keys.change(id, act.cause, lambda state: api_keys.issue(state, key), publish_later=True)
    if not change.fresh:
        raise Refused(
            "key_shown_already",
            "This request made an API key already, and the answer showed it; make another under a new Idempotency-Key.",
        )
    return key, credential


def _signed_key(store: TenantStore, tenant_id: str, id: str, new: NewKey, author: Author) -> tuple[ApiKey, str]:
    credential = sign(store.keyring, api_keys.principal(id, tenant_id, new.role, author.at))
    key = ApiKey(
        id=id,
        tenant_id=tenant_id,
        label=new.label,
        role=new.role,
        created_at=author.at,
        created_by=author.who,
        credential_hash=api_keys.hash_of(credential),
    )
    return key, credential


def is_of_first_secret(store: TenantStore, key: ApiKey) -> bool:
    """Whether the credential stays valid once only the first secret of SECRET_KEY is left."""
    return api_keys.hash_of(sign(store.keyring, key.principal)) == key.credential_hash


async def revoke_key(store: TenantStore, tenant_id: str, id: str, act: Act) -> ApiKey:
    return await act.carry_out(
        store.api_keys, id, store.clock, lambda state, author: api_keys.revoke(state, tenant_id, author)
    )
