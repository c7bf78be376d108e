"""One person's way through a workflow: everything that the next move is decided from."""

from __future__ import annotations

from typing import Literal

from shared.values import Moment, Value

MOST_HISTORY = 200
"""Entries kept of one run: the first ones and the newest; `history_dropped` counts those between."""
FIRST_HISTORY = 20

RunState = Literal["waiting", "running", "finished", "stopped", "failed"]
Phase = Literal["new", "ready", "sending", "held", "pausing", "waiting", "hearing", "over"]
"""What a run does now:

new: not started · ready: between two steps, only while it is being decided · sending: until its SMS was accepted or did
not leave · held: its campaign is paused and it wants to send · pausing: a delay or a scheduled moment · waiting: for a
reply · hearing: a reply began, and more texts may belong to it · over
"""
OPENING = "opening"
"""The step name of the campaign's own text, which comes before the first step."""


class Person(Value):
    """The recipient as the row was when the run started. `fields` has every column of the campaign, blank ones too."""

    phone_number: str
    name: str = ""
    company: str = ""
    fields: tuple[tuple[str, str], ...] = ()


class ContactFacts(Value):
    """The contact as it is now, as far as conversation has reported it."""

    name: str = ""
    company: str = ""
    timezone: str | None = None
    fields: tuple[tuple[str, str], ...] = ()
    labels: tuple[str, ...] = ()
    revision: int = 0


class SavedAnswer(Value):
    """`answer` is a date as 2026-12-01 where `type` is date."""

    field: str
    type: Literal["text", "number", "date"]
    answer: str | int | float


class HeardText(Value):
    message_id: str
    text: str
    at: Moment
    """Its `effective_at`."""


class Sending(Value):
    """The SMS that this run wants to send or has sent, and whose acceptance it waits for."""

    step: str
    kind: Literal["opening", "step", "retry"]
    message_id: str | None = None
    """None while it is held."""


class Wait(Value):
    """The question that this run waits to have answered."""

    step: str
    """The `wait_for_reply`."""
    seconds: int
    asked_at: Moment
    deadline: Moment
    asked: bool = True
    """False: the question did not leave, so another run that waits has asked later."""
    retry_of: str | None = None
    """The `save_response` that asked again."""


class HistoryEntry(Value):
    step: str
    at: Moment
    what: str
    """A code of docs/workflows.md, "History"."""
    detail: str = ""
    message_id: str | None = None


class Run(Value):
    id: str
    tenant_id: str
    workflow_id: str
    version: int
    number: str
    """Ours: E.164."""
    recipient: Person
    contact: ContactFacts = ContactFacts()
    campaign_id: str | None = None
    recipient_id: str | None = None
    opening: str | None = None
    """The campaign's text, sent before the first step."""

    state: RunState = "running"
    phase: Phase = "new"
    step: str | None = None
    """The step it stands at; the last one once it is over."""
    due_at: Moment | None = None
    """When `Due` is wanted."""
    started_at: Moment | None = None
    since: Moment | None = None
    """When the step before ended; delays and time-outs count from here."""
    texted_at: Moment | None = None
    """When the person last wrote to our number."""
    sending: Sending | None = None
    last_message_id: str | None = None
    last_status: str = ""
    last_revision: int = 0
    last_left: bool = True
    """Whether the carrier took the last message."""
    wait: Wait | None = None
    heard: tuple[HeardText, ...] = ()
    """Texts that came and are not part of a reply yet."""
    quiet_seconds: float = 2.0
    """The tenant's, as of the latest text: texts within it are one reply."""
    taken: tuple[str, ...] = ()
    """Message ids of the newest texts that this run took."""
    reply: str = ""
    """The latest reply to this run."""
    reply_texts: int = 0
    """How many of the last `taken` it was written in."""
    retries: int = 0
    """How often the current `save_response` asked again."""
    saved: tuple[SavedAnswer, ...] = ()
    visits: tuple[tuple[str, int], ...] = ()
    """Sends per step and jumps per `go_to`."""
    moves: int = 0
    """Steps executed."""
    answering: bool = False
    """It took a reply and goes on because of it, not because nobody answered."""
    silent: bool = False
    """Conversation was asked to keep the assistant silent."""
    history: tuple[HistoryEntry, ...] = ()
    history_dropped: int = 0

    @property
    def is_over(self) -> bool:
        return self.phase == "over"

    def visits_of(self, path: str) -> int:
        return dict(self.visits).get(path, 0)

    def saved_as_json(self) -> dict[str, str | int | float]:
        """As the API shows it."""
        return {answer.field: answer.answer for answer in self.saved}
