"""What was played: asked of the system, done to it, and seen of it. `judge` reads it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

CAMPAIGN_TEXT = "Fault benchmark: the whole list gets this once."


@dataclass
class Happened:
    """A fault that was carried out. Moments are of the wall clock, as the carrier's ledger has them."""

    what: str
    to: str
    began: float
    ended: float


@dataclass
class Seen:
    """What one open dashboard was told."""

    texts: dict[str, float] = field(default_factory=dict[str, float])
    """Customers whose text it was told of, and when first."""
    answers: set[str] = field(default_factory=set[str])
    """Customers whose answer it was told of."""
    missed: int = 0
    """Frames left out though the stream went on behind them."""
    repeated: int = 0
    """Frames that came although their number had come before."""
    connections: int = 0
    resets: int = 0
    """Connections that could not go on where the one before ended: a dashboard reads all anew."""


@dataclass
class Played:
    """What was asked of the system, and what went wrong meanwhile."""

    began: float
    ended: float = 0.0
    settled: float = 0.0
    texted: dict[str, float] = field(default_factory=dict[str, float])
    """Customers who texted once, and when."""
    orders: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """Numbered texts to one person, in the order in which the system took them, one after the other."""
    given_up: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    """Numbered texts, with their person, that the system never confirmed: it may have sent each once, or not."""
    campaign: list[str] = field(default_factory=list[str])
    ended_alone: list[str] = field(default_factory=list[str])
    """Instances that ended though no fault killed them, and were started again as a supervisor would."""
    faults: list[Happened] = field(default_factory=list[Happened])
    seen: list[Seen] = field(default_factory=list[Seen])
    """By each of the dashboards that were open all the time; empty: the system has none."""

    def wanted(self) -> Counter[tuple[str, str]]:
        """How often each text must reach each person. An answer's text is the system's own: it stands as empty."""
        wanted = Counter({(customer, ""): 1 for customer in self.texted})
        numbered = ((person, text) for person, texts in self.orders.items() for text in texts)
        wanted.update(one for one in numbered if one not in self.given_up)
        wanted.update((recipient, CAMPAIGN_TEXT) for recipient in self.campaign)
        return wanted

    def key(self, to: str, text: str) -> tuple[str, str]:
        """Of a text that the carrier took, as `wanted` has it."""
        return to, "" if to in self.texted else text
