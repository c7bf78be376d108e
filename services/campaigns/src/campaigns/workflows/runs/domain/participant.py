"""One person (tenant and E.164 number) with their runs: the one document on which everything about them is decided.

So a text is taken by one run only, a STOP ends all of them in one save, and a workflow cannot run twice for one person
at the same time. Merges of contacts do not move runs, because the number is the key.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Self

from campaigns.workflows.domain.run import Run
from shared.events import SendWindow
from shared.ids import derived_id
from shared.phone import is_pseudonym
from shared.values import Value

HoldReason = Literal["campaign_paused", "tenant_suspended"]
MOST_RUNS = 20
"""Runs of one person under way at the same time; more would be a mistake of what starts them."""
MOST_FAILED = 5
"""Failed runs that are kept for a person to move on; older ones can only be looked at."""


class Entrant(Value):
    """One run of this person, and what of it concerns the services around the engine."""

    run: Run
    send_window: SendWindow | None = None
    """Of its campaign."""
    sent: int = 0
    """Texts handed to the sender: the latest number of its stream."""
    acts: int = 0
    """Revision of its latest `workflow.acted`."""
    reached: bool = False
    """A text of it was handed to the sender."""
    held: HoldReason | None = None
    reason: str = ""
    """Why it ended."""
    started_by: str = "api"
    request_digest: str | None = None

    @property
    def id(self) -> str:
        return self.run.id

    @property
    def active(self) -> bool:
        return not self.run.is_over

    @property
    def due_at(self) -> datetime | None:
        """When it has something to do by itself; None: it waits for an event, or is over."""
        return self.run.due_at if self.active else None


class Participant(Value):
    id: str
    tenant_id: str
    phone_number: str
    runs: tuple[Entrant, ...] = ()
    """Those under way, and the latest that failed."""
    revision: int = 0

    def reached_at(self, phone_number: str) -> Self:
        """With this number, if the person was erased and has come back."""
        back = self.phone_number != phone_number and not is_pseudonym(phone_number)
        return self.but(phone_number=phone_number) if back else self

    def find(self, run_id: str) -> Entrant | None:
        return next((entrant for entrant in self.runs if entrant.id == run_id), None)

    @property
    def active(self) -> tuple[Entrant, ...]:
        return tuple(entrant for entrant in self.runs if entrant.active)

    @property
    def due_at(self) -> datetime | None:
        return min((due for entrant in self.runs if (due := entrant.due_at) is not None), default=None)


def participant_id(tenant_id: str, phone_number: str) -> str:
    return derived_id("ptc", tenant_id, phone_number)
