"""A gate: what a replay must have shown before a version may be published."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from ai_responder.replays.domain.replay import Replay
from shared.values import Value

Share = Annotated[float, Meta(ge=0, le=1)]


class Gate(Value):
    """Of a replay against the live version. None: this figure is not asked for."""

    replay_similarity: Share | None = None
    """The least mean likeness of its answers to what people sent."""
    hand_over_rise: Share | None = None
    """The most by which its share of hand-overs may be above that of the other version."""
    cases: Annotated[int, Meta(ge=1, le=500)] = 20
    """The fewest turns that say anything."""


def objection(gate: Gate | None, digest: str, replays: list[Replay]) -> str | None:
    """Why a version with this content may not be published, with the figures; None: it may. `replays` of the assistant,
    the newest first."""
    if gate is None:
        return None
    fitting = [one for one in replays if one.state == "done" and one.sides[0].digest == digest]
    if not fitting:
        return "no finished replay of this version as it stands now; start one and wait for it"
    tried, compared = (side.totals for side in fitting[0].sides)
    if tried.cases < gate.cases:
        return f"its latest replay has {tried.cases} turns; {gate.cases} are needed"
    wanted = gate.replay_similarity
    if wanted is not None and (tried.likeness or 0) < wanted:
        return f"its answers are {tried.likeness or 0:.3f} like what people sent; {wanted:.3f} is needed"
    rise = round(tried.hand_over_share - compared.hand_over_share, 3)
    if gate.hand_over_rise is not None and rise > gate.hand_over_rise:
        return (
            f"it hands over {tried.hand_over_share:.3f} of the turns, {rise:.3f} more than version "
            f"{fitting[0].sides[1].version}; {gate.hand_over_rise:.3f} more is allowed"
        )
    return None
