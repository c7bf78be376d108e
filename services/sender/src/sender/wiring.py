"""Puts sender together: the only file that knows concrete classes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sender.adapters.telnyx import Telnyx
from sender.api.budget import budget_router
from sender.api.messages import router
from sender.budget.gate import SpendCaps
from sender.budget.prices import prices_of
from sender.budget.store import BudgetEntries, Ledger
from sender.budget.waker import BudgetWorker
from sender.domain.effects import BUDGET
from sender.domain.message import Line
from sender.handlers import Handlers
from sender.pacing.buckets import Pace
from sender.pacing.concurrency import Crowding
from sender.pacing.daily_cap_waker import SPEC as RAISED_CAPS
from sender.pacing.daily_cap_waker import DailyCapWorker
from sender.pacing.gate import Pacing
from sender.retention import Forgetting
from sender.sending.carrier import Carrier
from sender.sending.gates import Directory, Gates, LastLook
from sender.sending.suppression import Suppressions
from sender.sending.worker import Tools, Worker
from sender.settings import Settings
from sender.store import Messages, open_lanes
from sender.withdrawals.by_campaign import CampaignWithdrawals
from sender.withdrawals.by_message import MessageWithdrawals
from sender.withdrawals.campaign_sweep import CampaignWorker
from sender.withdrawals.lookup import Unwanted
from shared.access.gate import Gate
from shared.aggregates import Relay
from shared.database.protocol import Database
from shared.events import (
    DEFAULT_PRICES,
    AccessRevoked,
    ConnectionChanged,
    ConsentChanged,
    Event,
    NumberChanged,
    PricesChanged,
    SmsInbound,
    SmsOutbound,
    SmsReceipt,
    SmsWithdrawn,
    TenantChanged,
)
from shared.ids import new_id
from shared.internal.client import InternalClient
from shared.internal.read_models import ReadModel, Source
from shared.service import Platform, Service
from shared.service.due import DueLoop
from shared.service.service import Task
from shared.service.sweeping import keep_swept


@dataclass(frozen=True)
class Parts:
    """The service, and what tests want to hold of it."""

    service: Service
    handlers: Handlers
    tools: Tools
    loops: dict[Line, DueLoop]
    campaign_loop: DueLoop
    budget_loop: DueLoop
    daily_cap_loop: DueLoop
    ledger: Ledger


def build(settings: Settings, platform: Platform) -> Service:
    carrier = Telnyx(settings.telnyx_base)
    return assemble(settings, platform, carrier, carrier.close).service


def assemble(settings: Settings, platform: Platform, carrier: Carrier, *on_stop: Task) -> Parts:
    """`build` with any carrier: tests bring their own."""
    clock, keyring = platform.clock, platform.keyring
    database = platform.open_database("sender")
    relay = Relay(database, platform.broker, clock)
    lanes = open_lanes(database, relay, clock)
    messages = Messages(database, relay, lanes)
    directory = directory_of(database, platform.internal)
    unwanted = Unwanted(CampaignWithdrawals(database), MessageWithdrawals(database, clock))
    suppressions = Suppressions(database, platform.internal)
    prices = prices_of(database, platform.internal)
    estimate = settings.sender_estimate_nano_per_part
    ledger = Ledger(database, relay, clock, directory.tenants, prices, estimate, lambda: budget_loop.wake_at())
    relay.file_through(BUDGET, BudgetEntries(ledger))
    gate = Gate(keyring, database, platform.internal, clock, settings.admin_token)
    places: dict[Line, int] = {"one": settings.sender_at_once, "bulk": settings.sender_bulk_at_once}
    crowding = Crowding(settings.sender_per_connection, places)
    pace = Pace(database)
    pacing = Pacing(pace, settings.sender_account_parts_per_second, crowding, directory.numbers)
    tools = Tools(
        lanes=lanes,
        messages=messages,
        gates=Gates(directory, unwanted, SpendCaps(ledger), pacing, keyring),
        last_look=LastLook(suppressions, unwanted),
        suppressions=suppressions,
        carrier=carrier,
        clock=clock,
        keyring=keyring,
        timing=settings.timing,
        owner=new_id("wrk"),
        public_base=settings.public_base,
        crowding=crowding,
    )

    def wake(line: Line, moment: datetime | None) -> None:
        loops[line].wake_at(moment)

    loops: dict[Line, DueLoop] = {
        line: DueLoop(
            lanes.store, Worker(tools, line, partial(wake, line)).work, clock, field=f"{line}_due_at", at_once=most
        )
        for line, most in places.items()
    }
    campaign_worker = CampaignWorker(messages, unwanted.campaigns, clock)
    campaign_loop = DueLoop(unwanted.campaigns.rows, campaign_worker.work, clock, at_once=4)

    budget_worker = BudgetWorker(ledger, messages, clock, wake)
    budget_loop = DueLoop(ledger.budgets.store, budget_worker.work, clock, at_once=8)

    raised_caps = database.collection(RAISED_CAPS)
    daily_cap_worker = DailyCapWorker(
        raised_caps, directory, pace, messages, clock, wake, lambda: daily_cap_loop.wake_at()
    )
    daily_cap_loop = DueLoop(raised_caps, daily_cap_worker.work, clock, at_once=4)

    async def on_number_changed(event: Event[NumberChanged]) -> None:
        await directory.numbers.on_event(event)
        await daily_cap_worker.call(event.data)

    async def on_tenant_changed(event: Event[TenantChanged]) -> None:
        await directory.tenants.on_event(event)
        await ledger.call(event.data.tenant_id)

    async def on_prices_changed(event: Event[PricesChanged]) -> None:
        await prices.copy.on_event(event)
        whose = event.data.tenant_id
        await (ledger.call_all() if whose == DEFAULT_PRICES else ledger.call(whose))

    handlers = Handlers(
        lanes, messages, directory.numbers, unwanted, suppressions, clock, settings.timing, wake,
        lambda: campaign_loop.wake_at(),
    )  # fmt: skip
    service = Service(
        name="sender",
        database=database,
        relay=relay,
        handlers=[
            (SmsOutbound, handlers.on_sms_outbound),
            (SmsWithdrawn, handlers.on_sms_withdrawn),
            (SmsReceipt, handlers.on_sms_receipt),
            (SmsInbound, handlers.on_sms_inbound),
            (ConsentChanged, handlers.on_consent_changed),
            (TenantChanged, on_tenant_changed),
            (PricesChanged, on_prices_changed),
            (NumberChanged, on_number_changed),
            (ConnectionChanged, directory.connections.on_event),
            (AccessRevoked, gate.on_access_revoked),
        ],
        routers=[budget_router(ledger, gate, clock), router(messages, lanes, gate, clock, wake)],
        tasks={
            "one-to-one lines": loops["one"].run,
            "bulk lines": loops["bulk"].run,
            "campaign withdrawals": campaign_loop.run,
            "forget old withdrawals": partial(keep_swept, [unwanted.messages.sweep]),
            "budgets": budget_loop.run,
            "raised daily caps": daily_cap_loop.run,
            "fill suppressions": suppressions.keep_filled,
        },
        forget={"messages": Forgetting(messages, clock).words},
        read_models=[directory.tenants, directory.numbers, directory.connections, prices.copy, gate.revocations],
        not_ready=[suppressions.not_ready],
        on_stop=on_stop,
    )
    return Parts(service, handlers, tools, loops, campaign_loop, budget_loop, daily_cap_loop, ledger)


def directory_of(database: Database, internal: InternalClient) -> Directory:
    """Copies of what accounts owns."""
    return Directory(
        tenants=ReadModel(
            TenantChanged, lambda row: row.tenant_id, Source(service="accounts", path="tenants"), database, internal
        ),
        numbers=ReadModel(
            NumberChanged, lambda row: row.phone_number, Source(service="accounts", path="numbers"), database, internal
        ),
        connections=ReadModel(
            ConnectionChanged,
            lambda row: row.connection_id,
            Source(service="accounts", path="connections"),
            database,
            internal,
        ),
    )
