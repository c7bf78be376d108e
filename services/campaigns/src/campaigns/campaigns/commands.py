"""What people ask of campaigns: made, changed, copied, started, and their recipients added and taken away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from campaigns.campaigns.domain import lifecycle
from campaigns.campaigns.domain.campaign import Campaign
from campaigns.campaigns.domain.clocks import common_hours, read_clock, require_near
from campaigns.campaigns.domain.lifecycle import Asked, Start
from campaigns.campaigns.domain.rows import Checked, GivenRow, already_there, check
from campaigns.campaigns.domain.wire import decided
from campaigns.campaigns.looks import Looks
from campaigns.copies import Copies
from shared.access.gate import Principal
from shared.aggregates import Cause, Decision
from shared.errors import Invalid, NotFound, Refused
from shared.events import TenantChanged, lack_of
from shared.http.idempotency import RequestKey, digest, require_same
from shared.service.alarm import Alarm
from shared.text_templates.template import parse

WorkflowVersion = Callable[[str, str], Awaitable[int]]
"""The active version of a tenant's workflow. Raises `NotFound`, or `Refused` if none is active."""


@dataclass(frozen=True)
class CampaignCommands:
    looks: Looks
    copies: Copies
    alarm: Alarm
    """Of the worker that looks after campaigns."""
    workflow_version: WorkflowVersion

    async def create(self, who: Principal, fields: dict[str, Any], key: RequestKey) -> Campaign:
        await self._check(who.tenant_id, fields)
        id = key.id_for("cmp", who.tenant_id, "campaigns")
        new = Campaign(
            id=id, tenant_id=who.tenant_id, created_at=self.looks.clock.now(), body_digest=digest(_plain(fields)),
            **fields,
        )  # fmt: skip
        return await self._begin(new, key, "create campaign")

    async def copy(
        self, who: Principal, campaign_id: str, key: RequestKey, *, recipients: bool, name: str | None
    ) -> Campaign:
        """A new draft with the same words, numbers, hours and workflow; its recipients follow page by page."""
        source = await self.looks.campaigns.get(who.tenant_id, campaign_id)
        id = key.id_for("cmp", who.tenant_id, f"copy|{campaign_id}")
        now = self.looks.clock.now()
        new = Campaign(
            id=id, tenant_id=who.tenant_id, created_at=now, name=name or f"{source.name} (copy)", text=source.text,
            from_numbers=source.from_numbers, workflow_id=source.workflow_id, send_window=source.send_window,
            body_digest=digest([recipients, name]),
        )  # fmt: skip
        if recipients:
            new = new.but(copies=source.id, importing=(lifecycle.COPYING,), due_at=now)
        return await self._begin(new, key, "copy campaign")

    async def _begin(self, new: Campaign, key: RequestKey, route: str) -> Campaign:
        def decide(known: Campaign | None) -> Decision[Campaign] | None:
            if known is None:
                return decided(None, new)
            require_same(known.body_digest, new.body_digest or "")
            return None

        cause = key.cause(new.tenant_id, route, new.id)
        change = await self.looks.campaigns.aggregates.change(new.id, cause, decide, publish_later=True)
        self.alarm.ring()
        made = change.state or new
        if change.fresh:
            return made
        require_same(made.body_digest, new.body_digest or "")
        return await self.looks.fresh(await self.looks.campaigns.get(new.tenant_id, new.id))

    async def edit(self, who: Principal, campaign_id: str, changes: dict[str, Any]) -> Campaign:
        await self._check(who.tenant_id, changes)
        return await self._ask(who, campaign_id, Asked(None, ""), lambda known: lifecycle.edit(known, changes))

    async def delete(self, who: Principal, campaign_id: str) -> None:
        now = self.looks.clock.now()
        await self.looks.campaigns.change(
            who.tenant_id, campaign_id, Cause.request(who.tenant_id), lambda known: lifecycle.delete(known, now)
        )
        self.alarm.ring()

    async def start(
        self, who: Principal, campaign_id: str, key: RequestKey, at: datetime | None, local_time: str | None
    ) -> Campaign:
        campaign, now = await self.looks.campaigns.get(who.tenant_id, campaign_id), self.looks.clock.now()
        asked = asked_under("start", key, [at and at.isoformat(), local_time])
        local = datetime.fromisoformat(local_time) if local_time else None
        require_near(now, at, local)
        self._require_hours(campaign, await self.tenant(who.tenant_id))
        seen = await self.looks.seen(campaign)
        if local:
            clocks = [read_clock(clock) for clock in seen.stages.waiting]
            at = min((clock.at_local(local, now) for clock in clocks), default=now)
        version = None
        if campaign.workflow_id and campaign.state == "draft":
            version = await self.workflow_version(who.tenant_id, campaign.workflow_id)
        how = Start(now, seen.figures, version, at and max(at, now), local_time)
        return await self._ask(who, campaign_id, asked, lambda known: lifecycle.start(known, how))

    def _require_hours(self, campaign: Campaign, tenant: TenantChanged) -> None:
        quiet, window = tenant.quiet_hours, campaign.send_window
        if window and common_hours(quiet, window) is None:
            raise Refused(
                "no_common_hours",
                f"The campaign's hours ({window.opens} to {window.closes}) lie outside the hours in which your texts "
                f"may leave ({quiet.opens} to {quiet.closes}), so nothing would be sent; change one of them.",
            )

    async def unschedule(self, who: Principal, campaign_id: str, key: RequestKey) -> Campaign:
        return await self._ask(who, campaign_id, asked_under("unschedule", key), lifecycle.unschedule)

    async def resume(self, who: Principal, campaign_id: str, key: RequestKey) -> Campaign:
        figures = (await self.looks.seen(await self.looks.campaigns.get(who.tenant_id, campaign_id))).figures
        now = self.looks.clock.now()
        return await self._ask(
            who, campaign_id, asked_under("resume", key), lambda known: lifecycle.resume(known, figures, now)
        )

    async def retry(self, who: Principal, campaign_id: str, key: RequestKey, reasons: tuple[str, ...]) -> Campaign:
        now, asked = self.looks.clock.now(), asked_under("retry", key, list(reasons))
        return await self._ask(who, campaign_id, asked, lambda known: lifecycle.retry(known, reasons, now))

    async def add_recipients(self, who: Principal, campaign_id: str, key: RequestKey, given: list[GivenRow]) -> Checked:
        tenant = await self.tenant(who.tenant_id)
        campaign = await self.looks.campaigns.mark(who.tenant_id, campaign_id, asked_under("recipients", key, given))
        found = check(given, tenant.default_region, tenant.allowed_regions)
        rows = [row.but(row=place) for place, row in found.rows.items()]
        request_id = key.id_for("req", who.tenant_id, f"recipients|{campaign_id}")
        added = await self.looks.recipients.add_once(campaign, rows, request_id)
        for index, is_new in zip(list(found.rows), added, strict=True):
            if not is_new:
                del found.rows[index]
                found.rejected.append(already_there(index))
        found.rejected.sort(key=lambda rejected: rejected.index)
        return found

    async def remove_recipient(self, who: Principal, campaign_id: str, recipient_id: str) -> None:
        campaign = await self.looks.campaigns.get(who.tenant_id, campaign_id)
        lifecycle.require(campaign, "draft", code="not_a_draft", detail="Only recipients of a draft can be taken away.")
        if not await self.looks.recipients.remove(campaign, recipient_id):
            raise NotFound("not_found", "There is no such recipient.")

    async def _ask(
        self, who: Principal, campaign_id: str, asked: Asked, decide: Callable[[Campaign], Decision[Campaign] | None]
    ) -> Campaign:
        change = await self.looks.campaigns.change(
            who.tenant_id,
            campaign_id,
            Cause.request(who.tenant_id),
            lambda known: lifecycle.once(known, asked, decide),
        )
        self.alarm.ring()
        return await self.looks.fresh(change.state or await self.looks.campaigns.get(who.tenant_id, campaign_id))

    async def tenant(self, tenant_id: str) -> TenantChanged:
        tenant = await self.copies.tenants.get(tenant_id)
        if tenant is None:
            raise NotFound("not_found", "There is no such campaign.")
        return tenant

    async def _check(self, tenant_id: str, fields: dict[str, Any]) -> None:
        """What only others know: numbers and workflows of the tenant. Raises `Invalid`."""
        if fields.get("text"):
            parse(fields["text"])
        for text in fields.get("from_numbers", ()):
            number = await self.copies.numbers.get(text)
            if number is None or number.tenant_id != tenant_id or not number.active:
                raise Invalid("number_not_yours", f"{text} is not an active number of yours.")
            if lack := lack_of(number, ()):
                raise Invalid(lack.code, lack.detail)


def asked_under(what: str, key: RequestKey, body: Any = None) -> Asked:
    return Asked(f"{what}|{key.value}" if key.value else None, digest(body))


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value.jsonable() if hasattr(value, "jsonable") else value for name, value in fields.items()}
