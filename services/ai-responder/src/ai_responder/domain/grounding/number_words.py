"""Numbers written in words, English and Spanish, up to 999,999."""

from __future__ import annotations

from collections.abc import Sequence


def _numbered(words: str, start: int, step: int = 1) -> dict[str, int]:
    return {word: start + step * place for place, word in enumerate(words.split())}


_SMALL = {
    **_numbered("one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen", 1),
    **_numbered("sixteen seventeen eighteen nineteen", 16),
    **_numbered("dos tres cuatro cinco seis siete ocho nueve diez", 2),
    **_numbered("doce trece catorce quince dieciseis diecisiete dieciocho diecinueve", 12),
    **_numbered("veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete veintiocho", 21),
    "veintinueve": 29,
}
_TENS = {
    **_numbered("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10),
    **_numbered("veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa", 20, 10),
}
_HUNDREDS = {
    "cien": 100, "ciento": 100, "doscientos": 200, "doscientas": 200, "trescientos": 300, "trescientas": 300,
    "cuatrocientos": 400, "quinientos": 500, "quinientas": 500, "seiscientos": 600, "setecientos": 700,
    "ochocientos": 800, "novecientos": 900,
}  # fmt: skip
_VALUES = {**_SMALL, **_TENS, **_HUNDREDS}
_THOUSAND = ("thousand", "mil")
_JOINS = ("and", "y")
_AFTER_ELEVEN = ("horas", "dias", "euros", "dolares", "pesos", "de", "y")
"""`once` is eleven in Spanish and something else in English: it counts beside these, or after `las`."""


def number_at(words: Sequence[str], at: int) -> tuple[int | None, int]:
    """The number that begins at this token, and how many tokens it takes; (None, 1) where there is none."""
    value = _value(words, at)
    if value is None:
        return None, 1
    total, end = 0, at + 1
    while True:
        following = _next_word(words, end, value + total)
        if following is None:
            return total + value, end - at
        word = words[following]
        if word == "hundred":
            value *= 100
        elif word in _THOUSAND:
            total, value = (total + value) * 1000, 0
        else:
            value += _VALUES.get(word, 0)
        end = following + 1


def _value(words: Sequence[str], at: int) -> int | None:
    word = words[at]
    if word == "once":
        before = words[at - 2] if at > 1 else ""
        after = words[at + 2] if at + 2 < len(words) else ""
        return 11 if before == "las" or after in _AFTER_ELEVEN[:5] else None
    if word == "ciento" and words[max(0, at - 2) : at - 1] == ["por"]:
        return None  # "por ciento"
    if word in ("hundred", "thousand", "mil"):
        return 100 if word == "hundred" else 1000
    if word == "ten" and words[at + 2 : at + 3] == ["en"]:
        return None  # "ten en cuenta"
    return _VALUES.get(word)


def _next_word(words: Sequence[str], at: int, so_far: int) -> int | None:
    """Where the number goes on after a space or a dash, or None."""
    if at + 1 >= len(words) or words[at] not in (" ", "-"):
        return None
    place = at + 1
    if words[place] in _JOINS and at + 3 < len(words) and (so_far % 100 == 0 or words[place] == "y"):
        place = at + 3
    word = words[place]
    if place == at + 1 and word == "hundred" and 0 < so_far < 100:
        return place
    if place == at + 1 and word in _THOUSAND and 0 < so_far < 1000:
        return place
    more = _VALUES.get(word)
    return place if more is not None and _fits(so_far, more) else None


def _fits(so_far: int, more: int) -> bool:
    if so_far % 1000 == 0 and so_far:
        return more < 1000
    if so_far % 100 == 0:
        return more < 100
    return so_far % 10 == 0 and so_far % 100 >= 20 and more < 10
