"""What the service consists of. The only file that knows concrete classes."""

from __future__ import annotations

from functools import partial
from typing import Any

from conversation import handlers, store
from conversation.api.contacts import contacts_router
from conversation.api.conversations import conversations_router
from conversation.channel_activity import Activities
from conversation.commands import Requests
from conversation.contacts import Contacts
from conversation.guides import Guides
from conversation.handlers import Desk
from conversation.numbers import Numbers
from conversation.queries import Reading
from conversation.references import Named
from conversation.retention import Forgetting
from conversation.settings import Settings
from shared.access.gate import Gate
from shared.aggregates import Aggregates, Relay
from shared.database.protocol import Database, Document
from shared.events import (
    AccessRevoked,
    ConsentChanged,
    ContactActivity,
    NumberChanged,
    ReplyDrafted,
    SmsInbound,
    SmsOutbound,
    SmsStatus,
    TenantChanged,
)
from shared.internal.pages import internal_pages
from shared.internal.read_models import ReadModel, Source
from shared.service.due import DueLoop
from shared.service.service import Platform, Service


def build(settings: Settings, platform: Platform) -> Service:
    database, clock = platform.open_database(handlers.SOURCE), platform.clock
    relay = Relay(database, platform.broker, clock)
    desk = _desk(database, relay, platform)
    numbers = Numbers(database, platform.internal)
    gate = Gate(platform.keyring, database, platform.internal, clock, settings.admin_token)
    turns = DueLoop(desk.threads.collection, partial(handlers.on_turn_due, desk=desk), clock)
    cards = DueLoop(
        desk.contacts.records, partial(handlers.on_contact_changed, desk=desk), clock, field="spread_at", at_once=4
    )
    consents = desk.ledger.aggregates.store
    ledger = DueLoop(consents, partial(handlers.on_consent_spread, desk=desk), clock, field="spread_at", at_once=8)
    desk.ledger.wake = ledger.wake_at
    desk.threads.wake = turns.wake_at
    desk.contacts.wake = cards.wake_at
    forgetting = Forgetting(desk, database.collection(store.CONVERSATION_SPEC))
    reading = Reading(database, desk.ledger, desk.tenants)
    requests = Requests(desk, numbers, reading, Named(platform.internal))
    return Service(
        name=handlers.SOURCE,
        database=database,
        handlers=[
            (SmsInbound, partial(handlers.on_sms_inbound, desk=desk)),
            (SmsOutbound, partial(handlers.on_sms_outbound, desk=desk)),
            (SmsStatus, partial(handlers.on_sms_status, desk=desk)),
            (ReplyDrafted, partial(handlers.on_reply_drafted, desk=desk)),
            (ConsentChanged, partial(handlers.on_consent_changed, desk=desk)),
            (ContactActivity, partial(handlers.on_contact_activity, desk=desk)),
            (TenantChanged, desk.tenants.on_event),
            (NumberChanged, numbers.on_event),
            (AccessRevoked, gate.on_access_revoked),
        ],
        relay=relay,
        routers=[
            conversations_router(requests, gate),
            contacts_router(desk, reading, gate),
            internal_pages(handlers.SOURCE, "consents", consents, consent_row, platform.keyring),
        ],
        tasks={"turns": turns.run, "contact cards": cards.run, "consent": ledger.run},
        forget={"messages": forgetting.messages, "activities": desk.activities.forget},
        read_models=[desk.tenants, numbers, gate.revocations],
    )


def _desk(database: Database, relay: Relay, platform: Platform) -> Desk:
    clock = platform.clock
    for spec in (store.CONVERSATION_SPEC, store.LEDGER_SPEC):
        relay.file_into(spec)
    contacts = Contacts(relay.file_into(store.CONTACT_SPEC))
    threads = Aggregates(store.THREADS, database, relay, clock, handlers.SOURCE)
    ledger = store.Ledger(Aggregates(store.CONSENTS, database, relay, clock, handlers.SOURCE))
    tenants = ReadModel(
        TenantChanged, _tenant_id, Source(service="accounts", path="tenants"), database, platform.internal
    )
    return Desk(
        threads=store.Threads(threads, contacts, ledger),
        messages=store.Messages(relay.file_into(store.MESSAGE_SPEC)),
        contacts=contacts,
        ledger=ledger,
        guides=Guides(database.collection(store.GUIDE_SPEC)),
        activities=Activities(database.collection(store.ACTIVITY_SPEC)),
        tenants=tenants,
        clock=clock,
    )


def consent_row(document: Document) -> dict[str, Any]:
    """What sender fills its copy of the suppression list from."""
    state = document["state"]
    return {"id": document["id"], **{key: state[key] for key in ("tenant_id", "contact", "entries")}}


def _tenant_id(tenant: TenantChanged) -> str:
    return tenant.tenant_id
