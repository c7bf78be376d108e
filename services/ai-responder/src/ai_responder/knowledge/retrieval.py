"""Finds the passages that a question is about. An assistant's index stays in memory until its knowledge changes.

The assistant's own document says which revision its knowledge has, and a run has read that document anyway: finding
costs no round trip, except the first time after a change.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from ai_responder.assistants.domain.assistant import AssistantVersion
from ai_responder.domain.tokens import ModelCall
from ai_responder.knowledge.domain.fusion import fused
from ai_responder.knowledge.domain.passage import FoundPassage
from ai_responder.knowledge.domain.words import asked_stems
from ai_responder.knowledge.embeddings import Embeddings, EmbeddingsAway
from ai_responder.knowledge.index import PassageIndex
from ai_responder.knowledge.store import Documents, KeptPassage, Passages, ready_ids
from shared.key_locks import KeyLocks

log = structlog.get_logger()

SHOWN = 5
"""Passages of a question: some 1,000 tokens."""
MOST_SHOWN_CHARACTERS = 6_000
"""Of all of them: an answer in a pair may be long."""
_CANDIDATES, _BY_MEANING_AT_MOST = 30, 2_000
"""Above so many passages only the best by words are compared by meaning: 2,000 take some 150 ms."""
EMBEDDING_SECONDS = 4.0
"""A question waits no longer for its embedding; then words alone decide."""
MOST_IN_MEMORY = 48 * 1024**2
"""Bytes of all indexes of a process, as `_size_of` counts; the least used go first."""


@dataclass(frozen=True)
class Found:
    """`calls` are what its embedding used."""

    passages: tuple[FoundPassage, ...] = ()
    calls: Sequence[ModelCall] = ()


@dataclass
class _Held:
    revision: int
    index: PassageIndex
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.size = sum(_size_of(passage) for passage in self.index.passages)


class Retrieval:
    def __init__(self, kept: Documents, passages: Passages, embeddings: Embeddings | None) -> None:
        self._kept = kept
        self._passages = passages
        self._embeddings = embeddings
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._building = KeyLocks()

    async def find(self, assistant: AssistantVersion, question: str, first_call: int = 1) -> Found:
        """Nothing for an assistant without knowledge, without a read. `first_call` numbers the embedding's use."""
        if not assistant.knowledge_revision:
            return Found()
        index = await self._index_of(assistant)
        stems = asked_stems(question)
        by_words = await asyncio.to_thread(index.by_words, stems, _CANDIDATES)
        vector, calls = await self._vector_of(index, question, first_call)
        if vector:
            few = len(index.passages) <= _BY_MEANING_AT_MOST
            among = None if few else await asyncio.to_thread(index.by_words, stems, _BY_MEANING_AT_MOST)
            by_meaning = await asyncio.to_thread(index.by_meaning, vector, among, _CANDIDATES)
            by_words = fused([by_words, by_meaning])
        return Found(_fitting([index.passages[n] for n in by_words[:SHOWN]]), calls)

    async def _vector_of(
        self, index: PassageIndex, question: str, number: int
    ) -> tuple[Sequence[float], Sequence[ModelCall]]:
        if self._embeddings is None or not index.has_vectors or not question.strip():
            return (), ()
        try:
            found = await self._embeddings.embed([question], EMBEDDING_SECONDS)
        except EmbeddingsAway as error:
            log.warning("embeddings_away", reason=error.reason)
            return (), ()
        call = ModelCall(number=number, model=found.model, prompt=found.tokens, estimate=found.estimate)
        return found.vectors[0], (call,)

    async def _index_of(self, assistant: AssistantVersion) -> PassageIndex:
        async with self._building.hold(assistant.id):
            held = self._held.get(assistant.id)
            if held is None or held.revision != assistant.knowledge_revision:
                held = self._held[assistant.id] = _Held(assistant.knowledge_revision, await self._build(assistant))
            self._held.move_to_end(assistant.id)
        self._make_room(assistant.id)
        return held.index

    async def _build(self, assistant: AssistantVersion) -> PassageIndex:
        ready = await ready_ids(self._kept, assistant.tenant_id, assistant.id)
        found = self._passages.of_assistant(assistant.tenant_id, assistant.id)
        passages = [self._comparable(passage) async for passage in found if passage.knowledge_id in ready]
        return await asyncio.to_thread(PassageIndex, passages)

    def _comparable(self, passage: KeptPassage) -> KeptPassage:
        """Without a vector that another model made: the numbers of two models have nothing to do with each other."""
        model = self._embeddings.model if self._embeddings else ""
        return passage if passage.vector_model == model else passage.but(vector=b"")

    def _make_room(self, but: str) -> None:
        """An index that a search still uses lives until that search ends."""
        while len(self._held) > 1 and sum(held.size for held in self._held.values()) > MOST_IN_MEMORY:
            oldest = next(id for id in self._held if id != but)
            del self._held[oldest]


def _fitting(passages: Sequence[KeptPassage]) -> tuple[FoundPassage, ...]:
    """The first that fit together; the best one always."""
    kept: list[FoundPassage] = []
    room = MOST_SHOWN_CHARACTERS
    for passage in passages:
        room -= len(passage.text)
        if room < 0 and kept:
            break
        titles = dict.fromkeys(title for title in (passage.source, passage.title) if title)
        kept.append(FoundPassage(knowledge_id=passage.knowledge_id, title=" › ".join(titles), text=passage.text))
    return tuple(kept)


def _size_of(passage: KeptPassage) -> int:
    """Roughly, in memory: its texts, their words in the index, and its vector in single floats."""
    words = len(passage.text_stems) + len(passage.title_stems)
    return 2 * (len(passage.text) + words) + 2 * len(passage.vector) + 500
