"""How long to measure."""

from __future__ import annotations

from dataclasses import dataclass, replace


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
    listed: int = 5_000
    """Conversations of the tenant that is scrolled in the browser."""
    thread: int = 10_000
    """Texts of the thread that is scrolled in the browser."""
    warm_up: int = 40
    """Texts before a comparison begins."""
    burst: int = 500
    """Texts at once."""
    flood: float = 2.0
    """Seconds of webhooks as fast as can be: what they leave behind takes longest to work off."""
    out: int = 1_000
    """Texts that another program wants sent."""
    campaign: int = 5_000
    """Recipients of a campaign."""
    texts: int = 600
    import_rows: int = 100_000
    import_rounds: int = 3
    scaled: int = 60
    """Texts of a burst for more instances."""
    kills: int = 3
    """Rounds of two kills among so many texts."""

    @classmethod
    def quick(cls) -> Options:
        short = cls(seconds=1.0, rounds=3, events=120, samples=15, starts=2, kills=1, conversations=500, scaled=8)
        return replace(
            short,
            warm_up=10,
            burst=60,
            flood=0.5,
            out=100,
            campaign=200,
            texts=90,
            import_rows=3_000,
            scaled=8,
            listed=200,
            thread=400,
        )
