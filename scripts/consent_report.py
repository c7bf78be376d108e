"""How well the reader of consent reads its corpus: confusion tables, rates by language, goals. Exit 1: below a goal.

The corpus lies in shared/tests/consent/corpus, one JSON object a line: `text`, `reads` (out, safe, none), `language`.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from shared.consent import ConsentWish, read_consent

CORPUS = Path(__file__).parent.parent / "shared" / "tests" / "consent" / "corpus"
READINGS: tuple[ConsentWish, ...] = ("stop", "possible_stop", "start", "help", "none")
GOALS = {"out": 0.99, "safe": 0.90, "none": 0.97}
RIGHT: dict[str, frozenset[ConsentWish]] = {
    "out": frozenset({"stop"}),
    "safe": frozenset({"stop", "possible_stop"}),
    "none": frozenset({"start", "help", "none"}),
}
"""`safe` is doubtful: obeying and asking a person are both right, silence is wrong."""
PARTS = {"seen": ("seen", "opened"), "unseen": ("unseen",)}
LANGUAGES = ("en", "es", "other")


@dataclass(frozen=True)
class Case:
    text: str
    reads: str
    language: str


@dataclass(frozen=True)
class Rate:
    right: int
    of: int

    @property
    def share(self) -> float:
        return self.right / self.of if self.of else 1.0

    def __str__(self) -> str:
        return f"{self.share:6.1%} ({self.right} of {self.of})"


def load(part: str) -> list[Case]:
    """All cases of the `seen` or the `unseen` part; what was opened counts as seen."""
    paths = sorted(path for name in PARTS[part] for path in CORPUS.glob(f"{name}_*.jsonl"))
    lines = [line for path in paths for line in path.open(encoding="utf-8")]
    return [Case(**json.loads(line)) for line in lines]


def is_right(case: Case) -> bool:
    return read_consent(case.text).reading in RIGHT[case.reads]


def rate(cases: Iterable[Case]) -> Rate:
    judged = [is_right(case) for case in cases]
    return Rate(sum(judged), len(judged))


def confusion(cases: list[Case]) -> list[str]:
    counted = Counter((case.reads, read_consent(case.text).reading) for case in cases)
    head = f"{'':6}" + "".join(f"{name:>15}" for name in READINGS)
    rows = [f"{reads:6}" + "".join(f"{counted[reads, name]:15}" for name in READINGS) for reads in GOALS]
    return [head, *rows]


def table(part: str) -> tuple[list[str], bool]:
    """The lines to print and whether the goals are reached."""
    cases = load(part)
    lines = [f"{part}: {len(cases)} texts", *confusion(cases), ""]
    reached = True
    for reads, goal in GOALS.items():
        overall = rate(case for case in cases if case.reads == reads)
        reached = reached and overall.share >= goal
        mark = "reached" if overall.share >= goal else "BELOW"
        lines.append(f"{reads:6}{overall!s:>22}   goal {goal:.0%} {mark}")
        for language in LANGUAGES:
            found = rate(case for case in cases if case.reads == reads and case.language == language)
            lines.append(f"  {language:6}{found!s:>20}")
    return lines, reached


def main() -> int:
    all_reached = True
    for part in ("seen", "unseen"):
        lines, reached = table(part)
        print("\n".join(lines), end="\n\n")
        all_reached = all_reached and reached
    return 0 if all_reached else 1


if __name__ == "__main__":
    sys.exit(main())
