"""Whether the assistant may answer: the tenant's mode, the conversation's own, and what overrides both."""

from __future__ import annotations

from conversation.domain.thread.model import Conversation
from shared.events import AiMode, TenantChanged


def shown_mode(own: AiMode | None, tenant: TenantChanged) -> AiMode:
    return own or tenant.ai_mode


_ORDER: tuple[AiMode, ...] = ("off", "suggest", "auto")


def limited(mode: AiMode, ceiling: AiMode) -> AiMode:
    """The mode, or the most that the guide allows."""
    return _ORDER[min(_ORDER.index(mode), _ORDER.index(ceiling))]


def effective_mode(conversation: Conversation, tenant: TenantChanged) -> AiMode:
    """`off` also while the assistant is paused, the conversation closed or the tenant suspended."""
    paused = conversation.needs_person is not None and conversation.needs_person.paused
    if paused or conversation.state == "closed" or tenant.status != "active":
        return "off"
    return shown_mode(conversation.ai_mode, tenant)
