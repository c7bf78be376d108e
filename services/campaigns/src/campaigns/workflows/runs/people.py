"""Changes one person's runs: loads what the decision needs, decides, saves once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from campaigns.copies import Copies
from campaigns.workflows.definitions.scripts import Scripts
from campaigns.workflows.domain.run import Run
from campaigns.workflows.runs.domain.edit import Edit
from campaigns.workflows.runs.domain.participant import Participant, participant_id
from campaigns.workflows.runs.domain.scene import CampaignStanding, Lacking, Scene
from campaigns.workflows.runs.store import Participants
from shared.aggregates import Cause, Change, Decision
from shared.clock import Clock
from shared.errors import Conflict, NotFound
from shared.service.alarm import Alarm

MOST_LOOKS = 2 * 20 + 10
"""Each run of a person can lack its version and its campaign once, and races bring some more."""


class CampaignStandings(Protocol):
    async def standing(self, tenant_id: str, campaign_id: str) -> CampaignStanding:
        """As it is now. Raises `NotFound`."""
        ...


@dataclass(frozen=True)
class People:
    participants: Participants
    scripts: Scripts
    campaigns: CampaignStandings
    copies: Copies
    clock: Clock
    alarm: Alarm
    """Of the loop that looks for due runs."""

    async def change(self, cause: Cause, phone_number: str, react: Callable[[Edit], object]) -> Change[Participant]:
        """Let `react` change the runs of this person; its result is the answer. It may be called several times."""
        id = participant_id(cause.tenant_id, phone_number)
        new = Participant(id=id, tenant_id=cause.tenant_id, phone_number=phone_number)
        scene = await self._scene(cause.tenant_id)

        def decide(known: Participant | None) -> Decision[Participant] | None:
            edit = Edit(known.reached_at(phone_number) if known else new, scene)
            answer = react(edit)
            return edit.decision(answer)

        for _ in range(MOST_LOOKS):
            try:
                return await self.participants.change(id, cause, decide, publish_later=True, saved=self._wake)
            except Lacking as lacking:
                scene = await self._with_what_it_lacks(scene, lacking.run)
        raise Conflict("conflict", "The runs of this person are being changed by others; try again.")

    async def change_known(self, cause: Cause, phone_number: str, react: Callable[[Edit], object]) -> None:
        """As `change`; somebody who never had a run is left alone, for one read."""
        if await self.participants.get(participant_id(cause.tenant_id, phone_number)) is not None:
            await self.change(cause, phone_number, react)

    def _wake(self, participant: Participant) -> None:
        if participant.due_at is not None:
            self.alarm.ring(participant.due_at)

    async def _scene(self, tenant_id: str) -> Scene:
        tenant = await self.copies.tenants.get(tenant_id)
        if tenant is None:
            raise NotFound(
                "not_found", "There is no such tenant.", operator_detail=f"no tenant {tenant_id} at accounts"
            )
        return Scene(
            tenant_id=tenant_id,
            now=self.clock.now(),
            quiet_seconds=tenant.quiet_seconds,
            suspended=tenant.status == "suspended",
            definitions=self.scripts.known,
        )

    async def _with_what_it_lacks(self, scene: Scene, run: Run) -> Scene:
        await self.scripts.load(scene.tenant_id, run.workflow_id, run.version)
        if run.campaign_id is None or run.campaign_id in scene.campaigns:
            return scene
        standing = await self.campaigns.standing(scene.tenant_id, run.campaign_id)
        return replace(scene, campaigns={**scene.campaigns, run.campaign_id: standing})
