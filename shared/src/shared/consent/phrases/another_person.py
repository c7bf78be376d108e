"""Texts by which somebody says that they are not who we mean: "This isn't Mike", "Brother Leon passed away"."""

from __future__ import annotations

from itertools import pairwise

from shared.consent.tokens import Sentence
from shared.consent.wordlists import words

_FEW_SENTENCES = 3
_SHORT = 7
"""Words in a sentence, and sentences in a text, that say no more than that."""
_NO_NAMES = words("""
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
    october november december christmas easter today tomorrow i
""")
_DEATHS = frozenset({"died", "deceased", "fallecio", "murio"})


def names_another_person(sentences: tuple[Sentence, ...]) -> bool:
    return len(sentences) <= _FEW_SENTENCES and any(
        _names_another(one) for one in sentences if not one.asks and len(one.words) <= _SHORT
    )


def _names_another(sentence: Sentence) -> bool:
    said = sentence.words
    if said[-1] in sentence.named and said[-1] not in _NO_NAMES:
        return said[-2:-1] in (("not",), ("soy",)) or said[-3:-1] == ("not", "a")
    return bool(_DEATHS & set(said)) or ("passed", "away") in pairwise(said)
