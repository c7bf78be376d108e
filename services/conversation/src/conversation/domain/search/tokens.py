"""A text in tokens: words, single characters of scripts that write no spaces, and emoji."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from conversation.domain.search.folding import fold

LONGEST_WORD = 20
"""Longer words are found by these first letters."""

_UNSPACED = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0eff"  # Thai, Lao
    "\u1000-\u109f\u1780-\u17d3"  # Burmese, Khmer
    "\u3005-\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f"  # Japanese kana
    "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af"  # Korean: words end in particles
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Chinese characters
)
_ACCENTS = "\u0300-\u036f\u064b-\u065f\u0900-\u0963\u0966-\u0dff"
"""Combining marks, so that a word stays whole in whichever form its letters come."""
_SIGNS = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff"
)
"""Emoji and other pictures. Skin tones and joiners are left out: a waving hand is found in every colour."""
_TOKEN = re.compile(
    rf"(?P<char>[{_UNSPACED}])"
    rf"|(?P<sign>[\U0001f1e6-\U0001f1ff]{{2}}|[{_SIGNS}])"
    rf"|(?P<word>(?:(?![{_UNSPACED}])[\w{_ACCENTS}])+)"
)


class Token(NamedTuple):
    kind: Literal["word", "char", "sign"]
    text: str
    """Folded."""
    start: int
    end: int
    """Its place in the text as it was written."""


def tokens(text: str) -> Iterator[Token]:
    for found in _TOKEN.finditer(text):
        start, end = found.span()
        match found.lastgroup:
            case "sign":
                yield Token("sign", found[0], start, end)
            case "char":
                if folded := fold(found[0]):
                    yield Token("char", folded, start, end)
            case _:
                if folded := fold(found[0]):
                    yield Token("word", folded[:LONGEST_WORD], start, end)


def words_of(text: str) -> list[str]:
    """Words in lower case without accents; of scripts without spaces each character."""
    return [fold(found[0])[:LONGEST_WORD] for found in _TOKEN.finditer(text) if found.lastgroup != "sign"]


def pairs(row: Sequence[Token]) -> Iterator[str]:
    """Two characters that stand side by side: what texts without spaces are found by."""
    for one, other in pairwise(row):
        if one.kind == other.kind == "char" and one.end == other.start:
            yield one.text + other.text
