"""The fields that columns are mapped to: six known ones, and any name of the tenant's own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from shared.errors import Invalid

PHONE = "phone_number"
KNOWN = (PHONE, "name", "first_name", "last_name", "company", "email")
OWN_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
MOST_COLUMNS = 500

ColumnMapping = tuple[tuple[int, str | None], ...]
"""Column index and field; None: the column is not imported."""


def checked_mapping(given: Mapping[str, str | None], columns: int) -> ColumnMapping:
    """The mapping that a request gives, for this many columns. Raises `Invalid`, naming the column and the rule."""
    pairs: dict[int, str | None] = dict.fromkeys(range(columns))
    for key, field in given.items():
        index = int(key) if key.isascii() and key.isdigit() and len(key) < 5 else columns
        if index >= columns:
            raise _bad(f"There is no column {key!r}; columns are numbered from 0 to {columns - 1}.")
        if field is not None and not OWN_NAME.fullmatch(field):
            raise _bad(
                f"{field!r} is not a field: a name has lower-case letters, digits and _, begins with a letter, and has "
                "at most 40 characters."
            )
        pairs[index] = field
    for field in set(pairs.values()) - {None, PHONE}:
        if (times := sum(one == field for one in pairs.values())) > 1:
            raise _bad(f"{times} columns are mapped to {field!r}; only phone_number may have several.")
    return tuple(pairs.items())


def own_name(header: str, index: int, taken: Iterable[str]) -> str:
    """A name of one's own made of a column's header, unlike those that are taken."""
    folded = unicodedata.normalize("NFKD", header.casefold().replace("ß", "ss"))
    name = _NOT_IN_NAMES.sub("_", folded.encode("ascii", "ignore").decode()).strip("_")[:36].rstrip("_")
    if not name:
        name = f"column_{index + 1}"
    elif not name[0].isalpha():
        name = f"column_{name}"[:36]
    used, n, unique = {*taken, *KNOWN}, 2, name
    while unique in used:
        unique, n = f"{name}_{n}", n + 1
    return unique


def _bad(detail: str) -> Invalid:
    return Invalid("bad_mapping", detail)
