"""The fields of a contact: named texts that people, programs and workflows note. Of each the latest value counts.

Kept as rows `(key, value, at)`. A deleted field keeps its row without a value for a while, so that an older value that
arrives late does not bring it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from shared.errors import Invalid

MOST = 100
FieldRow = tuple[str, str | None, datetime]


def with_fields(rows: Iterable[FieldRow], changes: Mapping[str, str | None], at: datetime) -> tuple[FieldRow, ...]:
    """The rows with these values of that moment; None deletes. Raises `Invalid("too_many_fields")`."""
    found = {row[0]: row for row in rows}
    for key, value in changes.items():
        known = found.get(key)
        if known is None or (known[2], known[1] or "") < (at, value or ""):
            found[key] = (key, value, at)
    if sum(value is not None for _, value, _ in found.values()) > MOST:
        raise Invalid("too_many_fields", f"a contact has at most {MOST} fields; delete some first")
    kept = sorted(found.values(), key=lambda row: (row[1] is not None, row[2]))[-MOST:]
    return tuple(sorted(kept, key=lambda row: row[0]))


def pairs_of(rows: Iterable[FieldRow]) -> list[tuple[str, str]]:
    """The fields that have a value, by key."""
    return [(key, value) for key, value, _ in rows if value is not None]
