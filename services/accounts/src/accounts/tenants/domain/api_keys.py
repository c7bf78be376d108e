"""API keys. The credential is shown once and kept as a hash; voiding one is told to everybody and never taken back."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from accounts.audit import By, Deed, entry
from shared.access.principal import Principal, Role
from shared.aggregates import Decision, NewEvent, NewRecord
from shared.errors import NotFound
from shared.events import AccessRevoked
from shared.values import Moment, Value

REVOCATIONS = "revocations"


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
        """What its credential says. Signing this again gives the same credential, as long as the secret is the same."""
        return principal(self.id, self.tenant_id, self.role, self.created_at)


def principal(id: str, tenant_id: str, role: Role, created_at: datetime) -> Principal:
    return Principal(tenant_id=tenant_id, role=role, subject_id=id, user_id=None, issued_at=created_at)


def hash_of(credential: str) -> str:
    """A fast hash is right: the credential carries a 256-bit signature, nobody guesses it."""
    return hashlib.sha256(credential.encode()).hexdigest()


def issue(state: ApiKey | None, key: ApiKey) -> Decision[ApiKey] | None:
    if state is not None:
        return None
    shown = [{"field": name, "old": None, "new": getattr(key, name)} for name in ("label", "role")]
    by = By(key.created_by, key.created_at)
    return Decision(key, records=(entry(key.tenant_id, by, Deed("api_key.made", key.id, 1), shown),))


def revoke(state: ApiKey | None, tenant_id: str, by: By) -> Decision[ApiKey] | None:
    if state is None or state.tenant_id != tenant_id:
        raise NotFound("not_found", "no such API key")
    if state.revoked_at is not None:
        return None
    event, row = revocation(AccessRevoked(subject_id=state.id))
    audited = entry(tenant_id, by, Deed("api_key.revoked", state.id, 2), [])
    return Decision(state.but(revoked_at=by.at, revoked_by=by.who), events=(event,), records=(row, audited))


def made_by(user_id: str, keys: Sequence[ApiKey]) -> list[ApiKey]:
    """Those of a tenant's keys that this user made, also by way of another key of theirs, and that are not revoked."""
    makers = {user_id}
    while more := {key.id for key in keys if key.created_by in makers} - makers:
        makers |= more
    return [key for key in keys if key.id in makers and key.revoked_at is None]


def revocation(revoked: AccessRevoked, until: datetime | None = None) -> tuple[NewEvent, NewRecord]:
    """Told to everybody, and filed for who starts later. `until`: what it voids has run out by then anyway, so the row
    may go; None: it never does."""
    id = revoked.subject_id
    row = {"id": id, "revision": revoked.revision, "row": revoked.model_dump(), "until": until}
    return NewEvent(revoked, subject=id, key=id, discriminator=id), NewRecord(REVOCATIONS, row)
