"""The parts of the service and how they are connected. The only file that knows concrete classes."""

from __future__ import annotations

from functools import partial

from conversation import handlers, store
from conversation.activities.store import Activities
from conversation.api.answers import answers_page
from conversation.api.contacts import contacts_router
from conversation.api.conversations import conversations_router
from conversation.commands import Commands
from conversation.erasing.api import erasing_router
from conversation.erasing.requests import ERASURES, ErasureRequests
from conversation.erasing.steps import ConversationErasure
from conversation.exporting.api import export_router
from conversation.exporting.export import PersonExport
from conversation.exporting.others import OtherSections
from conversation.exporting.own import OwnSections
from conversation.guides.api import guides_router
from conversation.guides.store import GUIDES, Guides
from conversation.numbers import Numbers
from conversation.people.news import ContactNews, contact_pages
from conversation.people.reading import ContactQueries
from conversation.people.store import CLAIM_SPEC, CONTACT_SPEC, People
from conversation.queries import Queries, consent_row
from conversation.read_marks.store import READ_MARKS, ReadMarkStore
from conversation.references import References
from conversation.resources import Resources
from conversation.retention import MessageRetention
from conversation.settings import Settings
from conversation.timeline.store import TIMELINE_SPEC, TimelineEntries
from conversation.workflow_triggers import WorkflowTriggers
from shared.access.gate import Access
from shared.aggregates import Aggregates, Relay
from shared.clock import Clock
from shared.database.protocol import Database, Document
from shared.erasure import ErasureKeys
from shared.erasure.keys import SPEC as ERASURE_KEYS
from shared.events import (
    AccessRevoked,
    ConsentChanged,
    ContactActivity,
    ContactErased,
    ContactErasureDone,
    NumberChanged,
    ReplyDrafted,
    SmsInbound,
    SmsOutbound,
    SmsStatus,
    TenantChanged,
    WorkflowActed,
    WorkflowUpdated,
)
from shared.internal.pages import internal_pages
from shared.internal.read_models import ReadModel, Source
from shared.service.alarm import Alarm
from shared.service.due import DueLoop
from shared.service.erasing import Erasures
from shared.service.service import Platform, Service
from shared.sqlite.patience import patiently


def build(settings: Settings, platform: Platform) -> Service:
    database, clock = platform.open_database(handlers.SOURCE), platform.clock
    relay = platform.relay(database)
    alarms = Alarms(clock)
    erasures = Erasures(handlers.SOURCE, database, relay, platform)
    resources = _resources(database, relay, platform, alarms, erasures.keys)
    numbers = Numbers(database, platform.internal)
    gate = Access(platform.keyring, database, platform.internal, clock, settings.admin_token)
    message_retention = MessageRetention(resources, database.collection(store.CONVERSATION_SPEC))
    references = References(platform.internal)
    queries = Queries(database, resources.ledger, resources.tenants)
    commands = Commands(resources, numbers, queries, references)
    contacts = ContactQueries(resources.people, queries)
    consents = resources.ledger.aggregates.store
    _add_steps(erasures, database, resources)
    requests = ErasureRequests(
        Aggregates(ERASURES, database, relay, clock, handlers.SOURCE), resources.people, erasures.keys, clock.now
    )
    return Service(
        name=handlers.SOURCE,
        database=database,
        handlers=[
            (SmsInbound, partial(handlers.on_sms_inbound, resources=resources)),
            (SmsOutbound, partial(handlers.on_sms_outbound, resources=resources)),
            (SmsStatus, patiently(partial(handlers.on_sms_status, resources=resources))),
            (ReplyDrafted, partial(handlers.on_reply_drafted, resources=resources)),
            (ConsentChanged, partial(handlers.on_consent_changed, resources=resources)),
            (ContactActivity, partial(handlers.on_contact_activity, resources=resources)),
            (WorkflowActed, partial(handlers.on_workflow_acted, resources=resources)),
            (WorkflowUpdated, resources.triggers.on_event),
            (TenantChanged, resources.tenants.on_event),
            (NumberChanged, numbers.on_event),
            (ContactErased, erasures.on_contact_erased),
            (ContactErasureDone, requests.on_contact_erasure_done),
            (AccessRevoked, gate.on_access_revoked),
        ],
        relay=relay,
        routers=[
            conversations_router(commands, gate),
            erasing_router(requests, gate),
            export_router(_export(database, resources, contacts, platform), resources, gate),
            contacts_router(resources, contacts, gate),
            guides_router(resources.guides, references, gate, clock),
            answers_page(resources.messages, platform.keyring),
            internal_pages(handlers.SOURCE, "consents", consents, consent_row, platform.keyring),
            internal_pages(
                handlers.SOURCE, "erasure-keys", database.collection(ERASURE_KEYS), _key_row, platform.keyring
            ),
            contact_pages(handlers.SOURCE, resources.people.records, platform.keyring),
        ],
        tasks={
            **{name: loop.run for name, loop in _loops(resources, alarms, clock).items()},
            "workflow triggers": resources.triggers.run,
        },
        forget={
            "messages": message_retention.messages,
            "activities": resources.activities.forget,
            "timeline": resources.timeline.forget,
        },
        erasures=erasures,
        read_models=[resources.tenants, numbers, gate.revocations],
    )


def _add_steps(erasures: Erasures, database: Database, resources: Resources) -> None:
    filed = (store.CONVERSATION_SPEC, store.MESSAGE_SPEC, store.ACTIVITY_SPEC, store.LEDGER_SPEC)
    erasing = ConversationErasure(resources, *map(database.collection, filed))
    for what, step in erasing.steps.items():
        erasures.add(what, step)
    erasures.add_later("numbers of consents", erasing.numbers_of_consents)


def _export(database: Database, resources: Resources, contacts: ContactQueries, platform: Platform) -> PersonExport:
    filed = (store.CONVERSATION_SPEC, store.MESSAGE_SPEC, store.ACTIVITY_SPEC)
    own = OwnSections(resources, contacts.queries, *map(database.collection, filed))
    return PersonExport(contacts, own, OtherSections(platform.internal))


def _key_row(document: Document) -> Document:
    return {"tenant_id": document["id"], "sealed": document["sealed"]}


class Alarms:
    """Rung by stores when they make work, heard by the loops that do it."""

    def __init__(self, clock: Clock) -> None:
        self.turns, self.cards, self.consent = Alarm(clock), Alarm(clock), Alarm(clock)


def _loops(resources: Resources, alarms: Alarms, clock: Clock) -> dict[str, DueLoop]:
    on_turn = partial(handlers.on_turn_due, resources=resources)
    on_card = partial(handlers.on_contact_changed, resources=resources)
    on_consent = partial(handlers.on_consent_spread, resources=resources)
    cards, consents = resources.people.records, resources.ledger.aggregates.store
    return {
        "turns": DueLoop(resources.threads.collection, on_turn, clock, alarm=alarms.turns, rings_itself=True),
        "contact cards": DueLoop(cards, on_card, clock, field="spread_at", at_once=4, alarm=alarms.cards),
        "consent": DueLoop(consents, on_consent, clock, field="spread_at", at_once=8, alarm=alarms.consent),
    }


def _resources(database: Database, relay: Relay, platform: Platform, alarms: Alarms, keys: ErasureKeys) -> Resources:
    clock, source = platform.clock, handlers.SOURCE
    for spec in (store.CONVERSATION_SPEC, store.LEDGER_SPEC):
        relay.file_into(spec)
    people = People(relay.file_into(CONTACT_SPEC), database.collection(CLAIM_SPEC), alarms.cards)
    ledger = store.Ledger(Aggregates(store.CONSENTS, database, relay, clock, source), alarms.consent, keys)
    threads = Aggregates(store.THREADS, database, relay, clock, source)
    tenants = Source(service="accounts", path="tenants")
    return Resources(
        threads=store.Threads(threads, people, ledger, alarms.turns, clock),
        messages=store.Messages(relay.file_into(store.MESSAGE_SPEC)),
        people=people,
        ledger=ledger,
        guides=Guides(Aggregates(GUIDES, database, relay, clock, source), clock),
        activities=Activities(relay.file_into(store.ACTIVITY_SPEC)),
        timeline=TimelineEntries(relay.file_into(TIMELINE_SPEC)),
        read_marks=ReadMarkStore(Aggregates(READ_MARKS, database, relay, clock, source)),
        tenants=ReadModel(TenantChanged, lambda tenant: tenant.tenant_id, tenants, database, platform.internal, clock),
        triggers=WorkflowTriggers(database, clock, platform.internal),
        contact_news=ContactNews(platform.broker, clock, source),
        clock=clock,
    )
