"""What a run wants done. Filed and published with the save of the run, in this order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from campaigns.workflows.domain.run import Run


@dataclass(frozen=True, slots=True)
class SendText:
    message_id: str
    step: str
    text: str
    priority: Literal["one", "bulk"]
    quiet_hours: bool
    """Whether it keeps the tenant's quiet hours and the campaign's send window."""
    reply_within: int | None
    """Seconds that the run waits for a reply after acceptance, if it does so next."""


@dataclass(frozen=True, slots=True)
class NotSent:
    """A send step did not hand its text to the sender. `missing_variable` is a skip of a campaign's recipient."""

    step: str
    reason: Literal["missing_variable"]
    detail: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """What this run asked to be sent is not wanted any more."""

    message_id: str


@dataclass(frozen=True, slots=True)
class Await:
    """The assistant keeps silent until then: the run waits for a reply."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Release:
    """The run's silence is over. Not asked for with `HandOver`, which says the same."""


@dataclass(frozen=True, slots=True)
class Took:
    """The run took these texts: what the assistant made of them is withdrawn."""

    message_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HandOver:
    to: Literal["assistant", "person"]
    note: str
    message_ids: tuple[str, ...]
    """The texts of the latest reply: what the assistant shall answer."""


@dataclass(frozen=True, slots=True)
class SetContactField:
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Ended:
    state: Literal["finished", "stopped", "failed"]
    reason: str
    """end, filtered, handed_over, opted_out, stopped, missing_variable (of the campaign's text), too_many_moves."""
    step: str | None


Effect = SendText | NotSent | Withdraw | Await | Release | Took | HandOver | SetContactField | Ended


@dataclass(frozen=True, slots=True)
class Advanced:
    run: Run
    """The same object if nothing changed; there is nothing to save then."""
    effects: tuple[Effect, ...] = ()
    passed: tuple[str, ...] = ()
    """The steps that were executed, in order, without those that `when` skipped."""
