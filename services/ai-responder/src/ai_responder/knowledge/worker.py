"""Reads documents in the background. Any process may go on where another one stopped.

Passages are added under ids that derive from the document, then the document becomes ready, then the assistant's
`knowledge_revision` grows, by which every process finds out. After a crash each step is done again and changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog

from ai_responder.assistants.domain.assistant import Assistant
from ai_responder.assistants.store import Assistants
from ai_responder.domain.tokens import ModelCall, Spender, usage_events
from ai_responder.knowledge.domain import document as decisions
from ai_responder.knowledge.domain.blocks import Block, FileKind
from ai_responder.knowledge.domain.document import Failure, KnowledgeDocument, Measure
from ai_responder.knowledge.embeddings import MOST_AT_ONCE, Embeddings, EmbeddingsAway, VectorsFound
from ai_responder.knowledge.index import packed
from ai_responder.knowledge.reading.content import Content, ReadPassage, content_of
from ai_responder.knowledge.reading.limited import read_apart
from ai_responder.knowledge.reading.text import blocks_of
from ai_responder.knowledge.store import Documents, Passages, Vectors, ready_ids
from shared.aggregates import Cause, Change, Decision
from shared.clock import Clock
from shared.database.protocol import Document
from shared.errors import Invalid, NotFound
from shared.files import FileStore
from shared.ids import new_id
from shared.service.alarm import Alarm
from shared.service.due import DueLoop

log = structlog.get_logger()

AT_ONCE = 2
"""Each is a process of its own that takes a whole core."""
RENEWED_EACH_SECONDS = decisions.LEASE_SECONDS / 4
MOST_PASSAGES = 20_000
"""Of one assistant, all documents together: they are searched in memory."""
EMBEDDING_SECONDS, EMBEDDING_TRIES = 30.0, 3
_RACES = 5
T = TypeVar("T")
Decide = Callable[[KnowledgeDocument], Decision[KnowledgeDocument] | None]
ReadFile = Callable[[AsyncIterator[bytes], FileKind], Awaitable[Content]]
"""Raises `Invalid` with the reason why the file cannot be read."""


@dataclass(frozen=True)
class Parts:
    """What knowledge stands on."""

    kept: Documents
    passages: Passages
    assistants: Assistants
    files: FileStore
    embeddings: Embeddings | None
    clock: Clock
    alarm: Alarm
    read_file: ReadFile = read_apart


class KnowledgeWorker:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.due = DueLoop(
            parts.kept.store, self.work, parts.clock, at_once=AT_ONCE, alarm=parts.alarm, turn_of=_tenant_of
        )

    async def run(self) -> None:
        await self.due.run()

    async def work(self, row: Document) -> None:
        worker, now = new_id("wrk"), self._parts.clock.now()
        claimed = await self._change(row, lambda known: decisions.claim(known, worker, now))
        known = claimed.state
        if not claimed.fresh or known is None:
            return
        try:
            if known.state == "reading":
                known = await self._read(known, worker)
            if known and known.state != "reading":
                await self._follow_up(known)
        except asyncio.CancelledError:
            now = self._parts.clock.now()
            await asyncio.shield(self._change(row, lambda found: decisions.release(found, worker, now)))
            raise

    async def _read(self, known: KnowledgeDocument, worker: str) -> KnowledgeDocument | None:
        """As it is then: also deleted meanwhile. None: another process has it now."""
        calls: Sequence[ModelCall] = ()
        try:
            content = await self._kept_alive(known, worker, self._content(known))
            await self._require_room(known, len(content.passages))
            vectors, calls = await self._kept_alive(known, worker, self._vectors(content.passages))
            await self._parts.passages.add(known, content.passages, vectors)
            await self._require_room(known, 0)  # another process may have counted at the same moment
        except (Invalid, NotFound) as error:
            return await self._end(known, worker, Failure(code=error.code, detail=error.detail), calls)
        measure = Measure(passages=len(content.passages), characters=content.characters, pages=content.pages)
        return await self._end(known, worker, measure, calls)

    async def _content(self, known: KnowledgeDocument) -> Content:
        if known.upload:
            return await self._parts.read_file(self._parts.files.read(known.upload.file), known.upload.kind)
        pairs = [Block(kind="pair", text=pair.question, answer=pair.answer) for pair in known.pairs]
        return await asyncio.to_thread(content_of, [*blocks_of(known.text, markdown=True), *pairs])

    async def _require_room(self, known: KnowledgeDocument, more: int) -> None:
        """What a crashed reading of this very document left counts too; then it is refused a little early."""
        there = await self._parts.passages.count(known.tenant_id, known.assistant_id)
        if there + more > MOST_PASSAGES:
            detail = f"An assistant's knowledge has at most {MOST_PASSAGES:,} passages; delete some documents first."
            raise Invalid("too_much_knowledge", detail)

    async def _vectors(self, passages: Sequence[ReadPassage]) -> tuple[Vectors, Sequence[ModelCall]]:
        """None where no model for embeddings is set, or it is away: then words alone decide for this document."""
        embeddings = self._parts.embeddings
        if embeddings is None:
            return Vectors(), ()
        each: list[bytes] = []
        calls: list[ModelCall] = []
        for start in range(0, len(passages), MOST_AT_ONCE):
            texts = [f"{one.title}\n{one.text}".strip() for one in passages[start : start + MOST_AT_ONCE]]
            found = await self._vectors_of(embeddings, texts)
            if found is None:
                return Vectors(), calls
            each += [packed(vector) for vector in found.vectors]
            number = len(calls) + 1
            calls.append(ModelCall(number=number, model=found.model, prompt=found.tokens, estimate=found.estimate))
        return Vectors(embeddings.model, each), calls

    async def _vectors_of(self, embeddings: Embeddings, texts: list[str]) -> VectorsFound | None:
        for attempt in range(1, EMBEDDING_TRIES + 1):
            try:
                return await embeddings.embed(texts, EMBEDDING_SECONDS)
            except EmbeddingsAway as error:
                log.warning("embeddings_away", reason=error.reason, attempt=attempt)
        return None

    async def _kept_alive(self, known: KnowledgeDocument, worker: str, work: Coroutine[Any, Any, T]) -> T:
        """The work's result, with the lease renewed until then."""
        task = asyncio.ensure_future(work)
        try:
            while not (await asyncio.wait([task], timeout=RENEWED_EACH_SECONDS))[0]:
                now = self._parts.clock.now()
                await self._change_of(known, lambda found, now=now: decisions.renew(found, worker, now))
            return task.result()
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def _end(
        self, known: KnowledgeDocument, worker: str, result: Measure | Failure, calls: Sequence[ModelCall]
    ) -> KnowledgeDocument | None:
        now = self._parts.clock.now()
        spender = Spender(known.id, known.tenant_id, known.assistant_id)

        def decide(found: KnowledgeDocument) -> Decision[KnowledgeDocument] | None:
            ended = decisions.end(found, worker, result, now)
            used = usage_events(spender, known.claims, calls, now)
            return Decision(ended.state, events=used) if ended else Decision(found, events=used) if used else None

        change = await self._change_of(known, decide)
        return change.state if change.state and change.state.state != "reading" else None

    async def _follow_up(self, known: KnowledgeDocument) -> None:
        """What comes after a document became ready, failed or deleted. Repeating it is harmless."""
        if known.state != "failed":
            await self.tell_assistant(known)
        if known.state != "ready":
            await self._parts.passages.delete(known)
            if known.upload:
                await self._parts.files.delete(known.tenant_id, known.upload.file.id)
        await self._change_of(known, lambda found: decisions.settle(found, known.state))

    async def tell_assistant(self, known: KnowledgeDocument) -> None:
        """Its knowledge has another revision from now on, and so many documents."""
        parts = self._parts
        for _ in range(_RACES):
            count = len(await ready_ids(parts.kept, known.tenant_id, known.assistant_id))
            cause = Cause.due(known.tenant_id, f"knowledge|{known.id}|{known.state}", known.id)

            def decide(assistant: Assistant, count: int = count) -> Decision[Assistant]:
                return Decision(assistant.knowing(count))

            await parts.assistants.change(known.tenant_id, known.assistant_id, cause, decide)
            if count == len(await ready_ids(parts.kept, known.tenant_id, known.assistant_id)):
                return

    async def _change(self, row: Document, decide: Decide) -> Change[KnowledgeDocument]:
        cause = Cause.due(row["tenant_id"], f"knowledge|{row['id']}", row["id"])
        return await self._parts.kept.change(row["id"], cause, lambda known: decide(known) if known else None)

    async def _change_of(self, known: KnowledgeDocument, decide: Decide) -> Change[KnowledgeDocument]:
        return await self._change({"id": known.id, "tenant_id": known.tenant_id}, decide)


def _tenant_of(document: Document) -> str:
    """One document of a tenant at a time: a tenant with a hundred files does not take all the places."""
    return document["tenant_id"]
