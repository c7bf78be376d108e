"""What a file is by its first bytes, whatever its name says. What is no table is refused with the reason."""

from __future__ import annotations

import re

from campaigns.imports.domain.format import Kind
from shared.errors import Invalid

HEAD_BYTES = 64 * 1024
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\xd0\xcf\x11\xe0", "an old Excel file (.xls), or one with a password; save it as .xlsx without a password"),
    (b"%PDF", "a PDF; export the table as .csv or .xlsx"),
    (b"{\\rtf", "a text document; export the table as .csv or .xlsx"),
    (b"\x1f\x8b", "compressed (gzip); unpack it first"),
    (b"Rar!", "an archive (RAR); unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "an archive (7z); unpack it first"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"SQLite format 3", "a database"),
    (b"PAR1", "a Parquet file; export the table as .csv or .xlsx"),
)
_MARKUP = re.compile(rb"<(?:!doctype|html|head|body|table|\?xml|svg|script|!--|workbook|div|meta)", re.IGNORECASE)
_JSON = re.compile(rb"\{\s*\"|\[\s*[\[{]")
_UTF16_32 = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_CONTROL = re.compile(rb"[\x01-\x06\x0e-\x1a\x7f]")


def kind_of(head: bytes) -> Kind:
    """`head`: the first 64 KiB, or all. Raises `Invalid("not_a_table")`, `Invalid("file_empty")`."""
    if not head.strip(b" \t\r\n,;|\0\xef\xbb\xbf\xff\xfe"):
        raise Invalid("file_empty", "The file is empty.")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "xlsx"
    for signature, what in _SIGNATURES:
        if head.startswith(signature):
            raise no_table(f"The file is {what}.")
    plain = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _MARKUP.match(plain):
        raise no_table("The file is a web page or XML; open it in a spreadsheet and save it as .csv or .xlsx.")
    if _JSON.match(plain):
        raise no_table("The file is JSON; export the table as .csv or .xlsx.")
    if not looks_like_text(head):
        raise no_table("The file is binary; export the table as .csv or .xlsx.")
    return "text"


def looks_like_text(head: bytes) -> bool:
    """Few control characters, and NUL only as UTF-16 and UTF-32 have it."""
    if head.startswith(_UTF16_32) or is_wide(head):
        return True
    return b"\0" not in head and len(_CONTROL.findall(head)) <= len(head) // 100


def is_wide(head: bytes) -> str:
    """`utf-16-le` or `utf-16-be` for text of two bytes a character without a byte order mark; else ""."""
    even, odd = head[:4096:2], head[1:4096:2]
    if not odd:
        return ""
    zero_even, zero_odd = even.count(0) / len(even), odd.count(0) / len(odd)
    if zero_odd > 0.4 and zero_even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if zero_even > 0.4 and zero_odd < 0.05 else ""


def no_table(detail: str) -> Invalid:
    return Invalid("not_a_table", detail)
