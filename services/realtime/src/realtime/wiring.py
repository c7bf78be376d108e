"""What realtime is made of."""

from __future__ import annotations

from functools import partial

from realtime.api import Streams, router
from realtime.dashboard import Built, dashboard_router
from realtime.erasing import RealtimeErasure
from realtime.event_log import EventLog
from realtime.live.admission import Admission
from realtime.live.hub import Hub, Limits
from realtime.presence.sharing import Presence
from realtime.projector import Projector
from realtime.settings import Settings
from realtime.tickets import Tickets
from realtime.webhooks.build import Reading, build_webhooks
from realtime.webhooks.store import Webhooks
from shared.access.gate import Access
from shared.events.accounts import AccessRevoked, TenantChanged
from shared.events.campaigns import CampaignUpdated, WorkflowUpdated
from shared.events.conversation import ContactErased, ConversationUpdated, ReadUpdated
from shared.events.envelope import Event
from shared.events.sender import BudgetWarned
from shared.service import Platform, Service
from shared.service.descriptors import shares
from shared.service.erasing import Erasures
from shared.service.sweeping import keep_swept
from shared.sqlite.patience import patiently

TRIM_SECONDS = 60.0


def build(settings: Settings, platform: Platform) -> Service:
    database = platform.open_database("realtime")
    clock, broker = platform.clock, platform.broker
    gate = Access(platform.keyring, database, platform.internal, clock, settings.admin_token)
    webhooks = Webhooks(database)
    entries = EventLog(database, clock, read_up_to=webhooks.read_up_to)
    tickets = Tickets(platform.keyring, database, clock)
    reading = Reading.of(webhooks, database, entries, platform)
    projector = Projector(entries, broker, reading.reader.stir)
    outgoing = build_webhooks(reading, projector.announce, gate, settings, platform)
    relay = platform.relay(database)
    erasing = RealtimeErasure(entries, webhooks, reading.deliveries)
    steps = {"log": erasing.log, "webhook_deliveries": erasing.deliveries_to}
    erasures = Erasures("realtime", database, relay, platform, steps)
    limits = Limits.within(shares().streams, settings)
    hub = Hub(entries, gate, broker, clock, limits)
    presence = Presence(hub, broker, platform.internal, clock)
    admission = Admission(gate, tickets, settings.allowed_origins)
    return Service(
        name="realtime",
        database=database,
        handlers=[
            (ConversationUpdated, patiently(projector.on_conversation_updated)),
            (ReadUpdated, patiently(projector.on_read_updated)),
            (CampaignUpdated, patiently(projector.on_campaign_updated)),
            (WorkflowUpdated, patiently(projector.on_workflow_updated)),
            (TenantChanged, patiently(projector.on_tenant_changed)),
            (BudgetWarned, patiently(projector.on_budget_warned)),
            (ContactErased, partial(on_contact_erased, erasures=erasures, projector=projector)),
            (AccessRevoked, hub.on_access_revoked),
        ],
        relay=relay,
        routers=[
            router(Streams(admission, hub, presence, clock)),
            outgoing.router,
            dashboard_router(Built.found(settings.realtime_dashboard), settings.sandbox_is_on),
        ],
        tasks={
            "listen to instances": hub.hearing.listen,
            "heartbeats": hub.beat,
            "listen to presence": presence.hearing.listen,
            "presence": presence.beat,
            "look into the log": hub.look_into_log,
            "watch access": hub.watch_access,
            "trim": partial(keep_swept, [reading.trim, tickets.trim], every=TRIM_SECONDS, spread=True),
            **outgoing.tasks,
        },
        forget={"live_events": entries.forget},
        erasures=erasures,
        read_models=[gate.revocations],
        not_ready=[hub.not_ready],
        on_drain=[hub.stop, presence.hearing.stop],
        on_stop=[outgoing.close],
    )


async def on_contact_erased(event: Event[ContactErased], erasures: Erasures, projector: Projector) -> None:
    """Begin to erase, and have open dashboards drop the contact."""
    await erasures.on_contact_erased(event)
    await projector.on_contact_erased(event)
