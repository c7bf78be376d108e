"""One spelling for all: lower case, no accents, one form of each letter and digit."""

from __future__ import annotations

import unicodedata

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe"})
"""Letters that Unicode does not take apart."""
_FIRST_ACCENT_CLASS, _POINTS = 200, range(10, 36)
"""Combining classes of accents, and of Hebrew and Arabic points. Others (voicing of kana, viramas, Thai tones) make
another letter and stay."""


def fold(text: str) -> str:
    """The text in lower case, without accents, digits of every script as 0 to 9."""
    if text.isascii():
        return text.lower()  # the usual case, ten times as fast
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = "".join(_digit(char) for char in apart if not _is_accent(char))
    return unicodedata.normalize("NFC", kept).translate(_LETTERS)


def _is_accent(char: str) -> bool:
    kind = unicodedata.combining(char)
    return kind >= _FIRST_ACCENT_CLASS or kind in _POINTS


def _digit(char: str) -> str:
    return str(unicodedata.decimal(char)) if char.isdecimal() else char
