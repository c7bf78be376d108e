"""What one count of a campaign's recipients tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from campaigns.campaigns.domain.campaign import Counts
from campaigns.campaigns.domain.recipient import RUN_BEGUN, UNRESOLVED


@dataclass(frozen=True)
class Stages:
    counts: Counts
    waiting: Mapping[str, int]
    """By clock: recipients to be handed over."""
    queued_for: Mapping[str, int]
    """By what sender says they wait for; empty: nothing in particular."""
    failed_for: Mapping[str, int]
    skipped_for: Mapping[str, int]

    @property
    def unresolved(self) -> int:
        return self.queued_for.get(UNRESOLVED, 0)

    @property
    def outstanding(self) -> int:
        """Handed over, and neither taken by the carrier nor ended."""
        return self.counts.queued - self.unresolved

    @property
    def all_is_done(self) -> bool:
        """Nothing pending, and nothing queued but what a person has to decide."""
        return self.counts.pending == 0 and self.outstanding == 0


def read_stages(found: Mapping[str, int]) -> Stages:
    sums: dict[str, int] = {}
    details: dict[str, dict[str, int]] = {}
    for name, count in found.items():
        state, _, detail = name.partition("|")
        sums[state] = sums.get(state, 0) + count
        details.setdefault(state, {})[detail] = count
    waiting = {clock: n for clock, n in details.get("pending", {}).items() if clock != RUN_BEGUN}
    failed, skipped = details.get("failed", {}), details.get("skipped", {})
    return Stages(Counts.read(sums), waiting, details.get("queued", {}), failed, skipped)
