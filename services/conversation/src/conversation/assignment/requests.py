"""Requests about the round robin: who takes part, and who is away."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from conversation.assignment.domain.rules import AssignmentRule, AssignmentRules, set_away, set_rules
from conversation.assignment.rules import RulesOfTenants
from conversation.numbers import Numbers
from conversation.references import References
from shared.access.gate import Principal
from shared.clock import Clock
from shared.errors import Invalid


@dataclass(frozen=True)
class AssignmentRequests:
    rules: RulesOfTenants
    numbers: Numbers
    references: References
    clock: Clock

    async def set_rules(self, who: Principal, rules: tuple[AssignmentRule, ...]) -> AssignmentRules:
        """Raises `Invalid("unknown_number" | "unknown_assignee" | "number_twice")`, `Unavailable`."""
        present, now = await self.rules.of_tenant(who.tenant_id), self.clock.now()
        numbers = [rule.number for rule in rules]
        if len(set(numbers)) < len(numbers):
            raise Invalid("number_twice", "each number has one rule at most")
        known = {rule.number for rule in present.rules} | {None}
        for number in numbers:
            if number not in known:
                await self.numbers.sending_number(who.tenant_id, number)
        before = {id for rule in present.rules for id in rule.user_ids}
        await self._require_users(who.tenant_id, {id for rule in rules for id in rule.user_ids} - before)
        return await self.rules.change(who.tenant_id, lambda kept: set_rules(kept, rules, now))

    async def set_away(self, who: Principal, user_id: str, *, away: bool) -> AssignmentRules:
        now = self.clock.now()
        if away:
            await self._require_users(who.tenant_id, {user_id})
        return await self.rules.change(who.tenant_id, lambda kept: set_away(kept, user_id, now, away=away))

    async def _require_users(self, tenant_id: str, ids: set[str]) -> None:
        wanted = sorted(ids)
        active = await asyncio.gather(*(self.references.is_user(tenant_id, id) for id in wanted))
        unknown = [id for id, is_user in zip(wanted, active, strict=True) if not is_user]
        if unknown:
            raise Invalid("unknown_assignee", f"not an active user of your tenant: {', '.join(unknown)}")
