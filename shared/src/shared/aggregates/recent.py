"""The documents that this process saved a moment ago, so that the next decision on one need not read it again.

Nothing is decided for good on what is remembered: a save of it is conditional on its version, and whatever else follows
(a refusal, nothing to do, a cause that is known already) is decided anew on what the store says. So another process's
save costs one vain write. Where that happens, this process reads for a while.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from shared.aggregates.done import Place
from shared.clock import Clock
from shared.database.protocol import Document

REMEMBERED_SECONDS = 5.0
"""A text, its answer and their first receipts follow each other within this time."""
MOST = 200
READS_AFTER_A_VAIN_WRITE = 20


class Recent:
    """Of one service in this process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: OrderedDict[Place, tuple[float, Document, Any]] = OrderedDict()
        self._reads_owed = 0

    def take(self, place: Place) -> tuple[Document, Any] | None:
        """The document and its state. They are given once: the next save keeps its own."""
        kept = self._kept.pop(place, None)
        if kept is None or self._clock.monotonic() - kept[0] > REMEMBERED_SECONDS:
            return None
        return kept[1], kept[2]

    def keep(self, place: Place, document: Document, state: Any) -> None:
        """This was saved, and is the newest as far as this process knows."""
        if self._reads_owed:
            self._reads_owed -= 1
            return
        kept = self._kept.get(place)
        if kept is not None and kept[1]["version"] > document["version"]:
            return  # saved here too, while the caller waited for its own save
        self._kept[place] = (self._clock.monotonic(), document, state)
        self._kept.move_to_end(place)
        if len(self._kept) > MOST:
            self._kept.popitem(last=False)

    def was_overtaken(self) -> None:
        """Somebody else had saved the document that was taken last."""
        self._kept.clear()
        self._reads_owed = READS_AFTER_A_VAIN_WRITE
