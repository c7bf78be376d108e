"""Finds the character that parts the columns: the one that gives the most rows the same number of cells.

`csv.Sniffer` takes seconds for some texts and guesses letters; clevercsv, which is better, needs a second for what is
done here in milliseconds. What is looked at is bounded: the first 200 lines.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence

from campaigns.imports.domain.guess import looks_like_phone

USUAL = ",;\t|"
SAMPLE_LINES = 200
_SAMPLE_CHARACTERS = 200_000
_MOST_RARE = 6
_SEP_LINE = re.compile(r"\"?sep=(.)\"?\s*", re.IGNORECASE)
_NEVER = frozenset("\"'+-.()@/_ \n\r#&")
"""What stands inside cells: in numbers, names, addresses."""


def sep_line(line: str) -> str | None:
    """The delimiter that a first line `sep=;` names, which Excel reads and does not show."""
    found = _SEP_LINE.fullmatch(line.rstrip("\n"))
    return found[1] if found else None


def delimiter_of(lines: Sequence[str]) -> str | None:
    """The delimiter of these first lines; None: one column."""
    sample = _within(lines)
    text = "".join(sample)
    rare = [char for char, _ in Counter(text).most_common() if not char.isalnum() and char not in _NEVER]
    candidates = [
        *(char for char in USUAL if char in text),
        *[c for c in rare if c not in USUAL and ord(c) < 0x3000][:_MOST_RARE],
    ]
    best = max(((_score(sample, char), -n, char) for n, char in enumerate(candidates)), default=None)
    return best[2] if best and best[0] > 0.3 else None


def _within(lines: Sequence[str]) -> list[str]:
    sample: list[str] = []
    size = 0
    for line in lines[:SAMPLE_LINES]:
        size += len(line)
        if size > _SAMPLE_CHARACTERS and sample:
            break
        sample.append(line[:_SAMPLE_CHARACTERS])
    return sample


def _score(lines: Sequence[str], delimiter: str) -> float:
    """0..2: how many rows have the usual number of cells, more for cells that are something as a whole."""
    try:
        rows = [row for row in csv.reader(lines, delimiter=delimiter) if any(cell.strip() for cell in row)]
    except csv.Error:
        return 0.0
    widths = Counter(len(row) for row in rows if len(row) > 1)
    if not widths:
        return 0.0
    width, count = max(widths.items(), key=lambda pair: (pair[1] * (pair[0] ** 0.5), pair[0]))
    usual = [row for row in rows if len(row) == width][:50]
    whole = sum(1 for row in usual if any(looks_like_phone(cell) or "@" in cell for cell in row)) / len(usual)
    familiar = 0.2 if delimiter in USUAL else 0.0
    return count / len(rows) * (1 - 0.5 / width) + 0.5 * whole + familiar if count / len(rows) > 0.3 else 0.0
