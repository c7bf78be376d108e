"""Judgements by guide, filed by threads, and the state of each guide's autopilot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import structlog

from conversation.domain.judgement.autopilot import (
    Allowance,
    Autopilot,
    AutopilotState,
    Judgement,
    allowance,
    decide,
    score,
)
from conversation.domain.judgement.autopilot_report import AutopilotReport, report
from conversation.domain.judgement.judge import JUDGEMENTS
from shared.aggregates import Aggregates, Cause, Decision, Kind
from shared.clock import Clock
from shared.database.protocol import Collection, CollectionSpec, Range, Sort

log = structlog.get_logger()

JUDGEMENT_SPEC = CollectionSpec(
    JUDGEMENTS,
    {"tenant_id": "str", "guide_id": "str", "at": "datetime"},
    (("tenant_id", "guide_id", "at"), ("at",)),
)
AUTOPILOTS = Kind("autopilots", AutopilotState)
KEPT = timedelta(days=180)
READ = 3
"""Times `least`: hand-overs lie between the answers that are counted."""


class Autopilots:
    def __init__(self, states: Aggregates[AutopilotState], judgements: Collection, clock: Clock) -> None:
        self._states = states
        self._judgements = judgements
        self._clock = clock

    async def reconsider(self, tenant_id: str, guide_id: str, setting: Autopilot, cause: Cause) -> None:
        """A judgement has been filed, or the setting has changed: does the guide gain or lose its autopilot?"""
        if setting.ceiling != "earned":
            return
        present = await self.state(tenant_id, guide_id)
        judgements = await self._latest(tenant_id, guide_id, setting, present.since)

        def changed(state: AutopilotState | None) -> Decision[AutopilotState] | None:
            after = decide(state or present, setting, judgements)
            return Decision(after) if after else None

        change = await self._states.change(_key(tenant_id, guide_id), cause, changed)
        if change.fresh and change.state:
            log.info("autopilot_changed", guide=guide_id, earned=change.state.earned, why=change.state.changes[-1].why)

    async def allowances(self, tenant_id: str, settings: Iterable[tuple[str, Autopilot]]) -> Mapping[str, Allowance]:
        """What these guides allow now. Only a guide that earns its autopilot costs a read."""
        return {
            guide_id: allowance(setting, earned=await self._is_earned(tenant_id, guide_id, setting))
            for guide_id, setting in settings
            if setting.ceiling != "auto"
        }

    async def state(self, tenant_id: str, guide_id: str) -> AutopilotState:
        key = _key(tenant_id, guide_id)
        return await self._states.get(key) or AutopilotState(id=key, tenant_id=tenant_id)

    async def report(self, tenant_id: str, guide_id: str, setting: Autopilot) -> AutopilotReport:
        state = await self.state(tenant_id, guide_id)
        since = state.since if setting.ceiling == "earned" else None
        found = score(await self._latest(tenant_id, guide_id, setting, since), since, setting.least)
        return report(setting, state, found)

    async def forget_old(self) -> int:
        return await self._judgements.delete({"at": Range(lt=self._clock.now() - KEPT)})

    async def _is_earned(self, tenant_id: str, guide_id: str, setting: Autopilot) -> bool:
        return setting.ceiling == "earned" and (await self.state(tenant_id, guide_id)).earned

    async def _latest(
        self, tenant_id: str, guide_id: str, setting: Autopilot, since: datetime | None
    ) -> list[Judgement]:
        where = {"tenant_id": tenant_id, "guide_id": guide_id} | ({"at": Range(gt=since)} if since else {})
        page = await self._judgements.find(where, sort=Sort("at", descending=True), limit=READ * setting.least)
        return [Judgement.read({**row, "run_id": row["id"]}) for row in page.items]


def _key(tenant_id: str, guide_id: str) -> str:
    return f"{tenant_id}|{guide_id}"
