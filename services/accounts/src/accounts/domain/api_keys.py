"""API keys. The credential is shown once and kept as a hash; voiding one is told to everybody and never taken back."""

from __future__ import annotations

import hashlib
from datetime import datetime

from shared.aggregates import Decision, NewEvent, NewRecord
from shared.errors import NotFound
from shared.events import AccessRevoked
from shared.service.access import Principal, Role
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
    return Decision(key) if state is None else None


def revoke(state: ApiKey | None, tenant_id: str, by: str, now: datetime) -> Decision[ApiKey] | None:
    if state is None or state.tenant_id != tenant_id:
        raise NotFound("not_found", "no such API key")
    if state.revoked_at is not None:
        return None
    revoked = AccessRevoked(subject_id=state.id)
    row = {"id": state.id, "revision": revoked.revision, "row": revoked.model_dump()}
    return Decision(
        state.but(revoked_at=now, revoked_by=by),
        events=(NewEvent(revoked, subject=state.id, key=state.id),),
        records=(NewRecord(REVOCATIONS, row),),
    )
