"""A stream of bytes as lines: any line ending, linear time, and never more than one line and one piece in memory."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator

from shared.errors import Invalid

LONGEST_LINE = 512 * 1024
"""Characters. A row of a table is a few hundred; a file without line ends is no table."""
READ_BYTES = 256 * 1024


def lines_of(source: io.BufferedIOBase, encoding: str) -> Iterator[str]:
    """Lines with `\\n` at their ends, without a byte order mark. Raises `Invalid`: a line too long, or bytes that are
    not of this encoding."""
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)("strict"), translate=True)
    rest, number, first = "", 1, True
    while True:
        piece = source.read(READ_BYTES)
        text = _decoded(decoder, piece, encoding, number)
        if first and text:
            text, first = text.removeprefix("\ufeff"), False
        lines = text.split("\n")
        lines[0] = rest + lines[0]
        rest = lines.pop()
        if len(rest) > LONGEST_LINE or (lines and len(max(lines, key=len)) > LONGEST_LINE):
            detail = (
                f"A line near row {number} has more than {LONGEST_LINE // 1024} thousand characters: this is no table."
            )
            raise Invalid("not_a_table", detail)
        number += len(lines)
        for line in lines:
            yield line + "\n"
        if not piece:
            break
    if rest:
        yield rest


def _decoded(decoder: io.IncrementalNewlineDecoder, piece: bytes, encoding: str, line: int) -> str:
    try:
        return decoder.decode(piece, final=not piece)
    except UnicodeError:
        detail = f"Near line {line} the file is not {encoding}; choose its encoding, or save it as UTF-8."
        raise Invalid("bad_encoding", detail) from None
