"""Where the parts of a query stand in a text, and the piece of the text that shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from conversation.domain.search.numbers import forms, numbers
from conversation.domain.search.query import Part
from conversation.domain.search.terms import LONGEST_TEXT, SHORTEST_PREFIX
from conversation.domain.search.tokens import Token, tokens

SNIPPET = 160
"""Characters: as much as one SMS."""
_BEFORE = 40
MOST_HIGHLIGHTS = 20
Span = tuple[int, int]
"""First character and the one after the last."""


@dataclass(frozen=True)
class Snippet:
    text: str
    highlights: tuple[Span, ...]
    """In the snippet, in characters (Unicode code points), in order, without overlaps."""


def holds(text: str, part: Part) -> bool:
    """Whether the text has this part, its words in order."""
    return next(_places(list(tokens(text[:LONGEST_TEXT])), text, part, prefix_from=1), None) is not None


def holds_all(text: str, parts: Iterable[Part]) -> bool:
    """Whether this message alone has all of them, as it is filed."""
    row = list(tokens(text[:LONGEST_TEXT]))
    return all(next(_places(row, text, part, prefix_from=SHORTEST_PREFIX), None) is not None for part in parts)


def snippet(text: str, parts: Iterable[Part], *, prefix_from: int = SHORTEST_PREFIX) -> Snippet:
    """The text around the first hit. `prefix_from`: letters from which a beginning of a word counts."""
    row = list(tokens(text[:LONGEST_TEXT]))
    found = sorted({span for part in parts for span in _places(row, text, part, prefix_from=prefix_from)})
    start = max(0, found[0][0] - _BEFORE) if found and found[0][1] > SNIPPET else 0
    shown = text[start : start + SNIPPET]
    return Snippet(shown, _merged(found, start, start + len(shown)))


def _places(row: Sequence[Token], text: str, part: Part, *, prefix_from: int) -> Iterator[Span]:
    if part.kind == "number":
        yield from _number_places(row, text, part.pieces[0])
        return
    size = len(part.pieces)
    for at in range(len(row) - size + 1):
        some = row[at : at + size]
        if all(_is(token, piece, part, prefix_from) for token, piece in zip(some, part.pieces, strict=True)):
            yield some[0].start, some[-1].end


def _is(token: Token, piece: str, part: Part, prefix_from: int) -> bool:
    if part.kind == "word" and len(piece) >= prefix_from:
        return token.text.startswith(piece)
    return token.text == piece


def _number_places(row: Sequence[Token], text: str, digits: str) -> Iterator[Span]:
    for number in numbers(text[:LONGEST_TEXT]):
        if any(form.startswith(digits) or form.endswith(digits) for form in forms(number)):
            yield number.start, number.end
    for token in row:
        if token.kind == "word" and token.text.startswith(digits):
            yield token.start, token.end


def _merged(found: Sequence[Span], start: int, end: int) -> tuple[Span, ...]:
    """Those within the snippet, counted from its beginning."""
    kept: list[Span] = []
    for low, high in ((low - start, high - start) for low, high in found if low >= start and high <= end):
        if kept and low <= kept[-1][1]:
            kept[-1] = (kept[-1][0], max(kept[-1][1], high))
        else:
            kept.append((low, high))
    return tuple(kept[:MOST_HIGHLIGHTS])
