"""What the bill is kept in: rate cards, the ledger, and the jobs that go over a whole period of it."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.billing.domain.jobs import Job
from accounts.billing.domain.ledger import GROUPS
from accounts.billing.domain.rate_cards import RateCard, RateCards
from accounts.store import SERVICE, Books
from shared.aggregates import Aggregates, Kind, Relay
from shared.database.protocol import Collection, CollectionSpec, Database

RATE_CARDS = Kind("rate_cards", RateCards)
JOBS = Kind(
    "billing_jobs",
    Job,
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
class Billing:
    books: Books
    cards: Aggregates[RateCards]
    jobs: Aggregates[Job]
    ledger: Collection
    carrier_records: Collection
    """Which messages a reconciliation under way has seen at the carrier; gone when it ends."""
    differences: Collection
    default_card: RateCard
    """Where a tenant has no card in force: the installation's, from the settings."""


def open_billing(books: Books, database: Database, relay: Relay, default_card: RateCard) -> Billing:
    return Billing(
        books=books,
        cards=Aggregates(RATE_CARDS, database, relay, books.clock, SERVICE),
        jobs=Aggregates(JOBS, database, relay, books.clock, SERVICE),
        ledger=database.collection(LEDGER_SPEC),
        carrier_records=database.collection(CARRIER_RECORDS_SPEC),
        differences=database.collection(DIFFERENCES_SPEC),
        default_card=default_card,
    )
