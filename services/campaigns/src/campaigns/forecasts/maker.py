"""Makes a forecast: reads the recipients page by page, so that memory stays flat and other work goes on in between.

A large list takes a minute. The forecast goes on if the caller leaves, and is kept in the campaign; a second caller
waits for the same one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from campaigns.campaigns.domain.campaign import Campaign, CampaignState
from campaigns.campaigns.domain.clocks import common_hours, read_clock, require_near
from campaigns.campaigns.domain.recipient import Recipient
from campaigns.campaigns.domain.wire import decided
from campaigns.forecasts.domain.finish import Group, finish
from campaigns.forecasts.domain.forecast import Finish, Forecast
from campaigns.forecasts.domain.pricing import cost_of
from campaigns.forecasts.domain.survey import Survey
from campaigns.forecasts.known_contacts import KnownContacts
from campaigns.forecasts.sources import ForecastSources
from shared.aggregates import Cause, Decision
from shared.clock import Clock
from shared.errors import NotFound, Refused
from shared.events import TenantChanged
from shared.text_templates.template import parse

PAGE = 200
"""Recipients between two moments at which other work may go on: some 5 ms."""
AT_ONCE = 2
"""Forecasts of one process; the others wait."""
MADE_FOR: frozenset[CampaignState] = frozenset({"draft", "scheduled", "paused"})


@dataclass(frozen=True)
class StartTime:
    """When the campaign would start. Neither: as it is scheduled, else now."""

    at: datetime | None = None
    local_time: str | None = None
    """On each recipient's clock: `2026-12-01T10:00`."""


class ForecastMaker:
    def __init__(self, sources: ForecastSources, contacts: KnownContacts, clock: Clock) -> None:
        self._sources = sources
        self._contacts = contacts
        self._clock = clock
        self._making: dict[tuple[str, int, StartTime], asyncio.Task[Forecast]] = {}
        self._room = asyncio.Semaphore(AT_ONCE)

    async def make(self, tenant_id: str, campaign_id: str, start: StartTime) -> Forecast:
        """Raises `NotFound`, `Invalid` for a start more than a year away, and `Refused("not_forecast")` for a campaign
        that is running or over."""
        campaign = await self._sources.campaigns.get(tenant_id, campaign_id)
        if campaign.state not in MADE_FOR:
            raise Refused("not_forecast", f"This campaign is {campaign.state}; see its report instead.")
        local = datetime.fromisoformat(start.local_time) if start.local_time else None
        require_near(self._clock.now(), start.at, local)
        key = (campaign.id, campaign.revision, start)
        if key not in self._making:
            self._making[key] = asyncio.create_task(self._make(campaign, start))
            self._making[key].add_done_callback(lambda _task: self._making.pop(key, None))
        return await asyncio.shield(self._making[key])

    async def _make(self, campaign: Campaign, start: StartTime) -> Forecast:
        async with self._room:
            tenant = await self._sources.copies.tenants.get(campaign.tenant_id)
            if tenant is None:
                raise NotFound("not_found", "There is no such campaign.")
            now = self._clock.now()
            begins = max(now, start.at or campaign.starts_at or now)
            survey = Survey(parse(campaign.text) if campaign.text else None, tenant, begins)
            await self._go_through(campaign, survey)
            forecast = await self._forecast(campaign, tenant, survey, start.local_time or campaign.local_time)
            await self._keep(campaign, forecast)
            return forecast

    async def _go_through(self, campaign: Campaign, survey: Survey) -> None:
        async for page in self._pages(campaign):
            contacts = await self._contacts.of(campaign.tenant_id, [recipient.phone_number for recipient in page])
            for recipient in page:
                survey.look_at(recipient, contacts.get(recipient.phone_number))
            await asyncio.sleep(0)

    async def _pages(self, campaign: Campaign) -> AsyncIterator[list[Recipient]]:
        page: list[Recipient] = []
        async for recipient in self._sources.recipients.each(campaign, state="pending"):
            page.append(recipient)
            if len(page) == PAGE:
                yield page
                page = []
        if page:
            yield page

    async def _forecast(
        self, campaign: Campaign, tenant: TenantChanged, survey: Survey, local_time: str | None
    ) -> Forecast:
        history = await self._sources.opt_outs(campaign.tenant_id, campaign.id)
        prices = await self._sources.prices(campaign.tenant_id, survey.now)
        starts = start_of_clocks(survey, local_time)
        return Forecast(
            recipients=survey.recipients,
            kept=survey.kept,
            skipped=tuple(sorted(survey.skipped.items())),
            parts=tuple(sorted(survey.parts.items())),
            ucs2=survey.ucs2,
            cost=cost_of(survey.parts_by_country, prices),
            finishes_at=await self._finish(campaign, tenant, survey, starts.at),
            expected_opt_outs=history.expected(survey.kept),
            opt_out_history=history,
            next_day=starts.next_day,
            costliest=survey.costliest,
            made_at=self._clock.now(),
        )

    async def _finish(
        self, campaign: Campaign, tenant: TenantChanged, survey: Survey, starts: dict[str, datetime]
    ) -> Finish:
        hours = common_hours(tenant.quiet_hours, campaign.send_window)
        if hours is None:
            return Finish(earliest=None, latest=None)
        groups = [Group(read_clock(name), n, starts[name]) for name, n in survey.parts_by_clock.items()]
        capacity = await self._sources.capacity(campaign, tenant)
        return await asyncio.to_thread(finish, groups, capacity, hours)

    async def _keep(self, campaign: Campaign, forecast: Forecast) -> None:
        cause = Cause.due(campaign.tenant_id, f"forecast|{campaign.id}|{forecast.made_at.isoformat()}", campaign.id)

        def keep(known: Campaign) -> Decision[Campaign] | None:
            """Not once it has started (its forecast is the one made before), or if it was rewritten."""
            if known.started_at or known.state not in MADE_FOR or _meant(known) != _meant(campaign):
                return None
            return decided(known, known.but(forecast=forecast))

        await self._sources.campaigns.change(campaign.tenant_id, campaign.id, cause, keep)


def _meant(campaign: Campaign) -> tuple[object, ...]:
    return campaign.text, campaign.from_numbers, campaign.send_window, campaign.workflow_id


@dataclass(frozen=True)
class ClockStarts:
    """When each group of recipients may be texted from, and how many have to wait for the next day."""

    at: dict[str, datetime]
    next_day: int = 0


def start_of_clocks(survey: Survey, local_time: str | None) -> ClockStarts:
    """With a local time, each group begins at that time of its own clock."""
    if local_time is None:
        return ClockStarts(dict.fromkeys(survey.kept_by_clock, survey.now))
    local = datetime.fromisoformat(local_time)
    at = {name: read_clock(name).at_local(local, survey.now) for name in survey.kept_by_clock}
    late = (n for name, n in survey.kept_by_clock.items() if read_clock(name).at_local(local, _ANY_TIME) < survey.now)
    return ClockStarts(at, sum(late))


_ANY_TIME = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
