"""The pretend model's answer from knowledge: the passage that shares most telling words with the question, as it is.

It understands nothing. Where less than a third of what is asked for stands in any passage, it asks for a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log

from sandbox.model.instructions import Briefing, Told
from sandbox.model.words import AskedWord, asked_words, is_greeting, is_spanish, is_thanks, told_words

_ENOUGH = 1 / 3
"""Share of the question, rare words counting more, that a passage must have."""
_TITLE = 1.25
"""A word of the title, which is the question that is answered, counts more than one of the text."""
_OFF_TOPIC = 0.01
"""Of two titles that fit equally, the one that asks for less else."""
_WHOLE = 220
"""Characters up to which a passage is said whole; of a longer one the best sentence."""
_MOST_ANSWERS = 2
_QUESTION_END = re.compile(r"(?<=[.!?])\s+|\n+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+| / ")
_BRACES = re.compile(r"\{[^{}]{0,60}\}")
_HAND_OVER = re.compile(r"^\W*hand (?:\w+ ){0,2}over\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Phrases:
    """What it says itself."""

    greeting: str
    welcome: str
    unknown: str
    person: str
    picture: str


_ENGLISH = Phrases(
    "Hello! How can we help?",
    "You are welcome!",
    "I do not know that. A person will get back to you here.",
    "A person will get back to you here.",
    "Thank you for the picture. A person will look at it and get back to you here.",
)
_SPANISH = Phrases(
    "¡Hola! ¿En qué podemos ayudarle?",
    "¡De nada!",
    "No lo sé. Una persona le responderá por aquí.",
    "Una persona le responderá por aquí.",
    "Gracias por la foto. Una persona la verá y le responderá por aquí.",
)


@dataclass(frozen=True, slots=True)
class Known:
    """What it says; `why` is for people."""

    text: str
    why: str
    hand_over: bool = False


def answer_knowing(question: str, given: Briefing, pictures: int = 0) -> Known:
    say = _SPANISH if is_spanish(question) else _ENGLISH
    if any(_HAND_OVER.match(guide) for guide in given.guides):
        return Known(say.person, "the guide says that a person answers this", hand_over=True)
    if is_thanks(question):
        return Known(say.welcome, "the customer said thanks")
    if is_greeting(question) and not pictures:
        return Known(say.greeting, "the customer said hello")
    found = _found(question, given.knowledge)
    if not found:
        unknown = say.picture if pictures else say.unknown
        return Known(unknown, "nothing it was told fits the question", hand_over=True)
    said = " ".join(dict.fromkeys(answer for answer, _ in found))
    titles = "; ".join(dict.fromkeys(told.title or "the assistant's knowledge" for _, told in found))
    return Known(_in_form(said, given.form), f"found in: {titles}")


def _found(question: str, knowledge: Sequence[Told]) -> list[tuple[str, Told]]:
    """The answer to each question of the text; of many the first."""
    worth = _Worth(knowledge)
    parts = [asked for part in _QUESTION_END.split(question) if (asked := asked_words(part))]
    best = [found for asked in parts if (found := worth.best(asked))]
    return [(_said(told, asked), told) for asked, told in best[:_MOST_ANSWERS]]


class _Worth:
    """How well passages fit: a word that few of them have counts more."""

    def __init__(self, knowledge: Sequence[Told]) -> None:
        self._passages = [(told, _title_words(told), told_words(told.text)) for told in knowledge]

    def best(self, asked: frozenset[AskedWord]) -> tuple[frozenset[AskedWord], Told] | None:
        weights = {word: self._weight(word) for word in asked}
        said = _union(asked)
        chosen: Told | None = None
        highest = 0.0
        for told, title, text in self._passages:
            in_title = sum(weight for word, weight in weights.items() if word & title)
            only_in_text = sum(weight for word, weight in weights.items() if word & text and not word & title)
            score = _TITLE * in_title + only_in_text - _OFF_TOPIC * len(title - said)
            if in_title + only_in_text >= _ENOUGH * sum(weights.values()) and score > highest:
                chosen, highest = told, score
        return (asked, chosen) if chosen else None

    def _weight(self, word: AskedWord) -> float:
        having = sum(bool(word & (title | text)) for _, title, text in self._passages)
        return log(1 + len(self._passages) / (having or 0.5))


def _title_words(told: Told) -> frozenset[str]:
    """The question, with what may be said instead of its words."""
    return _union(asked_words(told.title))


def _union(words: Iterable[AskedWord]) -> frozenset[str]:
    return frozenset(stem for word in words for stem in word)


def _said(told: Told, asked: frozenset[AskedWord]) -> str:
    plain = told.text.replace(" / ", " ")
    if len(plain) <= _WHOLE:
        return plain
    sentences = [sentence for sentence in _SENTENCE_END.split(told.text) if sentence.strip()]
    return max(sentences, key=lambda sentence: sum(bool(word & told_words(sentence)) for word in asked))


def _in_form(said: str, form: str) -> str:
    """The form of the reply with the answer where its one brace is; a form with more is for a better model."""
    if len(_BRACES.findall(form)) != 1:
        return said
    before, after = _BRACES.split(form)
    return " ".join(f"{before}{said}{after}".split())
