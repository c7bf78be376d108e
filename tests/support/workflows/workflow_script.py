"""What happens in a month of workflow runs: its workflows, its days, and what is written and sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
BEGIN = datetime(2026, 3, 2, 16, tzinfo=UTC)
"""The clocks change on 8 March in the US and on 29 March in Europe."""
END = BEGIN + 45 * DAY
PAUSE = (BEGIN + DAY + 9 * HOUR, BEGIN + DAY + 20 * HOUR)
DOWN = tuple((BEGIN + timedelta(days=day, hours=day % 7), timedelta(minutes=40)) for day in (0.1, 1, 3, 8, 15, 22))
"""Nothing is handled; afterwards what waited is handled before the timers."""
CAPPED = (BEGIN + 4 * DAY, BEGIN + 5 * DAY)
SURVEY = {
    "trigger": {"type": "campaign"},
    "steps": [
        {
            "id": "asked",
            "type": "wait_for_reply",
            "timeout_seconds": 2 * 86_400,
            "on_timeout": [
                {"id": "remind", "type": "send_message", "text": "Still there?"},
                {
                    "id": "reminded",
                    "type": "wait_for_reply",
                    "timeout_seconds": 86_400,
                    "on_timeout": [{"id": "lost", "type": "end"}],
                },
            ],
        },
        {
            "id": "score",
            "type": "save_response",
            "field": "score",
            "as": "number",
            "retry_text": "A number, please",
            "max_retries": 2,
            "on_invalid": [{"id": "odd", "type": "end"}],
        },
        {"id": "thanks", "type": "send_message", "text": "Thanks, {score}"},
        {"id": "pause", "type": "delay", "seconds": 2 * 86_400},
        {"id": "ten", "type": "schedule_send", "text": "Good morning", "local_time": "10:00"},
    ],
}
VISIT = {
    "trigger": {"type": "campaign"},
    "steps": [
        {"id": "which", "type": "send_message", "text": "What would you like?"},
        {"id": "wait", "type": "wait_for_reply", "timeout_seconds": 6 * 3_600},
        {"id": "wish", "type": "save_response", "field": "wish", "as": "text"},
        {"id": "noted", "type": "send_message", "text": "Noted: {wish|nothing}"},
        {"id": "tip", "type": "send_message", "text": "A tip"},
        {"id": "week", "type": "delay", "seconds": 7 * 86_400},
        {"id": "again", "type": "go_to", "step": "tip", "at_most": 3},
    ],
}
QUESTIONS = {"opening": 2 * DAY, "remind": DAY, "score": 2 * DAY, "which": 6 * HOUR}
"""Texts that a reply is wanted to, and how long it is waited for. A second question of `score` has the time-out of the
wait before it."""
MOST = {"opening": 1, "remind": 1, "score": 2, "thanks": 1, "ten": 1, "which": 1, "noted": 1, "tip": 4}
NUMBERS = ("+1312555", "+1415555", "+3461155")


@dataclass
class Sms:
    run_id: str
    step: str
    text: str
    priority: str
    decided_at: datetime
    accepted_at: datetime | None = None


@dataclass
class Wrote:
    """A text of a person, and the question that they meant to answer."""

    id: str
    at: datetime
    text: str
    to: Sms
    reply: int
