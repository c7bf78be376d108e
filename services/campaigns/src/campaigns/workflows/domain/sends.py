"""Texts of a run: asking for one to be sent, and going on once its fate is known."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from campaigns.workflows.domain.effects import NotSent, SendText
from campaigns.workflows.domain.facts import render
from campaigns.workflows.domain.happenings import TextSettled
from campaigns.workflows.domain.move import Move
from campaigns.workflows.domain.run import OPENING, Sending
from campaigns.workflows.domain.steps import SaveResponse, ScheduleSend, SendMessage, WaitForReply
from campaigns.workflows.domain.waits import ask_again, give_up_asking, retry_wait
from shared.ids import derived_id

ONE_TO_ONE_FOR = timedelta(minutes=10)
"""After a text of the person, what a run sends is an answer: one-to-one, without quiet hours."""
LOOK_AGAIN, LOOK_AT_LEAST = timedelta(minutes=10), timedelta(hours=6)
"""A held run looks by itself whether its campaign goes on, in case `Resumed` was lost: first after the shorter time,
then twice as late each time, because 100,000 of them may be held for weeks."""
WITHDRAWN_BY_PAUSE = "campaign_withdrawn"


def send(move: Move, kind: Literal["opening", "step", "retry"], step: str) -> None:
    """Each time it is asked for, it is a new message: its id is made of run, step and the visit."""
    if move.gate == "held":
        move.note("held")
        move.change(sending=Sending(step=step, kind=kind))
        return move.rest("held", _next_look(move))
    rendered = render(_text(move, kind, step), move.run)
    if rendered.missing:
        return _leave_out(move, kind, step, ", ".join(rendered.missing))
    path = f"{step}.retry" if kind == "retry" else step
    message_id = message_id_of(move.run.id, path, move.visit(path))
    answers = move.run.texted_at is not None and move.now - move.run.texted_at <= ONE_TO_ONE_FOR
    move.change(sending=Sending(step=step, kind=kind, message_id=message_id), last_message_id=message_id)
    move.change(last_status="queued", last_revision=0)
    move.effects.append(
        SendText(
            message_id=message_id,
            step=step,
            text=rendered.text,
            priority="one" if answers else "bulk",
            quiet_hours=not answers,
            reply_within=_reply_within(move, kind, step),
        )
    )
    return move.rest("sending", None)


def message_id_of(run_id: str, path: str, visit: int) -> str:
    return derived_id("msg", run_id, path, str(visit))


def send_held(move: Move) -> None:
    """The campaign may send again: what was held goes out."""
    held = move.run.sending
    if move.run.phase != "held" or held is None:
        return None
    if move.gate == "held":
        return move.rest("held", _next_look(move))
    return send(move, held.kind, held.step)


def _next_look(move: Move) -> datetime:
    held_for = move.now - (move.run.since or move.now)
    return move.now + min(max(LOOK_AGAIN, held_for), LOOK_AT_LEAST)


def settle(move: Move, text: TextSettled) -> None:
    sending = move.run.sending
    if move.run.phase != "sending" or sending is None or sending.message_id != text.message_id:
        return _note_later_status(move, text)
    move.change(last_status=text.status, last_revision=text.revision, last_left=text.accepted)
    if text.status == "withdrawn" and text.reason == WITHDRAWN_BY_PAUSE:
        move.note("withdrawn", text.reason, text.message_id)
        return send(move, sending.kind, sending.step)
    if text.status == "suppressed":
        return move.end("stopped", "opted_out")
    detail = text.status if text.accepted else f"{text.status} {text.reason}".strip()
    move.note("sent" if text.accepted else "not_sent", detail, text.message_id)
    move.change(sending=None, since=text.at)
    return _go_on(move, sending, text)


def _go_on(move: Move, sending: Sending, text: TextSettled) -> None:
    if sending.kind == "opening":
        return move.go(move.definition.first)
    if sending.kind == "step":
        return move.go(move.definition.next_of(sending.step))
    return ask_again(move, sending.step) if text.accepted else give_up_asking(move, sending.step)


def _note_later_status(move: Move, text: TextSettled) -> None:
    """Receipts that come while the run has gone on."""
    if text.message_id != move.run.last_message_id or text.revision <= move.run.last_revision or move.run.is_over:
        return
    move.change(last_status=text.status, last_revision=text.revision)
    if text.status == "undelivered":
        move.note("undelivered", text.reason, text.message_id)


def _leave_out(move: Move, kind: str, step: str, missing: str) -> None:
    """A text with a hole is not sent. A campaign's recipient whose own text has one is skipped as a whole."""
    move.note("not_sent", f"missing_variable {missing}")
    move.effects.append(NotSent(step, "missing_variable", missing))
    move.change(sending=None, last_status="not_sent", last_left=False, since=move.now)
    if kind == "opening":
        return move.end("finished", "missing_variable")
    if kind == "retry":
        return give_up_asking(move, step)
    return move.go(move.definition.next_of(step))


def _text(move: Move, kind: str, step: str) -> str:
    if kind == "opening":
        return move.run.opening or ""
    found = move.definition.nodes[step].step
    if isinstance(found, SaveResponse):
        return found.retry_text or ""
    assert isinstance(found, SendMessage | ScheduleSend)
    return found.text


def _reply_within(move: Move, kind: str, step: str) -> int | None:
    if kind == "retry":
        return retry_wait(move.run)
    following = move.definition.first if step == OPENING else move.definition.next_of(step)
    found = move.definition.nodes[following].step if following else None
    return found.timeout_seconds if isinstance(found, WaitForReply) and found.when is None else None
