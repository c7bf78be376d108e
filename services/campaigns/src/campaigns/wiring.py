"""What campaigns is made of."""

from __future__ import annotations

from functools import partial

from campaigns.copies import copies_of
from campaigns.counting import handlers
from campaigns.counting.api import Deps, router
from campaigns.counting.counter import CampaignCounter
from campaigns.counting.store import CONTACTS, ROWS_SPEC, STIRRED_SPEC, TALLIES
from campaigns.settings import Settings
from shared.access.gate import Access
from shared.aggregates import Aggregates
from shared.events import (
    AccessRevoked,
    ConsentChanged,
    ContactChanged,
    ContactTexted,
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
    return Service(
        name=NAME,
        database=database,
        relay=relay,
        handlers=[
            (SmsStatus, partial(handlers.on_sms_status, **noting)),
            (ContactTexted, partial(handlers.on_contact_texted, **noting)),
            (SmsInbound, partial(handlers.on_sms_inbound, **noting)),
            (ConsentChanged, partial(handlers.on_consent_changed, **noting)),
            (ContactChanged, copies.contacts.on_event),
            (TenantChanged, copies.tenants.on_event),
            (NumberChanged, copies.numbers.on_event),
            (PricesChanged, copies.prices.on_event),
            (AccessRevoked, gate.on_access_revoked),
        ],
        routers=[router(Deps(gate, tallies, rows))],
        tasks={"counting": CampaignCounter(tallies, rows, stirred, clock).run},
        read_models=[copies.tenants, copies.numbers, copies.prices, gate.revocations],
    )
