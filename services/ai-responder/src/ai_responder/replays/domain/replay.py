"""A replay in progress: it collects turns page by page, then answers them one by one, each in a save of its own.

A step is claimed before it is worked on. If the process dies, the step becomes due again after its lease, and what its
model calls may have used is booked as an estimate.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from ai_responder.domain.tokens import ModelCall, Spender, usage_events
from ai_responder.replays.domain.case import CASES, ReplayCase, case_document
from ai_responder.replays.domain.totals import SideTotals
from shared.aggregates import Decision, NewEvent, NewRecord
from shared.ids import derived_id
from shared.values import Moment, Value

LEASE = timedelta(minutes=5)
"""A step asks a model for two answers and perhaps two ratings."""
MOST_FAILURES = 6
"""Steps in a row without an answer of the model, with growing pauses: about two minutes."""
LONGEST_PAUSE = 60.0
PURPOSE = "replay"


class PastConversations(Value):
    """Which of the tenant's conversations are replayed."""

    begins: Moment
    ends: Moment
    limit: int
    """Turns."""


class ReplaySide(Value):
    """One of the two versions. `digest` of what it held when the replay began: a draft may change meanwhile."""

    version: int
    digest: str
    totals: SideTotals = SideTotals()


class Replay(Value):
    id: str
    tenant_id: str
    assistant_id: str
    sides: tuple[ReplaySide, ReplaySide]
    """The version that is tried, and the one it is compared with."""
    past: PastConversations | None = None
    """None: an uploaded set."""
    cursor: str = ""
    """Of the next page of conversations."""
    state: Literal["collecting", "running", "done", "cancelled", "failed"]
    reason: str = ""
    """Why it failed, or ended early."""
    cases: int = 0
    done: int = 0
    """Cases answered; the number of the next one."""
    budget_tokens: int
    rubric: str = ""
    due_at: Moment | None
    """None: over. While a step is claimed, the end of its lease."""
    claim: int = 0
    holder: str = ""
    """The process that works on a step."""
    failures: int = 0
    requested_by: str = ""
    created_at: Moment
    ended_at: Moment | None = None
    request_digest: str = ""

    @property
    def is_open(self) -> bool:
        return self.state in ("collecting", "running")

    @property
    def tokens_used(self) -> int:
        return sum(side.totals.tokens_used for side in self.sides)


def claim(state: Replay | None, now: datetime, holder: str) -> Decision[Replay] | None:
    """Take the next step. The answer is the replay as claimed. A step that was never recorded is booked first."""
    if state is None or not state.is_open or state.due_at is None or state.due_at > now:
        return None
    lost = _lost_step(state, now) if state.holder else ()
    claimed = state.but(claim=state.claim + 1, holder=holder, due_at=now + LEASE)
    return Decision(claimed, events=lost, answer=claimed)


def take_over(state: Replay | None, seen: Replay, now: datetime) -> Decision[Replay] | None:
    """The process that works on this step is known to have ended: it is due at once."""
    return Decision(state.but(due_at=now)) if state and is_current(state, seen) else None


def is_current(state: Replay | None, claimed: Replay) -> bool:
    return state is not None and state.is_open and state.claim == claimed.claim and state.holder != ""


def collected(
    state: Replay | None, claimed: Replay, found: int, cursor: str | None, now: datetime
) -> Decision[Replay] | None:
    """So many turns more are filed; `cursor` of the next page, None after the last."""
    if state is None or not is_current(state, claimed):
        return None
    cases = state.cases + found
    enough = cursor is None or (state.past is not None and cases >= state.past.limit)
    after = _free(state, now).but(cases=cases, cursor=cursor or "", state="running" if enough else "collecting")
    return Decision(_ended(after, "done", now, "there are no such turns") if enough and not cases else after)


def answered(
    state: Replay | None, claimed: Replay, case: ReplayCase, calls: Sequence[ModelCall], now: datetime
) -> Decision[Replay] | None:
    """File the case with its answers and count them. Of a claim that is not current only the tokens are booked."""
    booked = _booked(claimed, case.n, calls, now)
    if state is None or not is_current(state, claimed):
        return Decision(state, events=booked) if state and booked else None
    first, second = (
        side.but(totals=side.totals.plus(answer)) for side, answer in zip(state.sides, case.answers, strict=True)
    )
    after = _free(state, now).but(sides=(first, second), done=state.done + 1, failures=0)
    record = NewRecord(CASES, case_document(state.tenant_id, case, revision=2))
    return Decision(_maybe_ended(after, now), events=booked, records=(record,))


def skipped(state: Replay | None, claimed: Replay, now: datetime) -> Decision[Replay] | None:
    """The next case is gone: its person was erased, or its texts have expired."""
    if state is None or not is_current(state, claimed):
        return None
    return Decision(_maybe_ended(_free(state, now).but(done=state.done + 1, failures=0), now))


def put_off(
    state: Replay | None, claimed: Replay, why: str, calls: Sequence[ModelCall], now: datetime
) -> Decision[Replay] | None:
    """The step gave nothing: try again later, or give up."""
    booked = _booked(claimed, claimed.done, calls, now)
    if state is None or not is_current(state, claimed):
        return Decision(state, events=booked) if state and booked else None
    failures = state.failures + 1
    if failures >= MOST_FAILURES:
        return Decision(_ended(state, "failed", now, why), events=booked)
    pause = timedelta(seconds=min(2.0 * 2**failures, LONGEST_PAUSE))
    return Decision(_free(state, now + pause).but(failures=failures), events=booked)


def fail(
    state: Replay | None, claimed: Replay, why: str, calls: Sequence[ModelCall], now: datetime
) -> Decision[Replay] | None:
    """It cannot go on."""
    booked = _booked(claimed, claimed.done, calls, now)
    if state is None or not is_current(state, claimed):
        return Decision(state, events=booked) if state and booked else None
    return Decision(_ended(state, "failed", now, why), events=booked)


def cancel(state: Replay, now: datetime) -> Decision[Replay] | None:
    """A step that is being worked on ends without being counted; its tokens are booked."""
    return Decision(_ended(state, "cancelled", now, "a person cancelled it")) if state.is_open else None


def run_id(replay_id: str, n: int) -> str:
    """Of one case, for the ledger."""
    return derived_id("run", replay_id, str(n))


def _free(state: Replay, due_at: datetime) -> Replay:
    return state.but(holder="", due_at=due_at)


def _maybe_ended(state: Replay, now: datetime) -> Replay:
    if state.done >= state.cases:
        return _ended(state, "done", now)
    if state.tokens_used >= state.budget_tokens:
        return _ended(state, "done", now, f"its budget of {state.budget_tokens} tokens is used")
    return state


def _ended(state: Replay, how: Literal["done", "cancelled", "failed"], now: datetime, reason: str = "") -> Replay:
    return state.but(state=how, reason=reason, due_at=None, holder="", ended_at=now)


def _lost_step(state: Replay, now: datetime) -> tuple[NewEvent, ...]:
    """As the cases before it used on average, or a guess."""
    if state.state != "running":
        return ()
    tokens = state.tokens_used // state.done if state.done else 1000
    return _booked(state, state.done, [ModelCall(number=1, model="", prompt=tokens, estimate=True)], now)


def _booked(claimed: Replay, n: int, calls: Sequence[ModelCall], now: datetime) -> tuple[NewEvent, ...]:
    spender = Spender(run_id(claimed.id, n), claimed.tenant_id, claimed.assistant_id, purpose=PURPOSE)
    return usage_events(spender, claimed.claim, calls, now)
