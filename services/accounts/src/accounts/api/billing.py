"""The routes of the bill, together: prices, usage, and the jobs that go over it."""

from __future__ import annotations

from fastapi import APIRouter

from accounts.api.rate_cards import rate_cards_router
from accounts.api.usage import usage_router
from accounts.billing import Billing
from accounts.doors import Doors


def billing_routers(doors: Doors, billing: Billing) -> list[APIRouter]:
    return [rate_cards_router(doors, billing), usage_router(doors, billing)]
