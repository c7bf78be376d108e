"""How far one text is from another: an assistant's answer from the one that a person sent.

rapidfuzz compares 64 characters at a time. With both texts cut at `LONGEST` a comparison takes under half a
millisecond, whatever is in them. It is imported at the first comparison, because most processes never make one and it
takes 7 MB.
"""

from __future__ import annotations

import unicodedata
from collections import Counter

LONGEST = 2000
"""Characters; the longest SMS has 1,530."""
LIGHT_EDIT = 0.2
"""An answer that a person changed by at most this much could have been sent as it was."""


def distance(answer: str, sent: str) -> float:
    """Edits (characters inserted, deleted, replaced) as a share of the longer text: 0 the same, 1 nothing in common.

    Spaces and the way a character is composed make no difference.
    """
    from rapidfuzz.distance import Levenshtein

    return round(Levenshtein.normalized_distance(_plain(answer), _plain(sent)), 3)


def likeness(answer: str, sent: str) -> float:
    """How alike two texts are that were written independently, from 0 to 1: the share of words that both have.

    Case, punctuation and the order of words make no difference: "Sundays from 7" and "from 7, Sundays" are alike,
    although all of it would have to be edited. Two texts about different things have next to nothing in common.
    """
    first, second = (Counter(_words(text)) for text in (answer, sent))
    words = first.total() + second.total()
    return round(2 * (first & second).total() / words, 3) if words else 1.0


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text[:LONGEST]).split())


def _words(text: str) -> list[str]:
    kept = (char if char.isalnum() or unicodedata.combining(char) else " " for char in _plain(text).casefold())
    return "".join(kept).split()
