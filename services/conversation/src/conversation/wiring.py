"""The parts of the service and how they are connected. The only file that knows concrete classes."""

from __future__ import annotations

from functools import partial

import httpx2

from conversation import handlers, store
from conversation.activities.api import activities_router
from conversation.activities.reporting import ActivityReports
from conversation.activities.store import ACTIVITY_SPEC, Activities
from conversation.api.access import AgentAccess
from conversation.api.answers import answers_page
from conversation.api.contact_consent import contact_consent_router
from conversation.api.contacts import contacts_router
from conversation.api.conversations import conversations_router
from conversation.autopilot.store import AUTOPILOTS, JUDGEMENT_SPEC, Autopilots
from conversation.commands import Commands
from conversation.desk import Stores, build_desk
from conversation.erasing.build import Lent, build_erasing
from conversation.erasing.erased_identifiers import SPEC as ERASED_IDENTIFIERS
from conversation.erasing.erased_identifiers import ErasedIdentifiers
from conversation.guides.api import guides_router
from conversation.guides.store import GUIDES, Guides
from conversation.labels.names import LabelNames
from conversation.media.build import build_media
from conversation.media.store import MEDIA_SPEC, MEDIA_USES_SPEC, MediaStore
from conversation.neighbours.build import build_neighbours
from conversation.numbers import Numbers
from conversation.past_turns.pages import PastTurnPages, past_turns_router
from conversation.people.news import ContactNews, contact_pages
from conversation.people.parts import ContactParts, contact_parts
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
from shared.database.protocol import Database
from shared.erasure import ErasureKeys
from shared.events import (
    AccessRevoked,
    ConsentChanged,
    ContactActivity,
    ContactErased,
    ContactErasureDone,
    NumberChanged,
    ReplyDrafted,
    ReplyJudged,
    SmsInbound,
    SmsOutbound,
    SmsStatus,
    TenantChanged,
    WorkflowActed,
    WorkflowUpdated,
)
from shared.files import FileStore
from shared.internal.pages import internal_pages
from shared.internal.read_models import ReadModel, Source
from shared.service.alarm import Alarm
from shared.service.due import DueLoop
from shared.service.erasing import Erasures
from shared.service.service import Platform, Service
from shared.sqlite.patience import patiently


def build(settings: Settings, platform: Platform, media_transport: httpx2.AsyncBaseTransport | None = None) -> Service:
    """`media_transport` stands for the servers that media are fetched from (tests); None: over the network."""
    database, clock = platform.open_database(handlers.SOURCE), platform.clock
    relay = platform.relay(database)
    alarms = Alarms(clock)
    erasures = Erasures(handlers.SOURCE, database, relay, platform)
    resources = _resources(database, relay, platform, alarms, erasures.keys)
    numbers = resources.numbers
    gate = Access(platform.keyring, database, platform.internal, clock, settings.admin_token)
    message_retention = MessageRetention(resources, database.collection(store.CONVERSATION_SPEC))
    references = References(platform.internal)
    queries = Queries(database, resources.ledger, resources.tenants, resources.read_marks)
    stores = Stores(database, relay, clock, handlers.SOURCE)
    media = build_media(resources, AgentAccess(gate, resources.tenants), settings, platform, media_transport)
    commands = Commands(resources, numbers, queries, references, stores.labels(), media.uploads)
    desk = build_desk(commands, stores, gate)
    consents = resources.ledger.aggregates.store
    news = ContactNews(platform.broker, clock, handlers.SOURCE)
    contacts = contact_parts(resources, queries, database, news)
    lent = Lent(handlers.SOURCE, database, relay, platform, gate)
    erasing = build_erasing(erasures, resources, contacts.queries, lent)
    erasures.add("saved views", desk.views.erase)
    reports = ActivityReports(platform.broker, clock, handlers.SOURCE)
    return Service(
        name=handlers.SOURCE,
        database=database,
        handlers=[
            (SmsInbound, partial(handlers.on_sms_inbound, resources=resources)),
            (SmsOutbound, partial(handlers.on_sms_outbound, resources=resources)),
            (SmsStatus, patiently(partial(handlers.on_sms_status, resources=resources))),
            (ReplyDrafted, partial(handlers.on_reply_drafted, resources=resources)),
            (ReplyJudged, partial(handlers.on_reply_judged, resources=resources)),
            (ConsentChanged, partial(handlers.on_consent_changed, resources=resources)),
            (ContactActivity, partial(handlers.on_contact_activity, resources=resources, linking=contacts.linking)),
            (WorkflowActed, partial(handlers.on_workflow_acted, resources=resources)),
            (WorkflowUpdated, resources.triggers.on_event),
            (TenantChanged, resources.tenants.on_event),
            (NumberChanged, numbers.on_event),
            (ContactErased, erasures.on_contact_erased),
            (ContactErasureDone, erasing.requests.on_contact_erasure_done),
            (AccessRevoked, gate.on_access_revoked),
        ],
        relay=relay,
        routers=[
            *desk.first_routers,
            conversations_router(commands, gate),
            *desk.routers,
            *erasing.routers,
            activities_router(resources, reports, gate),
            *build_neighbours(stores, reports, platform, gate),
            contacts_router(resources, contacts, commands.labels, gate),
            contact_consent_router(resources, contacts.queries, gate),
            guides_router(resources.guides, references, resources.autopilots, gate, clock),
            answers_page(resources.messages, platform.keyring),
            internal_pages(handlers.SOURCE, "consents", consents, consent_row, platform.keyring),
            past_turns_router(PastTurnPages.of(database, resources.guides), platform.keyring),
            contact_pages(handlers.SOURCE, resources.people, resources.label_names, platform.keyring),
            *media.routers,
        ],
        tasks={
            **{name: loop.run for name, loop in _loops(resources, contacts, alarms, clock).items()},
            **desk.tasks,
            "workflow triggers": resources.triggers.run,
            **media.tasks,
        },
        forget={
            "messages": message_retention.messages,
            "activities": resources.activities.forget,
            "timeline": resources.timeline.forget,
            "judgements": resources.autopilots.forget,
        },
        erasures=erasures,
        read_models=[resources.tenants, numbers, gate.revocations],
        on_stop=[media.close],
    )


class Alarms:
    """Rung by stores when they make work, heard by the loops that do it."""

    def __init__(self, clock: Clock) -> None:
        self.turns, self.cards, self.consent = Alarm(clock), Alarm(clock), Alarm(clock)


def _loops(resources: Resources, contacts: ContactParts, alarms: Alarms, clock: Clock) -> dict[str, DueLoop]:
    on_turn = partial(handlers.on_turn_due, resources=resources)
    on_consent = partial(handlers.on_consent_spread, resources=resources)
    cards, consents = resources.people.records, resources.ledger.aggregates.store
    on_card = contacts.spreading.on_due
    return {
        "turns": DueLoop(resources.threads.collection, on_turn, clock, alarm=alarms.turns, rings_itself=True),
        "contact cards": DueLoop(cards, on_card, clock, field="spread_at", at_once=4, alarm=alarms.cards),
        "consent": DueLoop(consents, on_consent, clock, field="spread_at", at_once=8, alarm=alarms.consent),
    }


def _resources(database: Database, relay: Relay, platform: Platform, alarms: Alarms, keys: ErasureKeys) -> Resources:
    clock, source = platform.clock, handlers.SOURCE
    for spec in (store.CONVERSATION_SPEC, store.LEDGER_SPEC, MEDIA_USES_SPEC):
        relay.file_into(spec)
    people = People(relay.file_into(CONTACT_SPEC), database.collection(CLAIM_SPEC), alarms.cards, clock)
    ledger = store.Ledger(Aggregates(store.CONSENTS, database, relay, clock, source), alarms.consent, keys)
    threads = Aggregates(store.THREADS, database, relay, clock, source)
    tenants = Source(service="accounts", path="tenants")
    guides = Guides(Aggregates(GUIDES, database, relay, clock, source), clock)
    autopilots = Aggregates(AUTOPILOTS, database, relay, clock, source)
    all_threads = store.Threads(threads, people, ledger, alarms.turns)
    return Resources(
        threads=all_threads,
        messages=store.Messages(relay.file_into(store.MESSAGE_SPEC)),
        media=_media(database, relay, clock),
        people=people,
        ledger=ledger,
        erased_identifiers=ErasedIdentifiers(database.collection(ERASED_IDENTIFIERS), keys),
        numbers=Numbers(database, platform.internal, clock),
        guides=guides,
        autopilots=Autopilots(autopilots, relay.file_into(JUDGEMENT_SPEC), guides.autopilot_of),
        activities=Activities(relay.file_into(ACTIVITY_SPEC)),
        timeline=TimelineEntries(relay.file_into(TIMELINE_SPEC)),
        read_marks=ReadMarkStore(Aggregates(READ_MARKS, database, relay, clock, source)),
        turns=Stores(database, relay, clock, source).turns(all_threads, References(platform.internal)),
        tenants=ReadModel(TenantChanged, lambda tenant: tenant.tenant_id, tenants, database, platform.internal, clock),
        triggers=WorkflowTriggers(database, clock, platform.internal),
        label_names=LabelNames(database),
        clock=clock,
    )


def _media(database: Database, relay: Relay, clock: Clock) -> MediaStore:
    uses = database.collection(MEDIA_USES_SPEC)
    return MediaStore(relay.file_into(MEDIA_SPEC), uses, FileStore(database, clock), Alarm(clock))
