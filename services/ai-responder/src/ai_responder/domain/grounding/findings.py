"""What the readers find: a stretch of text with a value, what a source must hold for it, and what it offers as one."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from shared.events.ai_responder import ClaimKind as Kind

Key = tuple[str | int, ...]
"""A value in one spelling, such as ("time", 900) for 3 pm."""


@dataclass(frozen=True)
class Finding:
    start: int
    end: int
    kind: Kind
    says: frozenset[Key]
    """Any of these in a source grounds it."""
    gives: frozenset[Key] = frozenset()
    """What it offers where it stands in a source; empty: the same as `says`."""


def plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def values_of(number: str) -> tuple[Decimal, ...]:
    """What a number in digits may mean: `1.200` is 1200 in one country and 1.2 in another."""
    digits = number.lstrip("§")
    marks = [mark for mark in digits if mark in ".,"]
    if not marks:
        return (Decimal(digits),)
    whole, _, rest = digits.rpartition(marks[-1])
    thousands = Decimal(digits.replace(".", "").replace(",", ""))
    broken = Decimal(f"{whole.replace('.', '').replace(',', '') or '0'}.{rest or '0'}")
    if len(marks) > 1 and len(set(marks)) == 1:
        return (thousands,)
    if len(set(marks)) == 1 and len(rest) == 3 and not whole.startswith("0"):
        return (thousands, broken) if marks[-1] == "." else (thousands,)
    return (broken,)
