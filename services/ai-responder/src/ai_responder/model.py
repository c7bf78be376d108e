"""A language model as this service uses it, independent of the vendor: one question, one completion, named failures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from prometheus_client import Histogram

from ai_responder.domain.judging import Completion
from ai_responder.domain.pictures import TOKENS_EACH, Picture
from ai_responder.domain.prompt import ChatMessage
from ai_responder.domain.tokens import ModelCall, estimated_tokens
from ai_responder.tools.domain.settings import NO_TOOLS, ToolSettings

MODEL_SECONDS = Histogram(
    "parley_model_seconds",
    "Calls to the model by how they ended: answered, too_late, failed (away, busy, refused)",
    ["outcome"],
    buckets=(0.25, 0.5, 1, 2, 4, 8, 15, 30, 60),
)


@dataclass(frozen=True)
class Question:
    model: str
    messages: tuple[ChatMessage, ...]
    temperature: float | None
    max_output_tokens: int
    timeout_seconds: float
    pictures: tuple[Picture, ...] = ()
    """Shown with the customer's last text."""
    tools: ToolSettings = NO_TOOLS
    """Those that the model may call for this question."""

    @property
    def tokens(self) -> int:
        """Estimated."""
        written = sum(len(message["content"]) for message in self.messages)
        return estimated_tokens(written) + TOKENS_EACH * len(self.pictures)


class Model(Protocol):
    @property
    def default_model(self) -> str: ...

    async def ask(self, question: Question, number: int) -> tuple[Completion, ModelCall]:
        """One request, no retries. `number` counts the calls of a claim. Raises the errors below."""
        ...

    async def close(self) -> None: ...


class ModelError(Exception):
    """`reason` is for people. `maybe_used`: the model may have processed the question, so an estimate is booked."""

    def __init__(self, reason: str, *, maybe_used: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.maybe_used = maybe_used


class ModelAway(ModelError):
    """Try later: throttled, overloaded, timed out, unreachable. `after`: the pause the server asks for, in seconds."""

    def __init__(self, reason: str, *, after: float = 0.0, maybe_used: bool = False) -> None:
        super().__init__(reason, maybe_used=maybe_used)
        self.after = after


class ModelRefuses(ModelError):
    """Asking again would not help: wrong key, unknown model, no credit, text too long, nothing configured."""


class ModelFilters(ModelError):
    """The provider's content filter blocked the question."""


class NoModel:
    """Nothing is configured: every question is refused with the setting that is missing."""

    default_model = ""

    async def ask(self, question: Question, number: int) -> tuple[Completion, ModelCall]:
        raise ModelRefuses("no model is configured: set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own")

    async def close(self) -> None:
        pass
