"""The outcome of one attempt, in our words. The adapter classifies; the domain decides what follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shared.events import CarrierError, Money

SendOutcomeKind = Literal[
    "accepted",      # a 2xx: the carrier took it
    "refused",       # a 4xx that says no to this very message
    "not_sent",      # proof that nothing was accepted: no connection, 429, 503, or we never began
    "no_answer",     # it may have been accepted
    "server_error",  # 500/502/504: it may have been accepted, and its idempotency key may be free again
    "in_flight",     # our own key is being worked on
    "suppressed",    # we did not begin: the person opted out
    "withdrawn",     # we did not begin: it was withdrawn
]  # fmt: skip

OPTED_OUT = "opted_out"


@dataclass(frozen=True)
class SendOutcome:
    kind: SendOutcomeKind
    reason: str = ""
    """A stable code for people and programs: `opted_out`, `carrier_busy`, `invalid_recipient`…"""
    detail: str = ""
    errors: tuple[CarrierError, ...] = ()
    retry_after: float | None = None
    queued_seconds: float = 0
    """How long it waits in the carrier's own queue, as the carrier expects."""
    carrier_message_id: str | None = None
    parts: int | None = None
    encoding: Literal["GSM-7", "UCS-2"] | None = None
    cost: Money | None = None
    carrier_fee: Money | None = None
