"""Which bytes a `Range` header asks for (RFC 9110, section 14). Players of films and sound ask for pieces."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ONE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


@dataclass(frozen=True)
class Span:
    first: int
    last: int

    @property
    def size(self) -> int:
        return self.last - self.first + 1


def span_of(header: str | None, size: int) -> Span | None:
    """None: everything. Several ranges, and what is no range, are answered with everything too.

    Raises `ValueError` if it asks for bytes beyond the end.
    """
    found = _ONE.fullmatch(header.strip()) if header else None
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        first, last = max(0, size - int(found[2])), size - 1
    else:
        first, last = int(found[1]), min(int(found[2] or size), size - 1)
        if found[2] and int(found[2]) < first:
            return None
    if first > last:
        raise ValueError(f"there are {size} bytes")
    return Span(first, last)
