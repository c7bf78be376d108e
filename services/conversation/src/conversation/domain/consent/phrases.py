"""Does this text ask us to stop texting, in the customer's own words? Rules over whole words, never substrings.

`out`: says so. `unclear`: may mean it; the assistant falls silent and a person is asked. `none`: about something else.
A missed opt-out costs the customer's patience and the tenant a fine, a false one costs a customer: both are counted
over a corpus in the tests. Plain keywords (STOP …) are recognised by ingress; here they only occur inside a text.
"""

from __future__ import annotations

import re
from typing import Literal

from conversation.domain.consent.phrase_patterns import (
    CONDITION,
    NEGATED,
    OTHER_LISTS,
    OUT,
    POLITE,
    SPELLINGS,
    UNCLEAR,
    WHOLE,
    WHOLE_UNCLEAR,
)
from conversation.domain.thread.search_terms import without_accents

Reading = Literal["out", "unclear", "none"]

_SENTENCE_END = re.compile(r"[.!?\n;]+")
_WORD = re.compile(r"[\w&]+")
_APOSTROPHES = re.compile(r"['’‘`´]")


def read_consent(text: str) -> Reading:
    """The strongest reading of any sentence, then of the whole."""
    sentences = [words for part in _SENTENCE_END.split(_plain(text)) if (words := _tokens(part))]
    readings = {_read_whole(sentence) for sentence in sentences}
    readings |= {_read_parts(" ".join(sentence)) for sentence in sentences}
    readings.add(_read_after_comma(text))
    return "out" if "out" in readings else "unclear" if "unclear" in readings else "none"


def _read_whole(words: list[str]) -> Reading:
    """A sentence that, politeness aside, is nothing but a wish to end it."""
    kept = " ".join(word for word in words if word not in POLITE)
    full = " ".join(words)
    if kept in WHOLE or full in WHOLE:
        return "out"
    return "unclear" if kept in WHOLE_UNCLEAR or full in WHOLE_UNCLEAR else "none"


def _read_parts(sentence: str) -> Reading:
    found: Reading = "none"
    for pattern in OUT:
        for match in pattern.finditer(sentence):
            reading = _in_context(sentence, match)
            if reading == "out":
                return "out"
            found = "unclear" if reading == "unclear" else found
    if found == "none" and any(one.search(sentence) for one in UNCLEAR):
        return "unclear"
    return found


def _in_context(sentence: str, match: re.Match[str]) -> Reading:
    if not _stands(sentence, match):
        return "none"
    if OTHER_LISTS.search(sentence) or CONDITION.match(sentence[match.end() :]):
        return "unclear"
    return "out"


def _stands(sentence: str, match: re.Match[str]) -> bool:
    """Not negated, asked about or reported by what comes right before."""
    before = sentence[: match.start()]
    return not NEGATED.search(before)


def _read_after_comma(text: str) -> Reading:
    """ "Stop, I bought one already": the word alone before a comma. What follows may make it mean another thing."""
    head, comma, tail = _plain(text).partition(",")
    if not comma or _read_whole(_tokens(head)) != "out":
        return "none"
    rest = [word for word in _tokens(tail) if word not in POLITE]
    return "out" if not rest or _read_parts(" ".join(rest)) == "out" else "unclear"


def _plain(text: str) -> str:
    """Lower case, no accents, no apostrophes: `Don’t` and `dont` are one word."""
    return without_accents(_APOSTROPHES.sub("", text.casefold()))


def _tokens(text: str) -> list[str]:
    words: list[str] = _WORD.findall(text)
    return " ".join(SPELLINGS.get(word, word) for word in words).split()
