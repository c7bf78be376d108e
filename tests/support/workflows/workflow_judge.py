"""Judges a month of workflow runs by what people wrote and what the carrier took, not by how the engine works."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from campaigns.workflows.domain.run import Run
from shared.local_time.zones import zones_of
from workflow_script import (
    DAY,
    DOWN,
    END,
    MOST,
    PAUSE,
    QUESTIONS,
    SECOND,
    Sms,
)

if TYPE_CHECKING:
    from workflow_month import Month


class Judge:
    def __init__(self, month: Month) -> None:
        self._month = month
        self._sent: dict[str, list[Sms]] = defaultdict(list)
        for sms in month.sms.values():
            if sms.accepted_at is not None:
                self._sent[sms.run_id].append(sms)

    def verdict(self) -> list[str]:
        found: list[str] = []
        for run in self._month.runs.values():
            sent = sorted(self._sent[run.id], key=lambda sms: sms.accepted_at or END)
            for check in (self._counts, self._whole, self._order, self._spacing, self._answers, self._priorities):
                found += [f"{run.id}: {wrong}" for wrong in check(run, sent)]
        return found + self._takers()

    def _counts(self, _run: Run, sent: list[Sms]) -> list[str]:
        counted = Counter(sms.step for sms in sent)
        return [f"{step} was sent {n} times" for step, n in counted.items() if n > MOST[step]]

    def _whole(self, run: Run, sent: list[Sms]) -> list[str]:
        phone, steps = run.recipient.phone_number, {sms.step for sms in sent}
        lost = self._lost(run)
        if not run.is_over:
            return [f"stands at {run.step} ({run.phase}) at the end"]
        if phone in self._month.stopped_at:
            return []
        wanted = {"opening"} if run.workflow_id == "survey" else {"which", "noted", "tip"}
        wanted |= {"ten"} if "thanks" in steps else set()
        wrongs = [f"{step} is missing" for step in wanted - steps - lost]
        tips = sum(sms.step == "tip" for sms in sent)
        return wrongs + (
            ["tips are missing"] if run.workflow_id == "visit" and not lost and tips != MOST["tip"] else []
        )

    def _lost(self, run: Run) -> set[str]:
        return {sms.step for id, sms in self._month.sms.items() if sms.run_id == run.id and id in self._month.failed}

    def _order(self, _run: Run, sent: list[Sms]) -> list[str]:
        return [
            f"{after.step} was decided before {before.step} was accepted"
            for before, after in pairwise(sent)
            if before.accepted_at and after.decided_at < before.accepted_at
        ]

    def _spacing(self, run: Run, sent: list[Sms]) -> list[str]:
        """Delays count from acceptance; local times are those of the person's clock, whenever it changes."""
        wrongs: list[str] = []
        for before, after in pairwise(sent):
            assert before.accepted_at is not None
            if (before.step, after.step) == ("tip", "tip") and not self._lost(run):
                due = before.accepted_at + 7 * DAY
            elif (before.step, after.step) == ("thanks", "ten"):
                due = _next_ten(before.accepted_at + 2 * DAY, zones_of(run.recipient.phone_number))
            else:
                continue
            if not due <= after.decided_at <= self._latest(due):
                wrongs.append(f"{after.step} was due {due}, decided {after.decided_at}")
        return wrongs

    def _latest(self, due: datetime) -> datetime:
        latest = due + 30 * SECOND
        for start, lasts in (*DOWN, (PAUSE[0], PAUSE[1] - PAUSE[0] + 11 * 60 * SECOND)):
            if start - 60 * SECOND <= due <= start + lasts + 60 * SECOND:
                latest = start + lasts + 90 * SECOND
        return latest

    def _answers(self, run: Run, sent: list[Sms]) -> list[str]:
        """What was saved is what they wrote in time; who wrote in time was not reminded."""
        phone, wrongs = run.recipient.phone_number, list[str]()
        if self._lost(run):  # a late answer to an earlier question may meet a wait whose own question did not leave
            return []
        wrote = [text for text in self._month.wrote[phone] if text.to.run_id == run.id]
        begun = {text.to.step for text in wrote if text.at <= (text.to.accepted_at or END) + QUESTIONS[text.to.step]}
        in_time = [text for text in wrote if text.to.step in begun]  # what follows the first text at once belongs to it
        first = [text for text in in_time if text.to.step == "opening"]
        if first and any(sms.step == "remind" for sms in sent):
            wrongs.append("was reminded in spite of an answer")
        last = [text for text in in_time if in_time and text.to is in_time[-1].to]
        said = " ".join(text.text for text in last)
        for sms in sent:
            if sms.step == "noted" and sms.text != f"Noted: {said or 'nothing'}":
                wrongs.append(f"{said!r} became {sms.text!r}")
            if sms.step == "thanks" and sms.text.removeprefix("Thanks, ") != _number(said):
                wrongs.append(f"{said!r} became {sms.text!r}")
        return wrongs

    def _priorities(self, run: Run, sent: list[Sms]) -> list[str]:
        wrote = [text.at for text in self._month.wrote[run.recipient.phone_number]]
        wrongs: list[str] = []
        for sms in sent[1:]:  # at its start a run knows of no text yet
            ages = [(sms.decided_at - at).total_seconds() for at in wrote if at < sms.decided_at]
            youngest = min(ages, default=1e9)
            if (sms.priority == "one") != (youngest <= 600) and abs(youngest - 600) > 5 and youngest > 5:
                wrongs.append(f"{sms.step} went as {sms.priority}, {youngest:.0f} s after a text")
        return wrongs

    def _takers(self) -> list[str]:
        wrongs = [f"{text} was taken by {sorted(runs)}" for text, runs in self._month.taken.items() if len(runs) > 1]
        for texts in self._month.wrote.values():
            for text in texts:
                in_time = text.at <= (text.to.accepted_at or END) + QUESTIONS[text.to.step]
                takers = self._month.taken.get(text.id, set())
                if in_time and takers and takers != {text.to.run_id}:
                    wrongs.append(f"{text.id} was for {text.to.run_id}, taken by {sorted(takers)}")
        return wrongs


def _number(said: str) -> str:
    return {"five": "5", "7": "7", "1,5": "1.5"}.get(said.removesuffix(" for me"), "?")


def _next_ten(since: datetime, zones: tuple[str, ...]) -> datetime:
    """Minute by minute, until every clock of the person has shown ten that day."""
    clocks = [ZoneInfo(zone) for zone in zones]
    moment = since.replace(second=0, microsecond=0) + (60 * SECOND if since.second or since.microsecond else 0 * SECOND)
    while True:
        shown = [moment.astimezone(clock) for clock in clocks]
        if all(local.hour >= 10 for local in shown) and any((local.hour, local.minute) == (10, 0) for local in shown):
            return moment
        moment += 60 * SECOND
