"""One test for a rule that many cases must keep: it looks at all of them and names those that do not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

Case = TypeVar("Case")


def failing(cases: Iterable[Case], check: Callable[[Case], None], named: Callable[[Case], str] = str) -> dict[str, str]:
    """What `check` raised for each case, by the case's name: `assert failing(cases, check) == {}`."""
    failures: dict[str, str] = {}
    for case in cases:
        try:
            check(case)
        except Exception as error:  # noqa: BLE001 - whatever it is, the case's name belongs to it
            failures[named(case)] = f"{type(error).__name__}: {error}"
    return failures
