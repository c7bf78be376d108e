"""The caller of a tenant and what their role allows: a value, for access checks and decisions alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Role = Literal["viewer", "agent", "admin"]
RANK: dict[str, int] = {"viewer": 0, "agent": 1, "admin": 2}


@dataclass(frozen=True)
class Principal:
    """A user or an API key of one tenant. `subject_id` is what a revocation names: `key_…` or `ses_…`."""

    tenant_id: str
    role: Role
    subject_id: str
    user_id: str | None
    issued_at: datetime
    expires_at: datetime | None = None

    @property
    def label(self) -> str:
        """For the audit trail: the user, or the key."""
        return self.user_id or self.subject_id

    def may(self, role: Role) -> bool:
        return RANK[self.role] >= RANK[role]
