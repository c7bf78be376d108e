"""Texts in further languages: set phrases, as whole words, or anywhere in scripts without blanks. Coarse."""

from __future__ import annotations

import unicodedata
from typing import Literal

from shared.consent import keywords
from shared.consent.tokens import folded

_LONGEST = 600
"""Characters; set phrases stand in short texts."""


def read_phrases(text: str) -> tuple[Literal["stop", "possible_stop"], str] | None:
    """A wish in one of the set phrases: its reading and the phrase."""
    plain = folded(text[:_LONGEST])
    spoken = f" {' '.join(_letters(plain).split())} "
    solid = not plain.isascii()
    stop = next((phrase for phrase in keywords.PHRASES_STOP if f" {phrase}" in spoken), None)
    if stop is None and solid:
        stop = next((part for part in keywords.PARTS_STOP if part in spoken), None)
    if stop is not None:
        if any(f" {phrase}" in spoken for phrase in keywords.DENIED_PHRASES):
            return None
        if solid and any(part in spoken for part in keywords.BOOKINGS):
            return None
        doubted = "?" in text or (solid and any(part in spoken for part in keywords.NOT_MEANT))
        return ("possible_stop" if doubted else "stop", stop)
    possible = next((phrase for phrase in keywords.PHRASES_POSSIBLE if f" {phrase}" in spoken), None)
    if possible is None and solid:
        possible = next((part for part in keywords.PARTS_POSSIBLE if part in spoken), None)
    return None if possible is None else ("possible_stop", possible)


def _letters(text: str) -> str:
    """Marks become blanks, so that phrases are compared by their words."""
    return "".join(char if char.isalnum() or unicodedata.category(char) in ("Mc", "Mn") else " " for char in text)
