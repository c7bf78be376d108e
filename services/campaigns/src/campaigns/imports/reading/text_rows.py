"""Rows of a delimited text file, by Python's `csv`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from campaigns.imports.reading.delimiter import SAMPLE_LINES, delimiter_of, sep_line
from campaigns.imports.reading.lines import lines_of
from shared.errors import Invalid


class _CsvReader(Protocol):
    """What `csv.reader` gives; the class itself has no public name."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...
    def __next__(self) -> list[str]: ...


ONE_COLUMN = ""
"""As a delimiter: every line is one cell."""
MOST_CELLS = 2_000


@dataclass(frozen=True)
class TextFormat:
    encoding: str
    delimiter: str
    quoted: bool = True
    """False: quotes are letters like others; so where a quote is never closed."""


def format_of(source: io.BufferedIOBase, encoding: str, delimiter: str | None) -> TextFormat:
    """How to read the file; `delimiter` if the user has said one."""
    source.seek(0)
    first = list(islice(lines_of(source, encoding), SAMPLE_LINES))
    named = sep_line(first[0]) if first else None
    if named is not None:
        first = first[1:]
    chosen = named if delimiter is None else delimiter
    if chosen is None:
        found = delimiter_of(first)
        chosen = ONE_COLUMN if found is None else found
    format = TextFormat(encoding, chosen)
    return TextFormat(encoding, chosen, quoted=_quotes_close(first, format))


def text_rows(source: io.BufferedIOBase, format: TextFormat) -> Iterator[list[str]]:
    """All rows, blank ones too ([]), without a `sep=` line. Raises `Invalid`."""
    lines = lines_of(source, format.encoding)
    first = next(lines, None)
    if first is None:
        return
    if sep_line(first) is None:
        lines = _chained(first, lines)
    if format.delimiter == ONE_COLUMN:
        yield from ([line.rstrip("\n").strip().strip('"')] if line.strip() else [] for line in lines)
        return
    yield from _parsed(lines, format)


def _parsed(lines: Iterator[str], format: TextFormat) -> Iterator[list[str]]:
    reader = _reader(lines, format)
    try:
        for row in reader:
            if len(row) > MOST_CELLS:
                raise Invalid(
                    "not_a_table", f"Row {reader.line_num} has more than {MOST_CELLS} cells: this is no table."
                )
            yield row
    except csv.Error:
        detail = f"Before line {reader.line_num} a quote is opened and not closed; correct the quotes in the file."
        raise Invalid("not_a_table", detail) from None


def _reader(lines: Iterable[str], format: TextFormat) -> _CsvReader:
    if format.quoted:
        return csv.reader(lines, delimiter=format.delimiter, skipinitialspace=True)
    return csv.reader(lines, delimiter=format.delimiter, quoting=csv.QUOTE_NONE)


def _quotes_close(lines: list[str], format: TextFormat) -> bool:
    """Whether rows end where lines end, mostly. A stray quote swallows all that follows it."""
    if format.delimiter == ONE_COLUMN or not any('"' in line for line in lines):
        return True
    try:
        rows = list(_reader(lines, format))
    except csv.Error:
        return False
    longest = max((sum(cell.count("\n") for cell in row) for row in rows), default=0)
    if not longest:
        return True
    bare = list(_reader(lines, TextFormat(format.encoding, format.delimiter, quoted=False)))
    is_regular = len({len(row) for row in bare if row}) == 1 and len(bare) > 1
    return not is_regular and longest < max(10, len(lines) // 4)


def _chained(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest
