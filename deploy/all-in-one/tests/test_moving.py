"""What of the data folder is moved, without servers: every document of every service, and what waits in queues."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from all_in_one import folder
from all_in_one.folder import MOVED, STORE
from all_in_one.moving.digest import Digest
from all_in_one.moving.source import batches, collections_of, waiting
from all_in_one.moving.to_servers import move
from shared.broker.embedded.broker import EmbeddedBroker
from shared.broker.protocol import Delivery, Message, Subscription
from shared.clock import ManualClock, SystemClock
from shared.database.protocol import CollectionSpec, Document
from shared.database.sqlite.database import EmbeddedDatabase
from shared.one_file import OneFile
from shared.settings import PlatformSettings
from testkit.recording import RecordingBroker

NOTES = CollectionSpec("notes", {"tenant_id": "str", "at": "datetime", "words": "terms"}, (("tenant_id", "at"),))
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def note(n: int) -> Document:
    return {
        "id": f"n{n}",
        "tenant_id": "ten_1",
        "at": AT,
        "words": ["a", "b"],
        "bytes": b"\x00\xff",
        "deep": [{"at": AT}],
    }


@pytest.fixture
def data(tmp_path: Path) -> Path:
    asyncio.run(_fill(tmp_path))
    return tmp_path


async def _fill(data: Path) -> None:
    file = OneFile(data / STORE, SystemClock())
    for database in (file.database("ai-responder"), EmbeddedDatabase(data / "ingress.sqlite")):
        await database.start()
        await database.collection(NOTES).insert_many([note(n) for n in range(700)])
        await database.close()


def test_every_document_is_found_with_its_service_and_the_types_of_its_fields(data: Path) -> None:
    found = collections_of(data)
    assert [(one.service, one.spec.name, one.rows) for one in found] == [
        ("ai-responder", "notes", 700),
        ("ingress", "notes", 700),
    ]
    for one in found:
        assert one.spec.fields == NOTES.fields
        pages = list(batches(data, one))
        assert [document for page in pages for document in page] == [note(n) for n in range(700)]
        assert len(pages) > 1, "never all in memory"


def test_the_digest_is_of_the_contents_whatever_their_order() -> None:
    here, there, other = Digest(), Digest(), Digest()
    here.add([note(1), note(2)])
    there.add([dict(reversed(note(2).items()))])
    there.add([note(1)])
    other.add([note(1), {**note(2), "at": AT.replace(year=2027)}])
    assert here == there != other


def test_events_that_wait_are_found_those_of_a_later_retry_among_them(tmp_path: Path) -> None:
    asyncio.run(_leave_two(tmp_path / STORE))
    assert [(entry.queue, entry.message.event_id) for entry in waiting(tmp_path)] == [("q", "e1"), ("q", "e2")]


async def _leave_two(file: Path) -> None:
    broker, tried = EmbeddedBroker(file, ManualClock()), asyncio.Event()
    await broker.start([Subscription("q", ("x",))])
    for id in ("e1", "e2"):
        await broker.publish(Message("x", b"{}", id, "ten_1"))

    async def refuse(delivery: Delivery) -> None:
        if delivery.message.event_id == "e1":
            await delivery.retry(600, "away")
            tried.set()

    await broker.subscribe("q", refuse)
    await tried.wait()
    await broker.close()


def test_a_folder_in_use_and_one_that_has_moved_are_refused(data: Path) -> None:
    settings = PlatformSettings(_env_file=None, database_url=f"embedded:{data}")  # pyright: ignore[reportCallIssue]
    held = folder.lock(data)
    with pytest.raises(SystemExit, match="in use by another Parley process"):
        move(settings, "mongodb://127.0.0.1:1/", RecordingBroker())
    held.close()
    (data / MOVED).touch()
    with pytest.raises(SystemExit, match="has moved to servers"):
        move(settings, "mongodb://127.0.0.1:1/", RecordingBroker())
    with pytest.raises(SystemExit, match="has moved to servers"):
        folder.check_moved(data)
