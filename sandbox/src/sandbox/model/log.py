"""The model's requests and answers, for tests; the newest ten thousand."""

from __future__ import annotations

from collections import deque
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from shared.clock import Clock

_REMEMBERED = 10_000


class ModelRequest(BaseModel):
    at: datetime
    finished_at: datetime | None = None
    model: str
    messages: list[dict[str, Any]]
    response_format: dict[str, Any] | None
    outcome: str = "under_way"
    content: str | None = None
    usage: dict[str, Any] | None = None


class ModelLog:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._requests: deque[ModelRequest] = deque(maxlen=_REMEMBERED)

    def begin(self, body: dict[str, Any]) -> ModelRequest:
        request = ModelRequest(
            at=self._clock.now(),
            model=body["model"],
            messages=body["messages"],
            response_format=body.get("response_format"),
        )
        self._requests.append(request)
        return request

    def finish(self, request: ModelRequest, outcome: str) -> None:
        request.outcome, request.finished_at = outcome, self._clock.now()

    def all(self) -> list[ModelRequest]:
        return list(self._requests)

    def clear(self) -> None:
        self._requests.clear()
