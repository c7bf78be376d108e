"""A look at a running campaign: what may be fed now, what holds it, whether it has finished, and when to look again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaigns.campaigns.domain.campaign import Campaign, Hold
from campaigns.campaigns.domain.clocks import common_hours, read_clock
from campaigns.campaigns.domain.pool import Pool
from campaigns.campaigns.domain.stages import Stages
from shared.events import TenantChanged

SOON = timedelta(seconds=0.5)
"""While texts are on their way: their reports make room."""
LATER = timedelta(seconds=10)
"""While nothing can be done: settings may change at any time."""
HOLDING = frozenset({"budget", "daily_parts", "quiet_hours", "connection_key_unreadable"})
"""What sender may say of a queued text that goes away by itself and is worth showing."""


@dataclass(frozen=True)
class OpenClock:
    """Recipients with this clock may be texted now, until it closes."""

    clock: str
    closes: datetime


@dataclass(frozen=True)
class Opening:
    open: tuple[OpenClock, ...]
    """Those that close first come first."""
    next_at: datetime | None
    """When the next closed one opens."""
    out_of_hours: bool
    """Somebody's local start has come, but it is no hour for texts there."""


@dataclass(frozen=True)
class Plan:
    feed: tuple[OpenClock, ...]
    room: int
    holds: frozenset[str]
    next_at: datetime

    @property
    def feeds(self) -> bool:
        return self.room > 0 and bool(self.feed)


def opening(campaign: Campaign, waiting: Mapping[str, int], tenant: TenantChanged, now: datetime) -> Opening:
    hours = common_hours(tenant.quiet_hours, campaign.send_window)
    local = datetime.fromisoformat(campaign.local_time) if campaign.local_time else None
    open_now: list[OpenClock] = []
    later: list[datetime] = []
    out_of_hours = False
    for text in waiting:
        clock = read_clock(text)
        begins = clock.at_local(local, campaign.asked_at or campaign.created_at) if local else now
        if begins > now:
            later.append(begins)
            continue
        opens = clock.opens(hours, now) if hours else now + LATER
        if hours and opens <= now:
            open_now.append(OpenClock(text, clock.closes(hours, now)))
        else:
            out_of_hours = True
            later.append(opens)
    open_now.sort(key=lambda each: each.closes)
    return Opening(tuple(open_now), min(later, default=None), out_of_hours)


def plan(
    campaign: Campaign, stages: Stages, tenant: TenantChanged | None, pool: Pool, now: datetime, *, parts: int = 1
) -> Plan:
    """`parts`: of a usual text of this campaign."""
    holds = {reason for reason in stages.queued_for if reason in HOLDING}
    busy = now + (SOON if stages.outstanding else LATER)
    if tenant is None or tenant.status != "active":
        return Plan((), 0, frozenset({"tenant_suspended"}), now + LATER)
    if stages.waiting and not pool.numbers:
        return Plan((), 0, frozenset({*holds, "no_active_number"}), busy)
    found = opening(campaign, stages.waiting, tenant, now)
    if found.out_of_hours and not found.open and not stages.outstanding:
        holds.add("quiet_hours")
    next_at = min(busy, found.next_at) if found.next_at else busy
    room = max(0, pool.room(parts) - stages.outstanding)
    return Plan(found.open, room, frozenset(holds), next_at)


def held(known: tuple[Hold, ...], reasons: Iterable[str], now: datetime) -> tuple[Hold, ...]:
    """A hold keeps the moment it began, and goes when its reason does."""
    since = {hold.reason: hold.since for hold in known}
    return tuple(Hold(reason=reason, since=since.get(reason, now)) for reason in sorted(reasons))
