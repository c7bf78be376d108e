"""This process as a holder of leases, and what it knows of other holders.

A lease exists because an observer cannot know whether its holder died or only stands still. Where something proves that
a holder has ended, its lease need not run out.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from shared.ids import new_id


@dataclass(frozen=True)
class Holder:
    """`alone`: no other process runs the services of this one, and none that ran them before still lives."""

    alone: bool = False
    id: str = field(default_factory=lambda: new_id("wrk"))
    """This process, and this run of it."""

    def outlived(self, other: str) -> bool:
        """Whether the holder of that id is known to have ended. Of a lease without a name nothing is known."""
        return self.alone and other not in ("", self.id)
