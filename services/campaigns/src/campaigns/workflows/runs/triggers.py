"""Prepares the runs that a text or a new conversation starts."""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.workflows.definitions.domain import Workflow
from campaigns.workflows.definitions.store import Workflows
from campaigns.workflows.domain.happenings import Started
from campaigns.workflows.domain.run import Person, Run
from campaigns.workflows.runs.contacts import ContactCards
from campaigns.workflows.runs.domain.starting import NewRun, StartedBy
from shared.consent import keyword_form
from shared.events import ContactTexted, ConversationOpened
from shared.ids import derived_id


@dataclass(frozen=True)
class Triggers:
    workflows: Workflows
    cards: ContactCards

    async def by_keyword(self, tenant_id: str, text: ContactTexted) -> list[NewRun]:
        """Groups, reactions and automatic replies start nothing."""
        if text.kind or text.others or not text.text:
            return []
        said = keyword_form(text.text)
        found = await self.workflows.triggered_by(tenant_id, "keyword") if said else []
        meant = [one for one in found if one.trigger and said in map(keyword_form, one.trigger.keywords)]
        return [await self._prepared(workflow, text, "keyword") for workflow in meant]

    async def by_conversation(self, tenant_id: str, opened: ConversationOpened) -> list[NewRun]:
        found = await self.workflows.triggered_by(tenant_id, "new_conversation")
        return [await self._prepared(workflow, opened, "new_conversation") for workflow in found]

    async def _prepared(self, workflow: Workflow, text: ContactTexted | ConversationOpened, by: StartedBy) -> NewRun:
        """The same text makes the same run, so that it starts once however often it is delivered."""
        facts = await self.cards.facts(workflow.tenant_id, text.contact)
        run = Run(
            id=derived_id("run", workflow.id, text.message_id),
            tenant_id=workflow.tenant_id,
            workflow_id=workflow.id,
            version=workflow.live_version or workflow.version,
            number=text.number,
            recipient=Person(phone_number=text.contact, name=facts.name, company=facts.company, fields=facts.fields),
            contact=facts,
        )
        started = Started(message_id=text.message_id, text=text.text, texted_at=text.effective_at)
        return NewRun(run=run, started_by=by, started=started, takes_text=by == "keyword")
