"""One spelling for all: lower case, no accents, one form of each letter and digit."""

from __future__ import annotations

import unicodedata

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe"})
"""Letters that Unicode does not take apart."""
_PARTS_OF_LETTERS = frozenset({0, 7, 8, 9})
"""Combining classes of what makes another letter and no accent: nukta, the voicing of kana, virama."""


def fold(text: str) -> str:
    """The text in lower case, without accents, digits of every script as 0 to 9."""
    if text.isascii():
        return text.lower()  # the usual case, ten times as fast
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = "".join(_digit(char) for char in apart if unicodedata.combining(char) in _PARTS_OF_LETTERS)
    return unicodedata.normalize("NFC", kept).translate(_LETTERS)


def _digit(char: str) -> str:
    return str(unicodedata.decimal(char)) if char.isdecimal() else char
