"""What the campaigns of this service are made of."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter

from campaigns.around import Around
from campaigns.campaigns.api.campaigns import Deps, campaigns_router
from campaigns.campaigns.api.recipients import RecipientDeps, recipients_router
from campaigns.campaigns.commands import CampaignCommands, WorkflowVersion
from campaigns.campaigns.contact_zones import ContactZones
from campaigns.campaigns.domain.campaign import CampaignState
from campaigns.campaigns.feeding import Feeder
from campaigns.campaigns.handlers import CampaignHandlers
from campaigns.campaigns.left_after_pause import LeftAfterPause
from campaigns.campaigns.listing import RecipientLists
from campaigns.campaigns.looks import Looks
from campaigns.campaigns.report import Reports
from campaigns.campaigns.retention import CampaignRetention
from campaigns.campaigns.store import CAMPAIGNS, RECIPIENTS, Campaigns, Recipients
from campaigns.campaigns.withdrawing import Withdrawing
from campaigns.campaigns.worker import CampaignWorker
from campaigns.counting.handlers import ContactHandlers
from campaigns.forecasts.known_contacts import KnownContacts
from shared.aggregates import Aggregates
from shared.clock import Clock
from shared.database.protocol import In
from shared.service.alarm import Alarm
from shared.service.due import DueLoop

AT_ONCE = 4
"""Tenants that are fed side by side by one process."""
UNDER_WAY: tuple[CampaignState, ...] = ("scheduled", "running")
AT_REST: tuple[CampaignState, ...] = ("draft", "paused", "finished", "cancelled", "deleted")
"""What is to be done for these, such as the copy of a million recipients, may take minutes. It has a loop of its own,
so that no other campaign waits for it."""


@dataclass(frozen=True)
class CampaignStores:
    campaigns: Campaigns
    recipients: Recipients


@dataclass(frozen=True)
class CampaignParts:
    looks: Looks
    handlers: CampaignHandlers
    routers: tuple[APIRouter, ...]
    feeding: DueLoop
    chores: DueLoop
    retention: CampaignRetention


def open_campaigns(around: Around) -> CampaignStores:
    database, relay, clock = around.database, around.relay, around.platform.clock
    campaigns = Campaigns(Aggregates(CAMPAIGNS, database, relay, clock, around.name), clock)
    zones = ContactZones(around.copies.contacts).of
    recipients = Recipients(Aggregates(RECIPIENTS, database, relay, clock, around.name), around.marks.note, zones)
    return CampaignStores(campaigns, recipients)


def build_campaigns(
    around: Around, stores: CampaignStores, contacts: ContactHandlers, workflow_version: WorkflowVersion
) -> CampaignParts:
    clock, copies, gate = around.platform.clock, around.copies, around.gate
    alarm, left = Alarm(clock), LeftAfterPause(around.database)
    looks = Looks(stores.campaigns, stores.recipients, around.rows, clock)
    worker = CampaignWorker(looks, Feeder(looks, KnownContacts(contacts.contacts), copies))
    commands = CampaignCommands(looks, copies, alarm, workflow_version)
    withdrawing = Withdrawing(looks, left, around.platform.internal, alarm)
    lists = RecipientLists(stores.recipients, around.rows)
    return CampaignParts(
        looks=looks,
        handlers=CampaignHandlers(
            stores.campaigns, stores.recipients, contacts, around.marks, copies, left, contacts.aliases
        ),
        routers=(
            campaigns_router(Deps(gate, commands, withdrawing, Reports(looks, left))),
            recipients_router(RecipientDeps(gate, commands, lists)),
        ),
        feeding=_loop(stores, worker, clock, UNDER_WAY, alarm),
        chores=_loop(stores, worker, clock, AT_REST, Alarm(clock)),
        retention=CampaignRetention(looks),
    )


def _loop(
    stores: CampaignStores, worker: CampaignWorker, clock: Clock, states: tuple[CampaignState, ...], alarm: Alarm
) -> DueLoop:
    return DueLoop(
        stores.campaigns.aggregates.store,
        worker.work,
        clock,
        where={"campaign_state": In(states)},
        turn_of=lambda document: document["tenant_id"],
        at_once=AT_ONCE,
        alarm=alarm,
    )
