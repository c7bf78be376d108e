"""What a query asks for. Every part of it must be found somewhere in the conversation or its contact.

`cake tuesday` finds the conversation where one text says "cake" and another "on Tuesday": customers write in pieces.
A quoted phrase must stand in one text as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from conversation.domain.search.numbers import PHONE, WrittenNumber, asked, numbers, read_number
from conversation.domain.search.tokens import Token, pairs, tokens

MOST_PARTS = 10
MOST_TERMS = 40
"""Of one part: of a phrase its words, of a text without spaces its pairs."""
_QUOTES = '"\u201c\u201d\u201e\u00ab\u00bb'
_QUOTED = re.compile(f"[{_QUOTES}]([^{_QUOTES}]+)[{_QUOTES}]")
_ONLY_A_NUMBER = re.compile(r"\A[\s()+.,/'\u2019\u00a0-]*(?:\d[\s()+.,/'\u2019\u00a0-]*){3,30}")


@dataclass(frozen=True)
class Part:
    """`terms` must all be filed for one text, or all for the contact; then `pieces` are looked for in it."""

    kind: Literal["word", "chars", "sign", "number", "phrase"]
    terms: tuple[str, ...]
    pieces: tuple[str, ...]

    @property
    def is_exact(self) -> bool:
        """The terms are not enough: the words must follow one another."""
        return self.kind == "phrase" and len(self.pieces) > 1


def parse(query: str) -> tuple[Part, ...]:
    """The first ten parts; what has no letter, digit or emoji asks for nothing."""
    parts: dict[Part, None] = {}
    for part in _parts(query):
        parts[part] = None
        if len(parts) == MOST_PARTS:
            break
    return tuple(parts)


def _parts(query: str) -> Iterator[Part]:
    if _ONLY_A_NUMBER.fullmatch(query):
        yield _number(read_number(query))
        return
    for quoted in _QUOTED.finditer(query):
        row = list(tokens(quoted[1]))
        if row:
            terms = (*(token.text for token in row), *pairs(row))
            yield Part("phrase", tuple(dict.fromkeys(terms))[:MOST_TERMS], tuple(token.text for token in row))
    rest = _QUOTED.sub(" ", query)
    for number in numbers(rest):
        if len(number.digits) >= PHONE:
            yield _number(number)
            rest = rest[: number.start] + " " * (number.end - number.start) + rest[number.end :]
    yield from _words(list(tokens(rest)))


def _number(number: WrittenNumber) -> Part:
    digits = asked(number)
    return Part("number", (digits,), (digits,))


def _words(row: list[Token]) -> Iterator[Part]:
    chars: list[Token] = []
    for token in row:
        if chars and (token.kind != "char" or token.start != chars[-1].end):
            yield _run(chars)
            chars = []
        if token.kind == "char":
            chars.append(token)
        else:
            yield Part(token.kind, (token.text,), (token.text,))
    if chars:
        yield _run(chars)


def _run(chars: list[Token]) -> Part:
    pieces = tuple(token.text for token in chars)
    terms = tuple(dict.fromkeys(pairs(chars)))[:MOST_TERMS]
    return Part("chars", terms or pieces, pieces)
