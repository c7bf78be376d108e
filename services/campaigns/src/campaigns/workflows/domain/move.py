"""One decision about a run while it is being made: the run so far, and what it wants done."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from campaigns.workflows.domain.definition import Definition
from campaigns.workflows.domain.effects import Advanced, Effect, Ended, HandOver, Release
from campaigns.workflows.domain.expressions import EvaluationFailed, compiled
from campaigns.workflows.domain.facts import facts_of
from campaigns.workflows.domain.run import FIRST_HISTORY, MOST_HISTORY, HistoryEntry, Phase, Run, RunState

SendGate = Literal["open", "held"]
"""Held: the run's campaign is paused."""
LONGEST_DETAIL = 300
MOST_COSTLY = 50
"""Expressions with loops or regular expressions that one decision evaluates: it blocks all others for so long."""
_STATES: dict[Phase, RunState] = {"pausing": "waiting", "waiting": "waiting", "hearing": "waiting", "held": "waiting"}


class Move:
    def __init__(self, run: Run, definition: Definition, now: datetime, gate: SendGate) -> None:
        self.before = run
        self.run = run
        self.definition = definition
        self.now = now
        self.gate: SendGate = gate
        self.effects: list[Effect] = []
        self.passed: list[str] = []
        self._costly = 0

    def change(self, **changes: Any) -> None:
        self.run = self.run.but(**changes)

    def go(self, step: str | None) -> None:
        """To this step; None: the workflow is at its end."""
        if step is None:
            self.end("finished", "end")
        else:
            self.change(step=step, phase="ready", due_at=None)

    def rest(self, phase: Phase, due_at: datetime | None) -> None:
        self.change(phase=phase, due_at=due_at)

    def end(self, state: Literal["finished", "stopped", "failed"], reason: str, detail: str = "") -> None:
        self.note(state, detail or reason)
        self.change(state=state, phase="over", due_at=None, sending=None, wait=None, heard=())
        self.effects.append(Ended(state, reason, self.run.step))

    def note(self, what: str, detail: str = "", message_id: str | None = None) -> None:
        """The first entries and the newest stay."""
        entry = HistoryEntry(
            step=self.run.step or "", at=self.now, what=what, detail=detail[:LONGEST_DETAIL], message_id=message_id
        )
        history = (*self.run.history, entry)
        dropped = self.run.history_dropped
        if len(history) > MOST_HISTORY:
            history, dropped = history[:FIRST_HISTORY] + history[FIRST_HISTORY + 1 :], dropped + 1
        self.change(history=history, history_dropped=dropped)

    def visit(self, path: str) -> int:
        """Count one more; returns which one it is."""
        visits = dict(self.run.visits)
        visits[path] = visits.get(path, 0) + 1
        self.change(visits=tuple(visits.items()))
        return visits[path]

    def holds(self, expression: str) -> bool:
        """An expression without value counts as false and stands in the history."""
        try:
            read = compiled(expression)
            self._costly += read.costly
            if self._costly > MOST_COSTLY:
                raise EvaluationFailed(f"more than {MOST_COSTLY} conditions with loops or matches without a rest")
            return read.holds(facts_of(self.run, self.definition, self.now))
        except EvaluationFailed as failed:
            self.note("expression_failed", str(failed))
            return False

    def advanced(self) -> Advanced:
        if self.run is self.before and not self.effects:
            return Advanced(self.before)
        self._release_silence()
        if not self.run.is_over:
            self.change(state=_STATES.get(self.run.phase, "running"))
        return Advanced(self.run, tuple(self.effects), tuple(self.passed))

    def _release_silence(self) -> None:
        """The assistant stays silent from a question to the reply, and while the run answers that reply."""
        answers = self.run.answering and self.run.phase in ("sending", "held")
        if not self.run.silent or answers or self.run.phase in ("waiting", "hearing"):
            return
        self.change(silent=False)
        if not any(isinstance(effect, HandOver) for effect in self.effects):
            self.effects.append(Release())
