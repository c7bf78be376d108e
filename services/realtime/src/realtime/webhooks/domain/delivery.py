"""One event owed to one webhook: what was tried, and what follows from it."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Literal

from shared.values import Int64, Moment, Value

DAY = timedelta(hours=24)
"""For so long a delivery is tried, and for so long a webhook may fail before it is disabled."""
DELAYS = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 1800, 3600, 7200, 10800, 14400, 21600, 21600))
"""After each failed attempt. The last attempt is a day after the first."""
_AFTER_FIRST = tuple(accumulate(DELAYS))

State = Literal["waiting", "delivered", "failed"]
Problem = Literal[
    "",
    "status",
    "redirect",
    "gone",
    "timeout",
    "connection",
    "forbidden_address",
    "answer_too_large",
    "no_answer",
    "secret_unreadable",
]
"""Why an attempt failed. "": it was accepted."""


class Attempt(Value):
    """What a request led to."""

    at: Moment
    milliseconds: Int64
    status: Int64 | None = None
    problem: Problem = ""
    answer: str = ""
    """The beginning of the answer's text."""

    @property
    def accepted(self) -> bool:
        return self.problem == ""


class Delivery(Value):
    id: str
    tenant_id: str
    webhook_id: str
    event_id: str
    """The header `webhook-id`: the same for every attempt, and for every webhook that gets this event."""
    event: str
    body: str
    """Byte for byte the same for every attempt. Emptied once it was accepted: it holds words."""
    test: bool = False
    state: State = "waiting"
    created_at: Moment
    attempts: Int64 = 0
    first_try_at: Moment | None = None
    """Of the day of attempts that is under way."""
    due_at: Moment | None = None
    last: Attempt | None = None
    ended_at: Moment | None = None
    version: Int64 = 1


def attempted(delivery: Delivery, attempt: Attempt) -> Delivery:
    """The delivery after this attempt: accepted, to be tried again, or given up. A test is tried once."""
    tried = delivery.but(
        attempts=delivery.attempts + 1, first_try_at=delivery.first_try_at or attempt.at, last=attempt,
        version=delivery.version + 1,
    )  # fmt: skip
    if attempt.accepted:
        return tried.but(state="delivered", body="", due_at=None, ended_at=attempt.at)
    next_try = None if delivery.test else _next_try(tried, attempt.at)
    if next_try is None:
        return tried.but(state="failed", due_at=None, ended_at=attempt.at)
    return tried.but(due_at=next_try)


def _next_try(delivery: Delivery, now: datetime) -> datetime | None:
    first = delivery.first_try_at or now
    last = first + DAY
    if now >= last:
        return None
    delay = DELAYS[min(bisect_right(_AFTER_FIRST, now - first), len(DELAYS) - 1)]
    return min(now + delay, last)


def again(delivery: Delivery, now: datetime) -> Delivery:
    """A person asks for another try: another day of attempts begins."""
    return delivery.but(state="waiting", due_at=now, first_try_at=None, ended_at=None, version=delivery.version + 1)
