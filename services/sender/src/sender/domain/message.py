"""One outbound message and its states (docs/sending.md)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, Self

from sender.domain.cost import BudgetBooking, Terms
from shared.events import FINAL_UNSENT, CarrierError, MessageStatus, Money, Priority, SmsOutbound
from shared.values import Moment, Value

IN_FLIGHT = frozenset({"submitting", "unknown"})
LIVE = IN_FLIGHT | {"queued"}
"""Still in the lane's queue. Any other state has left it."""
LEFT = frozenset({"accepted", "sent", "delivered", "undelivered", "unconfirmed"})
"""The carrier has it, or a person said so."""
HISTORY_KEPT = 60
ASSUMED_SENT, SENT_AGAIN = "assumed_sent", "sent_again"
BY_PERSON = frozenset({ASSUMED_SENT, SENT_AGAIN})
"""Reasons under which a person closed an unresolved message: late evidence still counts."""
DAILY_PARTS = "daily_parts"
"""The reason of those that wait because their number's parts of the day are used up: named as the setting is."""
LONG_WAITS = frozenset(
    {DAILY_PARTS, "quiet_hours", "connection_key_unreadable", "tenant_inactive", "number_inactive", "no_connection"}
)
"""Reasons to wait for hours, or until a person does something: no money is kept meanwhile."""


class Step(Value, omit_defaults=True):
    """One entry of a message's history, for `/why`."""

    at: Moment
    status: MessageStatus
    reason: str = ""
    detail: str = ""
    attempt: int | None = None


class Attempt(Value, omit_defaults=True):
    number: int
    owner: str
    """The process that made it."""
    account: str = ""
    """Which carrier account it went to: to any other, its idempotency key means nothing."""
    connection_id: str = ""
    """The connection of that account: where evidence of this attempt is sought."""
    started_at: Moment
    ended_at: Moment | None = None
    outcome: str = ""
    detail: str = ""


class Message(Value, omit_defaults=True):
    id: str
    tenant_id: str
    lane_id: str
    order: SmsOutbound
    """The request, as it arrived."""
    ordered_at: Moment | None = None
    """The time of its event. None: it came before this was kept."""
    event_id: str = ""
    correlation_id: str = ""
    traceparent: str = ""
    status: MessageStatus = "queued"
    reason: str = ""
    detail: str = ""
    revision: int = 1
    created_at: Moment
    changed_at: Moment
    history: tuple[Step, ...] = ()

    look_at: Moment | None = None
    """When a worker has to look at it next, if it is its turn."""
    gap_at: Moment | None = None
    """When its waiting for an earlier number of its stream is shown."""
    slot_at: Moment | None = None
    """The moment its pace reservation is for."""
    counted_on: str | None = None
    """The day in which its number has counted its parts."""
    withdrawn: str | None = None
    """Why it is not wanted any more, if the withdrawal came while it was in flight."""
    too_late: bool = False

    attempt: int = 0
    """Number of the latest attempt: the fence."""
    owner: str = ""
    tries: int = 0
    """Attempts since it was last proved that nothing was accepted; above 1 only a 200 settles anything."""
    repeats: int = 0
    checks: int = 0
    busy: int = 0
    """How often in a row the carrier certainly did not accept."""
    saw_server_error: bool = False
    """A 500/502/504 may have freed the idempotency key: never posted again. Never overwritten."""
    first_at: Moment | None = None
    """Start of the first attempt since then."""
    body: bytes | None = None
    """The request, byte for byte; dropped when the message leaves the queue."""
    attempts: tuple[Attempt, ...] = ()

    parts: int = 0
    encoding: Literal["GSM-7", "UCS-2"] | None = None
    carrier_message_id: str | None = None
    cost: Money | None = None
    carrier_fee: Money | None = None
    figures_at: Moment | None = None
    """The moment of the carrier's report that `parts` and `cost` come from."""
    estimated: bool = True
    booking: BudgetBooking | None = None
    """Where and at what price its latest attempt counts in the tenant's budget."""
    usage: int = 0
    """Revision of the usage entry; 0: nothing to pay."""
    errors: tuple[CarrierError, ...] = ()
    opted_out_at: Moment | None = None
    sent_at: Moment | None = None
    delivered_at: Moment | None = None
    retried_as: str | None = None
    closed_by: str | None = None
    closed_key: str | None = None
    """The caller's idempotency key under which a person closed it."""
    forgotten_at: Moment | None = None
    """When the tenant's retention took its words."""

    @property
    def priority(self) -> Priority:
        return self.order.priority

    @property
    def mms(self) -> bool:
        return bool(self.order.media_urls)

    @property
    def live(self) -> bool:
        return self.status in LIVE

    @property
    def in_flight(self) -> bool:
        return self.status in IN_FLIGHT

    @property
    def unsent(self) -> bool:
        return self.status in FINAL_UNSENT

    @property
    def stream(self) -> str | None:
        """Only a number makes it wait."""
        return self.order.stream if self.order.seq is not None else None

    def booking_under(self, terms: Terms, now: datetime) -> BudgetBooking:
        """What it counts with if it leaves now."""
        return terms.booking(terms.today(now), self.order.contact, self.mms)

    def moved(self, status: MessageStatus, now: datetime, reason: str = "", detail: str = "", **changes: Any) -> Self:
        """In its next state, with the history to show for it. Leaving the queue drops what only the queue needed."""
        step = Step(at=now, status=status, reason=reason, detail=detail, attempt=self.attempt or None)
        if status in FINAL_UNSENT:
            changes |= {"too_late": False}  # it had been claimed, but it did not leave
        if status not in LIVE:
            changes |= {"body": None, "look_at": None, "gap_at": None, "slot_at": None}
        return self.but(
            status=status,
            reason=reason,
            detail=detail,
            revision=self.revision + 1,
            changed_at=now,
            history=(*self.history, step)[-HISTORY_KEPT:],
            **changes,
        )

    def attempt_ended(self, number: int, now: datetime, outcome: str, detail: str = "") -> Self:
        """With the outcome written beside that attempt, for `/why`; the state is not touched."""
        attempts = tuple(
            entry.but(ended_at=now, outcome=outcome, detail=detail) if entry.number == number else entry
            for entry in self.attempts
        )
        return self.but(attempts=attempts)
