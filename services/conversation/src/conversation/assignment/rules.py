"""Every tenant's rules, held in memory: a text must cost no read where the round robin is off.

A change reaches the instance that makes it at once; the others look for changes every second.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from conversation.assignment.domain.rules import AssignmentRules
from shared.aggregates import Aggregates, Cause, Decision, Kind
from shared.clock import Clock
from shared.database.paging import documents
from shared.database.protocol import Range, Sort
from shared.errors import ParleyError

log = structlog.get_logger()

REFRESH_SECONDS = 1.0
OVERLAP = timedelta(seconds=10)
"""More than clocks of instances may differ, which is 2 s."""
ASSIGNMENT_RULES = Kind(
    "assignment_rules",
    AssignmentRules,
    fields={"changed_at": "datetime"},
    indexes=(("changed_at",),),
    index=lambda rules: {"changed_at": rules.changed_at},
)


class RulesOfTenants:
    def __init__(self, aggregates: Aggregates[AssignmentRules], clock: Clock) -> None:
        self._aggregates = aggregates
        self._clock = clock
        self._known: dict[str, AssignmentRules] = {}
        self._read_to: datetime | None = None

    async def known(self) -> None:
        """Read them, if this instance never did."""
        if self._read_to is None:
            await self.once()

    def present_of(self, tenant_id: str, number: str) -> tuple[str, ...]:
        """Who may be assigned a conversation of this number now, as far as this instance knows."""
        known = self._known.get(tenant_id)
        return known.present_of(number) if known else ()

    def line_of(self, tenant_id: str, number: str) -> str:
        """What shares one rotation: a number with a rule of its own, or all the others ("*")."""
        known = self._known.get(tenant_id)
        rule = known.rule_of(number) if known else None
        return (rule.number if rule else None) or "*"

    async def of_tenant(self, tenant_id: str) -> AssignmentRules:
        """From the store."""
        return await self._aggregates.get(tenant_id) or AssignmentRules()

    async def change(
        self, tenant_id: str, decide: Callable[[AssignmentRules], Decision[AssignmentRules] | None]
    ) -> AssignmentRules:
        change = await self._aggregates.change(
            tenant_id, Cause.request(tenant_id), lambda rules: decide(rules or AssignmentRules())
        )
        rules = change.state or AssignmentRules()
        self._note(tenant_id, rules)
        return rules

    async def once(self) -> None:
        """Read what has changed since the last time; at first all."""
        now, since = self._clock.now(), self._read_to
        where = {"changed_at": Range(gte=since - OVERLAP)} if since else {}
        async for document in documents(self._aggregates.store, where, Sort("changed_at") if since else Sort()):
            self._note(document["id"], self._aggregates.state_of(document))
        self._read_to = now

    async def run(self) -> None:
        """For ever; what fails is tried again."""
        while True:
            try:
                await self.once()
            except ParleyError as error:
                log.info("assignment_rules_not_read", code=error.code, detail=error.operator_detail)
            await asyncio.sleep(REFRESH_SECONDS)

    def _note(self, tenant_id: str, rules: AssignmentRules) -> None:
        present = self._known.get(tenant_id)
        if present is None or present.revision < rules.revision:
            self._known[tenant_id] = rules
