"""The collections of the bill: rate cards, the ledger, and the jobs over a whole period of it."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.billing.domain.jobs import BillingJob
from accounts.billing.domain.ledger import GROUPS
from accounts.billing.domain.rate_cards import RateCard, RateCards
from accounts.store import Storage
from accounts.tenants.store import TenantStore
from shared.aggregates import Aggregates, Kind
from shared.clock import Clock
from shared.database.protocol import Collection, CollectionSpec

RATE_CARDS = Kind("rate_cards", RateCards)
JOBS = Kind(
    "billing_jobs",
    BillingJob,
    fields={"kind": "str", "first_day": "str", "due_at": "datetime"},
    indexes=(("due_at",), ("tenant_id", "kind", "first_day")),
    index=lambda job: {"kind": job.kind, "first_day": job.first_day, "due_at": job.due_at},
)
LEDGER_SPEC = CollectionSpec(
    "usage_ledger",
    {
        "tenant_id": "str",
        "day": "str",
        "used_at": "datetime",
        "kind": "str",
        "number": "str",
        "message_id": "str",
        "conversation_id": "str",
        "campaign_id": "str",
        "assistant_id": "str",
        "run_id": "str",
        "model": "str",
        "currency": "str",
        "estimate": "bool",
        "unpriced": "bool",
        "price_list": "int",
        "quantity": "int",
        "amount_nano": "int",
        "carrier_nano": "int",
        "by_day": "str",
        **{f"by_{group}": "str" for group in GROUPS},
    },
    (("tenant_id", "day"), ("tenant_id", "used_at"), ("tenant_id", "message_id"), ("tenant_id", "run_id")),
)
CARRIER_RECORDS_SPEC = CollectionSpec("carrier_records", {"run": "str"}, (("run",),))
DIFFERENCES_SPEC = CollectionSpec("reconciliation_differences", {"run": "str", "kind": "str"}, (("run", "kind"),))


@dataclass(frozen=True)
class BillingStore:
    tenant_store: TenantStore
    cards: Aggregates[RateCards]
    jobs: Aggregates[BillingJob]
    ledger: Collection
    carrier_records: Collection
    """Which messages a running reconciliation has seen at the carrier. Deleted when it ends."""
    differences: Collection
    default_card: RateCard
    """The installation's prices, from the settings, for tenants without a card in force."""
    clock: Clock


def open_billing_store(storage: Storage, tenant_store: TenantStore, default_card: RateCard) -> BillingStore:
    return BillingStore(
        tenant_store=tenant_store,
        cards=storage.aggregates(RATE_CARDS),
        jobs=storage.aggregates(JOBS),
        ledger=storage.database.collection(LEDGER_SPEC),
        carrier_records=storage.database.collection(CARRIER_RECORDS_SPEC),
        differences=storage.database.collection(DIFFERENCES_SPEC),
        default_card=default_card,
        clock=storage.clock,
    )
