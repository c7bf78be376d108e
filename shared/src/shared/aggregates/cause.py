"""The reason for a decision: an event, a request, or a time that has come. The ids of all effects derive from it."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from shared.events.envelope import Event, EventData
from shared.ids import new_id


@dataclass(frozen=True)
class Cause:
    """`id` names the cause within its tenant; with `absorb`, an aggregate decides upon it only once."""

    id: str
    tenant_id: str
    correlation_id: str
    causation_id: str = ""
    traceparent: str = ""
    absorb: bool = True

    @classmethod
    def of(cls, event: Event[EventData]) -> Cause:
        return cls(
            id=f"{event.source}|{event.id}",
            tenant_id=event.tenant_id,
            correlation_id=event.correlation_id,
            causation_id=event.id,
            traceparent=event.traceparent,
        )

    @classmethod
    def request(cls, tenant_id: str, request_id: str | None = None, correlation_id: str | None = None) -> Cause:
        """An API call; with the caller's idempotency key as `request_id`, its repeat is the same cause."""
        request_id = request_id or new_id("req")
        return cls(f"request|{request_id}", tenant_id, correlation_id or request_id)

    @classmethod
    def due(cls, tenant_id: str, what: str, correlation_id: str, traceparent: str = "") -> Cause:
        """A time that has come. It leaves no mark, because the state it changes shows that it is done."""
        return cls(f"due|{what}", tenant_id, correlation_id, traceparent=traceparent, absorb=False)

    @property
    def mark(self) -> str:
        """A short fingerprint of the cause for `applied`: 96 bits, so a hundred ids cost little in every save."""
        digest = hashlib.blake2b(f"{self.tenant_id}|{self.id}".encode(), digest_size=12).digest()
        return base64.urlsafe_b64encode(digest).decode()
