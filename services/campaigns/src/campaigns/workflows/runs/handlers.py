"""One function per event and per kind of due work. Each changes the runs of one person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from campaigns.workflows.runs.contacts import facts_of
from campaigns.workflows.runs.domain import reactions
from campaigns.workflows.runs.domain.edit import Edit
from campaigns.workflows.runs.people import People
from campaigns.workflows.runs.store import RunRows
from campaigns.workflows.runs.triggers import Triggers
from shared.aggregates import Cause
from shared.consent import read_consent
from shared.database.protocol import Document
from shared.events import (
    ConsentChanged,
    ContactChanged,
    ContactTexted,
    ConversationOpened,
    Event,
    EventData,
    SmsStatus,
    TenantChanged,
)

CATCH_UP_SECONDS = 5.0
"""After its start a process decides no time-out for so long: replies from while nothing ran are still in the queues."""


@dataclass
class RunHandlers:
    people: People
    rows: RunRows
    triggers: Triggers
    _begun: float = field(init=False)

    def __post_init__(self) -> None:
        self._begun = self.people.clock.monotonic()

    async def on_sms_status(self, event: Event[SmsStatus]) -> None:
        status = event.data
        if status.author == "workflow" and status.stream is not None:
            await self._change(event, status.contact, lambda edit: reactions.on_status(edit, status))

    async def on_contact_texted(self, event: Event[ContactTexted]) -> None:
        text = event.data
        if not _may_be_an_answer(text):
            return
        triggered = await self.triggers.by_keyword(event.tenant_id, text)
        change = self.people.change if triggered else self.people.change_known
        await change(Cause.of(event), text.contact, lambda edit: reactions.on_text(edit, text, triggered))

    async def on_conversation_opened(self, event: Event[ConversationOpened]) -> None:
        triggered = await self.triggers.by_conversation(event.tenant_id, event.data)
        if triggered:
            cause = Cause.of(event)
            await self.people.change(cause, event.data.contact, lambda edit: reactions.begin_all(edit, triggered))

    async def on_consent_changed(self, event: Event[ConsentChanged]) -> None:
        change = event.data
        if change.state == "out":
            await self._change(event, change.contact, lambda edit: reactions.on_opt_out(edit, change))

    async def on_contact_changed(self, event: Event[ContactChanged]) -> None:
        facts = facts_of(event.data)
        for phone_number in event.data.phone_numbers:
            await self._change(event, phone_number, lambda edit: reactions.on_card(edit, facts))

    async def on_tenant_changed(self, event: Event[TenantChanged]) -> None:
        """A tenant that is active again sends what its runs had to hold."""
        if event.data.status != "active":
            return
        async for page in self.rows.held_of_tenant(event.data.tenant_id, "tenant_suspended"):
            for row in page:
                await self.resume(row)

    async def on_due(self, document: Document) -> None:
        participant = self.people.participants.state_of(document)
        entrant = reactions.first_due(participant, self.people.clock.now())
        if entrant is None or (entrant.run.phase == "waiting" and self._has_just_begun()):
            return
        what = f"{participant.id}|{participant.revision}"
        cause = Cause.due(participant.tenant_id, what, entrant.id)
        await self.people.change(cause, participant.phone_number, reactions.on_due)

    async def resume(self, row: Document) -> None:
        """Let one run send what it held, if it may now."""
        run_id = row["id"]
        cause = Cause.due(row["tenant_id"], f"resume|{run_id}|{row['revision']}", run_id)
        await self.people.change(cause, row["participant"], lambda edit: reactions.resume_one(edit, run_id))

    async def stop(self, row: Document, by: str) -> None:
        run_id = row["id"]
        cause = Cause.due(row["tenant_id"], f"stop|{run_id}", run_id)
        await self.people.change(cause, row["participant"], lambda edit: reactions.stop_one(edit, run_id, by))

    def _has_just_begun(self) -> bool:
        return self.people.clock.monotonic() < self._begun + CATCH_UP_SECONDS

    async def _change(self, event: Event[EventData], phone_number: str, react: Callable[[Edit], object]) -> None:
        await self.people.change_known(Cause.of(event), phone_number, react)


def _may_be_an_answer(text: ContactTexted) -> bool:
    """Reactions, groups and automatic replies never are. A wish to be texted no more, in whatever words, is for
    conversation: a run must not go on with it, not even for a moment."""
    if text.kind or text.others or not text.contact.startswith("+"):
        return False
    return read_consent(text.text).reading not in ("stop", "possible_stop")
