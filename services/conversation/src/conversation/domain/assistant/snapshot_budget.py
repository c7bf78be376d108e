"""How much an assistant is shown at most, in bytes of `reply.requested`.

An event that is too large is refused by its reader and nobody answers the customer. So every part of a snapshot has its
share, and what does not fit is left out or cut with a mark. All shares together are a quarter of what an event may take
(1 MiB, `MAX_EVENT_BYTES`), and far from what a document may take (12 MiB).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

HISTORY_BYTES = 128_000
LINE_BYTES = 8_000
"""Of one text: five times what ten SMS parts hold."""
GUIDE_BYTES = 32_000
"""Of the conversation's own guide, and of the chosen one's instructions; its form of reply has `LINE_BYTES`."""
CONTACT_FACTS_BYTES = 32_000
OTHER_CHANNELS_BYTES = 16_000
SNAPSHOT_BYTES = HISTORY_BYTES + 2 * GUIDE_BYTES + LINE_BYTES + CONTACT_FACTS_BYTES + OTHER_CHANNELS_BYTES
CUT_MARK = " […]"

_MOST_PER_CHARACTER = 6
_SHORT_ESCAPES = frozenset('"\\\b\f\n\r\t')


def weight(text: str) -> int:
    """Bytes this text takes in JSON, without its quotes."""
    return sum(map(_weight_of, text))


def cut(text: str, most: int) -> str:
    """The text, or as much of its beginning as fits into `most` bytes together with the mark."""
    if len(text) * _MOST_PER_CHARACTER <= most or weight(text) <= most:
        return text
    room = most - weight(CUT_MARK)
    kept = bisect_right(list(accumulate(map(_weight_of, text))), room)
    return text[:kept].rstrip() + CUT_MARK


def fitting(texts: Iterable[str], total: int, each: int) -> tuple[str, ...]:
    """The first texts that take at most `total` bytes together, each cut to `each`."""
    found: list[str] = []
    for text in texts:
        shown = cut(text, each)
        total -= weight(shown)
        if total < 0:
            break
        found.append(shown)
    return tuple(found)


def _weight_of(char: str) -> int:
    if char in _SHORT_ESCAPES:
        return 2
    if char < " ":
        return _MOST_PER_CHARACTER
    return 1 if char < "\x80" else len(char.encode("utf-8", "replace"))
