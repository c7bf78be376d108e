"""The figures of a dry run, person by person, in memory that does not grow with the list."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from campaigns.workflows.domain.definition import Definition
from campaigns.workflows.domain.run import HistoryEntry
from campaigns.workflows.domain.steps import SaveResponse
from campaigns.workflows.dry_run.domain.walk import Walk
from shared.phone import country_of

MOST_PATHS = 1_000
"""Different ones that are counted; further ones count as `other_paths`."""
LONGEST_PATH = 200
"""Steps of a path that are shown."""
_REASONS = {
    "expression_failed": "expression_failed",
    "no_reply": "no_reply",
    "nothing_saved": "nothing_saved",
    "fell_through": "fell_through",
    "failed": "too_many_moves",
}


@dataclass(slots=True)
class Summary:
    definition: Definition
    recipients: int = 0
    paths: Counter[tuple[str, ...]] = field(default_factory=Counter[tuple[str, ...]])
    other_paths: int = 0
    taken: set[str] = field(default_factory=set[str])
    dead_ends: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    sends: int = 0
    in_quiet_hours: int = 0
    parts: int = 0
    parts_by_country: Counter[str] = field(default_factory=Counter[str])

    def add(self, walk: Walk) -> None:
        self.recipients += 1
        self.taken.update(walk.steps)
        path = tuple(walk.steps[:LONGEST_PATH])
        if path in self.paths or len(self.paths) < MOST_PATHS:
            self.paths[path] += 1
        else:
            self.other_paths += 1
        self.dead_ends.update(dead_ends_of(walk, self.definition))
        parts = sum(send.parts for send in walk.sends)
        self.sends += len(walk.sends)
        self.in_quiet_hours += sum(send.in_quiet_hours for send in walk.sends)
        self.parts += parts
        if parts:
            self.parts_by_country[country_of(walk.run.recipient.phone_number)] += parts

    @property
    def never_taken(self) -> list[str]:
        return [id for id in self.definition.nodes if id not in self.taken]


def dead_ends_of(walk: Walk, definition: Definition) -> set[tuple[str, str]]:
    """Steps at which this person's way did not go as it was meant to, with the reason.

    missing_variable: a text was not sent · expression_failed · no_reply: nothing to save · nothing_saved: no valid
    answer and no `on_invalid` · fell_through: a loop ended at its limit · unanswered: nothing follows a time-out ·
    too_many_moves
    """
    found = {(entry.step, reason) for entry in walk.run.history if (reason := _reason(entry, definition))}
    before_end = walk.run.history[-2] if len(walk.run.history) > 1 else None
    if before_end and before_end.what == "timed_out":
        found.add((before_end.step, "unanswered"))
    return found


def _reason(entry: HistoryEntry, definition: Definition) -> str | None:
    if entry.what == "not_sent" and entry.detail.startswith("missing_variable"):
        return "missing_variable"
    if entry.what == "nothing_saved":
        step = definition.nodes[entry.step].step
        return None if isinstance(step, SaveResponse) and step.on_invalid else "nothing_saved"
    return _REASONS.get(entry.what)
