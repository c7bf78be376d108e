"""A trial of an assistant: a person of the tenant asks, sees the answer, and the tokens are billed. Nothing is sent."""

from __future__ import annotations

from ai_responder.domain.outcome import ReplyOutcome
from ai_responder.domain.tokens import ModelCall
from shared.values import Moment, Value


class Trial(Value):
    """Kept, so that a repeat of the request shows the same answer and costs nothing."""

    id: str
    tenant_id: str
    assistant_id: str
    outcome: ReplyOutcome
    calls: tuple[ModelCall, ...]
    tried_at: Moment
    request_digest: str
    times_asked: int = 1
    """More than once where two processes got the same request at once: both used tokens, the first answer stands."""

    def also_used(self, calls: tuple[ModelCall, ...]) -> Trial:
        return self.but(calls=self.calls + calls, times_asked=self.times_asked + 1)
