"""Wakes the workers of the webhooks that do well, and those of the slow ones."""

from __future__ import annotations

from datetime import datetime

from shared.clock import Clock
from shared.service.alarm import Alarm


class Alarms:
    def __init__(self, clock: Clock) -> None:
        self.brisk = Alarm(clock)
        self.slow = Alarm(clock)

    def ring(self, moment: datetime | None = None) -> None:
        """A webhook is due at this moment (default now)."""
        self.brisk.ring(moment)
        self.slow.ring(moment)
