"""What a backend may offer where documents and messages share a file: a save that takes its effects with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.broker.protocol import Message
from shared.database.protocol import Document


@dataclass(frozen=True)
class SavedTogether:
    """One conditional save, and what follows from it. Records are pairs of collection and document, for `put`."""

    collection: str
    document: Document
    version: int
    """The version it replaces; 0: it is new."""
    records: Sequence[tuple[str, Document]]
    messages: Sequence[Message]


class JointSave(Protocol):
    async def save(self, what: SavedTogether) -> bool:
        """All of it in one transaction; False, and nothing of it, if the document has changed meanwhile.

        Raises what the broker raises before anything is written (`Unroutable`, `BrokerUnavailable`), or what the
        database raises.
        """
        ...
