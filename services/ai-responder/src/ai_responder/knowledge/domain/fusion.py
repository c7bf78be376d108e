"""Puts rankings together that measure different things: by words and by meaning. Reciprocal rank fusion needs no common
scale (Cormack, Clarke, Büttcher 2009; 60 is their constant)."""

from __future__ import annotations

from collections.abc import Sequence

K = 60


def fused(rankings: Sequence[Sequence[int]]) -> list[int]:
    """What stands in any ranking, the best first; of equals, the one that the first ranking has earlier."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for place, item in enumerate(ranking):
            scores[item] = scores.get(item, 0.0) + 1 / (K + place + 1)
    return sorted(scores, key=lambda item: -scores[item])
