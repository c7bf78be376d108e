"""After a label was renamed or deleted: every conversation and contact that has it follows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from conversation.domain import relabel
from conversation.domain.inbox.facets import label_facet
from conversation.labels.domain import book
from conversation.labels.domain.book import LabelBook, Rename
from conversation.labels.domain.label_list import label_key, renamed
from conversation.labels.requests import Labels
from conversation.people.domain.contact import Contact
from conversation.resources import Resources
from shared.aggregates import Cause, Decision
from shared.database.paging import documents
from shared.database.protocol import Collection, Document, HasTerms


@dataclass(frozen=True)
class LabelSpread:
    labels: Labels
    resources: Resources
    conversations: Collection

    async def work(self, document: Document) -> None:
        """Carry out a tenant's renames, oldest first. What an interrupted one left is found again."""
        tenant_id, waiting = document["id"], self.labels.books.state_of(document).renames
        for rename in waiting:
            await self._in_conversations(tenant_id, rename)
            await self._in_contacts(tenant_id, rename)
            cause = Cause.due(tenant_id, f"label|{rename.old}|{rename.at.isoformat()}", document["id"])
            done = partial(_spread, rename)
            await self.labels.books.change(tenant_id, cause, done)

    async def _in_conversations(self, tenant_id: str, rename: Rename) -> None:
        scene = await self.resources.scene(tenant_id)
        where = {"tenant_id": tenant_id, "facets": HasTerms([label_facet(rename.old)])}
        async for record in documents(self.conversations, where):
            thread_id, id = record["thread_id"], record["id"]
            cause = Cause.due(tenant_id, f"label|{id}|{rename.at.isoformat()}", thread_id)
            await self.resources.threads.change(
                thread_id, cause, lambda thread, record=record: relabel.rename_label(thread, record, rename, scene)
            )

    async def _in_contacts(self, tenant_id: str, rename: Rename) -> None:
        people, now = self.resources.people, self.resources.clock.now()
        where = {"tenant_id": tenant_id, "stands_for": None, "label_terms": HasTerms([label_key(rename.old)])}
        async for record in documents(people.records, where):
            await people.change(tenant_id, record["id"], partial(_relabelled, rename), now)


def _relabelled(rename: Rename, contact: Contact) -> Contact | None:
    labels = renamed(contact.labels, rename.old, rename.new)
    return None if labels == contact.labels else contact.but(labels=labels)


def _spread(rename: Rename, labels: LabelBook | None) -> Decision[LabelBook] | None:
    return book.spread(labels or LabelBook(), rename)
