"""Accounts, wired. The only file here that knows concrete classes."""

from __future__ import annotations

from functools import partial

import httpx2
from fastapi import APIRouter

from accounts.access import Doors
from accounts.adapters.telnyx import Telnyx
from accounts.adapters.telnyx_detail_records import DetailRecords
from accounts.billing.api.router import billing_routers
from accounts.billing.default_prices import keep_default_prices_told
from accounts.billing.domain.rate_cards import sending_prices
from accounts.billing.jobs import open_jobs
from accounts.billing.reconcile import Reconciling
from accounts.billing.record_usage import Booking
from accounts.billing.schemas import default_card
from accounts.billing.store import Billing, open_billing
from accounts.carrier.key_rotation import reseal
from accounts.carrier.requests import CarrierDesk
from accounts.housekeeping import Sweeping
from accounts.key_uses import key_uses_router
from accounts.people.login_throttle import Guard
from accounts.people.password_hashing import Passwords
from accounts.people.requests import People
from accounts.routers import routers
from accounts.settings import Settings
from accounts.store import SERVICE, Books, open_books
from shared.access.gate import Gate
from shared.aggregates import Relay
from shared.database.protocol import Document
from shared.events import AccessRevoked, PricesChanged, UsageRecorded
from shared.internal.pages import internal_pages
from shared.service import Platform, Service
from shared.service.sweeping import keep_swept


def build(settings: Settings, platform: Platform, transport: httpx2.AsyncBaseTransport | None = None) -> Service:
    """`transport` is for tests: a carrier without a network."""
    database = platform.open_database(SERVICE)
    relay = Relay(database, platform.broker, platform.clock)
    books = open_books(database, relay, platform.keyring, platform.clock)
    gate = Gate(platform.keyring, database, platform.internal, platform.clock, settings.admin_token)
    doors = Doors(gate, books)
    guard = Guard(books.attempts, platform.clock)
    sweeping = Sweeping(books.requests, books.revocations, platform.clock)
    people = People(books, Passwords(), guard, settings.session_life)
    billing = open_billing(books, database, relay, default_card(settings.accounts_default_rate_card))
    booking = Booking(billing)
    records = DetailRecords(settings.telnyx_base, transport)
    jobs = open_jobs(billing, booking, Reconciling(billing, records, settings.fresh))
    telnyx = Telnyx(settings.telnyx_base, transport)
    desk = CarrierDesk(books, telnyx, settings.public_base)
    return Service(
        name=SERVICE,
        database=database,
        handlers=[
            (UsageRecorded, booking.on_usage_recorded),
            (AccessRevoked, gate.on_access_revoked),
        ],
        relay=relay,
        routers=[
            *routers(doors, people, desk, settings.public_base),
            *billing_routers(doors, billing, jobs),
            *_pages(books, billing),
        ],
        tasks={
            "sweep": partial(keep_swept, [guard.forget, sweeping.old_requests, sweeping.spent_revocations]),
            "seal carrier keys anew": partial(keep_swept, [partial(reseal, books)]),
            **{f"{kind} jobs": loop.run for kind, loop in jobs.loops.items()},
            "default prices": partial(keep_default_prices_told, billing),
        },
        read_models=[gate.revocations],
        on_stop=[telnyx.close, records.close],
    )


def _pages(books: Books, billing: Billing) -> list[APIRouter]:
    """What other services fill their copies from, in the shapes of the events; of users no more than that they are."""
    sources = [
        ("tenants", books.tenants.store, _facts),
        ("connections", books.connections.store, _facts),
        ("numbers", books.numbers.store, _facts),
        ("revocations", books.revocations, _row),
        ("users", books.users.store, _user),
    ]
    pages = [internal_pages(SERVICE, path, store, row, books.keyring) for path, store, row in sources]
    return [*pages, _prices(billing), key_uses_router(books.key_uses, books.keyring)]


def _prices(billing: Billing) -> APIRouter:
    """Of a tenant without any card, too: whoever asks keeps the answer and need not ask for every message."""

    def row(document: Document) -> Document:
        lists = billing.cards.state_of(document)
        return sending_prices(lists, billing.books.clock.now()).model_dump()

    def no_cards(tenant_id: str) -> Document:
        return PricesChanged(tenant_id=tenant_id, revision=0).model_dump()

    return internal_pages(SERVICE, "prices", billing.cards.store, row, billing.books.keyring, no_cards)


def _facts(document: Document) -> Document:
    return document["state"]["facts"]


def _user(document: Document) -> Document:
    state = document["state"]
    return {"id": state["id"], "tenant_id": state["tenant_id"], "active": state["profile"]["status"] == "active"}


def _row(document: Document) -> Document:
    return document["row"]
