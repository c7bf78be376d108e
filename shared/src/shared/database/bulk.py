"""Checking and encoding many documents before the first is written, without holding up the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")
Item = TypeVar("Item")
_FEW = 50  # some 15 µs each: less than what a thread costs
_PART = 500


async def prepared(documents: Sequence[Item], prepare: Callable[[Item], T]) -> list[T]:
    """All or none: one bad document refuses the bulk before anything is written."""
    if len(documents) <= _FEW:
        return [prepare(document) for document in documents]
    ready: list[T] = []
    for start in range(0, len(documents), _PART):
        ready += await asyncio.to_thread(list, map(prepare, documents[start : start + _PART]))
    return ready


async def storable(items: Sequence[Item], prepare: Callable[[Item], T]) -> tuple[list[T], Exception | None]:
    """Those that can be stored, and why the first of the others cannot: raise that when the rest are written."""
    first: list[Exception] = []

    def tried(item: Item) -> T | None:
        try:
            return prepare(item)
        except Exception as error:  # noqa: BLE001 - raised by the caller, later
            first.append(error)
            return None

    ready = [item for item in await prepared(items, tried) if item is not None]
    return ready, first[0] if first else None
