"""A file as a table: how it is read, and its rows."""

from __future__ import annotations

import io
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaigns.imports.domain.format import Format, Seen, Wishes
from campaigns.imports.reading.encoding import encoding_of
from campaigns.imports.reading.kind import HEAD_BYTES, kind_of
from campaigns.imports.reading.text_rows import TextFormat, format_of, text_rows

if TYPE_CHECKING:
    from campaigns.imports.reading.workbook import Workbook


def find_format(source: io.BufferedIOBase, seen: Seen, wishes: Wishes) -> Format:
    """Raises `Invalid`: no table, or not readable as wished."""
    source.seek(0)
    head = source.read(HEAD_BYTES)
    kind = kind_of(head)
    source.seek(0)
    if kind == "xlsx":
        book = _workbook(source)
        try:
            sheets = tuple(book.sheets)
        finally:
            book.close()
        return Format(kind=kind, sheet=wishes.sheet or (sheets[0] if sheets else ""), sheets=sheets)
    encoding = wishes.encoding or encoding_of(head, seen.utf8, seen.high)
    found = format_of(source, encoding, wishes.delimiter)
    return Format(kind=kind, encoding=found.encoding, delimiter=found.delimiter, quoted=found.quoted)


@dataclass
class Rows:
    """All rows from the beginning. `share`: how much of the file is read, 0..1, as far as it can be told."""

    stream: Iterator[list[str]]
    share: Callable[[int], float]


@contextmanager
def opened_rows(source: io.BufferedIOBase, format: Format, size: int = 0) -> Generator[Rows]:
    """The rows of the table's file, `size` bytes long."""
    source.seek(0)
    if format.kind == "text":
        stream = text_rows(source, TextFormat(format.encoding or "utf-8", format.delimiter or "", format.quoted))
        yield Rows(stream, lambda _row: source.tell() / max(1, size))
        return
    book = _workbook(source)
    try:
        stated = book.stated_rows(format.sheet or "")
        yield Rows(book.rows(format.sheet or ""), lambda row: row / max(1, stated))
    finally:
        book.close()


def _workbook(source: io.BufferedIOBase) -> Workbook:
    """openpyxl takes 7 MB, which an installation needs from its first spreadsheet on."""
    from campaigns.imports.reading.workbook import open_workbook

    return open_workbook(source)
