"""Tells the other services what sending costs where a tenant has no card in force: ACCOUNTS_DEFAULT_RATE_CARD.

The setting has no revision, so it is kept beside the tenants' cards, under a name no tenant has, and is told when a
start finds it changed. Where several instances run, the one started last is right.
"""

from __future__ import annotations

import asyncio

import structlog

from accounts.billing.domain.rate_cards import set_default
from accounts.billing.store import Billing
from shared.aggregates import Cause
from shared.errors import ParleyError
from shared.events import DEFAULT_PRICES

log = structlog.get_logger()

AGAIN_SECONDS = 1.0


async def keep_default_prices_told(billing: Billing) -> None:
    """As a background task, which must not end."""
    while True:
        try:
            await tell_default_prices(billing)
            break
        except ParleyError as error:
            log.warning("default_prices_not_told_yet", code=error.code)
            await asyncio.sleep(AGAIN_SECONDS)
    await asyncio.Event().wait()


async def tell_default_prices(billing: Billing) -> None:
    now, card = billing.books.clock.now(), billing.default_card
    cause = Cause.due(DEFAULT_PRICES, "default prices", DEFAULT_PRICES)
    await billing.cards.change(DEFAULT_PRICES, cause, lambda state: set_default(state, card, now), publish_later=True)
