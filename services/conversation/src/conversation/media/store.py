"""Where media are kept: a document for each, its content as a file in the same database, and who uses an upload."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from conversation.domain.media.item import MEDIA, MEDIA_USES, MediaItem, document_of
from conversation.domain.thread.model import Message
from shared.database.protocol import Collection, CollectionSpec, Document, In
from shared.errors import NotFound
from shared.files import FileStore, StoredFile
from shared.service.alarm import Alarm

MEDIA_SPEC = CollectionSpec(MEDIA, {"tenant_id": "str", "due_at": "datetime"}, (("due_at",),))
MEDIA_USES_SPEC = CollectionSpec(MEDIA_USES, {"tenant_id": "str", "media_id": "str"}, (("media_id",),))


_AT_ONCE = 100


class MediaStore:
    def __init__(self, items: Collection, uses: Collection, files: FileStore, alarm: Alarm) -> None:
        self.items = items
        self.alarm = alarm
        """Rung where a text with media was filed."""
        self.files = files
        self._uses = uses

    async def get(self, tenant_id: str, id: str) -> MediaItem:
        """Raises `NotFound`, also for one of another tenant."""
        item = await self.find(id)
        if item is None or item.tenant_id != tenant_id:
            raise NotFound("not_found", "there is no picture or file with this id")
        return item

    async def find(self, id: str) -> MediaItem | None:
        document = await self.items.get(id)
        return item_of(document) if document else None

    async def several(self, tenant_id: str, ids: Sequence[str]) -> dict[str, MediaItem]:
        """Those of this tenant, by id."""
        if not ids:
            return {}
        page = await self.items.find({"id": In(ids)}, limit=len(ids))
        found = [item_of(document) for document in page.items]
        return {item.id: item for item in found if item.tenant_id == tenant_id}

    async def add(self, item: MediaItem) -> bool:
        """False if there is one with its id."""
        return await self.items.insert(document_of(item, 1))

    async def save(self, item: MediaItem, version: int) -> bool:
        """False if it has been changed since this version was read, or deleted."""
        return await self.items.replace(document_of(item, version + 1), version)

    async def file_of(self, item: MediaItem) -> StoredFile:
        """Raises `NotFound("media_missing")`."""
        file = await self.files.get(item.tenant_id, item.file_id) if item.file_id else None
        if file is None:
            raise NotFound("media_missing", "this picture or file is not here any more")
        return file

    async def is_used(self, id: str) -> bool:
        return await self._uses.count({"media_id": id}) > 0

    async def delete(self, item: MediaItem) -> None:
        """The content first: what a crash leaves is found again by its document."""
        if item.file_id:
            await self.files.delete(item.tenant_id, item.file_id)
        await self.items.delete({"id": item.id})

    async def forget(self, tenant_id: str, messages: Iterable[Message]) -> int:
        """Delete for good what these messages show; an upload that other messages show too stays. How many went.

        To be called before the messages' own records are deleted, which are the list of what is to be deleted.
        """
        shown_by: defaultdict[str, list[str]] = defaultdict(list)
        for message in messages:
            for one in message.media:
                if one.id:
                    shown_by[one.id].append(message.id)
        gone = 0
        ids = list(shown_by)
        for start in range(0, len(ids), _AT_ONCE):
            for item in (await self.several(tenant_id, ids[start : start + _AT_ONCE])).values():
                gone += await self._forgotten_by(item, shown_by[item.id])
        return gone

    async def _forgotten_by(self, item: MediaItem, message_ids: Sequence[str]) -> bool:
        if item.source == "upload":
            await self._uses.delete({"id": In([f"{item.id}|{id}" for id in message_ids])})
            if await self.is_used(item.id):
                return False
        await self.delete(item)
        return True

    async def sweep(self, before: datetime) -> int:
        """Remove contents that a crash left without a document."""
        return await self.files.sweep(before)


def item_of(document: Document) -> MediaItem:
    return MediaItem.read(document["item"])
