"""What a reply says, as the type that its `save_response` wants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from campaigns.workflows.domain.answers.choices import read_choice
from campaigns.workflows.domain.answers.dates import read_date
from campaigns.workflows.domain.answers.numbers import read_number
from campaigns.workflows.domain.answers.words import LONGEST_ANSWER
from campaigns.workflows.domain.local_times import today_of
from campaigns.workflows.domain.run import SavedAnswer
from campaigns.workflows.domain.steps import SaveResponse


@dataclass(frozen=True, slots=True)
class Unreadable:
    reason: str


def read_answer(step: SaveResponse, reply: str, zones: tuple[str, ...], now: datetime) -> SavedAnswer | Unreadable:
    """`zones`: of the recipient, for words like tomorrow."""
    if step.as_ == "text":
        return SavedAnswer(field=step.field, type="text", answer=" ".join(reply.split())[:LONGEST_ANSWER])
    if step.as_ == "number":
        number = read_number(reply)
        if number is None:
            return Unreadable("not one number")
        return SavedAnswer(field=step.field, type="number", answer=number)
    if step.as_ == "choice":
        choice = read_choice(reply, step.choices)
        if choice is None:
            return Unreadable("not one of the choices")
        return SavedAnswer(field=step.field, type="text", answer=choice)
    day = read_date(reply, today_of(zones, now))
    if day is None:
        return Unreadable("not one date")
    return SavedAnswer(field=step.field, type="date", answer=day.isoformat())
