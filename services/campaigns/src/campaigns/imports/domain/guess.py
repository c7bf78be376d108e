"""Guesses the field of each column from its header and from what lies below it, with a confidence.

0.95 and more: the header says so and the content agrees. Around 0.8: the header alone, or content that can hardly be
anything else. Below: a part of the header, or a name of one's own made of the header.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from campaigns.imports.domain.fields import PHONE, own_name
from campaigns.imports.domain.header_words import folded, kind_of
from shared.values import Value

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s.]{2,24}")
_PHONE_TEXT = re.compile(r"[=\"'(+0-9][=\"'0-9 ().+/\-]{5,30}", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d\d?[/.-]\d\d?[/.-]\d{2,4}")
_SCIENTIFIC = re.compile(r"\d([.,]\d{1,14})?[eE]\+?(0?[89]|1[0-5])")
_LETTERS = re.compile(r"[^\W\d_]")
_FEW = 0.05


class Guess(Value):
    """`field` is None where nothing is worth importing under a name."""

    field: str | None
    confidence: float


def looks_like_phone(text: str) -> bool:
    """Seven to fifteen digits and nothing but what is written around them; `3.13E+09` also."""
    plain = text.strip().strip("\u200b\u200e\u202a\u202c\ufeff")
    if not _PHONE_TEXT.fullmatch(plain):
        return _is_scientific(plain)
    digits = sum(char.isdigit() for char in plain)
    return 7 <= digits <= 15 and not _DATE.fullmatch(plain)


def guesses(headers: Sequence[str], columns: Sequence[Sequence[str]]) -> list[Guess]:
    """One guess per column. `headers` are "" where there is none; `columns` hold sampled cells, blank ones left out."""
    first = [_guess(header, cells) for header, cells in zip(headers, columns, strict=True)]
    best = _only_the_best(first)
    taken = {guess.field for guess in best if guess.field}
    done: list[Guess] = []
    for index, (header, cells, guess) in enumerate(zip(headers, columns, best, strict=True)):
        if guess.field is None and header.strip():
            name = own_name(header, index, taken)
            taken.add(name)
            guess = Guess(field=name, confidence=0.5 if cells else 0.3)
        done.append(guess)
    return _named_whole(headers, done)


def phone_columns(headers: Sequence[str], indexes: Sequence[int]) -> list[int]:
    """Columns with a phone number, in the order in which they are tried: mobile ones first."""
    return sorted(indexes, key=lambda index: (kind_of(headers[index])[0] != "mobile", index))


def _guess(header: str, cells: Sequence[str]) -> Guess:
    kind, exact = kind_of(header) if header.strip() else ("", False)
    phones, emails = _share(cells, looks_like_phone), _share(cells, lambda cell: bool(_EMAIL.fullmatch(cell.strip())))
    if kind in ("mobile", "phone"):
        if cells and phones < 0.3:
            return Guess(field=None, confidence=0) if not exact or phones < _FEW else Guess(field=PHONE, confidence=0.5)
        return Guess(field=PHONE, confidence=(0.98 if exact else 0.9) if phones > 0.7 else 0.75)
    if kind == "email":
        return Guess(field="email", confidence=(0.98 if exact else 0.9) if emails > 0.7 else 0.6)
    if kind:
        return Guess(field=kind, confidence=(0.95 if exact else 0.75) if cells else 0.6)
    if emails > 0.7:
        return Guess(field="email", confidence=0.85 if not header.strip() else 0.7)
    if phones > 0.7 and not exact:
        return Guess(field=PHONE, confidence=0.8 if not header.strip() else 0.6)
    if phones >= 0.5 and not header.strip():
        return Guess(field=PHONE, confidence=0.5)
    if not header.strip() and _are_names(cells):
        return Guess(field="name", confidence=0.5)
    return Guess(field=None, confidence=0)


def _only_the_best(found: Sequence[Guess]) -> list[Guess]:
    """Two columns cannot both be the name: the surer one is. Several may hold phone numbers; guessed ones by content
    alone count only where no header names a phone."""
    surest: dict[str, int] = {}
    for index, guess in enumerate(found):
        if guess.field is not None and (
            guess.field not in surest or guess.confidence > found[surest[guess.field]].confidence
        ):
            surest[guess.field] = index
    named = any(guess.field == PHONE and guess.confidence > 0.7 for guess in found)
    kept: list[Guess] = []
    for index, guess in enumerate(found):
        is_phone = guess.field == PHONE and (guess.confidence > 0.7 or not named)
        keeps = guess.field is None or is_phone or (guess.field != PHONE and surest[guess.field] == index)
        kept.append(guess if keeps else Guess(field=None, confidence=0))
    return kept


def _named_whole(headers: Sequence[str], found: Sequence[Guess]) -> list[Guess]:
    """A column "name" beside one of the two halves is the other half; `nom` alone is the whole name."""
    fields = {guess.field for guess in found}
    swaps: dict[str, str] = {}
    if "last_name" in fields and "first_name" not in fields:
        swaps = {"name": "first_name"} if "name" in fields else {"last_name": "name"}
    elif "first_name" in fields and "last_name" not in fields:
        swaps = {"name": "last_name"}
    return [
        guess.but(field=swaps[guess.field]) if guess.field in swaps and _is_half(header) else guess
        for header, guess in zip(headers, found, strict=True)
    ]


def _is_half(header: str) -> bool:
    return folded(header) in ("name", "nombre", "nombres", "nome", "nom")


def _are_names(cells: Sequence[str]) -> bool:
    return _share(cells, lambda cell: len(cell) <= 60 and bool(_LETTERS.match(cell.strip()))) > 0.8


def _share(cells: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(map(test, cells)) / len(cells) if cells else 0.0


def _is_scientific(text: str) -> bool:
    return bool(_SCIENTIFIC.fullmatch(text))
