"""The one table the bench prints, and the arithmetic behind a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Row:
    what: str
    backend: str
    floor: str = "–"
    product: str = "–"
    ratio: str = "–"
    goal: str = "–"
    met: bool | None = None
    """None: there is no goal for it."""

    def cells(self) -> list[str]:
        verdict = {True: "yes", False: "NO", None: ""}[self.met]
        return [self.what, self.backend, self.floor, self.product, self.ratio, self.goal, verdict]


HEAD = ["what", "backend", "beside it", "product", "ratio (min–max)", "goal", "met?"]


@dataclass(frozen=True)
class Paired:
    """Measurements taken in turns: floor, product, floor, product, …"""

    floor: Sequence[float]
    product: Sequence[float]

    @property
    def ratios(self) -> list[float]:
        return [product / floor for floor, product in zip(self.floor, self.product, strict=True)]

    @property
    def ratio(self) -> float:
        return median(self.ratios)

    def row(self, what: str, backend: str, unit: str, goal: str, met: bool | None) -> Row:
        spread = f"{self.ratio:.2f} ({min(self.ratios):.2f}–{max(self.ratios):.2f})"
        floor, product = (f"{median(values):,.{_digits(values)}f} {unit}" for values in (self.floor, self.product))
        return Row(what, backend, floor, product, spread, goal, met)


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def rendered(rows: Sequence[Row]) -> str:
    """GitHub's table syntax with aligned columns: to be read in a terminal and pasted into docs."""
    lines = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(HEAD))]
    text = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    ]
    text.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(text)


def _digits(values: Sequence[float]) -> int:
    return 0 if median(values) >= 100 else 1
