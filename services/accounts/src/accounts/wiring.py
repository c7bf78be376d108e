"""Accounts, wired. The only file here that knows concrete classes."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter

from accounts import handlers
from accounts.api import routers
from accounts.doors import Doors
from accounts.settings import Settings
from accounts.store import SERVICE, Books, open_books
from shared.aggregates import Relay
from shared.database.protocol import Document
from shared.events import AccessRevoked, UsageRecorded
from shared.service import Platform, Service
from shared.service.access import Gate
from shared.service.pages import internal_pages


def build(settings: Settings, platform: Platform) -> Service:
    database = platform.open_database(SERVICE)
    relay = Relay(database, platform.broker, platform.clock)
    books = open_books(database, relay, platform.keyring, platform.clock)
    gate = Gate(platform.keyring, database, platform.internal, platform.clock, settings.admin_token)
    return Service(
        name=SERVICE,
        database=database,
        handlers=[
            (UsageRecorded, partial(handlers.on_usage_recorded, ledger=books.ledger)),
            (AccessRevoked, gate.on_access_revoked),
        ],
        relay=relay,
        routers=[*routers(Doors(gate, books), settings.public_base), *_pages(books)],
        read_models=[gate.revocations],
    )


def _pages(books: Books) -> list[APIRouter]:
    """What other services fill their copies from: the same shapes as the events."""
    sources = [
        ("tenants", books.tenants.store, _facts),
        ("connections", books.connections.store, _facts),
        ("numbers", books.numbers.store, _facts),
        ("revocations", books.revocations, _row),
    ]
    return [internal_pages(SERVICE, path, store, row, books.keyring) for path, store, row in sources]


def _facts(document: Document) -> Document:
    return document["state"]["facts"]


def _row(document: Document) -> Document:
    return document["row"]
