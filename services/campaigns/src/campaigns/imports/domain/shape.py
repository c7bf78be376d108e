"""Where the table begins in a file: title rows above it, a header or none.

The header is, in this order: the row that the user says; the first of the top rows that names a column we know and is
as wide as the table; the last wide row without a phone number above the first one that has one. Without a phone number
in sight the first wide row is the header if it holds only words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from campaigns.imports.domain.guess import looks_like_phone
from campaigns.imports.domain.header_words import kind_of
from shared.errors import Invalid
from shared.values import Value

TOP_ROWS = 40
"""Rows above the table, at most."""
_LONGEST_NAME = 60
_FIGURES = re.compile(r"[\d\s.,:/@+-]+")

Cells = Sequence[str]


class Shape(Value):
    """`header` and `first` are positions among all rows of the file, from 0; `header` is None where there is none."""

    header: int | None
    first: int
    width: int


def shape_of(rows: Sequence[Cells], has_header: bool | None = None) -> Shape:
    """The table in these first rows of a file. Raises `Invalid`: nothing in it, or nothing below its header."""
    filled = [sum(1 for cell in cells if cell.strip()) for cells in rows]
    wide = [count for count in filled if count]
    if not wide:
        raise Invalid("file_empty", "The file has no rows.")
    usual = _usual_width(wide)
    start = next(n for n, count in enumerate(filled) if count >= usual or (count and n >= TOP_ROWS))
    header = _header(rows, filled, usual) if has_header in (None, True) else None
    if has_header and header is None:
        header = start
    first = next((n for n in range(start if header is None else header + 1, len(rows)) if filled[n]), None)
    if first is None:
        raise Invalid("no_rows", "The file has a header and no row below it.")
    width = max(_last(cells) for cells in ([rows[header]] if header is not None else rows[first : first + 200]))
    below = Counter(_last(cells) for cells in rows[first : first + 200] if any(cell.strip() for cell in cells))
    common = below.most_common(1)[0][0]
    return Shape(header=header, first=first, width=max(width, common if below[common] * 2 > sum(below.values()) else 0))


def _usual_width(wide: Sequence[int]) -> int:
    """How many cells of a row of the table are filled at least: half of what most rows have, rounded up."""
    widths = sorted(wide)
    most = widths[len(widths) * 3 // 4]
    return max(1, min(most, (most + 1) // 2 if most > 3 else most - (most > 2)))


def _header(rows: Sequence[Cells], filled: Sequence[int], usual: int) -> int | None:
    top = [n for n in range(min(len(rows), TOP_ROWS)) if filled[n] >= usual]
    for n in top:
        if _has_phone(rows[n]):
            break
        if _names_columns(rows[n], filled[n]):
            return n
    first_data = next((n for n in range(len(rows)) if filled[n] and _has_phone(rows[n])), None)
    if first_data is not None:
        above = [n for n in top if n < first_data and _could_name(rows[n])]
        return above[-1] if above and above[-1] >= first_data - 5 else None
    return top[0] if top and len(top) > 1 and _could_name(rows[top[0]]) and _differs(rows, top) else None


def _names_columns(cells: Cells, filled: int) -> bool:
    """At least one cell is the name of a column we know, and no cell is a value."""
    known = sum(1 for cell in cells if cell.strip() and kind_of(cell)[1] and kind_of(cell)[0])
    return known >= 1 and known * 8 >= filled and _could_name(cells)


def _could_name(cells: Cells) -> bool:
    """Nothing in it is a number, an address or a long text."""
    texts = [cell.strip() for cell in cells if cell.strip()]
    return all(len(text) <= _LONGEST_NAME and not _is_figures_or_address(text) for text in texts)


def _is_figures_or_address(text: str) -> bool:
    figures = _FIGURES.fullmatch(text) and any(char.isdigit() for char in text)
    return bool(figures) or ("@" in text and len(text.split()) == 1)


def _differs(rows: Sequence[Cells], top: Sequence[int]) -> bool:
    """Words above numbers: some column holds values below that could name nothing."""
    return any(not _could_name(rows[n]) for n in top[1:])


def _has_phone(cells: Cells) -> bool:
    return any(looks_like_phone(cell) for cell in cells)


def _last(cells: Cells) -> int:
    return max((n + 1 for n, cell in enumerate(cells) if cell.strip()), default=0)
