"""What can happen to a run. Every one may arrive twice, late, or after the run is over."""

from __future__ import annotations

from campaigns.workflows.domain.run import ContactFacts
from shared.values import Moment, Value


class Started(Value):
    """Where a text of the person started the run: that text."""

    message_id: str | None = None
    text: str = ""
    texted_at: Moment | None = None


class Due(Value):
    """The clock passed `due_at`. Earlier ones change nothing."""


class TextSettled(Value):
    """Sender reported on a message of this run. Wanted for every status from `accepted` on, and for final ones before:
    suppressed, refused, failed, expired, withdrawn. Not for `queued`, `submitting`, `unknown`, `unresolved`."""

    message_id: str
    accepted: bool
    """The carrier took it: accepted, sent, delivered, undelivered, unconfirmed."""
    at: Moment
    """When it was accepted (`sent_at` where the status has it) or finally did not leave."""
    status: str
    reason: str = ""
    revision: int = 0


class Replied(Value):
    """The person wrote to our number, and no keyword of consent. Pass on each text; the engine joins those that belong
    together. Of several waiting runs only the one that `takes_reply` names gets it as its own (`mine`)."""

    message_id: str
    text: str
    effective_at: Moment
    quiet_seconds: float = 2.0
    """The tenant's: texts within it are one reply."""
    mine: bool = True
    """False: another run took it. It still counts as a text of the person."""


class OptedOut(Value):
    effective_at: Moment


class Stopped(Value):
    """A person or a cancelled campaign ended the run."""

    by: str


class MovedOn(Value):
    """A person had the run leave its step for the next one."""

    by: str


class Resumed(Value):
    """The run's campaign may send again."""


class ContactChanged(Value):
    contact: ContactFacts


Happening = Started | Due | TextSettled | Replied | OptedOut | Stopped | MovedOn | Resumed | ContactChanged
