"""Collections of assistants and of what their versions held."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from ai_responder.assistants.domain.assistant import (
    Assistant,
    AssistantContent,
    VersionHead,
    default_assistant,
    default_id,
)
from ai_responder.assistants.domain.versions import VERSIONS, Editor, archive, unknown_version, version_id
from shared.aggregates import Aggregates, Cause, Decision, Kind
from shared.aggregates.outbox import record_of
from shared.aggregates.room import NewAggregate, Room
from shared.clock import Clock
from shared.database.protocol import Collection, CollectionSpec, Document, In, Page, Sort
from shared.errors import NotFound, Refused

ASSISTANTS = Kind(
    "assistants",
    Assistant,
    fields={"created_at": "datetime", "archived": "bool"},
    indexes=(("tenant_id", "archived", "created_at"),),
    index=lambda assistant: {"created_at": assistant.created_at, "archived": True if assistant.archived_at else None},
)
MOST_ASSISTANTS = 50
"""Of one tenant, the default one included: as many as people still tell apart in a list."""
VERSION_SPEC = CollectionSpec(VERSIONS, {"tenant_id": "str", "assistant_id": "str"}, (("tenant_id", "assistant_id"),))


class Assistants:
    """A tenant's assistants. The default one counts as existing before it was first saved."""

    def __init__(self, aggregates: Aggregates[Assistant], versions: Collection, clock: Clock) -> None:
        self.aggregates = aggregates
        self._versions = versions
        self._clock = clock
        self.room = Room(MOST_ASSISTANTS, _too_many)

    async def find(self, tenant_id: str, assistant_id: str) -> Assistant | None:
        """None also for an assistant of another tenant."""
        try:
            return await self.get(tenant_id, assistant_id)
        except NotFound:
            return None

    async def get(self, tenant_id: str, assistant_id: str) -> Assistant:
        """Raises `NotFound`, also for an assistant of another tenant."""
        return self._of(tenant_id, assistant_id, await self.aggregates.get(assistant_id))

    def _of(self, tenant_id: str, assistant_id: str, known: Assistant | None) -> Assistant:
        if known is None and assistant_id == default_id(tenant_id):
            # tenant.changed may not have arrived yet; the first answer need not wait for it.
            return default_assistant(tenant_id, self._clock.now())
        if known is None or known.tenant_id != tenant_id:
            raise NotFound("not_found", f"there is no assistant {assistant_id}: choose another one")
        return known

    async def page(self, tenant_id: str, limit: int, cursor: str) -> Page:
        """Documents of those that are not deleted, the oldest first."""
        where = {"tenant_id": tenant_id, "archived": None}
        return await self.aggregates.find(where, sort=Sort("created_at"), limit=limit, cursor=cursor or None)

    async def ensure_default(self, tenant_id: str, correlation_id: str) -> None:
        """Create the default assistant if there is none yet."""
        now = self._clock.now()
        await self.aggregates.change(
            default_id(tenant_id),
            Cause.due(tenant_id, f"default assistant|{tenant_id}", correlation_id),
            lambda assistant: None if assistant else Decision(default_assistant(tenant_id, now)),
        )

    async def create(self, new: Assistant, cause: Cause, by: str) -> Assistant:
        """The assistant, or the one that the same request created before. Raises `Refused("too_many_assistants")`."""
        tenant_id, making = new.tenant_id, NewAggregate(self.aggregates, new.id, new, cause)

        async def take_back() -> None:
            cause, editor = Cause.request(tenant_id), Editor(by, self._clock.now())
            await self.change(tenant_id, new.id, cause, lambda made: Decision(archive(made, editor)))

        await self.room.fill(tenant_id, making, partial(self._count, tenant_id), take_back)
        return making.state

    async def change(
        self, tenant_id: str, assistant_id: str, cause: Cause, decide: Callable[[Assistant], Decision[Assistant]]
    ) -> Assistant:
        """Change an assistant of this tenant. Raises `NotFound`, and what `decide` raises."""

        def decided(known: Assistant | None) -> Decision[Assistant]:
            return decide(self._of(tenant_id, assistant_id, known))

        change = await self.aggregates.change(assistant_id, cause, decided, publish_later=True)
        return self._of(tenant_id, assistant_id, change.state)

    async def content(self, assistant: Assistant, number: int) -> AssistantContent:
        """What this version holds: the draft, the live or an earlier one. Raises `NotFound("unknown_version")`."""
        if number == assistant.live_version:
            return assistant.live
        if number == assistant.draft_version and assistant.draft:
            return assistant.draft
        head = assistant.head(number)
        found = await self.contents(assistant, [head]) if head else {}
        if number not in found:
            raise unknown_version(number)
        return found[number]

    async def contents(self, assistant: Assistant, heads: Sequence[VersionHead]) -> dict[int, AssistantContent]:
        """What these published versions hold, by number, in one read.

        After a crash between save and filing the newest still waits in the assistant's outbox."""
        ids = {version_id(assistant.id, head.number): head.number for head in heads}
        if not ids:
            return {}
        rows = await self._filed(list(ids))
        if len(rows) < len(ids):
            rows = [*await self._waiting(assistant.id), *await self._filed(list(ids))]
        found = {ids[row["id"]]: AssistantContent.read(row["content"]) for row in rows if row["id"] in ids}
        return found | {assistant.live_version: assistant.live}

    async def _filed(self, ids: Sequence[str]) -> list[Document]:
        return (await self._versions.find({"id": In(ids)}, limit=len(ids))).items

    async def _waiting(self, assistant_id: str) -> list[Document]:
        document = await self.aggregates.store.get(assistant_id)
        entries = [record_of(entry) for entry in document["outbox"] if "record" in entry] if document else []
        return [record for collection, record in entries if collection == VERSIONS]

    async def _count(self, tenant_id: str) -> int:
        return await self.aggregates.store.count({"tenant_id": tenant_id, "archived": None})


def _too_many(most: int) -> Refused:
    return Refused("too_many_assistants", f"you have {most} assistants; delete one first")
