"""All routes of the bill: prices, usage, and the jobs over it."""

from __future__ import annotations

from fastapi import APIRouter

from accounts.access import AccountAccess
from accounts.billing.api.jobs import reconciliations_router, repricings_router
from accounts.billing.api.rate_cards import rate_cards_router
from accounts.billing.api.usage import usage_router
from accounts.billing.jobs import BillingJobs
from accounts.billing.store import BillingStore
from accounts.idempotency import RequestKeys


def billing_routers(
    access: AccountAccess, store: BillingStore, jobs: BillingJobs, request_keys: RequestKeys
) -> list[APIRouter]:
    return [
        rate_cards_router(access, store, request_keys),
        usage_router(access, store),
        reconciliations_router(access, store, jobs),
        repricings_router(access, store, jobs),
    ]
