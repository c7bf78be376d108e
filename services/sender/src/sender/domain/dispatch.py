"""A worker's next step in a lane, and the claim without which nothing is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sender.domain.lane import Lane
from sender.domain.message import Attempt, Message
from sender.domain.settle import mark_unknown, may_repeat, next_look
from sender.domain.timing import Timing, after
from shared.events import Priority

SHOWN_AFTER_SECONDS = 5
"""A shorter wait for the pace is not worth a state change and an event."""
ATTEMPTS_KEPT = 20

Todo = Literal["send", "watch", "search", "repeat", "give_up", "rest"]


@dataclass(frozen=True)
class NextStep:
    """One thing to do about one message; `rest`: nothing now, only look again later."""

    todo: Todo
    message: Message


@dataclass(frozen=True)
class Wait:
    """A gate is closed to a message and may open again. `reserved`: the pace keeps the moment `until` for it;
    `counted_on`: it holds a place among its number's parts of that day."""

    reason: str
    until: datetime
    reserved: bool = False
    detail: str = ""
    counted_on: str | None = None


def overdue(lane: Lane, now: datetime) -> list[Message]:
    """Messages that change by time alone: expired ones, and those that have waited long for an earlier number."""
    return [message for message in lane.messages if _expired(message, now) or _gap_is_due(lane, message, now)]


def tidy(lane: Lane, message_id: str, now: datetime) -> Lane | None:
    """An expired message ends; a missing number of a stream is shown."""
    message = lane.find(message_id)
    if message is None:
        return None
    if _expired(message, now):
        return lane.with_message(message.moved("expired", now, "expired"))
    if _gap_is_due(lane, message, now):
        detail = f"it waits for number {lane.stream(message.stream or '').next} of its stream, which has not arrived"
        return lane.with_message(message.moved("queued", now, "gap", detail, gap_at=None))
    return None


def _expired(message: Message, now: datetime) -> bool:
    return message.status == "queued" and message.order.expires_at is not None and message.order.expires_at <= now


def _gap_is_due(lane: Lane, message: Message, now: datetime) -> bool:
    return message.gap_at is not None and message.gap_at <= now and lane.in_gap(message)


def next_in(lane: Lane, priority: Priority, now: datetime, timing: Timing) -> NextStep | None:
    """The next step for this priority; None if nothing is due."""
    flight = lane.flight(priority)
    if flight is None:
        due = (head for head in lane.heads(priority) if (head.look_at or head.created_at) <= now)
        head = next(due, None)
        return NextStep("send", head) if head else None
    if flight.look_at and flight.look_at > now:
        return None
    return NextStep("watch" if flight.status == "submitting" else _about_unknown(flight, now, timing), flight)


def _about_unknown(message: Message, now: datetime, timing: Timing) -> Todo:
    """Evidence first, then the end of waiting, then another attempt."""
    first = message.first_at or message.changed_at
    if message.checks < len(timing.checks) and after(first, timing.checks[message.checks]) <= now:
        return "search"
    if waited_enough(message, now, timing):
        return "give_up"
    if may_repeat(message, timing) and after(first, timing.repeats[message.repeats]) <= now:
        return "repeat"
    return "rest"


def waited_enough(message: Message, now: datetime, timing: Timing) -> bool:
    """The messages behind it go on now, even if its outcome stays unknown."""
    return after(message.first_at or message.changed_at, timing.give_up) <= now


def claim(lane: Lane, seen: Message, attempt: Attempt, body: bytes, timing: Timing) -> Lane | None:
    """The lane with this message marked as being sent; None if it is not as it was when the gates let it through."""
    message = lane.find(seen.id)
    if message is None or message.attempt + 1 != attempt.number or message.status != seen.status or message.withdrawn:
        return None
    if message.status == "queued" and (lane.flight(message.priority) or message not in lane.heads(message.priority)):
        return None
    repeat = message.status == "unknown"
    now = attempt.started_at
    if repeat and (not may_repeat(message, timing) or after(message.first_at or now, timing.give_up) <= now):
        return None
    message = message.but(
        attempt=attempt.number,
        owner=attempt.owner,
        tries=message.tries + 1,
        repeats=message.repeats + repeat,
        first_at=message.first_at if repeat else now,
        body=message.body if repeat else body,
        booking=message.booking if repeat else seen.booking,
        counted_on=message.counted_on if repeat else seen.counted_on,
        look_at=after(now, timing.watch),
        slot_at=None,
        attempts=(*message.attempts, attempt)[-ATTEMPTS_KEPT:],
    )
    return lane.with_message(message.moved("submitting", now))


def watch_again(lane: Lane, seen: Message, now: datetime, timing: Timing) -> Lane | None:
    """The claim is still fresh to this observer: look again later."""
    message = _same_attempt(lane, seen, "submitting")
    return lane.with_message(message.but(look_at=after(now, timing.watch))) if message else None


def end_lease(lane: Lane, seen: Message, now: datetime, timing: Timing) -> Lane | None:
    """The process of this attempt died or froze: the outcome is unknown. It is never requeued from here."""
    message = _same_attempt(lane, seen, "submitting")
    if message is None:
        return None
    message = message.attempt_ended(message.attempt, now, "lease_ended")
    return lane.with_message(
        mark_unknown(
            message,
            now,
            timing,
            "no_answer",
            "the sending process stopped before it recorded an answer; it may have been sent",
        )
    )


def rest(lane: Lane, seen: Message, now: datetime, timing: Timing, *, skip_repeat: bool = False) -> Lane | None:
    """Nothing to do about this unknown one now; with `skip_repeat` a gate was closed to its repeat."""
    message = _same_attempt(lane, seen, "unknown")
    if message is None:
        return None
    message = message.but(repeats=message.repeats + skip_repeat)
    return lane.with_message(message.but(look_at=next_look(message, now, timing)))


def repeat_later(lane: Lane, seen: Message, wait: Wait, now: datetime, timing: Timing) -> Lane | None:
    """A gate that may open again is closed to the repeat of this unknown one. Evidence and the end wait for no gate."""
    message = _same_attempt(lane, seen, "unknown")
    if message is None:
        return None
    look_at = min(wait.until, next_look(message, now, timing, repeat=False))
    return _with_slot(lane, message.but(look_at=look_at), wait)


def search_later(lane: Lane, seen: Message, until: datetime) -> Lane | None:
    """Its carrier account has no place left: the records are asked then."""
    message = _same_attempt(lane, seen, "unknown")
    return lane.with_message(message.but(look_at=until)) if message else None


def end_search(lane: Lane, seen: Message, now: datetime, timing: Timing) -> Lane | None:
    """The detail records know nothing of it yet, or could not be read. Searches missed meanwhile count as done."""
    message = _same_attempt(lane, seen, "unknown")
    if message is None:
        return None
    first = message.first_at or message.changed_at
    message = message.but(checks=sum(after(first, seconds) <= now for seconds in timing.checks))
    return lane.with_message(message.but(look_at=next_look(message, now, timing)))


def give_up(lane: Lane, seen: Message, now: datetime) -> Lane | None:
    """A person has to decide now; the messages behind it go on, and this one is never posted again."""
    message = _same_attempt(lane, seen, "unknown")
    if message is None:
        return None
    detail = "the carrier may or may not have taken it; resolve it as `sent` or `retry`"
    return lane.with_message(message.moved("unresolved", now, message.reason, detail))


def postpone(lane: Lane, seen: Message, wait: Wait, now: datetime) -> Lane | None:
    """A gate that may open again is closed to this queued message; a wait worth knowing is shown with its reason."""
    message = _same_attempt(lane, seen, "queued")
    if message is None:
        return None
    shown = wait.reason != "pace" or wait.until >= after(now, SHOWN_AFTER_SECONDS)
    if shown and (message.reason, message.detail) != (wait.reason, wait.detail):
        message = message.moved("queued", now, wait.reason, wait.detail)
    return _with_slot(lane, message.but(look_at=wait.until), wait)


def _with_slot(lane: Lane, message: Message, wait: Wait) -> Lane:
    """If the pace keeps this moment for it, it asks for no other moment."""
    message = message.but(slot_at=wait.until) if wait.reserved else message
    return lane.with_message(message.but(counted_on=wait.counted_on) if wait.counted_on else message)


def end(lane: Lane, seen: Message, status: Literal["refused", "withdrawn", "expired"], reason: str, detail: str,
        now: datetime) -> Lane | None:  # fmt: skip
    """A gate that will not open again."""
    message = _same_attempt(lane, seen, "queued")
    return lane.with_message(message.moved(status, now, reason, detail)) if message else None


def _same_attempt(lane: Lane, seen: Message, status: str) -> Message | None:
    message = lane.find(seen.id)
    same = message is not None and message.attempt == seen.attempt and message.status == status
    return message if same else None
