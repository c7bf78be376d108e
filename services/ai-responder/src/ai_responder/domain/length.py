"""Making an answer fit: typography that costs a part for nothing, and a cut at a sentence as the last resort."""

from __future__ import annotations

import re

from shared.sms_parts import measure

_PLAIN = str.maketrans(
    {
        "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"',
        "\u00ab": '"', "\u00bb": '"',
        "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-", "\u2026": "...",
        "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u2022": "-", "\t": " ",
    }
)  # fmt: skip
"""Quotes, dashes and spaces that models love: one of them makes every part of the text hold 70 instead of 160."""

_BLANK_LINES = re.compile(r"\n{3,}")
_SURE_END = re.compile(r"[.!?\u2026](?=\s)|[!?](?=\Z)|[\u3002\uff01\uff1f]")
_ABBREVIATIONS = frozenset(
    {"dr.", "mr.", "mrs.", "ms.", "st.", "no.", "nr.", "e.g.", "i.e.", "approx.", "vs.", "ca.", "sr.", "sra.", "ext."}
)
_FEWEST_WORDS = 3
_SENTENCE_END = re.compile(r"[.!?…](?=\s|$)|\n")


def plain(text: str) -> str:
    """The same words in characters that an SMS carries cheaply."""
    lines = (" ".join(line.split(" ")).rstrip() for line in text.translate(_PLAIN).strip().splitlines())
    return _BLANK_LINES.sub("\n\n", "\n".join(lines))


def fits(text: str, max_parts: int) -> bool:
    return measure(text).parts <= max_parts


def whole_sentences(text: str) -> str:
    """Of a text that was cut off: up to its last sentence that is surely whole; "" if there is none.

    A stop at the very end may stand within a price, and one or two words alone may say the opposite of what followed.
    """
    for match in reversed(list(_SURE_END.finditer(text))):
        kept = text[: match.end()].rstrip()
        if kept.split()[-1].strip("(").casefold() in _ABBREVIATIONS:
            continue
        return kept if len(kept.split()) >= _FEWEST_WORDS or "\u3002" in kept else ""
    return ""


def cut(text: str, max_parts: int) -> str:
    """The longest beginning that fits and ends with a sentence; or, if the first one is too long, with a word."""
    if fits(text, max_parts):
        return text
    room = _longest_prefix(text, max_parts)
    ends = [match.end() for match in _SENTENCE_END.finditer(text, 0, room + 1) if match.end() <= room]
    if ends and ends[-1] >= room // 3:
        return text[: ends[-1]].rstrip()
    room = max(room - 3, 0)
    at_word = text[:room].rsplit(None, 1)[0] if " " in text[:room].strip() else text[:room]
    return f"{at_word.rstrip()}..."


def _longest_prefix(text: str, max_parts: int) -> int:
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(text[:middle], max_parts) else (low, middle - 1)
    return low
