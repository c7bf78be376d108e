"""One person's way through a workflow in virtual time, by the engine that real runs use."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush

from campaigns.workflows.domain.definition import Definition
from campaigns.workflows.domain.effects import Advanced, Await, SendText
from campaigns.workflows.domain.engine import advance
from campaigns.workflows.domain.happenings import Due, Happening, OptedOut, Replied, Started, TextSettled
from campaigns.workflows.domain.run import ContactFacts, Person, Run
from campaigns.workflows.dry_run.domain.script import Script
from shared.consent import read_consent
from shared.local_time.windows import Hours, opens_in
from shared.local_time.zones import zones_of
from shared.sms_parts import measure

MOST_HAPPENINGS = 5_000
"""Of one person: loops within loops end here, if the engine's own limits did not end them before."""
DELIVERED_AFTER = timedelta(seconds=2)
OUR_NUMBER = "+15550000000"
"""Stands for ours; nothing is sent from it."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What all people of one dry run have in common."""

    definition: Definition
    script: Script
    starts_at: datetime
    hours: Hours
    """When campaign texts may leave: the tenant's quiet hours, or the campaign's narrower window."""
    quiet_seconds: float = 2.0
    opening: str | None = None


@dataclass(frozen=True, slots=True)
class PlannedSend:
    step: str
    at: datetime
    """When it would leave: with quiet hours, once they are over."""
    text: str
    parts: int
    in_quiet_hours: bool
    """The run came to it in quiet hours: a campaign text waits for their end, an answer to a reply leaves at once."""


@dataclass(slots=True)
class Walk:
    run: Run
    steps: list[str] = field(default_factory=list[str])
    sends: list[PlannedSend] = field(default_factory=list[PlannedSend])
    ended_at: datetime | None = None


def walk(stage: Stage, person: Person, contact: ContactFacts) -> Walk:
    walker = _Walker(stage, person, contact)
    for _ in range(MOST_HAPPENINGS):
        if not walker.step():
            break
    return walker.walk


class _Walker:
    def __init__(self, stage: Stage, person: Person, contact: ContactFacts) -> None:
        self._stage = stage
        self._zones = zones_of(person.phone_number)
        self.walk = Walk(_new_run(stage, person, contact))
        self._coming: list[tuple[datetime, int, Happening]] = []
        self._count = 0
        self._asked: Counter[str] = Counter()
        self._at(stage.starts_at, _start(stage))

    def step(self) -> bool:
        """The next happening; False once there is none, or the run is over."""
        run = self.walk.run
        due_at = run.due_at
        if run.is_over or (due_at is None and not self._coming):
            return False
        if due_at is None or (self._coming and self._coming[0][0] <= due_at):
            now, _, happening = heappop(self._coming)
        else:
            now, happening = due_at, Due()
        advanced = advance(run, self._stage.definition, happening, now)
        self._note(advanced, now)
        return True

    def _note(self, advanced: Advanced, now: datetime) -> None:
        self.walk.run = advanced.run
        self.walk.steps += advanced.passed
        if advanced.run.is_over:
            self.walk.ended_at = now
        for effect in advanced.effects:
            if isinstance(effect, SendText):
                self._send(effect, now)
            elif isinstance(effect, Await) and advanced.run.wait:
                self._reply_to(advanced.run.wait.step, advanced.run.wait.asked_at)

    def _send(self, wanted: SendText, now: datetime) -> None:
        opens = opens_in(self._zones, self._stage.hours, now)
        leaves = opens if wanted.quiet_hours else now
        parts = measure(wanted.text).parts
        self.walk.sends.append(PlannedSend(wanted.step, leaves, wanted.text, parts, opens > now))
        accepted = TextSettled(message_id=wanted.message_id, accepted=True, at=leaves, status="accepted", revision=1)
        self._at(leaves, accepted)
        delivered = leaves + DELIVERED_AFTER
        self._at(delivered, accepted.but(at=delivered, status="delivered", revision=2))
        self._reply_to(wanted.step, leaves)

    def _reply_to(self, step: str, since: datetime) -> None:
        scripted = self._stage.script.reply(self.walk.run.recipient.phone_number, step, self._asked[step])
        self._asked[step] += 1
        if scripted is None:
            return
        at = since + timedelta(seconds=scripted.after_seconds)
        consent = read_consent(scripted.text)
        if consent.reading == "stop":
            self._at(at, OptedOut(effective_at=at))
        elif not consent.plain_keyword:
            id, quiet = f"dry_{self._count}", self._stage.quiet_seconds
            self._at(at, Replied(message_id=id, text=scripted.text, effective_at=at, quiet_seconds=quiet))

    def _at(self, moment: datetime, happening: Happening) -> None:
        self._count += 1
        heappush(self._coming, (moment, self._count, happening))


def _new_run(stage: Stage, person: Person, contact: ContactFacts) -> Run:
    return Run(
        id=f"dry_{person.phone_number}",
        tenant_id="",
        workflow_id="",
        version=0,
        number=OUR_NUMBER,
        recipient=person,
        contact=contact,
        opening=stage.opening,
    )


def _start(stage: Stage) -> Started:
    """A keyword, or the first text of a conversation, starts the run as it would in truth."""
    trigger = stage.definition.trigger
    if trigger.type not in ("keyword", "new_conversation"):
        return Started()
    return Started(message_id="dry_0", text=next(iter(trigger.keywords), ""), texted_at=stage.starts_at)
