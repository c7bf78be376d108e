"""A text in one spelling: small letters, no accents, one kind of dash and space, numbers in digits.

Number words become digits after `§`, since a word such as "ten" means less than "10". Every place of the result leads
back to the text as it was written, so that the words of a claim can be shown.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass

from ai_responder.domain.grounding.number_words import number_at

WORD_NUMBER = "§"
_TOKEN = re.compile(r"[^\W\d_]+|\d+|\s+|.", re.DOTALL)
_PLAIN = str.maketrans({
    "–": "-", "—": "-", "−": "-", "‒": "-", "’": "'", "‘": "'", "`": "'", "´": "'", "§": " ", "½": ".5", "…": ".",
    "º": " ", "ª": " ", "¢": " cents",
})  # fmt: skip


@dataclass(frozen=True)
class NormalText:
    text: str
    written: str
    _ours: list[int]
    _theirs: list[int]

    def as_written(self, start: int, end: int) -> str:
        """The words of the original between two places of the normal text, whole tokens."""
        first = bisect_right(self._ours, start) - 1
        last = bisect_right(self._ours, max(start, end - 1))
        until = self._theirs[last] if last < len(self._theirs) else len(self.written)
        return self.written[self._theirs[max(first, 0)] : until].strip(" \n.,;:!?")


def normal(written: str) -> NormalText:
    tokens = [(found.start(), _folded(found[0])) for found in _TOKEN.finditer(written)]
    words = [word for _, word in tokens]
    parts: list[str] = []
    ours: list[int] = []
    theirs: list[int] = []
    length = at = 0
    while at < len(tokens):
        number, used = number_at(words, at)
        part = words[at] if number is None else f"{WORD_NUMBER}{number}"
        ours.append(length)
        theirs.append(tokens[at][0])
        parts.append(part)
        length += len(part)
        at += used
    return NormalText("".join(parts), written, ours, theirs)


def _folded(token: str) -> str:
    if token.isspace():
        return "\n" if "\n" in token else " "
    if token.isascii():
        return token.lower()
    token = token.translate(_PLAIN)
    spread = unicodedata.normalize("NFKD", token.casefold())
    return "".join(letter for letter in spread if not unicodedata.combining(letter))
