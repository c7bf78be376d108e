"""Reads a text for wishes about being texted at all: the one reader that ingress and conversation share.

Own words first (`quotes`), then whole-text keywords, then the rules of the languages over each clause, then set phrases
of further languages. Deterministic, no I/O, linear in the length of the text.
"""

from __future__ import annotations

import re
from functools import lru_cache

from shared.consent.bare import bare_stop, edge_stop, whole_text
from shared.consent.judge import judged
from shared.consent.phrases import english, english_more, spanish
from shared.consent.phrases.another_person import names_another_person
from shared.consent.phrases.elsewhere import BY_ANOTHER, ELSEWHERE, excepts_the_texts, whose
from shared.consent.phrases.other_languages import read_phrases
from shared.consent.phrases.threats import threatens_over_the_next
from shared.consent.quoting.quotes import OwnWords, own_words
from shared.consent.reading import ConsentReading, ConsentWish
from shared.consent.rules import RuleIndex
from shared.consent.tokens import Sentence, sentences_of

_INDEX = RuleIndex((*english.RULES, *english_more.RULES, *spanish.RULES))
_WISHES = frozenset({"stop", "possible_stop"})


@lru_cache(maxsize=512)
def read_consent(text: str) -> ConsentReading:
    own = own_words(text)
    sentences = sentences_of(own.text)
    reading, rule, plain = _wish(own, sentences)
    if own.doubtful and not (plain and own.kind == "text"):
        reading, plain = _doubted(own, reading), False
    if own.kind != "text" and reading == "none":
        return ConsentReading("none", own.kind, own.kind, quoted=own.quoted, reaction=own.reaction)
    return ConsentReading(reading, rule, "text", plain, own.quoted)


def _doubted(own: OwnWords, reading: ConsentWish) -> ConsentWish:
    """A person looks where the customer's words cannot be told from a machine's or a quoted person's."""
    if reading in ("stop", "possible_stop") or (own.kind == "autoreply" and _SHOUTED_STOP.search(own.text)):
        return "possible_stop"
    return "none"


_SHOUTED_STOP = re.compile(r"\b(?:STOP|UNSUBSCRIBE|BAJA)\b")


def _wish(own: OwnWords, sentences: tuple[Sentence, ...]) -> tuple[ConsentWish, str, bool]:
    whole = whole_text(own.text, sentences)
    if whole is not None:
        return whole
    if threatens_over_the_next(sentences):
        return "stop", "threat for the next text", False
    found = _findings(sentences)
    if "start" in found and any(sentence.words[:2] in _REFUSALS for sentence in sentences):
        del found["start"]  # "opt in? no way"
    if names_another_person(sentences):
        found.setdefault("possible_stop", "not that person")
    reading, rule = _weighed(found)
    if reading == "none" and (phrase := read_phrases(own.text)):
        return phrase[0], phrase[1], False
    if reading == "none" and "?" not in own.text and (said := _OWN_SAYING.search(own.text)):
        reading, rule = _weighed(_findings(sentences_of(said["words"])))
        return ("possible_stop", rule, False) if reading == "stop" else ("none", "", False)
    return reading, rule, False


_OWN_SAYING = re.compile(
    r"""\b(?:i|we)(?:[ ]\w+)?[ ](?:said|say|repeat|mean|(?:told|asked|texted|wrote)[ ](?:you|u|ya|yall|guys|them))
    [ ,:]*["“](?P<words>[^"“”]+)["”]""",
    re.IGNORECASE | re.VERBOSE,
)
"""`I told you "Do not text me!"`: cited, but from the writer's own earlier words."""


_REFUSALS = frozenset(
    {("no", "way"), ("no", "thanks"), ("no", "thank"), ("hell", "no"), ("no",), ("nope",), ("never",)}
)


def _findings(sentences: tuple[Sentence, ...]) -> dict[str, str]:
    """Each kind of finding with the first rule that made it."""
    found: dict[str, str] = {}
    for sentence in sentences:
        if bare := bare_stop(sentence, sentences) or edge_stop(sentence):
            found.setdefault(bare[0], bare[1])
        for match in _INDEX.matches(sentence.words):
            kind = judged(sentence, match)
            if kind is not None:
                found.setdefault(kind + (whose(sentence, match) if kind in _WISHES else ""), match.rule.name)
        if excepts_the_texts(sentence):
            found.setdefault("keep", "not the texts")
    return found


def _weighed(found: dict[str, str]) -> tuple[ConsentWish, str]:
    """What the writer wants kept outweighs doubts and what gives way to it; with a plain stop it makes a doubt."""
    keep = found.get("keep") or _kept_by_the_writer(found)
    if keep or "start" in found:
        if "stop" in found:
            return "possible_stop", found["stop"]
        return ("start", found["start"]) if "start" in found else ("none", keep)
    if stop := _first(found, "stop"):
        return "stop", stop
    possible = _first(found, "possible_stop")
    if "weak" in found and possible:
        return "stop", found["weak"]
    return ("possible_stop", possible) if possible else ("none", "")


def _kept_by_the_writer(found: dict[str, str]) -> str:
    """ "He opted out, not me": says it is kept only where the wish was another person's."""
    another = any(wish + BY_ANOTHER in found for wish in _WISHES)
    return found.get("keep mine", "") if another and "stop" not in found else ""


def _first(found: dict[str, str], wish: str) -> str:
    return found.get(wish) or found.get(wish + ELSEWHERE) or found.get(wish + BY_ANOTHER) or ""
