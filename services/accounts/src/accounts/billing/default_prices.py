"""Publishes the installation's own prices (ACCOUNTS_DEFAULT_RATE_CARD), for tenants without a card in force.

The setting has no revision, so it is stored beside the tenants' cards, under an id that no tenant has, and published
when a start finds it changed. Of several instances the one started last wins.
"""

from __future__ import annotations

import asyncio

import structlog

from accounts.billing.domain.rate_cards import set_default
from accounts.billing.store import BillingStore
from shared.aggregates import Cause
from shared.errors import ParleyError
from shared.events import DEFAULT_PRICES

log = structlog.get_logger()

RETRY_SECONDS = 1.0


async def publish_default_prices_until_done(store: BillingStore) -> None:
    """A background task, so it never returns."""
    while True:
        try:
            await publish_default_prices(store)
            break
        except ParleyError as error:
            log.warning("default_prices_not_published", code=error.code)
            await asyncio.sleep(RETRY_SECONDS)
    await asyncio.Event().wait()


async def publish_default_prices(store: BillingStore) -> None:
    now, card = store.clock.now(), store.default_card
    cause = Cause.due(DEFAULT_PRICES, "default prices", DEFAULT_PRICES)
    await store.cards.change(DEFAULT_PRICES, cause, lambda state: set_default(state, card, now), publish_later=True)
