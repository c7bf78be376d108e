"""What a file is, by its name and its first bytes. What cannot be read is refused with what to do instead."""

from __future__ import annotations

import re

from ai_responder.knowledge.domain.blocks import FileKind
from shared.errors import Invalid

HEAD_BYTES = 64 * 1024

_BY_NAME: dict[str, FileKind] = {
    "txt": "txt", "text": "txt", "md": "md", "markdown": "md", "csv": "csv", "tsv": "csv", "pdf": "pdf", "docx": "docx",
}  # fmt: skip
_INSTEAD = {
    "doc": "an old Word file; save it as .docx",
    "odt": "an OpenDocument text; save it as .docx",
    "rtf": "a rich text file; save it as .docx",
    "pages": "a Pages document; export it as .docx or PDF",
    "xlsx": "a workbook; save the sheet as .csv",
    "xls": "a workbook; save the sheet as .csv",
    "ods": "a workbook; save the sheet as .csv",
    "pptx": "a presentation; export it as PDF",
    "html": "a web page; save its text as .txt or .md",
    "htm": "a web page; save its text as .txt or .md",
    "zip": "an archive; unpack it first",
}
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF"), (b"PK\x03\x04", "an archive or an Office file"), (b"PK\x05\x06", "an empty archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office file, or one with a password"), (b"{\\rtf", "a rich text file"),
    (b"\x1f\x8b", "compressed"), (b"Rar!", "an archive"), (b"7z\xbc\xaf\x27\x1c", "an archive"),
    (b"\x89PNG", "a picture"), (b"\xff\xd8\xff", "a picture"), (b"GIF8", "a picture"), (b"RIFF", "a recording"),
    (b"\x00\x00\x00\x18ftyp", "a recording"), (b"ID3", "a recording"),
    (b"\x7fELF", "a program"), (b"MZ\x90", "a program"), (b"SQLite format 3", "a database"),
)  # fmt: skip
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_CONTROL = re.compile(rb"[\x01-\x06\x0e-\x1a\x7f]")


def kind_of(name: str, head: bytes) -> FileKind:
    """`head`: the first 64 KiB, or all. Raises `Invalid`: `file_empty`, `unsupported_file`, `not_that_kind`."""
    ending = name.rpartition(".")[2].casefold() if "." in name else ""
    kind = _BY_NAME.get(ending)
    if not head.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        raise Invalid("file_empty", "The file is empty.")
    if kind is None:
        what = _INSTEAD.get(ending, "of a kind that is not read")
        raise Invalid("unsupported_file", f"The file is {what}. Read are .txt, .md, .pdf, .docx and .csv.")
    found = next((what for signature, what in _SIGNATURES if head.startswith(signature)), "")
    if kind == "pdf":
        if b"%PDF" not in head[:1024]:
            raise _not_that_kind(ending, found or "no PDF")
    elif kind == "docx":
        if not head.startswith(b"PK\x03\x04"):
            raise _not_that_kind(ending, found or "no Word document")
    elif found or not _is_text(head):
        raise _not_that_kind(ending, found or "binary")
    return kind


def _not_that_kind(ending: str, what: str) -> Invalid:
    return Invalid("not_that_kind", f"The file is named .{ending}, but it is {what}.")


def _is_text(head: bytes) -> bool:
    """Few control characters, and NUL only as UTF-16 and UTF-32 have it."""
    if head.startswith(_WIDE):
        return True
    return b"\0" not in head and len(_CONTROL.findall(head)) <= len(head) // 100
