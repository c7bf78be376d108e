"""Characters outside GSM-7 that have a plain spelling with the same meaning. A table, and nothing else.

Telnyx's "smart encoding" does the same for most of them, if the messaging profile has it on; doing it in the text
itself makes the number of parts certain. Letters of other scripts, emoji and signs whose meaning would change
(superscripts, degrees) are not in it.
"""

from __future__ import annotations

_BY_REPLACEMENT: dict[str, str] = {
    '"': "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\u301d\u301e\uff02",
    "'": "\u2018\u2019\u201a\u201b\u2039\u203a\u2032\u02bc\u00b4`\uff07",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2022\u2043\u00b7",
    "...": "\u2026",
    " ": "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t",
    "": "\u200b\u2060\ufeff\u00ad",
    "\n": "\u2028\u2029\u0085",
    "(TM)": "\u2122",
    "(R)": "\u00ae",
    "(C)": "\u00a9",
    "No.": "\u2116",
    "1/4": "\u00bc",
    "1/2": "\u00bd",
    "3/4": "\u00be",
    "x": "\u00d7",
    "/": "\u2044\u2215",
    "->": "\u2192",
    "<-": "\u2190",
    "<=": "\u2264",
    ">=": "\u2265",
    "!!": "\u203c",
    "oe": "\u0153",
    "OE": "\u0152",
    "C": "\u00c7",
    "fi": "\ufb01",
    "fl": "\ufb02",
}
_FULL_WIDTH = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {"\uff5b": "(", "\uff5d": ")"}
"""The wide forms of ASCII in Asian fonts; plain braces would mean variables."""

SAME_MEANING: dict[str, str] = _FULL_WIDTH | {
    char: replacement for replacement, chars in _BY_REPLACEMENT.items() for char in chars
}

CUSTOMARY_MARKS = frozenset("\u0300\u0301\u0302\u0303\u0308\u0327\u030c\u0328\u030a\u0326\u0306\u0304")
"""Accents that people leave out in SMS and are understood: grave, acute, circumflex, tilde, diaeresis, cedilla, caron,
ogonek, ring, comma below, breve, macron. Two at once, hooks, horns and dots below (Vietnamese) tell words apart."""
LETTERS_WITHOUT_MARK = {"ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i"}
