"""An act of somebody: the cause it is absorbed under, and the name it goes into the audit trail by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.audit import By
from shared.aggregates import Cause


@dataclass(frozen=True)
class Act:
    cause: Cause
    who: str

    def at(self, now: datetime) -> By:
        return By(self.who, now)

    @classmethod
    def of(cls, who: str, tenant_id: str) -> Act:
        """A request without an idempotency key of its own."""
        return cls(Cause.request(tenant_id), who)
