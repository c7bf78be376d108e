"""Words of an answer, the same whatever keyboard wrote them."""

from __future__ import annotations

import unicodedata

LONGEST_ANSWER = 500
"""Characters that are read of a reply."""
_ALIKE = str.maketrans("\u2019\u2018\u02bc`´\u2013\u2014\u2212", "'''''---")


def plain(reply: str) -> str:
    """Lower case, without accents, digits and marks of every script as ASCII, one blank between words."""
    text = unicodedata.normalize("NFKD", reply[:LONGEST_ANSWER].translate(_ALIKE)).casefold()
    kept = (_ascii(char) for char in text if unicodedata.category(char) not in ("Mn", "Me", "Cf"))
    return " ".join("".join(kept).split())


def words_of(reply: str) -> list[str]:
    """Letters and digits of `plain`, cut at everything else."""
    return "".join(char if char.isalnum() else " " for char in plain(reply)).split()


def listed(words: str) -> frozenset[str]:
    """For word lists in the code."""
    return frozenset(words.split())


def _ascii(char: str) -> str:
    return str(unicodedata.decimal(char)) if unicodedata.category(char) == "Nd" else char
