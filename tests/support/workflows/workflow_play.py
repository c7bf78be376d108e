"""One workflow run, played move by move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from campaigns.workflows.domain.definition import Definition, read
from campaigns.workflows.domain.effects import Advanced, Effect, SendText
from campaigns.workflows.domain.engine import advance
from campaigns.workflows.domain.happenings import Due, Happening, Replied, Started, TextSettled
from campaigns.workflows.domain.move import SendGate
from campaigns.workflows.domain.run import Person, Run

ANN = Person(phone_number="+13125550123", name="Ann Lee", company="Lee Ltd", fields=(("city", "Rome"), ("zip", "")))
NOON = datetime(2026, 3, 4, 18, tzinfo=UTC)
"""In Chicago, where Ann's number is from."""


def definition(*steps: dict[str, Any], trigger: dict[str, Any] | None = None) -> Definition:
    return read({"trigger": trigger or {"type": "campaign"}, "steps": list(steps)})


def send(id: str, text: str = "Hi {name}", **more: Any) -> dict[str, Any]:
    return {"id": id, "type": "send_message", "text": text, **more}


def wait(id: str = "wait", seconds: int = 3600, **more: Any) -> dict[str, Any]:
    return {"id": id, "type": "wait_for_reply", "timeout_seconds": seconds, **more}


def save(id: str = "save", field: str = "score", kind: str = "number", **more: Any) -> dict[str, Any]:
    return {"id": id, "type": "save_response", "field": field, "as": kind, **more}


def new_run(**fields: Any) -> Run:
    known = {"id": "run_1", "tenant_id": "tnt_1", "workflow_id": "wfl_1", "version": 1, "number": "+13125550100"}
    return Run(**{**known, "recipient": ANN, **fields})


class Play:
    def __init__(self, *steps: dict[str, Any], trigger: dict[str, Any] | None = None, **run: Any) -> None:
        self.definition = definition(*steps, trigger=trigger)
        self.run = new_run(**run)
        self.now = NOON
        self.gate: SendGate = "open"
        self.effects: list[Effect] = []
        self.passed: list[str] = []
        self._texts = 0

    def happen(self, happening: Happening, after: float = 0) -> Advanced:
        self.now += timedelta(seconds=after)
        advanced = advance(self.run, self.definition, happening, self.now, self.gate)
        self.run = advanced.run
        self.effects += advanced.effects
        self.passed += advanced.passed
        return advanced

    def start(self, text: str | None = None) -> Advanced:
        if text is None:
            return self.happen(Started())
        return self.happen(Started(message_id="in_0", text=text, texted_at=self.now))

    def accept(self, after: float = 1, **more: Any) -> Advanced:
        """The carrier takes the text that is being sent."""
        at = self.now + timedelta(seconds=after)
        settled = TextSettled(message_id=self.sends[-1].message_id, accepted=True, at=at, status="accepted", revision=1)
        return self.happen(settled.but(**more), after)

    def lose(self, status: str = "failed", reason: str = "") -> Advanced:
        id, now = self.sends[-1].message_id, self.now
        return self.happen(TextSettled(message_id=id, accepted=False, at=now, status=status, reason=reason, revision=1))

    def hear(self, text: str, after: float = 5, **more: Any) -> Advanced:
        self._texts += 1
        at = self.now + timedelta(seconds=after)
        return self.happen(Replied(message_id=f"in_{self._texts}", text=text, effective_at=at).but(**more), after)

    def reply(self, text: str, after: float = 5) -> Advanced:
        """A text, and the quiet after it."""
        self.hear(text, after)
        return self.due()

    def due(self) -> Advanced:
        assert self.run.due_at is not None
        self.now = max(self.now, self.run.due_at)
        return self.happen(Due())

    @property
    def sends(self) -> list[SendText]:
        return [effect for effect in self.effects if isinstance(effect, SendText)]

    @property
    def texts(self) -> list[str]:
        return [send.text for send in self.sends]

    @property
    def story(self) -> list[str]:
        return [f"{entry.step} {entry.what}" for entry in self.run.history]
