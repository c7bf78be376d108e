"""What erases and exports a person here, and the routes to ask for it."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter

from conversation import store
from conversation.erasing.api import erasing_router
from conversation.erasing.requests import ERASURES, ErasureRequests
from conversation.erasing.steps import ConversationErasure
from conversation.exporting.api import export_router
from conversation.exporting.export import PersonExport
from conversation.exporting.others import OtherSections
from conversation.exporting.own import OwnSections
from conversation.people.reading import ContactQueries
from conversation.resources import Resources
from shared.access.gate import Access
from shared.aggregates import Aggregates, Relay
from shared.database.protocol import Database, Document
from shared.erasure.keys import SPEC as KEYS
from shared.internal.pages import internal_pages
from shared.service.erasing import Erasures
from shared.service.service import Platform


@dataclass(frozen=True)
class Lent:
    """What the rest of the service lends to this."""

    source: str
    database: Database
    relay: Relay
    platform: Platform
    gate: Access


@dataclass(frozen=True)
class Erasing:
    requests: ErasureRequests
    routers: tuple[APIRouter, ...]


def build_erasing(erasures: Erasures, resources: Resources, contacts: ContactQueries, lent: Lent) -> Erasing:
    database, clock = lent.database, resources.clock
    erasing = ConversationErasure(
        resources,
        database.collection(store.CONVERSATION_SPEC),
        database.collection(store.MESSAGE_SPEC),
        database.collection(store.LEDGER_SPEC),
    )
    for what, step in erasing.steps.items():
        erasures.add(what, step)
    erasures.add_later("numbers of consents", erasing.numbers_of_consents)
    known = Aggregates(ERASURES, database, lent.relay, clock, lent.source)
    requests = ErasureRequests(known, resources.people, erasures.keys, clock.now)
    own = OwnSections(resources, contacts.queries, erasing.conversations, erasing.messages)
    export = PersonExport(contacts, own, OtherSections(lent.platform.internal))
    keys = internal_pages(lent.source, "erasure-keys", database.collection(KEYS), _key_row, lent.platform.keyring)
    routers = (erasing_router(requests, lent.gate), export_router(export, resources, lent.gate), keys)
    return Erasing(requests, routers)


def _key_row(document: Document) -> Document:
    return {"tenant_id": document["id"], "sealed": document["sealed"]}
