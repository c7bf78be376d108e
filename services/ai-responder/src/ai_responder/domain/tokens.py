"""Tokens that model calls used, and the ledger entries for billing: one per call and kind.

The ledger key is `<run>.<claim>.<call>:<kind>`: a run may be claimed several times (a worker died, the model was away),
and one claim may call the model several times (a retry, a correction). Revision 1 is an estimate, 2 a known figure, so
that a late answer of a worker believed dead replaces the estimate that was booked for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.aggregates import NewEvent
from shared.events import UsageKind, UsageRecorded
from shared.values import Value

CHARACTERS_PER_TOKEN = 4
"""English in the common tokenisers; only used where the server reports no usage."""


class ModelCall(Value):
    """One request to the model. `prompt` are uncached input tokens."""

    number: int
    model: str
    prompt: int
    cached: int = 0
    completion: int = 0
    estimate: bool = False


@dataclass(frozen=True)
class Spender:
    """The cause of the usage, for the ledger."""

    run_id: str
    tenant_id: str
    assistant_id: str
    conversation_id: str | None = None
    contact: str | None = None


def estimated_tokens(characters: int) -> int:
    return -(-characters // CHARACTERS_PER_TOKEN)


def usage_events(spender: Spender, claim: int, calls: Iterable[ModelCall], now: datetime) -> tuple[NewEvent, ...]:
    """`usage.recorded` for every call and kind with a quantity."""
    return tuple(
        _event(spender, f"{spender.run_id}.{claim}.{call.number}", call, (kind, quantity), now)
        for call in calls
        for kind, quantity in _quantities(call)
    )


def _quantities(call: ModelCall) -> list[tuple[UsageKind, int]]:
    # Prompt tokens even if 0: they may have to replace an estimate.
    found: list[tuple[UsageKind, int]] = [("tokens_prompt", call.prompt)]
    if call.cached:
        found.append(("tokens_cached", call.cached))
    if call.completion:
        found.append(("tokens_completion", call.completion))
    return found


def _event(spender: Spender, attempt: str, call: ModelCall, used: tuple[UsageKind, int], now: datetime) -> NewEvent:
    kind, quantity = used
    data = UsageRecorded(
        ledger_key=f"{attempt}:{kind}",
        revision=1 if call.estimate else 2,
        kind=kind,
        quantity=quantity,
        estimate=call.estimate,
        used_at=now,
        contact=spender.contact,
        conversation_id=spender.conversation_id,
        assistant_id=spender.assistant_id,
        run_id=spender.run_id,
        model=call.model,
    )
    return NewEvent(
        data, subject=data.ledger_key, key=spender.tenant_id, discriminator=f"{data.ledger_key}.{data.revision}"
    )
