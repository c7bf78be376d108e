"""Rows of an .xlsx file by openpyxl, read as a stream, with its strings on disk.

python-calamine is ten times as fast and holds the whole sheet: 300 MB for a million rows of three cells.
"""

from __future__ import annotations

import datetime
import io
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from openpyxl.reader.excel import ExcelReader
from openpyxl.xml.constants import SHARED_STRINGS

from campaigns.imports.reading.archive import checked_archive
from campaigns.imports.reading.kind import no_table
from campaigns.imports.reading.strings_on_disk import StringsOnDisk
from shared.errors import Invalid

MOST_BLANK_ROWS = 20_000
"""In a row: below them nothing is looked for."""
MOST_CELLS = 2_000
_DAMAGED = "The workbook is damaged or not an .xlsx file; open it in a spreadsheet and save it again."


class _Reader(ExcelReader):
    """openpyxl's, which would keep all strings in memory."""

    def read_strings(self) -> None:
        strings = StringsOnDisk()
        self.shared_strings: Any = strings
        found: Any = cast("Any", self.package).find(SHARED_STRINGS)
        if found is not None:
            with self.archive.open(found.PartName[1:]) as part:
                strings.read(part)


@dataclass
class Workbook:
    """An open workbook. `close` removes the temporary file."""

    reader: Any

    @property
    def sheets(self) -> list[str]:
        """Names of the sheets with cells, visible ones first."""
        sheets = [sheet for sheet in self.reader.wb.worksheets if hasattr(sheet, "iter_rows")]
        return [sheet.title for sheet in sorted(sheets, key=lambda sheet: sheet.sheet_state != "visible")]

    def stated_rows(self, sheet: str) -> int:
        """As the file says; it may be wrong."""
        return self._sheet(sheet).max_row or 0

    def rows(self, sheet: str) -> Iterator[list[str]]:
        """All rows as texts, blank ones too ([]). Raises `Invalid`."""
        found = self._sheet(sheet)
        found.reset_dimensions()  # what a program wrote about the size may be wrong
        blank = 0
        for values in _guarded(found.iter_rows(values_only=True)):
            cells = _texts(values)
            blank = 0 if cells else blank + 1
            if blank > MOST_BLANK_ROWS:
                return
            yield cells

    def _sheet(self, name: str) -> Any:
        found = next((one for one in self.reader.wb.worksheets if one.title == name), None)
        if found is None:
            raise Invalid("bad_sheet", f"There is no sheet {name[:60]!r}; there are: {', '.join(self.sheets)[:300]}.")
        return found

    def close(self) -> None:
        self.reader.shared_strings.close()
        self.reader.archive.close()


def open_workbook(source: io.BufferedIOBase) -> Workbook:
    """Raises `Invalid("not_a_table")` for whatever is wrong with it."""
    checked_archive(source)
    source.seek(0)
    reader = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader = _Reader(source, read_only=True, data_only=True, keep_links=False)
            reader.read()
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - hostile parts fail openpyxl in many ways
        if isinstance(getattr(reader, "shared_strings", None), StringsOnDisk):
            reader.shared_strings.close()  # pyright: ignore[reportOptionalMemberAccess]
        raise no_table(_DAMAGED) from None
    return Workbook(reader)


def _guarded(rows: Iterator[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """openpyxl's rows; what it stumbles over makes the file no table."""
    while True:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                row = next(rows)
        except StopIteration:
            return
        except (ParseError, DefusedXmlException, ValueError, TypeError, LookupError, EOFError, OSError, AttributeError):
            raise no_table(_DAMAGED) from None
        yield row


def _texts(values: Sequence[Any]) -> list[str]:
    last = len(values)
    while last and values[last - 1] in (None, ""):
        last -= 1
    return [_text(value) for value in values[: min(last, MOST_CELLS)]]


def _text(value: Any) -> str:
    """As a person reads the cell: whole numbers without a decimal place, days without an hour."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
    return str(value)
