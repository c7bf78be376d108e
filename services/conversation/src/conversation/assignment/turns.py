"""Gives the next user the next unassigned conversation. Where the round robin is off this costs nothing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from conversation.assignment.domain.rotation import Rotation, take_turn
from conversation.assignment.rules import RulesOfTenants
from conversation.domain.thread.model import Thread
from conversation.domain.thread.resumption import resumes
from conversation.references import References
from conversation.store import Threads
from shared.aggregates import Aggregates, Cause, Kind
from shared.clock import Clock
from shared.errors import Unavailable
from shared.events import SmsInbound, TenantChanged, thread_id

ROTATIONS = Kind("rotations", Rotation)
ACTIVE_KNOWN_SECONDS = 30.0
"""How long accounts' word on a user counts."""


@dataclass(frozen=True)
class Turns:
    rules: RulesOfTenants
    rotations: Aggregates[Rotation]
    threads: Threads
    references: References
    clock: Clock
    _active: dict[str, tuple[float, bool]] = field(default_factory=dict[str, tuple[float, bool]])
    """By user: until when the answer counts, and the answer."""

    async def next_for(self, text: SmsInbound, tenant: TenantChanged) -> str | None:
        """Who is assigned the conversation that this text joins; None: nobody, or it is assigned already.

        The turn is kept under the conversation's period, so that the text delivered again takes no second one.
        """
        await self.rules.known()
        users = self.rules.present_of(tenant.tenant_id, text.number)
        if not users or text.keyword:
            return None
        id = thread_id(tenant.tenant_id, text.number, text.contact)
        thread = await self.threads.get(id)
        if thread is not None and not _is_unassigned(thread, text, tenant):
            return None
        active = await self._active_of(tenant.tenant_id, users)
        if not active:
            return None
        key = f"{id}|{_period(thread, text, tenant)}"
        cause = Cause.due(tenant.tenant_id, f"turn|{key}", text.message_id)
        rotation = f"{tenant.tenant_id}|{self.rules.line_of(tenant.tenant_id, text.number)}"
        change = await self.rotations.change(rotation, cause, lambda state: take_turn(state or Rotation(), key, active))
        return change.answer

    async def _active_of(self, tenant_id: str, users: tuple[str, ...]) -> list[str]:
        known = await asyncio.gather(*(self._is_active(tenant_id, id) for id in users))
        return [id for id, active in zip(users, known, strict=True) if active]

    async def _is_active(self, tenant_id: str, user_id: str) -> bool:
        """While accounts is away, a user counts as active: a text never waits for it."""
        now = self.clock.monotonic()
        until, active = self._active.get(user_id, (0.0, True))
        if until > now:
            return active
        try:
            active = await self.references.is_user(tenant_id, user_id)
        except Unavailable:
            return True
        self._active[user_id] = (now + ACTIVE_KNOWN_SECONDS, active)
        return active


def _is_unassigned(thread: Thread, text: SmsInbound, tenant: TenantChanged) -> bool:
    latest = thread.latest
    return latest is None or latest.assignee is None or not resumes(latest, text.effective_at, tenant.resume_days)


def _period(thread: Thread | None, text: SmsInbound, tenant: TenantChanged) -> int:
    if thread is None or thread.latest is None:
        return 1
    return thread.periods + (not resumes(thread.latest, text.effective_at, tenant.resume_days))
