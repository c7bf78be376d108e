"""The shared strings of a workbook in a temporary file: a million names take their bytes on the disk, and eight bytes
each in memory."""

from __future__ import annotations

import tempfile
from array import array
from typing import IO, Any

from defusedxml.ElementTree import iterparse

_TEXT, _PHONETIC, _STRING = "t", "rPh", "si"
LONGEST_STRING = 32_767
"""Characters: Excel's own limit of a cell."""


class StringsOnDisk:
    """Indexed like the list that openpyxl would make."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - `close` ends it
        self._ends = array("Q", [0])

    def read(self, part: IO[bytes]) -> None:
        """All strings of `xl/sharedStrings.xml`."""
        written, root = 0, None
        for event, element in iterparse(part, events=("start", "end"), forbid_dtd=True):
            if root is None:
                root = element
            if event == "end" and _local(element) == _STRING:
                text = "".join(_texts(element))[:LONGEST_STRING].encode("utf-8", "replace")
                written += self._file.write(text)
                self._ends.append(written)
                root.clear()
        self._file.flush()

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, index: int) -> str:
        if not 0 <= index < len(self):
            raise IndexError(index)
        start = self._ends[index]
        self._file.seek(start)
        return self._file.read(self._ends[index + 1] - start).decode()

    def close(self) -> None:
        self._file.close()


def _texts(element: Any) -> list[str]:
    """Of a string and its formatted runs, without the reading aid of Japanese texts."""
    return [
        inner.text or ""
        for child in element
        if _local(child) != _PHONETIC
        for inner in child.iter()
        if _local(inner) == _TEXT
    ]


def _local(element: Any) -> str:
    return element.tag.rpartition("}")[2]
