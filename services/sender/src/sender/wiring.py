"""Puts sender together: the only file that knows concrete classes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from sender.adapters.telnyx import Telnyx
from sender.alarms import Alarms
from sender.api.budget import budget_router
from sender.api.carrier_figures import CarrierFigures, carrier_figures_router
from sender.api.internal import internal_router
from sender.api.messages import router
from sender.api.why import why_router
from sender.budget.gate import SpendCaps
from sender.budget.prices import prices_of
from sender.budget.store import BudgetLedger, BudgetNotes
from sender.budget.waker import BudgetWaker
from sender.directory import directory_of
from sender.directory_handlers import DirectoryHandlers
from sender.domain.effects import BUDGET
from sender.erasing import SenderErasure, kept_messages
from sender.handlers import MessageHandlers
from sender.pacing.buckets import Pace
from sender.pacing.concurrency import ConnectionLimits
from sender.pacing.daily_cap_waker import SPEC as RAISED_CAPS
from sender.pacing.daily_cap_waker import DailyCapWaker
from sender.pacing.gate import Pacing
from sender.retention import MessageRetention
from sender.sending.carrier import Carrier
from sender.sending.gates import LastLook, SendGates
from sender.sending.left_behind import end_attempts
from sender.sending.restored import LookBack
from sender.sending.settling import Settler
from sender.sending.suppression import Suppressions
from sender.sending.worker import SendWorker, WorkerTools
from sender.settings import Settings
from sender.store import Lanes, Messages, open_lanes
from sender.withdrawals.at_once import CampaignStop
from sender.withdrawals.by_campaign import CampaignWithdrawals
from sender.withdrawals.by_message import MessageWithdrawals
from sender.withdrawals.campaign_sweep import CampaignSweep
from sender.withdrawals.lookup import WithdrawalLookup
from shared.access.gate import Access
from shared.clock import Clock
from shared.events import (
    AccessRevoked,
    ConnectionChanged,
    ConsentChanged,
    ContactErased,
    NumberChanged,
    PricesChanged,
    Priority,
    SmsInbound,
    SmsOutbound,
    SmsReceipt,
    SmsWithdrawn,
    TenantChanged,
)
from shared.internal.kept import kept_router
from shared.service import Platform, Service
from shared.service.due import DueLoop
from shared.service.erasing import Erasures
from shared.service.service import Task
from shared.service.sweeping import keep_swept

SETTLED_AT_ONCE = 16
"""Lanes whose unknown outcomes are looked after side by side."""


@dataclass(frozen=True)
class Assembly:
    """The service, and what tests want to hold of it."""

    service: Service
    handlers: MessageHandlers
    tools: WorkerTools
    loops: dict[Priority, DueLoop]
    settling: DueLoop
    campaign_loop: DueLoop
    budget_loop: DueLoop
    daily_cap_loop: DueLoop
    ledger: BudgetLedger
    campaign_stop: CampaignStop


def build(settings: Settings, platform: Platform) -> Service:
    carrier = Telnyx(settings.telnyx_base)
    return assemble(settings, platform, carrier, carrier.close).service


def assemble(settings: Settings, platform: Platform, carrier: Carrier, *on_stop: Task) -> Assembly:
    """`build` with any carrier: tests bring their own."""
    clock, keyring, internal = platform.clock, platform.keyring, platform.internal
    database = platform.open_database("sender")
    relay = platform.relay(database)
    alarms = Alarms.of(clock)
    access = Access(keyring, database, internal, clock, settings.admin_token)

    directory = directory_of(database, internal)
    erasures = Erasures("sender", database, relay, platform)
    suppressions = Suppressions(database, internal, erasures.keys)
    withdrawals = WithdrawalLookup(CampaignWithdrawals(database), MessageWithdrawals(database, clock))
    lanes = open_lanes(database, relay, clock)
    messages = Messages(relay, lanes, clock)

    prices = prices_of(database, internal)
    estimate = settings.sender_estimate_nano_per_part
    ledger = BudgetLedger(database, relay, clock, directory.tenants, prices, estimate, alarms.budgets)
    relay.file_through(BUDGET, BudgetNotes(ledger))
    budget_waker = BudgetWaker(ledger, messages, clock, alarms.lanes)

    pace = Pace(database, relay.recent)
    limits = ConnectionLimits(settings.sender_per_connection, settings.at_once)
    pacing = Pacing(pace, settings.sender_account_parts_per_second, limits, directory.numbers)
    raised_caps = database.collection(RAISED_CAPS)
    daily_caps = DailyCapWaker(raised_caps, directory, pace, messages, clock, alarms.lanes, alarms.raised_caps)

    tools = WorkerTools(
        lanes=lanes,
        messages=messages,
        gates=SendGates(directory, withdrawals, SpendCaps(ledger), pacing, keyring),
        last_look=LastLook(suppressions, withdrawals),
        suppressions=suppressions,
        carrier=carrier,
        clock=clock,
        keyring=keyring,
        timing=settings.timing,
        holder=platform.holder,
        public_base=settings.public_base,
        connection_limits=limits,
        look_back=LookBack(database, clock),
    )
    handlers = MessageHandlers(
        lanes, messages, directory.numbers, withdrawals, suppressions, clock, settings.timing, alarms
    )
    erasing = SenderErasure(lanes, messages, suppressions, directory.numbers, clock, alarms)
    erasures.add("waiting messages", erasing.waiting)
    erasures.add("suppressions", erasing.hashes)
    erasures.add_later("numbers of suppressions", erasing.rows)
    erasures.add_later("messages", erasing.ended)
    erasures.look_until_closed(erasing.is_open)
    changes = DirectoryHandlers(directory, ledger, daily_caps)
    sweep = CampaignSweep(messages, withdrawals.campaigns, pacing.void_tickets, clock)
    stop = CampaignStop(messages, withdrawals.campaigns, clock, alarms)

    workers: dict[Priority, SendWorker] = {
        priority: SendWorker(tools, priority, alarms.lanes[priority]) for priority in settings.at_once
    }
    loops: dict[Priority, DueLoop] = {
        priority: _sending_loop(worker, settings.at_once[priority]) for priority, worker in workers.items()
    }
    campaign_loop = DueLoop(withdrawals.campaigns.rows, sweep.work, clock, at_once=4, alarm=alarms.withdrawn_campaigns)
    budget_loop = DueLoop(ledger.budgets.store, budget_waker.work, clock, at_once=8, alarm=alarms.budgets)
    settling = _settling_loop(lanes, Settler(lanes, workers), clock)
    daily_cap_loop = DueLoop(raised_caps, daily_caps.work, clock, at_once=4, alarm=alarms.raised_caps)

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
            (TenantChanged, changes.on_tenant_changed),
            (PricesChanged, changes.on_prices_changed),
            (NumberChanged, changes.on_number_changed),
            (ConnectionChanged, directory.connections.on_event),
            (ContactErased, erasures.on_contact_erased),
            (AccessRevoked, access.on_access_revoked),
        ],
        routers=[
            budget_router(ledger, access, clock),
            router(messages, lanes, access, clock, alarms.lanes),
            why_router(messages, access, internal),
            internal_router(stop, keyring),
            carrier_figures_router(CarrierFigures(messages.records, pace, limits, clock), keyring),
            kept_router("sender", {"messages": kept_messages(messages.records)}, keyring),
        ],
        tasks={
            "send one-to-one texts": loops["one"].run,
            "send campaign texts": loops["bulk"].run,
            "settle unknown outcomes": settling.run,
            "end attempts left behind": partial(keep_swept, [partial(end_attempts, each) for each in workers.values()]),
            "withdraw campaigns": campaign_loop.run,
            "forget old withdrawals": partial(keep_swept, [withdrawals.messages.sweep]),
            "look after budgets": budget_loop.run,
            "look after raised daily caps": daily_cap_loop.run,
            "fill suppressions": suppressions.keep_filled,
        },
        forget={"messages": MessageRetention(messages, clock).words},
        erasures=erasures,
        read_models=[directory.tenants, directory.numbers, directory.connections, prices.copy, access.revocations],
        not_ready=[suppressions.not_ready],
        on_stop=on_stop,
    )
    return Assembly(service, handlers, tools, loops, settling, campaign_loop, budget_loop, daily_cap_loop, ledger, stop)


def _settling_loop(lanes: Lanes, settler: Settler, clock: Clock) -> DueLoop:
    # Nothing rings it: a lane that another loop is at work on stays due, and is looked at again with the next poll.
    return DueLoop(lanes.store, settler.work, clock, field="unsettled_at", at_once=SETTLED_AT_ONCE, rings_itself=True)


def _sending_loop(worker: SendWorker, at_once: int) -> DueLoop:
    lanes, clock, field = worker.tools.lanes.store, worker.tools.clock, f"{worker.priority}_due_at"
    return DueLoop(lanes, worker.work, clock, field=field, at_once=at_once, alarm=worker.alarm, rings_itself=True)
