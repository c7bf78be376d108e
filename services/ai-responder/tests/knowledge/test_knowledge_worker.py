"""Reading goes on wherever a process died, and a file cannot take more than its share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from knowledge_files import pdf_of, worker_of
from responder_world import NOON, PretendModel, World, answered, says

from ai_responder.knowledge import worker
from ai_responder.knowledge.domain import document as decisions
from ai_responder.knowledge.domain.document import LEASE_SECONDS, MOST_CLAIMS, Failure, KnowledgeDocument, Measure
from ai_responder.knowledge.reading import limited
from ai_responder.knowledge.reading.limited import read_apart
from ai_responder.knowledge.store import Passages
from shared.clock import ManualClock
from shared.errors import Invalid

BEGUN = KnowledgeDocument(
    id="knw_1", tenant_id="ten_a", assistant_id="ast_1", title="Hours", text="Open.", due_at=NOON, created_at=NOON,
    updated_at=NOON,
)  # fmt: skip


async def pieces(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def add(world: World, **body: Any) -> str:
    async with world.client() as client:
        assistant = (await client.get("/api/assistants")).json()["items"][0]["id"]
        response = await client.post(f"/api/assistants/{assistant}/knowledge", **body)
        return f"/api/assistants/{assistant}/knowledge/{response.json()['id']}"


async def state_of(world: World, path: str) -> str:
    async with world.client() as client:
        return (await client.get(path)).json()["state"]


async def test_another_process_reads_what_a_killed_one_had_taken() -> None:
    clock = ManualClock(NOON)
    world = World(PretendModel([answered(says("Gladly."))]), clock=clock)
    await world.start("nothing")
    path = await add(world, files={"file": ("hours.txt", b"Open at seven.")})
    row = (await worker_of(world).due._collection.find({"tenant_id": "ten_a"})).items[0]
    killed = worker_of(world)
    await killed._change(row, lambda known: decisions.claim(known, "wrk_killed", clock.now()))
    other = World(PretendModel([answered(says("Gladly."))]), beside=world, clock=clock)
    await worker_of(other).due.once()
    assert await state_of(world, path) == "reading"
    clock.advance(LEASE_SECONDS)
    await worker_of(other).due.once()
    assert await state_of(world, path) == "ready"
    await world.stop()


async def test_a_process_that_died_between_the_steps_leaves_nothing_doubled() -> None:
    """Passages were added, and the save that makes the document ready did not happen."""
    clock = ManualClock(NOON)
    world = World(PretendModel([answered(says("Gladly."))]), clock=clock)
    await world.start("nothing")
    path = await add(world, json={"title": "Hours", "text": "# A\n\nOpen at seven.\n\n# B\n\nClosed on Mondays."})
    worker = worker_of(world)
    ended = worker._end
    worker._end = _dies  # type: ignore[method-assign]
    await worker.due.once()
    worker._end = ended  # type: ignore[method-assign]
    clock.advance(LEASE_SECONDS)
    await worker.due.once()
    async with world.client() as client:
        document = (await client.get(path)).json()
    count = await worker._parts.passages.count("ten_a", path.split("/")[3])
    assert (document["state"], document["passages"], count) == ("ready", 2, 2)
    await world.stop()


async def _dies(*_: Any) -> Any:
    raise RuntimeError("killed")


def test_a_lease_that_ran_out_ends_nothing() -> None:
    first = decisions.claim(BEGUN, "wrk_1", NOON)
    assert first is not None
    assert decisions.claim(first.state, "wrk_2", NOON) is None
    later = NOON + timedelta(seconds=LEASE_SECONDS)
    second = decisions.claim(first.state, "wrk_2", later)
    assert second is not None
    done = Measure(passages=1, characters=5)
    assert decisions.end(second.state, "wrk_1", done, later) is None
    assert decisions.end(second.state, "wrk_2", done, later) is not None


def test_a_file_that_ends_every_process_is_given_up() -> None:
    known, now = BEGUN, NOON
    for _ in range(MOST_CLAIMS + 1):
        claimed = decisions.claim(known, "wrk", now)
        assert claimed is not None
        known, now = claimed.state, now + timedelta(seconds=LEASE_SECONDS)
    assert (known.state, known.failure and known.failure.code) == ("failed", "reading_failed")


def test_a_deletion_wins_over_a_reading_that_is_under_way() -> None:
    claimed = decisions.claim(BEGUN, "wrk", NOON)
    assert claimed is not None
    deleted = decisions.delete(claimed.state, NOON)
    assert deleted is not None
    assert decisions.end(deleted.state, "wrk", Failure(code="x", detail="y"), NOON) is None
    assert (deleted.state.text, deleted.state.due_at) == ("", NOON)


async def test_a_file_is_read_in_a_process_of_its_own() -> None:
    read = await read_apart(pieces(pdf_of(["We open at seven every day."])), "pdf")
    assert "seven" in read.passages[0].text
    with pytest.raises(Invalid) as refused:
        await read_apart(pieces(pdf_of([])), "pdf")
    assert refused.value.code == "no_text"


async def test_a_reading_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    stuck = asyncio.Event()

    async def never() -> AsyncIterator[bytes]:
        await stuck.wait()
        yield b""

    with pytest.raises(Invalid) as refused:
        await read_apart(never(), "pdf", seconds=0.2)
    assert refused.value.code == "reading_takes_too_long"


async def test_a_reader_that_breaks_down_is_a_refusal() -> None:
    with pytest.raises(Invalid) as refused:
        limited._content(b'{"passages": [')
    assert refused.value.code == "reading_failed"


async def test_two_processes_that_count_at_once_never_leave_too_many_passages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both find room, both add; then the one that counts last finds too many."""
    monkeypatch.setattr(worker, "MOST_PASSAGES", 1)
    world = World(PretendModel([answered(says("Gladly."))]), clock=ManualClock(NOON))
    await world.start("nothing")
    paths = [await add(world, json={"title": title, "text": f"{title} at seven."}) for title in ("Open", "Closed")]
    counted, both = Passages.count, asyncio.Barrier(2)

    async def at_once(self: Passages, tenant_id: str, assistant_id: str) -> int:
        found = await counted(self, tenant_id, assistant_id)
        await both.wait()
        return found

    monkeypatch.setattr(Passages, "count", at_once)
    rows = (await worker_of(world).due._collection.find({"tenant_id": "ten_a"})).items
    await asyncio.gather(*(worker_of(world).work(row) for row in rows))
    assert [await state_of(world, path) for path in paths].count("ready") <= 1
    kept = Passages(world.database)
    assert await counted(kept, "ten_a", rows[0]["assistant_id"]) <= 1
    await world.stop()
