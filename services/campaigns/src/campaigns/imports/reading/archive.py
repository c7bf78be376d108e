"""Looks through the parts of an .xlsx file before they are read: sizes, nesting and entities that would fill memory.

Every part is unpacked once as a stream (some 300 MB/s). `zipfile` never gives more than the size that the directory
states, so what passes here cannot grow later.
"""

from __future__ import annotations

import io
import zipfile
import zlib

from campaigns.imports.reading.kind import no_table

MOST_UNPACKED = 4 * 1024**3
MOST_OF_A_SMALL_PART = 8 * 1024**2
"""Styles, themes, relations: all but sheets and strings."""
MOST_PARTS = 5_000
LONGEST_STEP = 4 * 1024**2
"""Bytes between the ends of two rows, or of two strings: that much is in memory at once."""
MOST_RATIO = 400
_BLOCK = 1024 * 1024
_DAMAGED = "The workbook is damaged or not an .xlsx file; open it in a spreadsheet and save it again."


def checked_archive(source: io.BufferedIOBase) -> zipfile.ZipFile:
    """The archive, whose parts are safe to read one after the other. Raises `Invalid("not_a_table")`."""
    try:
        archive = zipfile.ZipFile(source)
        _check_directory(archive)
        for part in archive.infolist():
            _check_part(archive, part)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError):
        raise no_table(_DAMAGED) from None
    return archive


def _check_directory(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if "mimetype" in names:
        raise no_table("The file is an OpenDocument file; save it as .xlsx or .csv.")
    if not any(name.startswith("xl/") for name in names):
        raise no_table("The file is an archive (ZIP) without a workbook; unpack it first.")
    if any(name.endswith("workbook.bin") for name in names):
        raise no_table("The file is a binary workbook (.xlsb); save it as .xlsx or .csv.")
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or len(names) < len(parts) or unpacked > MOST_UNPACKED:
        raise no_table("The workbook unpacks to too much; save the sheet as .csv.")
    for part in parts:
        small = not part.filename.startswith(("xl/worksheets/", "xl/sharedStrings", "xl/media/", "xl/embeddings/"))
        bomb = part.file_size > 16 * _BLOCK and part.file_size > MOST_RATIO * max(1, part.compress_size)
        if bomb or (small and part.filename.endswith((".xml", ".rels")) and part.file_size > MOST_OF_A_SMALL_PART):
            raise no_table("The workbook unpacks to too much; save the sheet as .csv.")


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Raises for entities, and for a step without an end of a row or a string. Pictures are never read."""
    if not part.filename.endswith((".xml", ".rels")):
        return
    ends = (b"si>", b"row>") if part.filename.startswith(("xl/worksheets/sheet", "xl/sharedStrings")) else ()
    since, before = 0, b""
    with archive.open(part) as stream:
        while block := stream.read(_BLOCK):
            joined = before + block
            if b"<!DOCTYPE" in joined or b"<!ENTITY" in joined:
                raise no_table(_DAMAGED)
            last = max((joined.rfind(end) for end in ends), default=-1)
            since = len(joined) - last if last >= 0 else since + len(block)
            if ends and since > LONGEST_STEP:
                raise no_table("The workbook has a row or a text of several megabytes: this is no table.")
            before = joined[-16:]
