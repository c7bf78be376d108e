"""A run's next move. Pure: the same run and happening give the same result, whenever and however often it is asked.

Message ids are made of run, step and visit, so a happening that is handled again asks for the same SMS under the same
id. What no longer fits the run (an early timer, a status of another message, a text that was heard already) changes
nothing.
"""

from __future__ import annotations

from datetime import datetime

from campaigns.workflows.domain.definition import Definition
from campaigns.workflows.domain.effects import Advanced, Withdraw
from campaigns.workflows.domain.happenings import (
    ContactChanged,
    Due,
    Happening,
    MovedOn,
    OptedOut,
    Replied,
    Resumed,
    Started,
    Stopped,
    TextSettled,
)
from campaigns.workflows.domain.move import Move, SendGate
from campaigns.workflows.domain.run import OPENING, Run
from campaigns.workflows.domain.sends import send, send_held, settle
from campaigns.workflows.domain.stepping import pause_over, run_steps
from campaigns.workflows.domain.waits import WHOLE_SECONDS, complete, hear, time_out


def advance(run: Run, definition: Definition, happening: Happening, now: datetime, gate: SendGate = "open") -> Advanced:
    """The run after the happening, and what it wants done. `definition` is that of the run's version.

    `gate` is held while the run's campaign is paused; a run without campaign has it open.
    """
    move = Move(run, definition, now, gate)
    _apply(move, happening)
    run_steps(move)
    return move.advanced()


def _apply(move: Move, happening: Happening) -> None:
    match happening:
        case Started():
            _start(move, happening)
        case Due():
            _due(move)
        case TextSettled():
            settle(move, happening)
        case Replied():
            hear(move, happening)
        case OptedOut():
            _opt_out(move, happening)
        case Stopped():
            _stop(move, happening)
        case MovedOn():
            _move_on(move, happening)
        case Resumed():
            send_held(move)
        case ContactChanged():
            if happening.contact.revision > move.run.contact.revision:
                move.change(contact=happening.contact)


def _start(move: Move, started: Started) -> None:
    if move.run.phase != "new":
        return
    taken = (started.message_id,) if started.message_id else ()
    move.change(started_at=move.now, since=move.now, texted_at=started.texted_at, taken=taken)
    move.change(reply=started.text, reply_texts=len(taken), step=OPENING)
    if move.run.opening:
        send(move, "opening", OPENING)
    else:
        move.go(move.definition.first)


def _due(move: Move) -> None:
    due_at = move.run.due_at
    if due_at is None or move.now < due_at:
        return
    if move.run.phase == "pausing":
        pause_over(move, due_at)
    elif move.run.phase == "waiting":
        time_out(move)
    elif move.run.phase == "hearing":
        complete(move)
    elif move.run.phase == "held":
        send_held(move)


def _opt_out(move: Move, out: OptedOut) -> None:
    """An opt-out from before the run began was known then, or has been taken back. Times of carriers are whole seconds:
    a STOP right after the start may seem to be older."""
    if move.run.is_over or (move.run.started_at and out.effective_at < move.run.started_at - WHOLE_SECONDS):
        return
    move.end("stopped", "opted_out")


def _stop(move: Move, stopped: Stopped) -> None:
    if move.run.is_over:
        return
    _withdraw(move)
    move.end("stopped", "stopped", f"by {stopped.by}")


def _move_on(move: Move, moved: MovedOn) -> None:
    """Leave the step for the next one; also what brings a failed run back to life."""
    if move.run.is_over and move.run.state != "failed":
        return
    _withdraw(move)
    move.note("moved_on", f"by {moved.by}")
    step = move.run.sending.step if move.run.sending else move.run.step
    move.change(state="running", sending=None, wait=None, heard=(), retries=0, moves=0, since=move.now)
    move.go(move.definition.first if step in (None, OPENING) else move.definition.next_of(step))


def _withdraw(move: Move) -> None:
    if move.run.phase == "sending" and move.run.sending and move.run.sending.message_id:
        move.effects.append(Withdraw(move.run.sending.message_id))
