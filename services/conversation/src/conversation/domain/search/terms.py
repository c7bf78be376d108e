"""What a text or a contact is filed under, so that any of its words, or its beginning, finds it.

A text of twelve words has some 25 terms. Prefixes of fewer than three letters would double that and find too much.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain

from conversation.domain.search.numbers import PHONE, forms, numbers
from conversation.domain.search.tokens import pairs, tokens
from shared.phone import spellings

MOST_TERMS = 2_000
"""Of one text or contact: an SMS of ten parts has fewer. Of longer texts whole words come before prefixes."""
LONGEST_TEXT = 4_000
"""Characters that are searched: twice the longest SMS."""
SHORTEST_PREFIX = 3
_LONGEST_VALUE = 400
"""Characters of one value of a contact that are searched."""


@lru_cache(maxsize=256)
def message_terms(text: str) -> tuple[str, ...]:
    """Remembered, because a message is filed some times in a row while its status changes."""
    return tuple(_first(_found(text[:LONGEST_TEXT], SHORTEST_PREFIX)))


def contact_terms(values: Iterable[str | None], phone_numbers: Iterable[str]) -> tuple[str, ...]:
    """`values`: name, company, e-mail addresses, ids and fields, which are found by the beginning of each word. Numbers
    are found by their beginning or end, with and without country code."""
    return _contact_terms(tuple(value[:_LONGEST_VALUE] for value in values if value), tuple(phone_numbers))


@lru_cache(maxsize=256)
def _contact_terms(values: tuple[str, ...], phone_numbers: tuple[str, ...]) -> tuple[str, ...]:
    ends = chain.from_iterable(_ends(number) for number in phone_numbers)
    return tuple(_first(chain(ends, *(_found(value, 1) for value in values))))


def _found(text: str, shortest: int) -> Iterator[str]:
    row = list(tokens(text))
    yield from (token.text for token in row)
    yield from pairs(row)
    written = [number for number in numbers(text) if number.grouped or len(number.digits) >= PHONE]
    yield from chain.from_iterable(forms(number) for number in written)
    words = (token.text for token in row if token.kind == "word")
    for word in chain(words, (number.digits for number in written)):
        yield from (word[:length] for length in range(shortest, len(word)))


def _ends(phone_number: str) -> Iterator[str]:
    for digits in spellings(phone_number):
        for length in range(SHORTEST_PREFIX, len(digits) + 1):
            yield digits[:length]
            yield digits[-length:]


def _first(terms: Iterable[str]) -> list[str]:
    """So many different ones, in the order of their importance; sorted, so that the same text is the same document."""
    kept: dict[str, None] = {}
    for term in terms:
        kept[term] = None
        if len(kept) == MOST_TERMS:
            break
    return sorted(kept)
