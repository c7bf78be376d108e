"""The pages from which other services fill their read models, in the shapes of the events. Of users only the status."""

from __future__ import annotations

from fastapi import APIRouter

from accounts.billing.api.quotes import quotes_router
from accounts.billing.domain.rate_cards import sending_prices
from accounts.billing.store import BillingStore
from accounts.people.store import PeopleStore
from accounts.store import SERVICE, Storage
from accounts.tenants.store import TenantStore
from shared.database.protocol import Document
from shared.events import PricesChanged
from shared.internal.pages import internal_pages


def internal_routers(
    storage: Storage, tenants: TenantStore, people: PeopleStore, billing: BillingStore
) -> list[APIRouter]:
    sources = [
        ("tenants", tenants.tenants.store, _facts),
        ("connections", tenants.connections.store, _facts),
        ("numbers", tenants.numbers.store, _facts),
        ("revocations", storage.revocations, _row),
        ("users", people.users.store, _user),
    ]
    pages = [internal_pages(SERVICE, path, rows, row, storage.keyring) for path, rows, row in sources]
    return [*pages, _prices(storage, billing), quotes_router(billing, storage.clock, storage.keyring)]


def _prices(storage: Storage, billing: BillingStore) -> APIRouter:
    """Also for a tenant without any card, so that a reader can cache that answer and need not ask for every message."""

    def row(document: Document) -> Document:
        return sending_prices(billing.cards.state_of(document), storage.clock.now()).plain()

    def no_cards(tenant_id: str) -> Document:
        return PricesChanged(tenant_id=tenant_id, revision=0).plain()

    return internal_pages(SERVICE, "prices", billing.cards.store, row, storage.keyring, no_cards)


def _facts(document: Document) -> Document:
    return document["state"]["facts"]


def _user(document: Document) -> Document:
    state = document["state"]
    profile = state["profile"]
    return {
        "id": state["id"],
        "tenant_id": state["tenant_id"],
        "name": profile["name"],
        "active": profile["status"] == "active",
    }


def _row(document: Document) -> Document:
    return document["row"]
