"""Search terms of a conversation: the contact's name and company, digits of the number, words of the last text."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from conversation.domain.thread.model import Card
from shared.phone import spellings

_WORD = re.compile(r"\w+")
_BETWEEN_DIGITS = re.compile(r"[\s()+./-]")
_LONGEST = 20
_TEXT_WORDS = 60
_FEWEST_DIGITS = 3


def words_of(text: str) -> list[str]:
    """Lower-case words without accents."""
    return [word[:_LONGEST] for word in _WORD.findall(without_accents(text.casefold()))]


def without_accents(text: str) -> str:
    """The text in compatibility form, without combining marks."""
    if text.isascii():
        return text  # the usual case, three times as fast
    taken_apart = unicodedata.normalize("NFKD", text)
    return "".join(char for char in taken_apart if not unicodedata.combining(char))


def terms_of(card: Card, last_text: str) -> list[str]:
    """Names are found by their beginnings, numbers by beginning or end, with and without country code, the text by
    whole words."""
    return list(_terms(f"{card.name or ''} {card.company or ''}", card.phone_number, last_text))


@lru_cache(maxsize=1024)
def _terms(names: str, phone_number: str, last_text: str) -> tuple[str, ...]:
    """Remembered, because a conversation is filed some times in a row while its latest text changes its status."""
    terms = {part for word in words_of(names) for part in _beginnings(word)}
    for digits in spellings(phone_number):
        for length in range(_FEWEST_DIGITS, len(digits) + 1):
            terms |= {digits[:length], digits[-length:]}
    terms.update(words_of(last_text)[:_TEXT_WORDS])
    return tuple(sorted(terms))


def query_terms(text: str) -> list[str]:
    """Terms of a search query. A number may contain blanks, dashes and brackets."""
    compact = _BETWEEN_DIGITS.sub("", text)
    if compact.isdigit() and len(compact) >= _FEWEST_DIGITS:
        return [compact]
    return words_of(text)[:10]


def _beginnings(word: str) -> set[str]:
    return {word[:length] for length in range(1, len(word) + 1)}
