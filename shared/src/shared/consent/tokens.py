"""From a text to words that rules can compare: one spelling per word, sentences and clauses kept apart.

Compatibility forms, case, accents and invisible characters go; contractions and texting shorthand become the words
they stand for; misspelt, stretched and spaced-out keywords are mended (`spelling`). Work is linear: every character is
looked at a fixed number of times, and no text is read beyond `LONGEST`.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

from shared.consent.spelling import mended, spelled_out
from shared.consent.wordlists import words
from shared.consent.words import STOP_SIGNS

LONGEST = 4000
"""Characters. Ten full-length segments hold 1,530; what follows is not read."""
BREAK = ","
"""The word that stands for a pause within a sentence."""

_APOSTROPHES = frozenset("'’‘`´ʼ＇")
_SENTENCE_ENDS = frozenset(".!?…;\n\r\u2028\u2029。！？؟،।")
_PAUSES = frozenset(",:–—()[]{}|~*•·、，：（）<>=_")
_MARKS = frozenset({".", "?", "-", " ", BREAK})
_SILENT = words("Cf Cc Mn Me Cs Co")


@dataclass(frozen=True, slots=True)
class Sentence:
    words: tuple[str, ...]
    """With `BREAK` where the writer paused."""
    asks: bool = False
    shouted: frozenset[str] = frozenset()
    """Words in capitals where others of the text are not."""
    named: frozenset[str] = frozenset()
    """Words with a capital letter, as names have."""

    @property
    def clauses(self) -> list[tuple[str, ...]]:
        found: list[tuple[str, ...]] = []
        start = 0
        for place, word in enumerate((*self.words, BREAK)):
            if word == BREAK:
                if place > start:
                    found.append(self.words[start:place])
                start = place + 1
        return found


def sentences_of(text: str) -> tuple[Sentence, ...]:
    return _assemble(_pieces(text[:LONGEST]))


def folded(text: str) -> str:
    """Compatibility forms and case folded, accents and invisible characters gone. `İ` and its like stay one letter."""
    plain = text.casefold() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()
    if plain.isascii():
        return plain
    parts = unicodedata.normalize("NFD", plain)
    return "".join(char for char in parts if char in "\n\r\t" or unicodedata.category(char) not in _SILENT)


def keyword_form(text: str) -> str:
    """The text as it is compared with keywords: its words, folded, without marks. Empty where there are none."""
    return " ".join(folded(piece) for piece in _pieces(text[:LONGEST]) if piece not in _MARKS)


def _pieces(text: str) -> list[str]:
    """Raw words and single marks, in order; a word is letters and digits, apostrophes dropped."""
    compatible = text if text.isascii() else unicodedata.normalize("NFKC", text)
    found: list[str] = []
    word: list[str] = []
    for place, char in enumerate(compatible):
        if char.isalnum() or (char in "$@" and compatible[place + 1 : place + 2].isalpha()):
            word.append(char)
            continue
        category = unicodedata.category(char)
        if char in _APOSTROPHES or category == "Mc" or (category in _SILENT and char not in "\n\r\t"):
            if category[0] == "M":
                if word:
                    word.append(char)
            elif char in _APOSTROPHES and not _between_letters(compatible, place):
                _close(word, found)
            continue
        _close(word, found)
        found.append(_mark(char, compatible, place))
    _close(word, found)
    return found


def _between_letters(text: str, place: int) -> bool:
    return 0 < place < len(text) - 1 and text[place - 1].isalnum() and text[place + 1].isalnum()


def _close(word: list[str], found: list[str]) -> None:
    if word:
        found.append("".join(word))
        word.clear()


def _mark(char: str, text: str, place: int) -> str:
    """`.` a sentence ends, `?` it asked, `,` a pause, `-` a hyphen within a word, blank: nothing."""
    if char in "?？؟¿":
        return "?"
    if char in _SENTENCE_ENDS:
        inside_number = char == "." and _between_letters(text, place) and text[place - 1].isdigit()
        return " " if inside_number else "."
    if char in _PAUSES:
        return BREAK
    if char in "-‐‑‒−":
        return "-" if _between_letters(text, place) else BREAK
    if char in STOP_SIGNS:
        return char
    if char in "#№":
        return "number"
    if char == "&":
        return "and"
    return BREAK if unicodedata.category(char) in {"So", "Sk"} else " "


def _assemble(pieces: list[str]) -> tuple[Sentence, ...]:
    mixed = any(piece.islower() for piece in pieces if piece.isalpha())
    done: list[Sentence] = []
    words: list[str] = []
    shouted: set[str] = set()
    named: set[str] = set()
    for piece in spelled_out(pieces):
        if piece in (".", "?"):
            if any(word != BREAK for word in words):
                done.append(Sentence(tuple(words), piece == "?", frozenset(shouted), frozenset(named)))
                words, shouted, named = [], set(), set()
            elif piece == "?" and done:
                done[-1] = replace(done[-1], asks=True)
            words.clear()
            continue
        if piece in (" ", "-"):
            continue
        new = _words_of(piece)
        if mixed and len(piece) > 2 and piece.isupper():
            shouted.update(new)
        elif mixed and len(piece) > 1 and piece.istitle():
            named.update(new)
        words.extend(new)
    if any(word != BREAK for word in words):
        done.append(Sentence(tuple(words), False, frozenset(shouted), frozenset(named)))
    return tuple(done)


@lru_cache(maxsize=4096)
def _words_of(piece: str) -> tuple[str, ...]:
    if piece == BREAK:
        return (BREAK,)
    return mended(folded(piece)) if len(piece) <= 40 else (folded(piece)[:40],)
