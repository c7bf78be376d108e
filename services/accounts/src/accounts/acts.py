"""An act: a request with its cause, by which a repeat is recognised, and its author for the audit trail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from accounts.audit import Author
from shared.aggregates import Aggregates, Cause, Decision
from shared.clock import Clock
from shared.errors import Conflict
from shared.values import Value

S = TypeVar("S", bound=Value)


@dataclass(frozen=True)
class Act:
    cause: Cause
    who: str
    """The operator, a user or an API key."""

    @classmethod
    def without_key(cls, who: str, tenant_id: str) -> Act:
        """For a request that brings no `Idempotency-Key`: every repeat is decided anew."""
        return cls(Cause.request(tenant_id), who)

    def author(self, now: datetime) -> Author:
        return Author(self.who, now)

    async def carry_out(
        self,
        aggregates: Aggregates[S],
        id: str,
        clock: Clock,
        decide: Callable[[S | None, Author], Decision[S] | None],
    ) -> S:
        """Decides on this aggregate, saves once, and gives the state afterwards. Events follow in the background.

        Raises what `decide` raises, and `Conflict` where a request with the same key is still making the aggregate.
        """
        author = self.author(clock.now())
        change = await aggregates.change(id, self.cause, lambda state: decide(state, author), publish_later=True)
        if change.state is None:
            raise Conflict("conflict", "The same request is already in progress; retry shortly.")
        return change.state
