"""A month of workflow runs in virtual time: people, a carrier, timers, crashes, a paused campaign, a cap.

Only the engine is real. Around it, every happening may come late, twice and in another order; a save may be lost, and
what was saved may be carried out twice. The judge knows what people wrote and what the carrier took, and nothing of
how the engine works.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from random import Random
from typing import Any

from campaigns.workflows.domain import engine, waits
from campaigns.workflows.domain.definition import Definition, read
from campaigns.workflows.domain.effects import Effect, SendText, Took
from campaigns.workflows.domain.happenings import (
    Due,
    Happening,
    OptedOut,
    Replied,
    Resumed,
    Started,
    TextSettled,
)
from campaigns.workflows.domain.run import Person, Run
from shared.clock import milliseconds
from shared.events import QuietHours
from shared.local_time.windows import opens_in
from shared.local_time.zones import zones_of
from workflow_judge import Judge
from workflow_script import (
    BEGIN,
    CAPPED,
    DOWN,
    END,
    HOUR,
    NUMBERS,
    PAUSE,
    QUESTIONS,
    SECOND,
    SURVEY,
    VISIT,
    Sms,
    Wrote,
)


@dataclass
class Month:
    seed: int
    people: int = 24
    definitions: dict[str, Definition] = field(default_factory=dict[str, Definition])
    runs: dict[str, Run] = field(default_factory=dict[str, Run])
    sms: dict[str, Sms] = field(default_factory=dict[str, Sms])
    wrote: dict[str, list[Wrote]] = field(default_factory=lambda: defaultdict(list))
    taken: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    stopped_at: dict[str, datetime] = field(default_factory=dict[str, datetime])
    out_handled_at: dict[str, datetime] = field(default_factory=dict[str, datetime])
    failed: set[str] = field(default_factory=set[str])
    answered: set[str] = field(default_factory=set[str])
    wrongs: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.now = BEGIN
        self._queue: list[tuple[datetime, int, str, Any]] = []
        self._count = 0
        self.definitions = {"survey": read(SURVEY), "visit": read(VISIT)}
        for n in range(self.people):
            self._enlist(n)
        self._at(PAUSE[1], "resume", None)

    def play(self) -> list[str]:
        """What went wrong."""
        while self._queue and self._queue[0][0] < END:
            self.now, _, kind, what = heappop(self._queue)
            getattr(self, f"_{kind}")(what)
        return self.wrongs + Judge(self).verdict()

    def _enlist(self, n: int) -> None:
        phone = f"{NUMBERS[n % 3]}{1000 + n}"
        for workflow in ("survey", "visit")[: 1 + n % 2]:
            run = Run(
                id=f"{workflow}-{n}",
                tenant_id="tnt",
                workflow_id=workflow,
                version=1,
                number="+13125550100",
                recipient=Person(phone_number=phone),
                opening="How was it?" if workflow == "survey" else None,
            )
            self.runs[run.id] = run
            start = BEGIN + timedelta(minutes=self.random.randrange(2_400))
            self._at(start, "handle", (run.id, Started()))

    # What runs do: load, decide, save once; effects are carried out later, perhaps twice.

    def _handle(self, what: tuple[str, Happening]) -> None:
        run_id, happening = what
        if (back := self._back_at()) is not None:
            timer = waits.GRACE + SECOND if isinstance(happening, Due) else timedelta(0)
            return self._at(back + timer, "handle", what)
        run = self.runs[run_id]
        gate = "held" if PAUSE[0] <= self.now < PAUSE[1] else "open"
        advanced = engine.advance(run, self.definitions[run.workflow_id], happening, self.now, gate)
        if self._chance(0.05):  # the save is lost; the happening comes again
            return self._at(self.now + SECOND * self.random.randrange(1, 20), "handle", what)
        self.runs[run_id] = advanced.run
        if isinstance(happening, OptedOut):
            self.out_handled_at[run_id] = self.now
        for effect in advanced.effects:
            self._carry_out(advanced.run, effect)
        if self._chance(0.1):
            self._at(self.now + SECOND * self.random.randrange(1, 20), "handle", what)
        return self._set_timer(advanced.run) if advanced.run is not run else None

    def _hear(self, what: tuple[str, Replied]) -> None:
        """All runs of one person are one document: they hear a text together, and one of them takes it."""
        phone, heard = what
        if (back := self._back_at()) is not None:
            return self._at(back, "hear", what)
        mine = [run for run in self.runs.values() if run.recipient.phone_number == phone]
        taker = waits.takes_reply(mine, heard.effective_at, heard.message_id)
        if self._chance(0.05):
            return self._at(self.now + SECOND * 0.2, "hear", what)
        for run in mine:
            happening = heard.but(mine=taker is None or taker.id == run.id)
            advanced = engine.advance(run, self.definitions[run.workflow_id], happening, self.now, "open")
            self.runs[run.id] = advanced.run
            for effect in advanced.effects:
                self._carry_out(advanced.run, effect)
            if advanced.run is not run:
                self._set_timer(advanced.run)
        return None

    def _carry_out(self, run: Run, effect: Effect) -> None:
        if isinstance(effect, Took):
            for text in effect.message_ids:
                self.taken[text].add(run.id)
        if isinstance(effect, SendText):
            if run.id in self.out_handled_at:
                self.wrongs.append(f"{run.id} sends after STOP")
            for _ in range(1 + self._chance(0.1)):
                self._at(self.now, "outbound", (run.id, effect, self.now))

    def _set_timer(self, run: Run) -> None:
        if run.due_at is not None:
            early = self._chance(0.2)
            lag = SECOND * self.random.random() * 2
            self._at(max(self.now, run.due_at - HOUR if early else run.due_at + lag), "handle", (run.id, Due()))
            if early:
                self._at(max(self.now, run.due_at + lag), "handle", (run.id, Due()))

    # What the sender does: one id, one SMS; quiet hours, a cap, a paused campaign, suppression.

    def _outbound(self, what: tuple[str, SendText, datetime]) -> None:
        run_id, asked, decided_at = what
        if asked.message_id not in self.sms:
            self.sms[asked.message_id] = Sms(run_id, asked.step, asked.text, asked.priority, decided_at)
            self._at(self.now, "leave", (asked.message_id, asked.quiet_hours))

    def _leave(self, what: tuple[str, bool]) -> None:
        id, quiet = what
        sms, phone = self.sms[id], self.runs[self.sms[id].run_id].recipient.phone_number
        if phone in self.stopped_at:
            return self._report(id, False, "suppressed", "opted_out")
        if PAUSE[0] <= self.now < PAUSE[1]:
            return self._report(id, False, "withdrawn", "campaign_withdrawn")
        opens = opens_in(zones_of(phone), QuietHours(), self.now) if quiet else self.now
        if CAPPED[0] <= opens < CAPPED[1]:
            opens = CAPPED[1]
        if PAUSE[0] <= opens < PAUSE[1] or self.now < PAUSE[0] < opens:
            opens = PAUSE[0]
        if opens > self.now:
            return self._at(opens, "leave", what)
        if any(one.accepted_at and self.now - one.accepted_at < 5 * SECOND for one in self._sms_of(phone)):
            return self._at(self.now + 6 * SECOND, "leave", what)  # one after the other, as a lane of the sender does
        if self._chance(0.02):
            self.failed.add(id)
            return self._report(id, False, "failed", "carrier")
        sms.accepted_at = self.now
        self._report(id, True, "accepted")
        return self._person_reads(phone, sms)

    def _report(self, id: str, accepted: bool, status: str, reason: str = "") -> None:
        settled = TextSettled(message_id=id, accepted=accepted, at=self.now, status=status, reason=reason, revision=1)
        run_id = self.sms[id].run_id
        patient = self.sms[id].step in ("tip", "thanks")  # nobody answers these, so their reports may be very late
        for _ in range(1 + self._chance(0.3)):
            late = timedelta(seconds=self.random.choice([0, 0, 200])) if patient else timedelta(0)
            self._at(self._soon() + late, "handle", (run_id, settled))
        if accepted:
            later = settled.but(at=self.now + 5 * SECOND, status="delivered", revision=2)
            self._at(self.now + SECOND * self.random.randrange(1, 40), "handle", (run_id, later))

    def _resume(self, _: None) -> None:
        for run in self.runs.values():
            if run.phase == "held":
                self._at(self.now + SECOND * self.random.randrange(60), "handle", (run.id, Resumed()))

    # What people do: answer the question they got last, in one text or two, or write STOP.

    def _person_reads(self, phone: str, sms: Sms) -> None:
        if sms.step not in QUESTIONS or not self._chance(0.75):
            return
        scale = QUESTIONS[sms.step].total_seconds()
        seconds = self.random.choice([60, 600, scale * self.random.random(), scale - 0.3, scale * 1.2])
        self._at(self.now + timedelta(seconds=seconds), "answer", (phone, sms))

    def _answer(self, what: tuple[str, Sms]) -> None:
        phone, sms = what
        questions = [one for one in self._sms_of(phone) if one.accepted_at and one.step in QUESTIONS]
        last = max(questions, key=lambda one: one.accepted_at or END)
        if phone in self.stopped_at or last is not sms or f"{phone}|{sms.accepted_at}" in self.answered:
            return None
        self.answered.add(f"{phone}|{sms.accepted_at}")
        if self._chance(0.08):
            return self._stop(phone)
        words = self.random.choice(
            ["five", "7", "dunno", "1,5"] if sms.run_id.startswith("survey") else ["cake", "tea"]
        )
        in_pieces = self._chance(0.3)
        self._write(phone, words, sms, self.random.choice([0.1, 0.3] if in_pieces else [0.1, 0.3, 3]))
        if in_pieces:
            more = "for me" if sms.run_id.startswith("survey") else "and more"
            self._at(self.now + 1.2 * SECOND, "more", (phone, more, sms))
        return None

    def _more(self, what: tuple[str, str, Sms]) -> None:
        self._write(*what, 0.2)

    def _write(self, phone: str, words: str, sms: Sms, lag: float) -> None:
        text = Wrote(f"in-{phone}-{len(self.wrote[phone])}", self.now, words, sms, 0)
        self.wrote[phone].append(text)
        heard = Replied(message_id=text.id, text=words, effective_at=self.now)
        self._at(self.now + timedelta(seconds=lag), "hear", (phone, heard))
        if self._chance(0.2):
            self._at(self._soon(), "hear", (phone, heard))

    def _stop(self, phone: str) -> None:
        self.stopped_at[phone] = self.now
        for run in self.runs.values():
            if run.recipient.phone_number == phone:
                self._at(self._soon(), "handle", (run.id, OptedOut(effective_at=self.now)))

    def _sms_of(self, phone: str) -> list[Sms]:
        return [one for one in self.sms.values() if self.runs[one.run_id].recipient.phone_number == phone]

    def _soon(self) -> datetime:
        return self.now + timedelta(seconds=self.random.choice([0.2, 1, 3, 20]))

    def _back_at(self) -> datetime | None:
        return next((start + lasts for start, lasts in DOWN if start <= self.now < start + lasts), None)

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    def _at(self, moment: datetime, kind: str, what: Any) -> None:
        self._count += 1
        moment = milliseconds(moment)
        heappush(self._queue, (moment, self._count, kind, what))
