"""What every part of the sandbox shares: time, memory, the agenda, misfortune, habits and the way out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import httpx2

from sandbox.agenda import Agenda
from sandbox.faults import FaultBook
from sandbox.journal import Journal
from sandbox.settings import Tunables
from shared.clock import Clock

Connect = Callable[[], httpx2.AsyncClient]


@dataclass(frozen=True, slots=True)
class World:
    clock: Clock
    journal: Journal
    agenda: Agenda
    faults: FaultBook
    tunables: Tunables
    connect: Connect
    """Makes the client that webhooks go out with."""
