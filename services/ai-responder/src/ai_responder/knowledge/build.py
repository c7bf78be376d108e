"""What knowledge is made of."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter

from ai_responder.assistants.store import Assistants
from ai_responder.knowledge.api import KnowledgeDeps, knowledge_router
from ai_responder.knowledge.embeddings import Embeddings
from ai_responder.knowledge.requests import Knowledge
from ai_responder.knowledge.store import DOCUMENTS, Passages
from ai_responder.knowledge.worker import KnowledgeWorker, Parts
from shared.access.gate import Access
from shared.aggregates import Aggregates, Relay
from shared.clock import Clock
from shared.database.protocol import Database
from shared.files import FileStore
from shared.service.alarm import Alarm


@dataclass(frozen=True)
class Needs:
    """What knowledge uses of the service."""

    assistants: Assistants
    embeddings: Embeddings | None
    database: Database
    relay: Relay
    clock: Clock


def knowledge_parts(around: Needs, source: str) -> Parts:
    database, clock = around.database, around.clock
    return Parts(
        kept=Aggregates(DOCUMENTS, database, around.relay, clock, source),
        passages=Passages(database),
        assistants=around.assistants,
        files=FileStore(database, clock),
        embeddings=around.embeddings,
        clock=clock,
        alarm=Alarm(clock),
    )


@dataclass(frozen=True)
class Serving:
    worker: KnowledgeWorker
    knowledge: Knowledge
    router: APIRouter


def serving(parts: Parts, gate: Access) -> Serving:
    worker = KnowledgeWorker(parts)
    knowledge = Knowledge(parts, worker)
    return Serving(worker, knowledge, knowledge_router(KnowledgeDeps(gate, knowledge, parts.files)))
