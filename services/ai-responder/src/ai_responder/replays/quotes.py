"""What tokens cost by the tenant's rate card in force, as accounts prices them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ai_responder.replays.domain.case import ModelTokens
from shared.errors import NotFound, Unavailable
from shared.events import Money
from shared.internal.client import InternalClient


@dataclass(frozen=True)
class TokenQuotes:
    internal: InternalClient

    async def cost(self, tenant_id: str, tokens: Sequence[ModelTokens]) -> Money | None:
        """None if accounts is away, or its card has no price for one of these models."""
        used = [
            {"model": each.model, "kind": kind, "quantity": quantity}
            for each in tokens
            for kind, quantity in (
                ("tokens_prompt", each.prompt),
                ("tokens_cached", each.cached),
                ("tokens_completion", each.completion),
            )
        ]
        try:
            quote = await self.internal.call("accounts", "token-quotes", {"tenant_id": tenant_id, "used": used})
        except (Unavailable, NotFound):
            return None
        return None if quote["unpriced"] else Money(nano=quote["nano"], currency=quote["currency"])
