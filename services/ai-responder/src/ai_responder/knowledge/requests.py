"""What people ask of an assistant's knowledge: add, look, delete."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from ai_responder.assistants.domain.versions import require_active
from ai_responder.knowledge.domain import document as decisions
from ai_responder.knowledge.domain.blocks import Pair
from ai_responder.knowledge.domain.document import KnowledgeDocument, Upload
from ai_responder.knowledge.reading.kind import HEAD_BYTES, kind_of
from ai_responder.knowledge.store import document_of, forget_deleted
from ai_responder.knowledge.worker import KnowledgeWorker, Parts
from shared.aggregates import Cause
from shared.aggregates.room import NewAggregate, Room
from shared.database.protocol import Page, Range, Sort
from shared.errors import Refused
from shared.files import StoredFile
from shared.http.idempotency import RequestKey, digest, require_same

MOST_DOCUMENTS = 500
"""Of one assistant."""
UPLOAD_HOURS = 24
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Written:
    """A text, or pairs, as the request has them."""

    title: str
    text: str = ""
    pairs: tuple[Pair, ...] = ()


class Knowledge:
    def __init__(self, parts: Parts, worker: KnowledgeWorker) -> None:
        self._parts = parts
        self._worker = worker
        self.room = Room(MOST_DOCUMENTS, _too_many)

    async def admit(self, tenant_id: str, assistant_id: str, key: RequestKey) -> None:
        """Before a file is read. Raises `NotFound`, `Refused`."""
        require_active(await self._parts.assistants.get(tenant_id, assistant_id))
        id = key.id_for("knw", tenant_id, _route(assistant_id))

        async def exists() -> bool:
            return await self._parts.kept.get(id) is not None

        await self.room.require(partial(self._there, tenant_id, assistant_id), exists)

    async def add(self, tenant_id: str, assistant_id: str, key: RequestKey, written: Written) -> KnowledgeDocument:
        """Raises `NotFound`, `Refused`."""
        require_active(await self._parts.assistants.get(tenant_id, assistant_id))
        body = digest([written.title, written.text, [pair.plain() for pair in written.pairs]])
        new = self._new(tenant_id, assistant_id, key, body, written.title)
        return await self._begin(new.but(text=written.text, pairs=written.pairs), key)

    async def add_file(
        self, tenant_id: str, assistant_id: str, key: RequestKey, file: StoredFile, name: str, title: str
    ) -> KnowledgeDocument:
        """Raises `Invalid` for a file that can be seen to be no readable one; then it is removed, and so is the file of
        a repeated request."""
        files = self._parts.files
        try:
            head = (await files.chunk(file, 0))[:HEAD_BYTES] if file.size else b""
            upload = Upload(file=file, name=name, kind=kind_of(name, head))
            body = digest([name, title, file.sha256])
            new = self._new(tenant_id, assistant_id, key, body, title or name).but(upload=upload)
            await files.keep(tenant_id, file.id)
            known = await self._begin(new, key)
        except BaseException:
            await files.delete(tenant_id, file.id)
            raise
        if known.upload is None or known.upload.file.id != file.id:
            await files.delete(tenant_id, file.id)
        return known

    async def get(self, tenant_id: str, assistant_id: str, id: str) -> KnowledgeDocument:
        return await document_of(self._parts.kept, tenant_id, assistant_id, id)

    async def page(self, tenant_id: str, assistant_id: str, limit: int, cursor: str) -> Page:
        """Oldest first. Raises `NotFound`."""
        await self._parts.assistants.get(tenant_id, assistant_id)
        where = {"tenant_id": tenant_id, "assistant_id": assistant_id, "created_at": Range(gt=_EVER)}
        return await self._parts.kept.find(where, sort=Sort("created_at"), limit=limit, cursor=cursor or None)

    def state_of(self, row: dict[str, Any]) -> KnowledgeDocument:
        return self._parts.kept.state_of(row)

    async def delete(self, tenant_id: str, assistant_id: str, id: str) -> None:
        """No answer uses it once this returns. Raises `NotFound`."""
        await self.get(tenant_id, assistant_id, id)
        now = self._parts.clock.now()
        change = await self._parts.kept.change(
            id, Cause.request(tenant_id), lambda known: decisions.delete(known, now) if known else None
        )
        if change.state:
            await self._worker.tell_assistant(change.state)
        self._parts.alarm.ring()

    async def sweep(self) -> None:
        """Uploads that nobody kept, and deleted documents of long ago."""
        now = self._parts.clock.now()
        await self._parts.files.sweep(now - timedelta(hours=UPLOAD_HOURS))
        await forget_deleted(self._parts.kept, now)

    def _new(self, tenant_id: str, assistant_id: str, key: RequestKey, body: str, title: str) -> KnowledgeDocument:
        now = self._parts.clock.now()
        return KnowledgeDocument(
            id=key.id_for("knw", tenant_id, _route(assistant_id)),
            tenant_id=tenant_id,
            assistant_id=assistant_id,
            title=title,
            due_at=now,
            created_at=now,
            updated_at=now,
            request_digest=body,
        )

    async def _begin(self, new: KnowledgeDocument, key: RequestKey) -> KnowledgeDocument:
        """The new document, or the one that a repeat of the request made before."""
        cause = key.cause(new.tenant_id, _route(new.assistant_id), new.id)
        making = NewAggregate(self._parts.kept, new.id, new, cause)
        count = partial(self._there, new.tenant_id, new.assistant_id)
        take_back = partial(self.delete, new.tenant_id, new.assistant_id, new.id)
        await self.room.fill(new.assistant_id, making, count, take_back)
        known = making.state
        require_same(known.request_digest, new.request_digest or "")
        if known.state == "deleted":
            raise Refused("knowledge_deleted", "What this Idempotency-Key made was deleted; use a new key.")
        self._parts.alarm.ring()
        return known

    async def _there(self, tenant_id: str, assistant_id: str) -> int:
        counts = await self._parts.kept.store.count_by({"tenant_id": tenant_id, "assistant_id": assistant_id}, "stage")
        return sum(count for stage, count in counts.items() if stage != "deleted")


def _too_many(most: int) -> Refused:
    return Refused("too_many_documents", f"An assistant has at most {most} documents; delete some.")


def _route(assistant_id: str) -> str:
    return f"/api/assistants/{assistant_id}/knowledge"
