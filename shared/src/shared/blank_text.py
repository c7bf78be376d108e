"""Texts that look empty on a phone, whatever characters they consist of."""

from __future__ import annotations

import unicodedata

_BLANK_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"})
_BLANK_LETTERS = frozenset(
    "\u2800"  # Braille pattern without dots
    "\u115f\u1160\u3164\uffa0"  # Hangul fillers
    "\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f"  # joiners and vowels that Unicode makes invisible
    + "".join(map(chr, range(0xFE00, 0xFE10)))  # variation selectors
    + "\u2065"  # unassigned, and never shown, as are the next two
    + "".join(map(chr, range(0xFFF0, 0xFFF9)))
    + "".join(map(chr, range(0xE0000, 0xE1000)))
)
"""Invisible, though Unicode counts them as letters, symbols or marks (Default_Ignorable_Code_Point, and U+2800)."""


def is_blank(text: str) -> bool:
    """Whether nothing of it can be seen: no characters, or only spaces, control, format and filler characters."""
    return all(unicodedata.category(char) in _BLANK_CATEGORIES or char in _BLANK_LETTERS for char in text)
