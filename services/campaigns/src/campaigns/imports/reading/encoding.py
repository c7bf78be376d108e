"""Finds the encoding of a text file.

A byte order mark decides; then whether all of the file is UTF-8 (noted while it is uploaded, so that one letter in the
last row counts); then zero bytes (UTF-16 without a mark). What remains is a table of 256 letters: Windows' western one
unless the letters form whole words of another script, for which charset-normalizer is asked.
"""

from __future__ import annotations

import codecs
import re

from campaigns.imports.reading.kind import is_wide
from shared.errors import Invalid

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHERS = ["cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "koi8_r", "mac_roman", "cp850", "shift_jis",
           "euc_jp", "gb18030", "big5", "euc_kr", "cp1252"]  # fmt: skip
_HIGH_RUN = re.compile(rb"[\x80-\xff]{3,}")
_HIGH = re.compile(rb"[\x80-\xff]")
_UNUSED_IN_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_SAMPLE_BYTES = 16 * 1024
_ALLOWED = frozenset({"utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1", "ascii",
                      "iso8859-15", "iso8859-2", "iso8859-1", *_OTHERS})  # fmt: skip


class Utf8Check:
    """Fed with a file piece by piece. `valid`: all of it is UTF-8; `high`: lines that are not ASCII."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")
        self.valid = True
        self.high = bytearray()

    def feed(self, piece: bytes) -> None:
        if self.valid:
            try:
                self._decoder.decode(piece)
            except UnicodeDecodeError:
                self.valid = False
        if len(self.high) < _SAMPLE_BYTES and not piece.isascii():
            found = _HIGH.search(piece)
            start = max(0, (found.start() if found else 0) - 200)
            self.high += piece[start : start + _SAMPLE_BYTES]

    def finish(self) -> None:
        if self.valid:
            try:
                self._decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                self.valid = False


def encoding_of(head: bytes, utf8: bool, high: bytes) -> str:
    """A name that Python knows. `utf8` and `high`: what `Utf8Check` saw of the whole file."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if wide := is_wide(head):
        return wide
    if utf8:
        return "utf-8"
    letters = len(_HIGH.findall(high))
    in_runs = sum(len(run) for run in _HIGH_RUN.findall(high))
    if in_runs * 2 > letters or _UNUSED_IN_CP1252.search(high):
        return _guessed(high)
    return "cp1252"


def checked_encoding(name: str) -> str:
    """The encoding that a user names. Raises `Invalid("bad_encoding")`."""
    try:
        found = codecs.lookup(name.strip()[:40]).name
    except (LookupError, ValueError):
        found = ""
    plain = {"iso8859-1": "latin-1", "utf_8_sig": "utf-8-sig"}.get(found, found)
    plain = plain if plain in _ALLOWED else plain.replace("-", "_")
    if plain not in _ALLOWED:
        known = "utf-8, utf-16, cp1252, latin-1, iso8859-15, cp1250, cp1251, mac_roman, shift_jis, gb18030"
        raise Invalid("bad_encoding", f"{name[:40]!r} is not an encoding known here. Known are: {known}.")
    return plain


def _guessed(high: bytes) -> str:
    import charset_normalizer  # only now: it takes 2 MB, and few files need it

    best = charset_normalizer.from_bytes(bytes(high[:_SAMPLE_BYTES]), cp_isolation=_OTHERS).best()
    return best.encoding if best is not None else "latin-1"
