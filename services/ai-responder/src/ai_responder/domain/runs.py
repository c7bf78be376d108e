"""A thread's latest turn and the run that answers it. Workers claim the run, call the model, record the outcome.

Only the latest turn matters: a newer one replaces the run, and a worker's outcome for the older one is dropped (its
tokens are booked all the same). A claim has a number; only the current one may record. Final state does not depend
on the order or number of deliveries of `reply.requested`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from ai_responder.assistants.domain.assistant import default_id
from ai_responder.domain.outcome import ReplyOutcome, failure
from ai_responder.domain.tokens import ModelCall, Spender, estimated_tokens, usage_events
from shared.aggregates import Cause, Decision, NewEvent
from shared.errors import Invalid
from shared.events import Event, ReplyDrafted, ReplyRequested
from shared.ids import derived_id
from shared.values import Moment, Value

MOST_FAILURES = 6
"""Claims without an answer before the run fails and a person is asked; with the pauses below, about two minutes."""
MOST_CLAIMS = 20
"""Of one run, however they ended: a run that kills every worker must come to an end as well."""
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 2.0, 60.0


class Run(Value):
    """One turn's answer in the making. `request` is dropped when it is done: the thread outlives many runs."""

    id: str
    turn: int
    state: Literal["queued", "running", "done"] = "queued"
    request: ReplyRequested | None
    correlation_id: str
    causation_id: str
    traceparent: str = ""
    due_at: Moment | None
    """Not claimed before this; None unless queued."""
    claim: int = 0
    """How often a worker took it; names the present claim while running."""
    holder: str = ""
    """The process that has the present claim."""
    beat: int = 0
    """Grows while the claiming worker lives."""
    failures: int = 0
    outcome: str = ""


class Thread(Value):
    id: str
    tenant_id: str
    turn: int
    run: Run


@dataclass(frozen=True)
class Claimed:
    """A run that a worker has claimed."""

    thread_id: str
    tenant_id: str
    run: Run
    request: ReplyRequested
    chosen: str = ""
    """The assistant that answers, once it has been chosen."""

    @property
    def cause(self) -> Cause:
        """Cause of the record of this claim: recorded once, however often it is tried."""
        run = self.run
        return Cause(f"run|{run.id}.{run.claim}", self.tenant_id, run.correlation_id, run.causation_id, run.traceparent)

    @property
    def assistant_id(self) -> str:
        return self.chosen or self.request.assistant_id or default_id(self.tenant_id)

    def due(self, what: str) -> Cause:
        return Cause.due(self.tenant_id, f"{what}|{self.run.id}.{self.run.claim}", self.run.correlation_id)


def run_id(tenant_id: str, thread_id: str, turn: int) -> str:
    return derived_id("run", tenant_id, thread_id, str(turn))


def receive(
    state: Thread | None, event: Event[ReplyRequested], now: datetime, holder: str | None = None
) -> Decision[Thread] | None:
    """Absorb a request; with a `holder`, claim it at once. An older or known turn changes nothing.

    Raises `Invalid` for a thread of another tenant."""
    request = event.data
    if state and state.tenant_id != event.tenant_id:
        raise Invalid("wrong_tenant", f"thread {state.id} is another tenant's")
    if state and request.turn <= state.turn:
        return None
    run = Run(
        id=run_id(event.tenant_id, request.thread_id, request.turn),
        turn=request.turn,
        request=request,
        correlation_id=event.correlation_id,
        causation_id=event.id,
        traceparent=event.traceparent,
        due_at=now,
    )
    thread = Thread(id=request.thread_id, tenant_id=event.tenant_id, turn=request.turn, run=run)
    return Decision(thread) if holder is None else claim(thread, now, holder)


def claim(state: Thread | None, now: datetime, holder: str = "") -> Decision[Thread] | None:
    """Take the run if it is queued and due. The decision's answer is the `Claimed`."""
    if state is None or state.run.request is None or not state.run.due_at or state.run.due_at > now:
        return None
    run = state.run.but(state="running", due_at=None, claim=state.run.claim + 1, holder=holder, beat=0)
    return Decision(state.but(run=run), answer=Claimed(state.id, state.tenant_id, run, state.run.request))


def claiming(state: Thread) -> Cause:
    """Not remembered among the absorbed causes: the state shows a claim."""
    return Cause.due(state.tenant_id, f"claim|{state.run.id}.{state.run.claim + 1}", state.run.correlation_id)


def is_current(state: Thread | None, claimed: Claimed) -> bool:
    """Whether this claim still owns the run of its thread."""
    if state is None or state.run.state != "running":
        return False
    return (state.run.id, state.run.claim) == (claimed.run.id, claimed.run.claim)


def beat(state: Thread | None, claimed: Claimed) -> Decision[Thread] | None:
    """Keep the claim alive. None: the worker has lost the run."""
    if state is None or not is_current(state, claimed):
        return None
    return Decision(state.but(run=state.run.but(beat=state.run.beat + 1)))


def record(
    state: Thread | None, claimed: Claimed, outcome: ReplyOutcome, calls: Sequence[ModelCall], now: datetime
) -> Decision[Thread] | None:
    """End the claim with this outcome. If it is no longer current, only its tokens are booked."""
    used = usage_events(spender_of(claimed), claimed.run.claim, calls, now)
    if state is None or not is_current(state, claimed):
        return Decision(state, events=used) if state and used else None
    run = state.run.but(state="done", request=None, due_at=None, outcome=outcome.kind)
    return Decision(state.but(run=run), events=(_drafted(claimed, outcome, now), *used))


def put_off(
    state: Thread | None, claimed: Claimed, why: Setback, calls: Sequence[ModelCall], now: datetime
) -> Decision[Thread] | None:
    """End the claim without an outcome: queue the run again, or fail it if there is no time or try left."""
    request = claimed.request
    failures = claimed.run.failures + why.counts
    again_at = now + timedelta(seconds=max(pause_seconds(failures), why.after_seconds))
    if failures >= MOST_FAILURES or claimed.run.claim >= MOST_CLAIMS or again_at >= request.answer_by:
        outcome = failure(why.reason)
        return record(state, claimed, outcome, calls, now)
    used = usage_events(spender_of(claimed), claimed.run.claim, calls, now)
    if state is None or not is_current(state, claimed):
        return Decision(state, events=used) if state and used else None
    run = state.run.but(state="queued", due_at=again_at, failures=failures)
    return Decision(state.but(run=run), events=used)


def erase(state: Thread | None, phone_numbers: Collection[str]) -> Decision[Thread] | None:
    """Drop the request of a person who is to be forgotten. A worker that is answering it has lost its claim."""
    if state is None or state.run.request is None or state.run.request.contact not in phone_numbers:
        return None
    return Decision(state.but(run=state.run.but(state="done", request=None, due_at=None, outcome="erased")))


def expire(state: Thread | None, seen: Run, now: datetime) -> Decision[Thread] | None:
    """End the claim of a worker that showed no beat for a whole lease. Its model call is booked as an estimate."""
    if state is None or seen.request is None:
        return None
    claimed = Claimed(state.id, state.tenant_id, seen, seen.request)
    if not is_current(state, claimed) or state.run.beat != seen.beat:
        return None
    characters = sum(len(line.text) for line in seen.request.history) + len(seen.request.guide)
    lost = ModelCall(number=1, model="", prompt=estimated_tokens(characters), estimate=True)
    why = Setback(reason="the process that was answering died", counts=0)
    return put_off(state, claimed, why, [lost], now)


class Setback(Value):
    """Why a claim ended without an outcome."""

    reason: str
    after_seconds: float = 0.0
    """The pause the server asked for, or 0."""
    counts: int = 1
    """0 where the model is not the cause: the worker was stopped, or died."""


def pause_seconds(failures: int) -> float:
    return min(FIRST_PAUSE_SECONDS * 2 ** (failures - 1), LONGEST_PAUSE_SECONDS) if failures else 0.0


def spender_of(claimed: Claimed) -> Spender:
    request = claimed.request
    return Spender(claimed.run.id, claimed.tenant_id, claimed.assistant_id, request.conversation_id, request.contact)


def _drafted(claimed: Claimed, outcome: ReplyOutcome, now: datetime) -> NewEvent:
    """Number and contact are those of the request: no answer of a model can reach another person."""
    request = claimed.request
    data = ReplyDrafted(
        thread_id=request.thread_id,
        conversation_id=request.conversation_id,
        turn=request.turn,
        number=request.number,
        contact=request.contact,
        outcome=outcome.kind,
        text=outcome.text,
        reason=outcome.reason,
        run_id=claimed.run.id,
        assistant_id=outcome.why.assistant_id if outcome.why else claimed.assistant_id,
        model=outcome.model,
        drafted_at=now,
        ungrounded=outcome.ungrounded,
        acts=outcome.acts,
        why=outcome.why,
        say_once_in_hours=outcome.say_once_in_hours,
    )
    return NewEvent(data, subject=request.conversation_id, key=request.thread_id)
