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
from shared.events import UsageKind, UsageLine, UsageRecorded
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
    purpose: str = ""
    """`replay`; empty: a customer was answered, or a person tried an assistant."""


def estimated_tokens(characters: int) -> int:
    return -(-characters // CHARACTERS_PER_TOKEN)


def usage_events(spender: Spender, claim: int, calls: Iterable[ModelCall], now: datetime) -> tuple[NewEvent, ...]:
    """One `usage.recorded` for each model that the calls of this claim went to, usually one."""
    by_model: dict[str, list[UsageLine]] = {}
    for call in calls:
        by_model.setdefault(call.model, []).extend(_lines(f"{spender.run_id}.{claim}.{call.number}", call))
    return tuple(_event(spender, model, lines, now) for model, lines in by_model.items())


def _lines(attempt: str, call: ModelCall) -> list[UsageLine]:
    # Prompt tokens even if 0: they may have to replace an estimate.
    found: list[tuple[UsageKind, int]] = [("tokens_prompt", call.prompt)]
    if call.cached:
        found.append(("tokens_cached", call.cached))
    if call.completion:
        found.append(("tokens_completion", call.completion))
    revision = 1 if call.estimate else 2
    return [
        UsageLine(ledger_key=f"{attempt}:{kind}", revision=revision, kind=kind, quantity=n, estimate=call.estimate)
        for kind, n in found
    ]


def _event(spender: Spender, model: str, lines: list[UsageLine], now: datetime) -> NewEvent:
    data = UsageRecorded(
        lines=tuple(lines),
        used_at=now,
        contact=spender.contact,
        conversation_id=spender.conversation_id,
        assistant_id=spender.assistant_id,
        run_id=spender.run_id,
        model=model,
        purpose=spender.purpose,
    )
    first = lines[0]
    return NewEvent(data, spender.run_id, key=spender.tenant_id, discriminator=f"{first.ledger_key}.{first.revision}")
