"""Reads a text for wishes about being texted at all: the one reader that ingress and conversation share.

Own words first (`quotes`), then whole-text keywords, then the rules of the languages over each clause, then set phrases
of further languages. Deterministic, no I/O, linear in the length of the text.
"""

from __future__ import annotations

from functools import lru_cache

from shared.consent import english, english_more, spanish
from shared.consent.another_person import names_another_person
from shared.consent.bare import bare_stop, edge_stop, whole_text
from shared.consent.judge import judged
from shared.consent.other_languages import read_phrases
from shared.consent.quotes import OwnWords, own_words
from shared.consent.reading import ConsentReading, ConsentWish
from shared.consent.rules import RuleIndex
from shared.consent.tokens import Sentence, sentences_of

_INDEX = RuleIndex((*english.RULES, *english_more.RULES, *spanish.RULES))


@lru_cache(maxsize=512)
def read_consent(text: str) -> ConsentReading:
    own = own_words(text)
    if own.kind != "text":
        return ConsentReading("none", own.kind, own.kind, quoted=own.quoted, reaction=own.reaction)
    sentences = sentences_of(own.text)
    reading, rule, plain = _wish(own, sentences)
    return ConsentReading(reading, rule, "text", plain, own.quoted)


def _wish(own: OwnWords, sentences: tuple[Sentence, ...]) -> tuple[ConsentWish, str, bool]:
    whole = whole_text(own.text, sentences)
    if whole is not None:
        return whole
    found = _findings(sentences)
    if names_another_person(sentences):
        found.setdefault("possible_stop", "not that person")
    reading, rule = _weighed(found)
    if reading == "none" and (phrase := read_phrases(own.text)):
        return phrase[0], phrase[1], False
    return reading, rule, False


def _findings(sentences: tuple[Sentence, ...]) -> dict[str, str]:
    """Each kind of finding with the first rule that made it."""
    found: dict[str, str] = {}
    for sentence in sentences:
        if bare := bare_stop(sentence, sentences) or edge_stop(sentence):
            found.setdefault(bare[0], bare[1])
        for match in _INDEX.matches(sentence.words):
            kind = judged(sentence, match)
            if kind is not None:
                found.setdefault(kind, match.rule.name)
    return found


def _weighed(found: dict[str, str]) -> tuple[ConsentWish, str]:
    if "keep" in found or "start" in found:
        if "stop" in found:
            return "possible_stop", found["stop"]
        return ("start", found["start"]) if "start" in found else ("none", found["keep"])
    if "stop" in found:
        return "stop", found["stop"]
    if "weak" in found and "possible_stop" in found:
        return "stop", found["weak"]
    if "possible_stop" in found:
        return "possible_stop", found["possible_stop"]
    return "none", ""
