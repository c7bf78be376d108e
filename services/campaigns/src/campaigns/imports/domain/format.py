"""How a file is read: what was found out about it, and what a user says."""

from __future__ import annotations

from typing import Literal

from shared.values import Value

Kind = Literal["text", "xlsx"]


class Format(Value):
    """`sheet`, `sheets` of a workbook; `encoding`, `delimiter` and `quoted` of a text."""

    kind: Kind
    encoding: str | None = None
    delimiter: str | None = None
    quoted: bool = True
    sheet: str | None = None
    sheets: tuple[str, ...] = ()


class Wishes(Value):
    """What a user says about the file; None: to be found out."""

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    has_header: bool | None = None


class Seen(Value):
    """What was noticed while the file was uploaded."""

    utf8: bool
    high: bytes = b""
    """Bytes around the first letters that are not ASCII."""
