"""How well invented claims are caught: rates over the labelled answers, and each that went wrong. Exit 1: below a goal.

The set lies in cases/grounding; docs/grounding.md says how it came about.
"""

from __future__ import annotations

import sys

from grounding_set import SETS, Score, score

CAUGHT, FALSE_ALARMS = 0.95, 0.05


def main() -> int:
    scores = [score(name) for name in SETS]
    total = Score(
        "all",
        [case for each in scores for case in each.caught],
        [case for each in scores for case in each.missed],
        [case for each in scores for case in each.sent],
        [case for each in scores for case in each.false_alarms],
    )
    print("| set | invented | caught | grounded | held for nothing |\n|---|---|---|---|---|")
    for each in (*scores, total):
        print(_row(each))
    print("\nNot caught:", *(f"- {case.answer}" for case in total.missed), sep="\n")
    print("\nHeld for nothing:", *(f"- {case.answer}" for case in total.false_alarms), sep="\n")
    return int(total.caught_share < CAUGHT or total.false_alarm_share > FALSE_ALARMS)


def _row(of: Score) -> str:
    invented, grounded = len(of.caught) + len(of.missed), len(of.sent) + len(of.false_alarms)
    caught = f"{len(of.caught)} ({of.caught_share:.1%})"
    held = f"{len(of.false_alarms)} ({of.false_alarm_share:.1%})"
    return f"| {of.name} | {invented} | {caught} | {grounded} | {held} |"


if __name__ == "__main__":
    sys.exit(main())
