"""The routes of the bill, together: prices, usage, and the jobs that go over it."""

from __future__ import annotations

from fastapi import APIRouter

from accounts.access import Doors
from accounts.billing.api.jobs import reconciliations_router, repricings_router
from accounts.billing.api.rate_cards import rate_cards_router
from accounts.billing.api.usage import usage_router
from accounts.billing.jobs import BillingJobs
from accounts.billing.store import Billing


def billing_routers(doors: Doors, billing: Billing, jobs: BillingJobs) -> list[APIRouter]:
    return [
        rate_cards_router(doors, billing),
        usage_router(doors, billing),
        reconciliations_router(doors, billing, jobs),
        repricings_router(doors, billing, jobs),
    ]
