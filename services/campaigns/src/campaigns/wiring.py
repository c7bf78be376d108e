"""What campaigns is made of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from campaigns.around import Around
from campaigns.campaigns.parts import build_campaigns, open_campaigns
from campaigns.campaigns.workflow_version import version_to_start
from campaigns.copies import copies_of
from campaigns.counting.api import Deps, router
from campaigns.counting.counter import CampaignCounter
from campaigns.counting.handlers import ContactHandlers
from campaigns.counting.marks import SPEC as MARKS_SPEC
from campaigns.counting.marks import Marks
from campaigns.counting.store import CONTACTS, ROWS_SPEC, TALLIES
from campaigns.erasing.aliases import Aliases
from campaigns.erasing.build import Kept, sections_of, steps_of
from campaigns.forecasts.parts import Known, before_sending
from campaigns.forecasts.sources import ForecastSources
from campaigns.imports.build import Needs, importing
from campaigns.settings import Settings
from campaigns.workflows.wiring import WorkflowNeeds, build_workflows
from shared.access.gate import Access
from shared.aggregates import Aggregates
from shared.events import (
    AccessRevoked,
    ConsentChanged,
    ContactChanged,
    ContactErased,
    ContactTexted,
    ConversationOpened,
    Event,
    NumberChanged,
    PricesChanged,
    SmsInbound,
    SmsStatus,
    TenantChanged,
)
from shared.internal.kept import kept_router
from shared.service import Platform, Service
from shared.service.erasing import Erasures

NAME = "campaigns"


def build(settings: Settings, platform: Platform) -> Service:
    clock, database = platform.clock, platform.open_database(NAME)
    relay = platform.relay(database)
    tallies = Aggregates(TALLIES, database, relay, clock, NAME)
    rows, marks = relay.file_into(ROWS_SPEC), Marks(database.collection(MARKS_SPEC), clock)
    aliases = Aliases(database)
    contacts = ContactHandlers(Aggregates(CONTACTS, database, relay, clock, NAME), marks, aliases)
    gate = Access(platform.keyring, database, platform.internal, clock, settings.admin_token)
    copies = copies_of(database, platform.internal, clock)

    around = Around(NAME, platform, database, relay, gate, copies, marks, rows)
    stores = open_campaigns(around)
    prices = ForecastSources(stores.campaigns, stores.recipients, tallies, copies, settings).prices
    flows = build_workflows(WorkflowNeeds(around, stores.campaigns, stores.recipients, prices))
    campaigns = build_campaigns(around, stores, contacts, partial(version_to_start, flows.workflows))
    imports = importing(Needs(stores.campaigns, stores.recipients, copies.tenants, gate, database, relay, clock), NAME)
    runs = flows.handlers
    kept = Kept(database, stores, contacts.contacts, tallies, rows, marks, flows, imports, copies, aliases)
    erasures = Erasures(NAME, database, relay, platform, steps_of(kept))
    forecasts = before_sending(around, stores, Known(contacts.contacts, tallies), settings)
    counter = CampaignCounter(tallies, rows, marks.rows, clock, campaigns.looks.refresh)
    return Service(
        name=NAME,
        database=database,
        relay=relay,
        handlers=[
            (SmsStatus, in_turn(campaigns.handlers.on_sms_status, runs.on_sms_status)),
            (ContactTexted, in_turn(contacts.on_contact_texted, runs.on_contact_texted)),
            (SmsInbound, contacts.on_sms_inbound),
            (ConsentChanged, in_turn(runs.on_consent_changed, contacts.on_consent_changed)),
            (ConversationOpened, runs.on_conversation_opened),
            (ContactChanged, in_turn(copies.contacts.on_event, runs.on_contact_changed)),
            (TenantChanged, in_turn(copies.tenants.on_event, runs.on_tenant_changed)),
            (NumberChanged, copies.numbers.on_event),
            (PricesChanged, copies.prices.on_event),
            (ContactErased, erasures.on_contact_erased),
            (AccessRevoked, gate.on_access_revoked),
        ],
        routers=[
            *campaigns.routers,
            *forecasts,
            router(Deps(gate, tallies, rows)),
            *flows.routers,
            imports.router,
            kept_router(NAME, sections_of(kept), platform.keyring),
        ],
        tasks={
            "counting": counter.run,
            "campaigns": campaigns.feeding.run,
            "campaign chores": campaigns.chores.run,
            "workflow figures": flows.figures.run,
            "imports": imports.worker.run,
            "import sweep": imports.sweep,
            **{name: loop.run for name, loop in flows.loops.items()},
        },
        forget={"recipients": campaigns.retention.words, "runs": flows.rows.forget},
        erasures=erasures,
        read_models=[copies.tenants, copies.numbers, copies.prices, gate.revocations],
    )


def in_turn(*handlers: Callable[[Event[Any]], Awaitable[None]]) -> Callable[[Event[Any]], Awaitable[None]]:
    """Each changes an aggregate of its own and absorbs the event there, so a repeat after a crash harms none."""

    async def handle(event: Event[Any]) -> None:
        for handler in handlers:
            await handler(event)

    return handle
