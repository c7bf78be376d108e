"""What workflows are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter

from campaigns.around import Around
from campaigns.campaigns.store import Campaigns, Recipients
from campaigns.workflows.definitions.api import Deps as WorkflowDeps
from campaigns.workflows.definitions.api import workflows_router
from campaigns.workflows.definitions.commands import WorkflowCommands
from campaigns.workflows.definitions.domain import trigger_wire
from campaigns.workflows.definitions.scripts import Scripts
from campaigns.workflows.definitions.store import VERSION_SPEC, WORKFLOWS, Workflows
from campaigns.workflows.dry_run.api import DryRunDeps, Prices, dry_run_router
from campaigns.workflows.figures import WorkflowFigures
from campaigns.workflows.runs.api import Deps as RunDeps
from campaigns.workflows.runs.api import runs_router
from campaigns.workflows.runs.campaign_runs import ORDER_SPEC, START_SPEC, CampaignRuns, Standings
from campaigns.workflows.runs.commands import RunCommands
from campaigns.workflows.runs.contacts import ContactCards
from campaigns.workflows.runs.handlers import RunHandlers
from campaigns.workflows.runs.people import People
from campaigns.workflows.runs.store import ENDING_SPEC, PARTICIPANTS, RUN_SPEC, STIRRED_SPEC, RunRows
from campaigns.workflows.runs.triggers import Triggers
from shared.aggregates import Aggregates
from shared.database.protocol import Collection, Document
from shared.events import WorkflowUpdated
from shared.internal.pages import internal_pages
from shared.service.alarm import Alarm
from shared.service.due import DueLoop


@dataclass(frozen=True)
class WorkflowNeeds:
    """What workflows use of the service."""

    around: Around
    campaigns: Campaigns
    recipients: Recipients
    prices: Prices


@dataclass(frozen=True)
class WorkflowParts:
    workflows: Workflows
    handlers: RunHandlers
    routers: tuple[APIRouter, ...]
    loops: dict[str, DueLoop]
    figures: WorkflowFigures
    rows: RunRows
    people: People
    starts: Collection


def build_workflows(needs: WorkflowNeeds) -> WorkflowParts:
    around = needs.around
    database, relay, clock = around.database, around.relay, around.platform.clock
    workflows = Workflows(Aggregates(WORKFLOWS, database, relay, clock, around.name), relay.file_into(VERSION_SPEC))
    alarm, cards = Alarm(clock), ContactCards(around.copies.contacts)
    people = People(
        Aggregates(PARTICIPANTS, database, relay, clock, around.name),
        Scripts(workflows),
        Standings(needs.campaigns),
        around.copies,
        clock,
        alarm,
    )
    rows = RunRows(relay.file_into(RUN_SPEC))
    handlers = RunHandlers(people, rows, Triggers(workflows, cards))
    starts, endings, orders = map(relay.file_into, (START_SPEC, ENDING_SPEC, ORDER_SPEC))
    of_campaigns = CampaignRuns(people, cards, needs.campaigns, needs.recipients, starts, endings, orders, handlers)
    return WorkflowParts(
        workflows=workflows,
        handlers=handlers,
        routers=_routers(needs, workflows, people, rows, cards),
        loops={
            "runs": DueLoop(people.participants.store, handlers.on_due, clock, alarm=alarm, rings_itself=True),
            "run starts": DueLoop(starts, of_campaigns.on_start_due, clock),
            "run endings": DueLoop(endings, of_campaigns.on_ending_due, clock, at_once=8),
            "run orders": DueLoop(orders, of_campaigns.on_order_due, clock, at_once=4),
        },
        figures=WorkflowFigures(workflows, rows, relay.file_into(STIRRED_SPEC), clock),
        rows=rows,
        people=people,
        starts=starts,
    )


def _routers(
    needs: WorkflowNeeds, workflows: Workflows, people: People, rows: RunRows, cards: ContactCards
) -> tuple[APIRouter, ...]:
    """Runs come first: `/runs/{run_id}` must not be read as a workflow."""
    around = needs.around
    commands = WorkflowCommands(workflows, around.platform.clock)
    run_commands = RunCommands(workflows, people, rows, cards)
    return (
        runs_router(RunDeps(around.gate, workflows, run_commands, rows)),
        workflows_router(WorkflowDeps(around.gate, workflows, commands)),
        dry_run_router(
            DryRunDeps(
                gate=around.gate,
                workflows=workflows,
                campaigns=needs.campaigns,
                recipients=needs.recipients,
                tenants=around.copies.tenants,
                cards=cards,
                prices=needs.prices,
                clock=around.platform.clock,
            )
        ),
        internal_pages(
            around.name,
            "workflows",
            workflows.aggregates.store,
            lambda document: _trigger_row(workflows, document),
            around.platform.keyring,
        ),
    )


def _trigger_row(workflows: Workflows, document: Document) -> dict[str, Any]:
    workflow = workflows.aggregates.state_of(document)
    row = WorkflowUpdated(
        workflow_id=workflow.id,
        tenant_id=workflow.tenant_id,
        revision=workflow.revision,
        workflow={},
        trigger=trigger_wire(workflow),
    )
    return row.plain()
