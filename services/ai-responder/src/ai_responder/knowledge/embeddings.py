"""Embeddings as this service uses them, independent of the vendor: texts in, vectors and the tokens used out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

MOST_AT_ONCE = 64
"""Texts of one request: servers take from 32 to 2,048."""


@dataclass(frozen=True)
class VectorsFound:
    """One vector per text, in order."""

    vectors: Sequence[Sequence[float]]
    model: str
    tokens: int
    estimate: bool = False
    """The server said nothing of tokens."""


class EmbeddingsAway(Exception):
    """Not to be had now, whatever the reason. `reason` is for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Embeddings(Protocol):
    @property
    def model(self) -> str: ...

    async def embed(self, texts: Sequence[str], timeout_seconds: float) -> VectorsFound:
        """One request of at most `MOST_AT_ONCE` texts, no retries. Raises `EmbeddingsAway`."""
        ...

    async def close(self) -> None: ...
