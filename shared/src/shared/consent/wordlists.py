"""Sets of words and of phrases, written as one writes them: with blanks, and with bars or lines, between them."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def phrases(text: str) -> tuple[str, ...]:
    """Split at bars and at line ends; inner blanks single."""
    return tuple(" ".join(part.split()) for part in text.replace("\n", "|").split("|") if part.strip())
