"""Whether a replay has shown what a gate asks for."""

from __future__ import annotations

from collections.abc import Sequence

from ai_responder.assistants.domain.gate import Gate
from ai_responder.replays.domain.replay import Replay


def objection(gate: Gate | None, digest: str, replays: Sequence[Replay]) -> str | None:
    """Why a version with this content may not be published, with the figures; None: it may. `replays` of the assistant,
    the newest first."""
    if gate is None:
        return None
    fitting = [one for one in replays if one.state == "done" and one.sides[0].digest == digest]
    if not fitting:
        return "no replay of this version, as it stands now, has finished; start one and wait for it"
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
