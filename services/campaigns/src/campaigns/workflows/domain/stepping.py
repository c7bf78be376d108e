"""What each step does when a run comes to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from campaigns.workflows.domain.answers.read import Unreadable, read_answer
from campaigns.workflows.domain.effects import HandOver as HandOverEffect
from campaigns.workflows.domain.effects import SetContactField
from campaigns.workflows.domain.facts import render
from campaigns.workflows.domain.local_times import (
    WEEKDAYS,
    days_later_at,
    moment_of,
    next_at,
    zones_of_run,
)
from campaigns.workflows.domain.move import Move
from campaigns.workflows.domain.run import SavedAnswer
from campaigns.workflows.domain.sends import send
from campaigns.workflows.domain.steps import (
    Condition,
    Delay,
    End,
    Filter,
    GoTo,
    HandOver,
    SaveResponse,
    ScheduleSend,
    SendMessage,
    SetField,
    WaitForReply,
)
from campaigns.workflows.domain.waits import give_up_asking, wait

MOST_MOVES = 1_000
"""Steps that one run executes; loops within loops could ask for more. Then it fails, and a person may move it on."""


def run_steps(move: Move) -> None:
    """Step by step until the run rests or is over."""
    while move.run.phase == "ready":
        if move.run.moves >= MOST_MOVES:
            return move.end("failed", "too_many_moves", f"more than {MOST_MOVES} steps")
        _take_step(move, move.run.step or "")
    return None


def pause_over(move: Move, due_at: datetime) -> None:
    """A delay or a scheduled moment has come."""
    step = move.definition.nodes[move.run.step or ""].step
    if isinstance(step, ScheduleSend):
        return send(move, "step", step.id)
    move.change(since=due_at)
    return move.go(move.definition.next_of(step.id))


def _take_step(move: Move, id: str) -> None:
    node = move.definition.nodes[id]
    asked_again = move.run.wait is not None and move.run.wait.retry_of == id
    move.change(moves=move.run.moves + 1)
    if not asked_again:
        if node.step.when is not None and not move.holds(node.step.when):
            move.note("skipped")
            return move.go(node.next)
        move.passed.append(id)
    return _STEPS[type(node.step)](move, node.step, node.next)


def _send_message(move: Move, step: SendMessage, _next: str | None) -> None:
    send(move, "step", step.id)


def _schedule_send(move: Move, step: ScheduleSend, _next: str | None) -> None:
    moment = _scheduled(move, step)
    if moment <= move.now:
        return send(move, "step", step.id)
    move.note("scheduled", moment.isoformat())
    return move.rest("pausing", moment)


def _scheduled(move: Move, step: ScheduleSend) -> datetime:
    since = move.run.since or move.now
    if step.local_time is None:
        return moment_of(step.at or "") or move.now
    zones = zones_of_run(move.run)
    if isinstance(step.days, int):
        return days_later_at(step.local_time, zones, since, step.days)
    return next_at(step.local_time, zones, since, step.days or WEEKDAYS)


def _filter(move: Move, step: Filter, next: str | None) -> None:
    if move.holds(step.keep):
        return move.go(next)
    return move.end("finished", "filtered")


def _delay(move: Move, step: Delay, next: str | None) -> None:
    since = move.run.since or move.now
    if step.until_local_time is not None:
        due_at = next_at(step.until_local_time, zones_of_run(move.run), since)
    else:
        due_at = since + timedelta(seconds=step.seconds or 0)
    if due_at <= move.now:
        move.change(since=due_at)
        return move.go(next)
    move.note("delayed", due_at.isoformat())
    return move.rest("pausing", due_at)


def _condition(move: Move, step: Condition, _next: str | None) -> None:
    holds = move.holds(step.if_)
    move.note("then" if holds else "else")
    move.go(move.definition.entry(step.then if holds else step.else_, step.id))


def _wait_for_reply(move: Move, step: WaitForReply, _next: str | None) -> None:
    wait(move, step)


def _save_response(move: Move, step: SaveResponse, next: str | None) -> None:
    if not move.run.reply.strip():
        move.note("no_reply")
        return move.go(next)
    read = read_answer(step, move.run.reply, zones_of_run(move.run), move.now)
    if isinstance(read, Unreadable):
        return _ask_again(move, step, read)
    move.change(saved=_with(move.run.saved, read), retries=0, wait=None)
    move.note("saved", f"{step.field} = {read.answer}")
    return move.go(next)


def _ask_again(move: Move, step: SaveResponse, read: Unreadable) -> None:
    move.note("invalid", read.reason)
    if step.retry_text is None or move.run.retries >= step.max_retries:
        return give_up_asking(move, step.id)
    move.change(retries=move.run.retries + 1)
    return send(move, "retry", step.id)


def _set_field(move: Move, step: SetField, next: str | None) -> None:
    value = _filled(step.value, move)
    known = {answer.field: str(answer.answer) for answer in move.run.saved}
    if known.get(step.field) != value:  # the same words keep the type that they were saved with
        move.change(saved=_with(move.run.saved, SavedAnswer(field=step.field, type="text", answer=value)))
    fields = dict(move.run.contact.fields) | {step.field: value}
    move.change(contact=move.run.contact.but(fields=tuple(fields.items())))
    move.effects.append(SetContactField(step.field, value))
    move.note("field_set", f"{step.field} = {value}")
    move.go(next)


def _filled(text: str, move: Move) -> str:
    """A variable without value leaves nothing."""
    rendered = render(text, move.run)
    shown = rendered.text
    for name in rendered.missing:
        shown = shown.replace(f"{{{name}}}", "")
    return shown.strip()


def _hand_over(move: Move, step: HandOver, _next: str | None) -> None:
    latest = move.run.taken[-move.run.reply_texts :] if move.run.reply_texts else ()
    move.effects.append(HandOverEffect(step.to, _filled(step.note, move), latest))
    move.end("finished", "handed_over", f"to {step.to}")


def _go_to(move: Move, step: GoTo, next: str | None) -> None:
    if move.run.visits_of(step.id) >= step.at_most:
        move.note("fell_through")
        return move.go(next)
    move.visit(step.id)
    move.note("jumped", step.step)
    return move.go(step.step)


def _end(move: Move, _step: End, _next: str | None) -> None:
    move.end("finished", "end")


def _with(saved: tuple[SavedAnswer, ...], answer: SavedAnswer) -> tuple[SavedAnswer, ...]:
    return (*(one for one in saved if one.field != answer.field), answer)


_STEPS: dict[type, Callable[[Move, Any, str | None], None]] = {
    SendMessage: _send_message,
    ScheduleSend: _schedule_send,
    Filter: _filter,
    Delay: _delay,
    Condition: _condition,
    WaitForReply: _wait_for_reply,
    SaveResponse: _save_response,
    SetField: _set_field,
    HandOver: _hand_over,
    GoTo: _go_to,
    End: _end,
}
