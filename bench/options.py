"""How long to measure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    seconds: float = 4.0
    """Per round and side, where a round is a span of time."""
    rounds: int = 5
    events: int = 600
    """Per round and side, where a round is a number of events."""
    samples: int = 60
    """Single messages, one after the other, per side."""
    starts: int = 5
    conversations: int = 100_000
    """Of the large tenant."""

    @classmethod
    def quick(cls) -> Options:
        return cls(seconds=1.0, rounds=3, events=120, samples=15, starts=2, conversations=3_000)
