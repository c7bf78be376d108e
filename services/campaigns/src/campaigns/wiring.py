"""What campaigns is made of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from campaigns.campaigns.store import CAMPAIGNS, RECIPIENTS, Campaigns, Recipients
from campaigns.copies import copies_of
from campaigns.counting import handlers
from campaigns.counting.api import Deps, router
from campaigns.counting.counter import CampaignCounter
from campaigns.counting.store import CONTACTS, ROWS_SPEC, STIRRED_SPEC, TALLIES
from campaigns.imports.build import Needs, importing
from campaigns.settings import Settings
from campaigns.workflows.wiring import Around, build_workflows
from shared.access.gate import Access
from shared.aggregates import Aggregates
from shared.events import (
    AccessRevoked,
    ConsentChanged,
    ContactChanged,
    ContactTexted,
    Event,
    NumberChanged,
    PricesChanged,
    SmsInbound,
    SmsStatus,
    TenantChanged,
)
from shared.service import Platform, Service

NAME = "campaigns"


def build(settings: Settings, platform: Platform) -> Service:
    clock, database = platform.clock, platform.open_database(NAME)
    relay = platform.relay(database)
    contacts = Aggregates(CONTACTS, database, relay, clock, NAME)
    tallies = Aggregates(TALLIES, database, relay, clock, NAME)
    rows, stirred = relay.file_into(ROWS_SPEC), relay.file_into(STIRRED_SPEC)
    gate = Access(platform.keyring, database, platform.internal, clock, settings.admin_token)
    copies = copies_of(database, platform.internal, clock)
    noting = {"contacts": contacts, "clock": clock}
    campaigns = Campaigns(Aggregates(CAMPAIGNS, database, relay, clock, NAME))
    recipients = Recipients(Aggregates(RECIPIENTS, database, relay, clock, NAME))
    imports = importing(Needs(campaigns, recipients, copies.tenants, gate, database, relay, clock), NAME)
    around = Around(NAME, platform, database, relay, gate, copies, campaigns, recipients)
    flows = build_workflows(around)
    runs = flows.handlers
    return Service(
        name=NAME,
        database=database,
        relay=relay,
        handlers=[
            (SmsStatus, in_turn(partial(handlers.on_sms_status, **noting), runs.on_sms_status)),
            (ContactTexted, in_turn(partial(handlers.on_contact_texted, **noting), runs.on_contact_texted)),
            (SmsInbound, partial(handlers.on_sms_inbound, **noting)),
            (ConsentChanged, in_turn(runs.on_consent_changed, partial(handlers.on_consent_changed, **noting))),
            (ContactChanged, in_turn(copies.contacts.on_event, runs.on_contact_changed)),
            (TenantChanged, in_turn(copies.tenants.on_event, runs.on_tenant_changed)),
            (NumberChanged, copies.numbers.on_event),
            (PricesChanged, copies.prices.on_event),
            (AccessRevoked, gate.on_access_revoked),
        ],
        routers=[router(Deps(gate, tallies, rows)), *flows.routers, imports.router],
        tasks={
            "counting": CampaignCounter(tallies, rows, stirred, clock).run,
            "workflow figures": flows.figures.run,
            "imports": imports.worker.run,
            "import sweep": imports.sweep,
            **{name: loop.run for name, loop in flows.loops.items()},
        },
        forget={"runs": flows.rows.forget},
        read_models=[copies.tenants, copies.numbers, copies.prices, gate.revocations],
    )


def in_turn(*handlers: Callable[[Event[Any]], Awaitable[None]]) -> Callable[[Event[Any]], Awaitable[None]]:
    """Each changes an aggregate of its own and absorbs the event there, so a repeat after a crash harms none."""

    async def handle(event: Event[Any]) -> None:
        for handler in handlers:
            await handler(event)

    return handle
