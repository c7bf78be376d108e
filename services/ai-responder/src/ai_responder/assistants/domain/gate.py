"""A gate: what a replay must have shown before a version may be published."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from shared.values import Value

Share = Annotated[float, Meta(ge=0, le=1)]


class Gate(Value):
    """Of a replay against another version. None: this figure is not asked for."""

    replay_similarity: Share | None = None
    """The least mean likeness of its answers to what people sent."""
    hand_over_rise: Share | None = None
    """The most by which its share of hand-overs may be above that of the other version."""
    cases: Annotated[int, Meta(ge=1, le=500)] = 20
    """The fewest turns that say anything."""
