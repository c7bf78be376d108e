"""Texts in further languages: set phrases, as whole words, or anywhere in scripts without blanks. Coarse."""

from __future__ import annotations

import unicodedata
from typing import Literal

from shared.consent import keywords
from shared.consent.tokens import folded

_LONGEST = 600
"""Characters; set phrases stand in short texts."""


_MORE_WORDS, _MORE_SIGNS = 2, 3
"""Beside a phrase: words, or signs of a script without blanks and the blanks around them, that say something more."""


def read_phrases(text: str) -> tuple[Literal["stop", "possible_stop"], str] | None:
    """A wish in one of the set phrases: its reading and the phrase."""
    plain = folded(text[:_LONGEST])
    spoken = f" {' '.join(_letters(plain).split())} "
    solid = not plain.isascii()
    stop = next((phrase for phrase in keywords.PHRASES_STOP if f" {phrase}" in spoken), None)
    if stop is None and solid:
        stop = next((part for part in keywords.PARTS_STOP if part in spoken), None)
    if stop is not None:
        if any(f" {phrase}" in spoken for phrase in keywords.DENIED_PHRASES) or _is_of_a_thing(stop, spoken):
            return None
        if solid and any(part in spoken for part in keywords.DENIED_PARTS):
            return None
        if "?" in text and any(part in spoken for part in keywords.SUPPOSING):
            return None
        if solid and any(part in spoken for part in keywords.BOOKINGS):
            return None
        doubted = "?" in text or (solid and any(part in spoken for part in keywords.NOT_MEANT))
        return ("possible_stop" if doubted else "stop", stop)
    if any(f" {phrase}" in spoken for phrase in keywords.NOT_POSSIBLE):
        return None
    possible = next((phrase for phrase in keywords.PHRASES_POSSIBLE if f" {phrase}" in spoken), None)
    if possible is None and solid:
        possible = next((part for part in keywords.PARTS_POSSIBLE if part in spoken), None)
    return None if possible is None else ("possible_stop", possible)


def _is_of_a_thing(phrase: str, spoken: str) -> bool:
    """ "Jangan kirim kurir hari ini": more is said, and none of it is of texts or of the writer."""
    needed = keywords.NEEDED.get(phrase)
    if needed is not None:
        said = spoken.replace(phrase, " ", 1)
        more = (
            len(said.split()) >= _MORE_WORDS if phrase.isascii() or " " in spoken.strip() else len(said) > _MORE_SIGNS
        )
        return more and not any(part in said for part in needed)
    return _wants_no_thing(phrase, spoken)


def _wants_no_thing(phrase: str, spoken: str) -> bool:
    """ "Je ne veux plus de la chambre double": a thing follows, and no word of texts is in it."""
    if phrase not in keywords.WANTS_NO_MORE or any(part in spoken for part in keywords.TEXT_PARTS):
        return False
    return spoken.partition(f" {phrase}")[2].split()[:1] in ([article] for article in keywords.ARTICLES)


def _letters(text: str) -> str:
    """Marks become blanks, so that phrases are compared by their words."""
    return "".join(char if char.isalnum() or unicodedata.category(char) in ("Mc", "Mn") else " " for char in text)
