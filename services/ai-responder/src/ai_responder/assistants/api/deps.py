"""What the routes of `/api/assistants` work with."""

from __future__ import annotations

from dataclasses import dataclass

from ai_responder.assistants.store import Assistants
from ai_responder.replays.store import Replays
from shared.access.gate import Access
from shared.clock import Clock

PREFIX = "/api/assistants"


@dataclass(frozen=True)
class AssistantDeps:
    gate: Access
    assistants: Assistants
    clock: Clock
    replays: Replays
