"""Deletes deliveries that are too old, and encrypts secrets anew after `SECRET_KEY` was replaced."""

from __future__ import annotations

from datetime import timedelta

from realtime.webhooks.domain.webhook import Webhook
from realtime.webhooks.store import Deliveries, Webhooks
from shared.clock import Clock
from shared.errors import Invalid
from shared.keyring import Keyring

DELIVERED_KEPT = timedelta(days=2)
MOST_DELIVERED = 10_000
WAITING_KEPT = timedelta(days=3)
"""Of a webhook that is turned off. Others are tried for a day, and then they have failed."""
FAILED_KEPT = timedelta(days=7)


class Upkeep:
    def __init__(self, webhooks: Webhooks, deliveries: Deliveries, keyring: Keyring, clock: Clock) -> None:
        self._webhooks = webhooks
        self._deliveries = deliveries
        self._keyring = keyring
        self._clock = clock

    async def drop_old(self) -> None:
        now = self._clock.now()
        await self._deliveries.drop_older("delivered", "ended_at", now - DELIVERED_KEPT)
        await self._deliveries.drop_older("failed", "created_at", now - FAILED_KEPT)
        await self._deliveries.drop_older("waiting", "created_at", now - WAITING_KEPT)
        async for webhook in self._webhooks.each({"active": True}):
            await self._deliveries.drop_beyond(webhook.id, MOST_DELIVERED)

    async def reseal(self) -> None:
        for active in (True, False):
            async for webhook in self._webhooks.each({"active": active}):
                if self._resealed(webhook) is not None:
                    await self._webhooks.change(webhook.id, self._resealed)

    def _resealed(self, webhook: Webhook) -> Webhook | None:
        """None if all its secrets are encrypted with the first of `SECRET_KEY` already."""
        if all(self._keyring.sealed_with_first(secret.sealed) for secret in webhook.secrets):
            return None
        try:
            anew = [
                secret.but(sealed=self._keyring.seal(self._keyring.unseal(secret.sealed))) for secret in webhook.secrets
            ]
        except Invalid:
            return None  # none of our secrets opens it: every attempt says so
        return webhook.but(secrets=tuple(anew))
