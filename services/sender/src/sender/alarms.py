"""The alarms of this process: one for each loop, rung by everything that makes work for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shared.clock import Clock
from shared.events import Priority
from shared.service.alarm import Alarm

LaneAlarms = Mapping[Priority, Alarm]
"""For each priority, the alarm of the loop that sends its messages."""


@dataclass(frozen=True)
class Alarms:
    lanes: LaneAlarms
    withdrawn_campaigns: Alarm
    budgets: Alarm
    raised_caps: Alarm

    @classmethod
    def of(cls, clock: Clock) -> Alarms:
        return cls({"one": Alarm(clock), "bulk": Alarm(clock)}, Alarm(clock), Alarm(clock), Alarm(clock))
