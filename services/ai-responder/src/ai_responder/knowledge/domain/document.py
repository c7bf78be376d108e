"""One document of an assistant's knowledge: read in the background by any process, found once it is ready.

reading → ready | failed; each of them → deleted. `due_at` is when a process may take it on: at once, or when the lease
of the one that has it ends. A document that has just become ready, failed or deleted is due once more, for what
follows: the assistant hears of it, and what is left over is removed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from ai_responder.knowledge.domain.blocks import FileKind, Pair
from shared.aggregates import Decision
from shared.files import StoredFile
from shared.values import Moment, Value

State = Literal["reading", "ready", "failed", "deleted"]
LEASE_SECONDS = 60.0
MOST_CLAIMS = 5
"""A file that ended so many processes is not tried again."""


class Failure(Value):
    code: str
    detail: str


class Upload(Value):
    """The file that it was made from; kept until it is deleted."""

    file: StoredFile
    name: str
    kind: FileKind


class Measure(Value):
    """What was read. `pages` is 0 where the format has none."""

    passages: int
    characters: int
    pages: int = 0


class KnowledgeDocument(Value):
    """Made from one of: a text, pairs, an uploaded file."""

    id: str
    tenant_id: str
    assistant_id: str
    title: str
    text: str = ""
    pairs: tuple[Pair, ...] = ()
    upload: Upload | None = None
    state: State = "reading"
    failure: Failure | None = None
    measure: Measure | None = None
    worker: str | None = None
    claims: int = 0
    due_at: Moment | None
    created_at: Moment
    updated_at: Moment
    request_digest: str | None = None

    @property
    def size(self) -> int:
        """Bytes of the file, or characters of the text."""
        if self.upload:
            return self.upload.file.size
        return len(self.text) + sum(len(pair.question) + len(pair.answer) for pair in self.pairs)


def claim(known: KnowledgeDocument, worker: str, now: datetime) -> Decision[KnowledgeDocument] | None:
    """The lease, if nobody has it."""
    if known.due_at is None or known.due_at > now:
        return None
    claims = known.claims + 1
    taken = known.but(worker=worker, due_at=now + timedelta(seconds=LEASE_SECONDS), claims=claims)
    if known.state == "reading" and claims > MOST_CLAIMS:
        detail = "Reading it failed several times; save the file anew, or as another kind."
        return Decision(_failed(taken, Failure(code="reading_failed", detail=detail), now))
    return Decision(taken)


def renew(known: KnowledgeDocument, worker: str, now: datetime) -> Decision[KnowledgeDocument] | None:
    if known.worker != worker or known.state != "reading":
        return None
    return Decision(known.but(due_at=now + timedelta(seconds=LEASE_SECONDS)))


def release(known: KnowledgeDocument, worker: str, now: datetime) -> Decision[KnowledgeDocument] | None:
    """The worker's process stops; another may go on at once."""
    if known.worker != worker or known.due_at is None:
        return None
    return Decision(known.but(worker=None, due_at=now, claims=known.claims - 1))


def end(
    known: KnowledgeDocument, worker: str, result: Measure | Failure, now: datetime
) -> Decision[KnowledgeDocument] | None:
    """None: the lease is another's, or it was deleted meanwhile."""
    if known.worker != worker or known.state != "reading":
        return None
    if isinstance(result, Failure):
        return Decision(_failed(known, result, now))
    return Decision(known.but(state="ready", measure=result, updated_at=now))


def settle(known: KnowledgeDocument, seen: State) -> Decision[KnowledgeDocument] | None:
    """All that follows from this state is done."""
    if known.state != seen or known.due_at is None:
        return None
    return Decision(known.but(due_at=None, worker=None))


def delete(known: KnowledgeDocument, now: datetime) -> Decision[KnowledgeDocument] | None:
    """Its words go at once; its passages and its file a moment later."""
    if known.state == "deleted":
        return None
    gone = known.but(state="deleted", text="", pairs=(), title="", due_at=now, worker=None, updated_at=now)
    return Decision(gone)


def _failed(known: KnowledgeDocument, failure: Failure, now: datetime) -> KnowledgeDocument:
    return known.but(state="failed", failure=failure, updated_at=now)
