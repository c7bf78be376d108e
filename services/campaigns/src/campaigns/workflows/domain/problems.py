"""A mistake in a definition, with its place."""

from __future__ import annotations

from shared.values import Value

MOST_PROBLEMS = 100
"""Reported of one definition. Any others are found once these are corrected."""


class Problem(Value):
    path: str
    """As in `steps[2].then[0].text`; empty for the definition as a whole."""
    code: str
    detail: str


class Problems:
    """Collects them, up to the limit."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def add(self, path: str, code: str, detail: str) -> None:
        if len(self._found) < MOST_PROBLEMS:
            self._found.append(Problem(path=path, code=code, detail=detail))

    @property
    def found(self) -> tuple[Problem, ...]:
        return tuple(self._found)
