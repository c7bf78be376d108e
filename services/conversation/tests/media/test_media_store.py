"""Media as both databases keep them: each with its content, its uses, and what is due."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from conversation.domain.media.item import MediaItem, use_of
from conversation.domain.thread.model import Message, MessageMedia
from conversation.media.store import MEDIA_SPEC, MEDIA_USES_SPEC, MediaStore
from shared.clock import ManualClock
from shared.database.protocol import Collection, Database, Range
from shared.errors import NotFound
from shared.files import FileStore
from shared.service.alarm import Alarm

CONTENT = b"cake" * 100


class Stage:
    def __init__(self, database: Database) -> None:
        self.clock = ManualClock()
        self.uses: Collection = database.collection(MEDIA_USES_SPEC)
        self.files = FileStore(database, self.clock)
        self.media = MediaStore(database.collection(MEDIA_SPEC), self.uses, self.files, Alarm(self.clock))

    async def stored(self, id: str, tenant: str = "ten_a", source: str = "upload") -> MediaItem:
        file = await self.files.write(tenant, _once(), limit=1_000)
        await self.files.keep(tenant, file.id)
        item = MediaItem.read(
            {
                "id": id, "tenant_id": tenant, "source": source, "state": "stored", "content_type": "image/jpeg",
                "size": file.size, "file_id": file.id, "sha256": file.sha256, "due_at": self.clock.now(),
                "created_at": self.clock.now(),
            }
        )  # fmt: skip
        assert await self.media.add(item)
        return item

    async def is_there(self, item: MediaItem) -> bool:
        return (
            await self.media.find(item.id) is not None or await self.files.get(item.tenant_id, item.file_id) is not None
        )

    def message(self, id: str, *items: MediaItem) -> Message:
        media = tuple(
            MessageMedia(id=one.id, url="", content_type=one.content_type, size=one.size, state="stored")
            for one in items
        )
        fields = {
            "id": id, "conversation_id": "cnv_1", "direction": "outbound", "author": "agent", "text": "",
            "from_number": "a", "to_number": "b", "status": "sent", "created_at": self.clock.now(),
        }  # fmt: skip
        return Message.read(fields).but(media=media)


async def _once() -> AsyncIterator[bytes]:
    yield CONTENT


@pytest.fixture
async def stage(either_database: Database) -> Stage:
    made = Stage(either_database)
    await either_database.start()
    return made


async def test_an_item_is_added_once_saved_by_version_and_found_in_its_tenant_only(stage: Stage) -> None:
    item = await stage.stored("med_1")
    theirs = await stage.stored("med_2", "ten_b")
    assert not await stage.media.add(item), "its id is taken"
    file = await stage.media.file_of(item)
    assert b"".join([piece async for piece in stage.files.read(file)]) == CONTENT
    assert await stage.media.several("ten_a", ["med_1", "med_2", "med_3"]) == {"med_1": item}
    with pytest.raises(NotFound):
        await stage.media.get("ten_a", theirs.id)
    later = item.but(due_at=None)
    assert await stage.media.save(later, 1)
    assert not await stage.media.save(item, 1), "it has changed since"
    assert await stage.media.get("ten_a", "med_1") == later
    due = await stage.media.items.find({"due_at": Range(lte=stage.clock.now())})
    assert [one["id"] for one in due.items] == ["med_2"]


async def test_an_upload_goes_with_the_last_message_that_shows_it_and_a_picture_with_its_own(stage: Stage) -> None:
    upload, picture = await stage.stored("med_1"), await stage.stored("med_2", source="carrier")
    first, second = stage.message("msg_1", upload, picture), stage.message("msg_2", upload)
    for message in (first, second):
        assert await stage.uses.put(use_of("ten_a", upload.id, message.id))
    assert await stage.media.forget("ten_a", [first]) == 1
    assert (await stage.is_there(upload), await stage.is_there(picture)) == (True, False)
    assert await stage.media.forget("ten_b", [second]) == 0, "another tenant's messages take nothing along"
    assert await stage.media.forget("ten_a", [second]) == 1
    assert not await stage.is_there(upload)


async def test_contents_that_nobody_kept_are_swept(stage: Stage) -> None:
    kept = await stage.stored("med_1")
    left = await stage.files.write("ten_a", _once(), limit=1_000)
    stage.clock.advance(60)
    assert await stage.media.sweep(stage.clock.now() - timedelta(seconds=1)) == 1
    assert await stage.files.get("ten_a", left.id) is None
    assert await stage.files.get("ten_a", kept.file_id) is not None
