"""Assistants: who answers, in which voice, knowing what, within which limits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ai_responder.domain.grounding.judgement import Grounding
from shared.errors import Refused
from shared.ids import derived_id
from shared.values import Moment, Value

DEFAULT_PROMPT = (
    "You answer text messages for our business. Be friendly, concrete and brief: one to three short sentences. "
    "Use only what you were told here. If you do not know something, say so and offer that a colleague gets back "
    "to them. Answer in the language of the customer."
)


class Assistant(Value):
    id: str
    tenant_id: str
    name: str
    prompt: str
    knowledge: str = ""
    model: str = ""
    """Empty: the installation's default model."""
    temperature: float | None = None
    """None: the model's own default."""
    max_output_tokens: int = 800
    grounding: Grounding = "off"
    """`strict`: an answer that states what stands in no source waits for a person."""
    pictures: bool = False
    """Whether its model takes pictures, so that it is shown those of customers."""
    revision: int = 1
    created_at: Moment
    updated_at: Moment
    request_digest: str | None = None
    """Digest of the request that created it, to recognise a repeat."""

    @property
    def is_default(self) -> bool:
        return self.id == default_id(self.tenant_id)


def default_id(tenant_id: str) -> str:
    return derived_id("ast", tenant_id, "default")


def default_assistant(tenant_id: str, now: datetime) -> Assistant:
    """Every tenant has it from the start, so that the first answer needs no set-up."""
    return Assistant(
        id=default_id(tenant_id),
        tenant_id=tenant_id,
        name="Assistant",
        prompt=DEFAULT_PROMPT,
        created_at=now,
        updated_at=now,
    )


def revise(assistant: Assistant, changes: dict[str, Any], expected: int | None, now: datetime) -> Assistant:
    """The assistant with these fields changed; `expected` is the revision the caller has read, if it sent one.

    Raises `Refused("conflict")`.
    """
    if expected is not None and expected != assistant.revision:
        raise Refused("conflict", f"the assistant has changed since (revision {assistant.revision} now); read it again")
    if all(getattr(assistant, name) == value for name, value in changes.items()):
        return assistant
    return assistant.but(**changes, revision=assistant.revision + 1, updated_at=now)
