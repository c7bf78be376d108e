"""The alarms of this process: one for each loop, rung by everything that makes work for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sender.domain.lane import Lane, look_at
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


def ring_for(lane: Lane, priority: Priority, alarm: Alarm) -> None:
    """At the moment when a worker has to look at this lane next; not at all if nothing in it will be due by itself."""
    if moment := look_at(lane, priority):
        alarm.ring(moment)
