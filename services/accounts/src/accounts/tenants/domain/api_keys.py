"""API keys. The credential is shown once and kept as a hash. Revoking a key is published and cannot be undone."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from accounts.audit import Action, Author, audit_entry
from accounts.revocations import revocation
from shared.access.principal import Principal, Role
from shared.aggregates import Decision
from shared.errors import NotFound
from shared.events import AccessRevoked
from shared.values import Moment, Value


class ApiKey(Value):
    id: str
    tenant_id: str
    label: str
    role: Role
    created_at: Moment
    created_by: str
    credential_hash: str
    revoked_at: Moment | None = None
    revoked_by: str | None = None

    @property
    def principal(self) -> Principal:
        """What the credential says. Signing it again with the same secret gives the same credential."""
        return principal(self.id, self.tenant_id, self.role, self.created_at)


def principal(id: str, tenant_id: str, role: Role, created_at: datetime) -> Principal:
    return Principal(tenant_id=tenant_id, role=role, subject_id=id, user_id=None, issued_at=created_at)


def hash_of(credential: str) -> str:
    """A fast hash is enough: the credential carries a 256-bit signature and cannot be guessed."""
    return hashlib.sha256(credential.encode()).hexdigest()


def issue(state: ApiKey | None, key: ApiKey) -> Decision[ApiKey] | None:
    if state is not None:
        return None
    changes = [{"field": name, "old": None, "new": getattr(key, name)} for name in ("label", "role")]
    author = Author(key.created_by, key.created_at)
    return Decision(key, records=(audit_entry(key.tenant_id, author, Action("api_key.made", key.id, 1), changes),))


def revoke(state: ApiKey | None, tenant_id: str, author: Author) -> Decision[ApiKey] | None:
    """Raises `NotFound`, also for another tenant's key."""
    if state is None or state.tenant_id != tenant_id:
        raise NotFound("not_found", "No such API key.")
    if state.revoked_at is not None:
        return None
    event, row = revocation(AccessRevoked(subject_id=state.id))
    audited = audit_entry(tenant_id, author, Action("api_key.revoked", state.id, 2), [])
    return Decision(state.but(revoked_at=author.at, revoked_by=author.who), events=(event,), records=(row, audited))


def valid_keys_created_by(user_id: str, keys: Sequence[ApiKey]) -> list[ApiKey]:
    """Of a tenant's keys those that this user made, directly or through another of their keys, and that still work."""
    makers = {user_id}
    while more := {key.id for key in keys if key.created_by in makers} - makers:
        makers |= more
    return [key for key in keys if key.id in makers and key.revoked_at is None]
