"""Judgements by guide, filed by threads, and the state of each guide's autopilot."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from datetime import datetime

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
from conversation.guides.domain.guide import Guide
from shared.aggregates import Aggregates, Cause, Decision, Kind
from shared.database.protocol import Collection, CollectionSpec, In, Range, Sort

log = structlog.get_logger()

JUDGEMENT_SPEC = CollectionSpec(
    JUDGEMENTS,
    {"tenant_id": "str", "guide_id": "str", "at": "datetime"},
    (("tenant_id", "guide_id", "at"), ("tenant_id", "at")),
)
AUTOPILOTS = Kind("autopilots", AutopilotState)
SettingOf = Callable[[str, str], Awaitable[Autopilot | None]]
READ = 3
"""Times `least`: hand-overs lie between the answers that are counted."""


class Autopilots:
    """`setting_of` reads a guide's setting; None: the tenant has no such guide."""

    def __init__(self, states: Aggregates[AutopilotState], judgements: Collection, setting_of: SettingOf) -> None:
        self._states = states
        self._judgements = judgements
        self._setting_of = setting_of

    async def reconsider(self, tenant_id: str, guide_id: str, cause: Cause) -> None:
        """A judgement has been filed, or the setting has changed: does the guide gain or lose its autopilot?"""
        setting = await self._setting_of(tenant_id, guide_id)
        if setting is None or setting.ceiling != "earned":
            return
        present = await self.state(tenant_id, guide_id)
        judgements = await self._latest(tenant_id, guide_id, setting, present.since)

        def changed(state: AutopilotState | None) -> Decision[AutopilotState] | None:
            after = decide(state or present, setting, judgements)
            return Decision(after) if after else None

        change = await self._states.change(_key(tenant_id, guide_id), cause, changed)
        if change.fresh and change.state:
            log.info("autopilot_changed", guide=guide_id, earned=change.state.earned, why=change.state.changes[-1].why)

    async def allowances(self, tenant_id: str, guides: Iterable[Guide]) -> Mapping[str, Allowance]:
        """What these guides allow now. Only guides that earn their autopilot cost a read."""
        limiting = {guide.id: guide.autopilot for guide in guides if guide.autopilot.ceiling != "auto"}
        earning = [guide_id for guide_id, setting in limiting.items() if setting.ceiling == "earned"]
        earned = await self._earned(tenant_id, earning) if earning else frozenset[str]()
        return {
            guide_id: allowance(setting, earned=_key(tenant_id, guide_id) in earned)
            for guide_id, setting in limiting.items()
        }

    async def state(self, tenant_id: str, guide_id: str) -> AutopilotState:
        key = _key(tenant_id, guide_id)
        return await self._states.get(key) or AutopilotState(id=key, tenant_id=tenant_id)

    async def report(self, tenant_id: str, guide_id: str, setting: Autopilot) -> AutopilotReport:
        state = await self.state(tenant_id, guide_id)
        since = state.since if setting.ceiling == "earned" else None
        found = score(await self._latest(tenant_id, guide_id, setting, since), since, setting.least)
        return report(setting, state, found)

    async def forget(self, tenant_id: str, before: datetime) -> AsyncGenerator[int]:
        yield await self._judgements.delete({"tenant_id": tenant_id, "at": Range(lt=before)})

    async def _earned(self, tenant_id: str, guide_ids: list[str]) -> frozenset[str]:
        """Keys of those that have their autopilot."""
        ids = [_key(tenant_id, guide_id) for guide_id in guide_ids]
        page = await self._states.find({"id": In(ids)}, limit=len(ids))
        states = [self._states.state_of(document) for document in page.items]
        return frozenset(state.id for state in states if state.earned)

    async def _latest(
        self, tenant_id: str, guide_id: str, setting: Autopilot, since: datetime | None
    ) -> list[Judgement]:
        where = {"tenant_id": tenant_id, "guide_id": guide_id} | ({"at": Range(gt=since)} if since else {})
        page = await self._judgements.find(where, sort=Sort("at", descending=True), limit=READ * setting.least)
        return [Judgement.read({**row, "run_id": row["id"]}) for row in page.items]


def _key(tenant_id: str, guide_id: str) -> str:
    return f"{tenant_id}|{guide_id}"
