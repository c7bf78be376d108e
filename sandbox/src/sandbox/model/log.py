"""The model's requests and answers, for tests; the newest ten thousand."""

from __future__ import annotations

from collections import deque
from datetime import datetime
from typing import Any, cast

from pydantic import BaseModel

from shared.clock import Clock

_REMEMBERED = 10_000
_LONGEST_URL = 100


class ModelRequest(BaseModel):
    at: datetime
    finished_at: datetime | None = None
    model: str
    messages: list[dict[str, Any]]
    response_format: dict[str, Any] | None
    outcome: str = "under_way"
    content: str | None = None
    usage: dict[str, Any] | None = None


def _without_pictures(message: dict[str, Any]) -> dict[str, Any]:
    """Ten thousand pictures are more than a process holds: of each the beginning is kept."""
    content = message.get("content")
    if not isinstance(content, list):
        return message
    return {**message, "content": [_shortened(part) for part in cast("list[Any]", content)]}


def _shortened(part: Any) -> Any:
    if not isinstance(part, dict):
        return part
    fields = cast("dict[str, Any]", part)
    shown: Any = fields.get("image_url")
    if not isinstance(shown, dict):
        return fields
    url = str(cast("dict[str, Any]", shown).get("url", ""))
    return {**fields, "image_url": {"url": url[:_LONGEST_URL]}}


class ModelLog:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._requests: deque[ModelRequest] = deque(maxlen=_REMEMBERED)

    def begin(self, body: dict[str, Any]) -> ModelRequest:
        request = ModelRequest(
            at=self._clock.now(),
            model=body["model"],
            messages=[_without_pictures(message) for message in body["messages"]],
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
