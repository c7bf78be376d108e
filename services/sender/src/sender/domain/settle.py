"""The outcome of an attempt, and evidence of any kind: the ways out of a request in the table of docs/sending.md.

A result counts only for the current attempt; a stale one may only add evidence. A 500/502/504 is never overwritten.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sender.domain.figures import plausible_money, plausible_parts
from sender.domain.lane import Lane
from sender.domain.message import LEFT, SENT_AGAIN, Message
from sender.domain.outcome import OPTED_OUT, SendOutcome
from sender.domain.timing import Timing, after


def record(lane: Lane, message: Message, number: int, outcome: SendOutcome, now: datetime, timing: Timing) -> Lane:
    """The lane after attempt `number` of this message came to this outcome."""
    settled = _settled(message, number, outcome, now, timing)
    if settled is message:
        return lane
    return lane.with_message(settled)


def _settled(message: Message, number: int, outcome: SendOutcome, now: datetime, timing: Timing) -> Message:
    noted = message.attempt_ended(number, now, outcome.kind, outcome.reason)
    if outcome.reason == OPTED_OUT and outcome.kind == "refused":
        noted = noted.but(opted_out_at=_start_of(message, number, now))
    if outcome.kind == "accepted":
        return accept(noted, outcome, now)
    if outcome.kind == "server_error" and message.live:
        noted = noted.but(saw_server_error=True)
    if not message.in_flight or number != message.attempt:
        return noted if noted.saw_server_error != message.saw_server_error else message
    if message.tries > 1 or outcome.kind in ("no_answer", "server_error", "in_flight"):
        # A repeat that is refused says nothing about the attempts before it.
        return mark_unknown(noted, now, timing, outcome.reason or outcome.kind, outcome.detail)
    if outcome.kind == "refused":
        return noted.moved("failed", now, outcome.reason, outcome.detail, errors=outcome.errors)
    if outcome.kind in ("suppressed", "withdrawn"):
        return noted.moved(outcome.kind, now, outcome.reason, outcome.detail)
    return requeue(noted, outcome, now, timing)


def _start_of(message: Message, number: int, now: datetime) -> datetime:
    return next((attempt.started_at for attempt in message.attempts if attempt.number == number), now)


def accept(message: Message, outcome: SendOutcome, now: datetime) -> Message:
    """The carrier has it. If a receipt came first, only the facts that it lacked are added."""
    known: dict[str, Any] = {
        "carrier_message_id": message.carrier_message_id or outcome.carrier_message_id,
        "cost": message.cost or plausible_money(outcome.cost),
        "carrier_fee": message.carrier_fee or plausible_money(outcome.carrier_fee),
    }
    parts = plausible_parts(outcome.parts)
    if message.figures_at is None and parts:
        known |= {"parts": parts, "encoding": outcome.encoding or message.encoding}
    if has_left(message):
        return message if _has(message, known) else message.but(revision=message.revision + 1, **known)
    return message.moved("accepted", now, usage=message.usage + 1, errors=(), **known)


def has_left(message: Message) -> bool:
    """It is known to have left (or a person said so): nothing more to learn from an acceptance."""
    return message.status in LEFT and message.reason != SENT_AGAIN


def _has(message: Message, known: dict[str, Any]) -> bool:
    return all(getattr(message, name) == value for name, value in known.items())


def mark_unknown(message: Message, now: datetime, timing: Timing, reason: str, detail: str = "") -> Message:
    """In `unknown`, to be looked at when the next piece of evidence, attempt or end of waiting is due."""
    moved = message.moved("unknown", now, reason, detail)
    return moved.but(look_at=next_look(moved, now, timing))


def may_repeat(message: Message, timing: Timing) -> bool:
    """Whether asking again with the same key may still be right: a 500/502/504 may have freed that key."""
    wanted = not message.saw_server_error and message.withdrawn is None
    return wanted and message.body is not None and message.repeats < len(timing.repeats)


def next_look(message: Message, now: datetime, timing: Timing, *, repeat: bool = True) -> datetime:
    first = message.first_at or now
    moments = [after(first, timing.give_up)]
    if message.checks < len(timing.checks):
        moments.append(after(first, timing.checks[message.checks]))
    if repeat and may_repeat(message, timing):
        moments.append(after(first, timing.repeats[message.repeats]))
    return max(now, min(moments))


def requeue(message: Message, outcome: SendOutcome, now: datetime, timing: Timing) -> Message:
    """Proof that nothing was accepted: try again after a pause as if for the first time, unless it was withdrawn."""
    if message.withdrawn:
        return message.moved("withdrawn", now, message.withdrawn)
    pause = timing.busy[min(message.busy, len(timing.busy) - 1)]
    moved = message.moved("queued", now, outcome.reason, outcome.detail)
    return moved.but(
        tries=0,
        repeats=0,
        checks=0,
        busy=message.busy + 1,
        first_at=None,
        look_at=after(now, max(pause, outcome.retry_after or 0)),
    )
