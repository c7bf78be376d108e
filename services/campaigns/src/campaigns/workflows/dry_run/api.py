"""`POST /api/workflows/{id}/dry-run`: what a workflow would do, without sending."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from fastapi import APIRouter, Depends

from campaigns.campaigns.domain.campaign import Campaign
from campaigns.campaigns.store import Campaigns, Recipients
from campaigns.forecasts.domain.pricing import PriceSources, cost_of
from campaigns.workflows.definitions.store import Workflows
from campaigns.workflows.domain.definition import Definition, read
from campaigns.workflows.domain.run import ContactFacts, Person
from campaigns.workflows.dry_run.domain.script import Script, ScriptedReply
from campaigns.workflows.dry_run.domain.summary import Summary
from campaigns.workflows.dry_run.domain.walk import Stage
from campaigns.workflows.dry_run.runner import Page, Traveller, dry_run
from campaigns.workflows.dry_run.schemas import DryRunIn, DryRunOut, figures_wire, person_wire
from campaigns.workflows.runs.contacts import ContactCards
from shared.access.gate import Access, Principal
from shared.clock import Clock
from shared.errors import Invalid, NotFound
from shared.events import TenantChanged
from shared.internal.read_models import ReadModel
from shared.phone import to_e164

Prices = Callable[[str, datetime], Awaitable[PriceSources]]
"""Of a tenant, at a moment."""


@dataclass(frozen=True)
class DryRunDeps:
    gate: Access
    workflows: Workflows
    campaigns: Campaigns
    recipients: Recipients
    tenants: ReadModel[TenantChanged]
    cards: ContactCards
    prices: Prices
    clock: Clock
    one_at_a_time: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    """A dry run keeps a processor busy: several take turns, portion by portion, so that a short one is soon done."""


def dry_run_router(deps: DryRunDeps) -> APIRouter:
    routes = APIRouter(prefix="/api/workflows", tags=["campaigns"])

    @routes.post(
        "/{workflow_id}/dry-run",
        response_model=DryRunOut,
        summary="Walk a list through the newest version in virtual time, without sending",
        description="Everybody goes through the workflow by the rules of real runs, with replies from the script. A "
        "campaign's own text and window count too. The same request gives the same answer if `starts_at` is given.",
    )
    async def dry_run_workflow(workflow_id: str, body: DryRunIn, who: Principal = Depends(deps.gate.viewer)) -> Any:
        return await _answer(deps, who.tenant_id, workflow_id, body)

    return routes


async def _answer(deps: DryRunDeps, tenant_id: str, workflow_id: str, body: DryRunIn) -> dict[str, Any]:
    workflow = await deps.workflows.get(tenant_id, workflow_id)
    version = await deps.workflows.version(tenant_id, workflow_id, workflow.version)
    tenant = await deps.tenants.get(tenant_id)
    if tenant is None:
        raise NotFound("not_found", "There is no such tenant.")
    if (body.campaign_id is None) == (body.recipients is None):
        raise Invalid("invalid_request", "Give either campaign_id or recipients.")
    campaign = await deps.campaigns.get(tenant_id, body.campaign_id) if body.campaign_id else None
    stage = _stage(read(orjson.loads(version.definition)), tenant, campaign, body, body.starts_at or deps.clock.now())
    shown = body.per_recipient
    page = Page(int(shown.cursor or 0), shown.limit) if shown else Page()
    people = _of_campaign(deps, stage, campaign) if campaign else _of_body(body, tenant)
    summary = await dry_run(stage, people, page, deps.one_at_a_time)
    cost = cost_of(summary.parts_by_country, await deps.prices(tenant_id, stage.starts_at))
    return {
        "version": version.version,
        "starts_at": stage.starts_at,
        **figures_wire(summary),
        "cost": cost.plain(),
        "per_recipient": _shown(page, summary) if shown else None,
    }


def _stage(
    definition: Definition, tenant: TenantChanged, campaign: Campaign | None, body: DryRunIn, starts_at: datetime
) -> Stage:
    """Raises `Invalid` for a reply to a step that does not exist."""
    replies: list[ScriptedReply] = []
    for index, reply in enumerate(body.replies):
        if reply.to_step not in definition.nodes:
            raise _invalid(f"replies[{index}].to_step", f"there is no step {reply.to_step}")
        replies.append(reply.value(_number(reply.phone_number, tenant, f"replies[{index}]")))
    return Stage(
        definition=definition,
        script=Script(replies),
        starts_at=starts_at.astimezone(UTC),
        hours=(campaign and campaign.send_window) or tenant.quiet_hours,
        quiet_seconds=tenant.quiet_seconds,
        opening=campaign.text or None if campaign else None,
    )


async def _of_campaign(deps: DryRunDeps, stage: Stage, campaign: Campaign) -> AsyncIterator[Traveller]:
    async for row in deps.recipients.each(campaign):
        person = Person(phone_number=row.phone_number, name=row.name, company=row.company, fields=row.fields)
        yield Traveller(person, await deps.cards.facts_for(stage.definition, campaign.tenant_id, person))


async def _of_body(body: DryRunIn, tenant: TenantChanged) -> AsyncIterator[Traveller]:
    """A column that some of them have reads as empty for the others."""
    rows = body.recipients or []
    columns = dict.fromkeys((name for row in rows for name in row.fields), "")
    for index, row in enumerate(rows):
        number = _number(row.phone_number, tenant, f"recipients[{index}]")
        fields = tuple((columns | row.fields).items())
        person = Person(phone_number=number or "", name=row.name, company=row.company, fields=fields)
        yield Traveller(person, ContactFacts(timezone=row.timezone))


def _number(text: str | None, tenant: TenantChanged, path: str) -> str | None:
    if text is None:
        return None
    try:
        return to_e164(text, tenant.default_region)
    except Invalid as invalid:
        raise _invalid(f"{path}.phone_number", invalid.detail) from None


def _invalid(field: str, problem: str) -> Invalid:
    return Invalid("invalid_request", f"{field}: {problem}", [{"field": field, "problem": problem}])


def _shown(page: Page, summary: Summary) -> dict[str, Any]:
    after = page.start + len(page.walks)
    more = after < summary.recipients and page.walks
    return {
        "items": [person_wire(walk, summary) for walk in page.walks],
        "next_cursor": str(after) if more else None,
    }
