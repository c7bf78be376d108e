"""The words by which the pretend model compares a question with what it was told: stems, in English and Spanish."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

from shared.texts.said_words import words_in

AskedWord = frozenset[str]
"""The stems of one word of a question, and of those that mean the same in it."""

_SMALL = frozenset(
    words_in("""
        a about all also am an and any are as at be been but by can could did do does for from get got had has have he
        her his how i if in into is it its just know let like m me my need no not of off on one or our out please re s
        she so some t tell than that the their them then there these they this those to too u up ur us ve want was we
        were what when which who why will with would yes you your d ll
        al algo ante como con cual cuales cuando de del desde e el ella ellos en entre era es esa ese eso esta estan
        este esto ha hace hacen han hasta hay la las le les lo los mas mi mis muy ni nos o para pero por porque pueden
        puede puedo que quien quiero quisiera se ser si sin sobre solo son su sus te tengo tiene tienen tu tus un una
        unas uno unos usted ustedes y ya yo favor
        along bring today tomorrow tonight now right morning afternoon evening week time pm hoy manana ahora tarde
    """)
)
"""They say nothing about what is asked for. A day like tomorrow, or an hour, does not either."""
_GREETING = frozenset(
    [
        "hi",
        "hello",
        "hey",
        "hola",
        "buenos",
        "buenas",
        "dias",
        "tardes",
        "noches",
        "good",
        "morning",
        "afternoon",
        "evening",
        "there",
    ]
)
_THANKS = frozenset(
    [
        "thanks",
        "thank",
        "you",
        "so",
        "much",
        "very",
        "thx",
        "ty",
        "gracias",
        "muchas",
        "ok",
        "okay",
        "great",
        "perfect",
        "cool",
        "vale",
        "listo",
    ]
)
_SPANISH = frozenset(
    words_in(
        "hola gracias cuanto cuesta cuestan precio donde estan esta quiero quisiera puedo pueden tienen abren abierto "
        "cerrado cita corte los las una para por que el manana sabado domingo lunes usted aceptan reservar hablar"
    )
)
_SAME = {
    "where": "address find",
    "located": "address find",
    "much": "price cost",
    "cost": "price much",
    "price": "cost much",
    "prices": "cost much",
    "come": "book appointment",
    "hours": "open",
    "donde": "direccion",
    "cuanto": "precio cuesta",
    "cuesta": "precio cuanto",
    "precio": "cuanto cuesta",
    "horario": "abrir abierto",
    "horarios": "abrir abierto",
    "abiertos": "abrir",
}
"""What may be said instead of a word of a question."""


def asked_words(question: str) -> frozenset[AskedWord]:
    """What the question is about; empty if it is about nothing."""
    return frozenset(
        _stems_of(word) | _stems(_SAME.get(word, "").split()) for word in words_in(question) if _tells(word)
    )


def told_words(text: str) -> frozenset[str]:
    return _stems([word for word in words_in(text) if _tells(word)])


def is_greeting(text: str) -> bool:
    words = words_in(text)
    return bool(words) and words[0] in _GREETING and all(word in _GREETING for word in words)


def is_thanks(text: str) -> bool:
    words = words_in(text)
    return bool(words) and all(word in _THANKS for word in words)


def is_spanish(text: str) -> bool:
    words = words_in(text)
    return "¿" in text or "¡" in text or 3 * sum(word in _SPANISH for word in words) > len(words)


def _tells(word: str) -> bool:
    return len(word) > 1 and word not in _SMALL and word not in _GREETING and not word[0].isdigit()


def _stems(words: list[str]) -> frozenset[str]:
    return frozenset(stem for word in words for stem in _stems_of(word))


@lru_cache(maxsize=5_000)
def _stems_of(word: str) -> AskedWord:
    import snowballstemmer  # with the first question to an assistant with knowledge: it loads every language

    made = cast("Any", snowballstemmer)
    return frozenset(str(made.stemmer(language).stemWord(word)) for language in ("english", "spanish"))
