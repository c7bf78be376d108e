"""The labels of one conversation or contact: names, each once, however it is spelled.

`VIP` and `vip` are one label. The first spelling stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

MOST_LABELS = 50
"""Of one conversation or contact."""
LONGEST_LABEL = 50


def label_key(name: str) -> str:
    """What two spellings of one label have in common; filters and the catalogue find a label by it."""
    return " ".join(name.split()).casefold()


def label_keys(names: Iterable[str]) -> list[str]:
    return [label_key(name) for name in names]


def with_labels(present: Iterable[str], added: Iterable[str] = (), removed: Iterable[str] = ()) -> tuple[str, ...]:
    """`present` with these added and those removed; blank names and repeats are left out."""
    gone = {label_key(name) for name in removed}
    kept: dict[str, str] = {}
    for name in (*present, *added):
        key = label_key(name)
        if key and key not in gone:
            kept.setdefault(key, " ".join(name.split()))
    return tuple(kept.values())


def renamed(present: Sequence[str], old: str, new: str | None) -> tuple[str, ...]:
    """`present` with one label under its new name, in its place; None: without it."""
    changed = [(new if label_key(name) == label_key(old) else name) for name in present]
    return with_labels([name for name in changed if name is not None])
