"""Documents, their files and their passages, as both databases keep them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from responder_world import NOON

from ai_responder.knowledge import store
from ai_responder.knowledge.domain import document as decisions
from ai_responder.knowledge.domain.document import KnowledgeDocument, Measure
from ai_responder.knowledge.reading.content import ReadPassage
from ai_responder.knowledge.store import DELETED_KEPT, DOCUMENTS, Passages, Vectors, forget_deleted, ready_ids
from shared.aggregates import Aggregates, Cause, Decision, Relay
from shared.clock import ManualClock
from shared.database.protocol import Database, Range, Sort
from testkit.recording import RecordingBroker


class Stage:
    def __init__(self, database: Database) -> None:
        self.database, self.clock = database, ManualClock(NOON)
        relay = Relay(database, RecordingBroker(), self.clock)  # type: ignore[arg-type]  # only what the relay uses
        self.kept = Aggregates(DOCUMENTS, database, relay, self.clock, "ai-responder")
        self.passages = Passages(database)

    async def begin(self, id: str, assistant: str = "ast_1", tenant: str = "ten_a") -> KnowledgeDocument:
        now = self.clock.now()
        new = KnowledgeDocument(
            id=id, tenant_id=tenant, assistant_id=assistant, title="Hours", due_at=now, created_at=now, updated_at=now
        )
        await self.kept.change(id, Cause.request(tenant), lambda _: Decision(new))
        self.clock.advance(1)
        return new

    async def ready(self, id: str, **of: str) -> KnowledgeDocument:
        new = await self.begin(id, **of)
        read = Measure(passages=1, characters=5)
        for decide in (
            lambda known: decisions.claim(known, "wrk", self.clock.now()),
            lambda known: decisions.end(known, "wrk", read, self.clock.now()),
        ):
            await self.kept.change(id, Cause.request(new.tenant_id), decide)
        return new

    async def found(self, assistant: str = "ast_1", tenant: str = "ten_a") -> list[tuple[str, int, str]]:
        rows = [(one.knowledge_id, one.n, one.text) async for one in self.passages.of_assistant(tenant, assistant)]
        return sorted(rows)


@pytest.fixture
async def stage(either_database: Database) -> Stage:
    made = Stage(either_database)
    await either_database.start()
    return made


def passages(*texts: str) -> list[ReadPassage]:
    return [ReadPassage(title="", text=text, title_stems="", text_stems=text.lower()) for text in texts]


async def test_passages_are_added_once_searched_by_assistant_and_deleted_by_document(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_AT_ONCE", 2)
    hours, prices = await stage.begin("knw_1"), await stage.begin("knw_2")
    others = [await stage.begin("knw_3", assistant="ast_2"), await stage.begin("knw_4", tenant="ten_b")]
    texts = ["Open at 7.", "Closed on Mondays.", "Ring twice.", "No dogs.", "Cash only."]
    vectors = Vectors("small", [bytes([n, 0]) for n in range(5)])
    for _ in range(2):
        await stage.passages.add(hours, passages(*texts), vectors)
    for other in (prices, *others):
        await stage.passages.add(other, passages("Cake $4."), Vectors())
    assert await stage.found() == [*(("knw_1", n, text) for n, text in enumerate(texts)), ("knw_2", 0, "Cake $4.")]
    kept = [one async for one in stage.passages.of_assistant("ten_a", "ast_1")]
    assert {one.n: (one.vector, one.vector_model) for one in kept if one.knowledge_id == "knw_1"} == {
        n: (bytes([n, 0]), "small") for n in range(5)
    }
    assert await stage.passages.count("ten_a", "ast_1") == 6
    await stage.passages.delete(hours)
    assert await stage.found() == [("knw_2", 0, "Cake $4.")]
    assert await stage.found("ast_2") == [("knw_3", 0, "Cake $4.")]
    assert await stage.found(tenant="ten_b") == [("knw_4", 0, "Cake $4.")]


async def test_documents_are_due_ready_listed_deleted_and_in_the_end_forgotten(stage: Stage) -> None:
    await stage.begin("knw_new")
    for id in ("knw_1", "knw_2"):
        await stage.ready(id)
    await stage.ready("knw_other", assistant="ast_2")
    assert await ready_ids(stage.kept, "ten_a", "ast_1") == {"knw_1", "knw_2"}
    due = await stage.kept.find({"due_at": Range(lte=stage.clock.now())}, sort=Sort("due_at"), limit=9)
    assert [one["id"] for one in due.items] == ["knw_new"], "the others are leased until what follows is done"

    await stage.kept.change(
        "knw_1", Cause.request("ten_a"), lambda known: decisions.delete(known, stage.clock.now()) if known else None
    )
    assert await ready_ids(stage.kept, "ten_a", "ast_1") == {"knw_2"}
    where = {"tenant_id": "ten_a", "assistant_id": "ast_1", "created_at": Range(gt=NOON - timedelta(days=1))}
    page = await stage.kept.find(where, sort=Sort("created_at"), limit=9)
    assert [one["id"] for one in page.items] == ["knw_new", "knw_2"], "what is deleted is not listed"
    assert await forget_deleted(stage.kept, stage.clock.now()) == 0, "its request may be repeated for a while"
    stage.clock.advance(DELETED_KEPT.total_seconds() + 1)
    assert await forget_deleted(stage.kept, stage.clock.now()) == 1
    assert await stage.kept.get("knw_1") is None
