"""Words as they are compared: stems without case and accents, so that "reservations" finds "reservación" and "Reserve".

English and Spanish are stemmed (Snowball); other languages are stemmed as English, alike on both sides, which does
little harm. Scripts that put no spaces between words (Chinese, Japanese, Thai and others), and Korean, whose words
grow endings, are compared by pairs of neighbouring characters.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Literal, cast

Language = Literal["english", "spanish"]

_RUN = re.compile(r"[\w\u0300-\u036f]+")
_PAIRED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]+"
)
_LONGEST_WORD = 40
"""A longer one is a code or a line of dashes: compared by its beginning."""
_ENGLISH = frozenset(
    [
        "a",
        "about",
        "all",
        "also",
        "am",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "been",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "for",
        "from",
        "get",
        "got",
        "had",
        "has",
        "have",
        "he",
        "her",
        "hi",
        "hello",
        "hey",
        "his",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "just",
        "let",
        "like",
        "me",
        "my",
        "no",
        "not",
        "of",
        "off",
        "on",
        "one",
        "or",
        "our",
        "out",
        "please",
        "she",
        "so",
        "some",
        "than",
        "thank",
        "thanks",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "to",
        "too",
        "up",
        "us",
        "want",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "who",
        "why",
        "will",
        "with",
        "would",
        "yes",
        "you",
        "your",
        "u",
        "ur",
    ]
)
_SPANISH = frozenset(
    [
        "a",
        "al",
        "algo",
        "algun",
        "alguna",
        "ante",
        "aqui",
        "como",
        "con",
        "cual",
        "cuales",
        "cuando",
        "de",
        "del",
        "desde",
        "donde",
        "e",
        "el",
        "ella",
        "ellos",
        "en",
        "entre",
        "era",
        "es",
        "esa",
        "ese",
        "eso",
        "esta",
        "estan",
        "estar",
        "este",
        "esto",
        "favor",
        "fue",
        "gracias",
        "ha",
        "hace",
        "hacen",
        "han",
        "hasta",
        "hay",
        "hola",
        "la",
        "las",
        "le",
        "les",
        "lo",
        "los",
        "mas",
        "me",
        "mi",
        "mis",
        "muy",
        "ni",
        "no",
        "nos",
        "o",
        "para",
        "pero",
        "por",
        "porque",
        "pueden",
        "puede",
        "puedo",
        "que",
        "quien",
        "quiero",
        "se",
        "ser",
        "si",
        "sin",
        "sobre",
        "solo",
        "son",
        "su",
        "sus",
        "te",
        "tengo",
        "tiene",
        "tienen",
        "tu",
        "tus",
        "un",
        "una",
        "unas",
        "uno",
        "unos",
        "usted",
        "ustedes",
        "y",
        "ya",
        "yo",
    ]
)
_SMALL = _ENGLISH | _SPANISH
_LOCAL = threading.local()


def language_of(text: str) -> Language:
    """By the small words that each language cannot do without."""
    words = [fold(word) for word in _RUN.findall(text[:20_000].casefold())]
    english, spanish = (sum(word in small for word in words) for small in (_ENGLISH, _SPANISH))
    return "spanish" if spanish > english else "english"


def stems(text: str, language: Language) -> list[str]:
    """Every word of the text, in order."""
    return [stem for word in _words(text) for stem in _stems_of(word, (language,))]


def asked_stems(text: str) -> list[str]:
    """The words that a question is about, in either language's form, each once."""
    return list(dict.fromkeys(stem for word in content_words(text) for stem in _stems_of(word, ("english", "spanish"))))


def content_words(text: str) -> list[str]:
    """Without the small words, which ask for nothing."""
    return [word for word in _words(text) if fold(word) not in _SMALL]


def fold(word: str) -> str:
    """Without case and without accents on letters that can do without."""
    apart = unicodedata.normalize("NFD", word.casefold())
    return unicodedata.normalize("NFC", "".join(char for char in apart if not "\u0300" <= char <= "\u036f"))


def _words(text: str) -> Iterable[str]:
    plain = unicodedata.normalize("NFKC", text.casefold())
    for run in _RUN.findall(plain):
        at = 0
        for paired in _PAIRED.finditer(run):
            if paired.start() > at:
                yield run[at : paired.start()][:_LONGEST_WORD]
            yield paired[0]
            at = paired.end()
        if at < len(run):
            yield run[at:][:_LONGEST_WORD]


def _stems_of(word: str, languages: tuple[Language, ...]) -> list[str]:
    if _PAIRED.match(word):
        return [word[n : n + 2] for n in range(len(word) - 1)] or [word]
    return [_stem(word, language) for language in languages]


@lru_cache(maxsize=50_000)
def _stem(word: str, language: Language) -> str:
    if language == "spanish":
        word = _with_usual_accent(word)
    return fold(_stemmer(language)(word)) or fold(word)


def _with_usual_accent(word: str) -> str:
    """ "reservacion" is texted without its accent, by which the stemmer knows the ending."""
    return f"{word[:-3]}i\u00f3n" if word.endswith(("cion", "sion")) else word


def _stemmer(language: Language) -> Callable[[str], str]:
    """One for each thread: it keeps the word it works on."""
    made: dict[str, Callable[[str], str]] = _LOCAL.__dict__
    if language not in made:
        import snowballstemmer  # with the first document or question: it loads every language

        made[language] = cast("Any", snowballstemmer).stemmer(language).stemWord
    return made[language]
