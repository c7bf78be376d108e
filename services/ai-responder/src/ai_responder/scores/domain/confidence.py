"""What a share of few cases is worth: the interval by Wilson (1927), which holds for small numbers and near 0 and 1."""

from __future__ import annotations

from math import sqrt

Z = 1.96
"""95 of 100 such intervals hold the true share."""
FEW = 20


def wilson(good: int, n: int) -> tuple[float, float] | None:
    """The lowest and highest share that these counts are compatible with; None without any."""
    if n <= 0:
        return None
    share, z2 = good / n, Z * Z
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return round(max(0.0, middle - half), 3), round(min(1.0, middle + half), 3)


def in_words(good: int, n: int) -> str:
    """The share and how far to trust it, as one sentence."""
    interval = wilson(good, n)
    if interval is None:
        return "No answer has been judged yet."
    low, high = (f"{share:.0%}" for share in interval)
    if n < FEW:
        return f"{good} of {n}: too few to rely on; the true share may be anything from {low} to {high}."
    return f"{good} of {n}: {good / n:.0%}, and with more answers probably between {low} and {high}."
