"""Misfortune on order: which requests, webhooks and receipts go wrong, how, and how often. Randomness is seeded."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal, Self
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field, model_validator

_KINDS: dict[str, set[str]] = {
    "send": {"fail", "reject", "cut", "hang", "delay"},
    "webhook": {"duplicate", "delay", "hold", "drop", "forge"},
    "receipt": {"outcome"},
    "records": {"hide"},
    "model": {"fail", "delay", "hang", "cut", "malformed", "empty", "refuse", "garble", "truncate", "reply", "raw"},
}
_NEEDS = {"fail": "status", "reject": "code", "outcome": "status", "reply": "answer", "raw": "answer"}
_COMBINE = {"delay", "duplicate", "forge"}
"""These strike together with others; of the rest only the first that matches strikes."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a fault may be aimed at."""

    to: str = ""
    sender: str = ""
    text: str = ""
    event: str = ""
    api_key: str = ""


class Fault(BaseModel):
    """See the table in the sandbox's README."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    id: str = Field(default_factory=lambda: uuid4().hex[:12])
    on: Literal["send", "webhook", "receipt", "records", "model"]
    do: str
    to: str | None = None
    sender: str | None = Field(default=None, alias="from")
    text: str | None = None
    event: str | None = None
    api_key: str | None = None
    count: int | None = Field(default=1, ge=1, description="null: always")
    skip: int = Field(default=0, ge=0)
    probability: float = Field(default=1.0, ge=0, le=1)
    status: int | str | None = None
    code: str | None = None
    retry_after: float | None = None
    accept: bool = False
    seconds: float = Field(default=0.0, ge=0)
    jitter: float = Field(default=0.0, ge=0)
    times: int = Field(default=1, ge=1)
    answer: str | None = None
    hand_over: bool = False
    struck: int = Field(default=0, description="how often it has struck; kept by the sandbox")

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.do not in _KINDS[self.on]:
            raise ValueError(f"on {self.on} do one of {', '.join(sorted(_KINDS[self.on]))}")
        needed = _NEEDS.get(self.do)
        if needed and getattr(self, needed) is None:
            raise ValueError(f"{self.do} needs {needed}")
        if self.do == "fail" and not isinstance(self.status, int):
            raise ValueError("fail needs a status that is a number")
        return self

    def aims_at(self, subject: Subject) -> bool:
        exact = ((self.to, subject.to), (self.sender, subject.sender), (self.event, subject.event))
        if any(wanted is not None and wanted != found for wanted, found in (*exact, (self.api_key, subject.api_key))):
            return False
        return self.text is None or self.text.casefold() in subject.text.casefold()

    @property
    def used_up(self) -> bool:
        return self.count is not None and self.struck >= self.count


class FaultBook:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - for repeatable misfortune, not for secrets
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        self._faults.append(fault)
        return fault

    def all(self) -> list[Fault]:
        return list(self._faults)

    def remove(self, fault_id: str) -> bool:
        before = len(self._faults)
        self._faults = [fault for fault in self._faults if fault.id != fault_id]
        return len(self._faults) < before

    def clear(self, seed: int | None = None) -> None:
        self._faults.clear()
        if seed is not None:
            self.random.seed(seed)

    def strikes(self, on: str, subject: Subject) -> list[Fault]:
        """The faults that hit this one, in order; their counts are used up by it."""
        struck: list[Fault] = []
        for fault in self._faults:
            alone = fault.do not in _COMBINE
            if fault.on != on or fault.used_up or not fault.aims_at(subject):
                continue
            if alone and any(other.do not in _COMBINE for other in struck):
                continue
            if self._hits(fault):
                struck.append(fault)
        return struck

    def _hits(self, fault: Fault) -> bool:
        if fault.skip:
            fault.skip -= 1
            return False
        if fault.probability < 1 and self.random.random() >= fault.probability:
            return False
        fault.struck += 1
        return True

    def seconds(self, fault: Fault) -> float:
        return fault.seconds + (self.random.random() * fault.jitter if fault.jitter else 0.0)
