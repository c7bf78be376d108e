"""How documents and their passages are kept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ai_responder.knowledge.domain.document import KnowledgeDocument
from ai_responder.knowledge.domain.words import language_of, stems
from ai_responder.knowledge.reading.content import ReadPassage
from shared.aggregates import Aggregates, Kind
from shared.database.paging import documents
from shared.database.protocol import Collection, CollectionSpec, Database, In, Range, Sort
from shared.errors import NotFound
from shared.values import Value

DOCUMENTS = Kind(
    "knowledge",
    KnowledgeDocument,
    fields={
        "assistant_id": "str",
        "stage": "str",
        "created_at": "datetime",
        "due_at": "datetime",
        "deleted_at": "datetime",
    },
    indexes=(
        ("tenant_id", "assistant_id", "created_at"),
        ("tenant_id", "assistant_id", "stage"),
        ("due_at",),
        ("deleted_at",),
    ),
    index=lambda known: {
        "assistant_id": known.assistant_id,
        "stage": known.state,
        "created_at": None if known.state == "deleted" else known.created_at,
        "due_at": known.due_at,
        "deleted_at": known.updated_at if known.state == "deleted" else None,
    },
)
PASSAGES = CollectionSpec(
    "knowledge_passages",
    {"tenant_id": "str", "assistant_id": "str", "knowledge_id": "str"},
    (("tenant_id", "assistant_id"), ("tenant_id", "knowledge_id")),
)
DELETED_KEPT = timedelta(days=30)
_AT_ONCE = 200

Documents = Aggregates[KnowledgeDocument]


class KeptPassage(Value):
    """A passage as it is searched. `vector` is its embedding in half floats, or empty."""

    knowledge_id: str
    n: int
    source: str
    """Title of its document."""
    title: str
    text: str
    title_stems: str
    text_stems: str
    source_stems: str
    vector: bytes = b""
    vector_model: str = ""


@dataclass(frozen=True)
class Vectors:
    """One per passage, in order; or none."""

    model: str = ""
    each: Sequence[bytes] = ()


class Passages:
    def __init__(self, database: Database) -> None:
        self._collection: Collection = database.collection(PASSAGES)

    async def add(self, of: KnowledgeDocument, passages: Sequence[ReadPassage], vectors: Vectors) -> None:
        """Repeating it changes nothing: a document is always cut alike."""
        for start in range(0, len(passages), _AT_ONCE):
            part = passages[start : start + _AT_ONCE]
            await self._collection.insert_many(
                [_row(of, start + n, passage) | _vector(vectors, start + n) for n, passage in enumerate(part)]
            )

    async def of_assistant(self, tenant_id: str, assistant_id: str) -> AsyncIterator[KeptPassage]:
        """Also of documents that are being read or deleted."""
        async for row in documents(self._collection, {"tenant_id": tenant_id, "assistant_id": assistant_id}):
            yield KeptPassage.read(row)

    async def count(self, tenant_id: str, assistant_id: str) -> int:
        return await self._collection.count({"tenant_id": tenant_id, "assistant_id": assistant_id})

    async def delete(self, of: KnowledgeDocument) -> None:
        """A page at a time: other writers get a turn in between."""
        where = {"tenant_id": of.tenant_id, "knowledge_id": of.id}
        while page := (await self._collection.find(where, sort=Sort(), limit=_AT_ONCE)).items:
            await self._collection.delete({"id": In([row["id"] for row in page])})


def _row(of: KnowledgeDocument, n: int, passage: ReadPassage) -> dict[str, object]:
    return {
        "id": f"{of.id}|{n:05d}",
        "tenant_id": of.tenant_id,
        "assistant_id": of.assistant_id,
        "knowledge_id": of.id,
        "n": n,
        "source": of.title,
        "title": passage.title,
        "text": passage.text,
        "title_stems": passage.title_stems,
        "text_stems": passage.text_stems,
        "source_stems": " ".join(stems(of.title, language_of(passage.text))),
    }


def _vector(vectors: Vectors, n: int) -> dict[str, object]:
    return {"vector": vectors.each[n], "vector_model": vectors.model} if vectors.each else {}


async def document_of(kept: Documents, tenant_id: str, assistant_id: str, id: str) -> KnowledgeDocument:
    """Raises `NotFound`, for another tenant's or assistant's too."""
    known = await kept.get(id)
    if known is None or known.state == "deleted" or (known.tenant_id, known.assistant_id) != (tenant_id, assistant_id):
        raise NotFound("not_found", "There is no such piece of knowledge.")
    return known


async def ready_ids(kept: Documents, tenant_id: str, assistant_id: str) -> frozenset[str]:
    where = {"tenant_id": tenant_id, "assistant_id": assistant_id, "stage": "ready"}
    return frozenset([document["id"] async for document in documents(kept.store, where)])


async def forget_deleted(kept: Documents, now: datetime) -> int:
    """A repeated request may still come for a while after its document was deleted."""
    return await kept.store.delete({"deleted_at": Range(lt=now - DELETED_KEPT)})
