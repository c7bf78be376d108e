"""Does what is due for a picture or file: loads it, tells its thread, and deletes an upload that nobody used.

Each step is saved before the next one begins, and each can be done twice. So a process that dies between any two
leaves nothing but a document that is due again, and perhaps a file that nobody kept, which the sweep finds.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from conversation.domain.media.item import SWEPT_AFTER, MediaItem, claimed, loaded, lost, media_id, not_loaded
from conversation.domain.media.receive import settle_media
from conversation.media.fetcher import MOST_BYTES, Fetcher, Loaded, NotLoaded
from conversation.media.store import MediaStore, item_of
from conversation.metrics import MEDIA_LOADS
from conversation.resources import Resources
from shared.aggregates import Cause
from shared.database.protocol import Document
from shared.errors import NotFound
from shared.service.sweeping import keep_swept

log = structlog.get_logger()

LEFT_OVER_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class MediaWorker:
    resources: Resources
    store: MediaStore
    fetcher: Fetcher

    async def work(self, document: Document) -> None:
        item, version = item_of(document), document["version"]
        if item.state == "awaited":
            await self._load(item, version)
        elif item.source == "upload":
            await self._look_after(item, version)
        else:
            await self._tell(item, version)

    async def _load(self, item: MediaItem, version: int) -> None:
        item = claimed(item, self._now())
        if not await self.store.save(item, version):
            return
        try:
            found = await self.fetcher.fetch(item.carrier_url, item.content_type)
        except NotLoaded as error:
            item = not_loaded(item, error.reason, self._now(), again=error.again)
        else:
            item = await self._stored(item, found)
        MEDIA_LOADS.labels(item.reason or item.state).inc()
        if not await self.store.save(item, version + 1):
            if item.file_id:
                await self.store.files.delete(item.tenant_id, item.file_id)
            return
        if item.state != "awaited":
            await self._tell(item, version + 2)

    async def _stored(self, item: MediaItem, found: Loaded) -> MediaItem:
        file = await self.store.files.write(item.tenant_id, _once(found.content), limit=MOST_BYTES)
        return loaded(item, found.type, file.size, file.id, self._now())

    async def _tell(self, item: MediaItem, version: int) -> None:
        """Keep the file, show it in the message, and be done. A text that was deleted meanwhile takes it along."""
        if item.state == "stored" and not await self._kept(item, version):
            return
        if not await self._shown(item):
            await self.store.delete(item)
            return
        await self.store.save(item.but(due_at=None), version)

    async def _kept(self, item: MediaItem, version: int) -> bool:
        try:
            await self.store.files.keep(item.tenant_id, item.file_id)
        except NotFound:
            await self.store.save(lost(item, self._now()), version)
            return False
        return True

    async def _shown(self, item: MediaItem) -> bool:
        """False if there is no such text any more."""
        threads, scene = self.resources.threads, await self.resources.scene(item.tenant_id, item.correlation_id)
        ids = [media_id(item.message_id, n) for n in range(item.siblings)]
        items = await self.store.several(item.tenant_id, ids)
        what = f"{item.id}|{item.state}"
        cause = Cause.due(item.tenant_id, what, item.correlation_id, item.traceparent)
        change = await threads.change(
            item.thread_id, cause, lambda thread: settle_media(thread, item.message_id, None, items, scene)
        )
        if change.state is None:
            return False
        if change.fresh or change.state.message(item.message_id):
            return True
        filed = await self.resources.messages.get(item.tenant_id, item.message_id)
        if filed is None:
            return False
        await threads.change(
            item.thread_id, cause, lambda thread: settle_media(thread, item.message_id, filed, items, scene)
        )
        return True

    async def _look_after(self, item: MediaItem, version: int) -> None:
        """Of an upload: keep its file; a week later delete it, if no message shows it."""
        ends = item.created_at + SWEPT_AFTER
        if self._now() < ends:
            await self.store.files.keep(item.tenant_id, item.file_id)
            await self.store.save(item.but(due_at=ends), version)
        elif await self.store.is_used(item.id):
            await self.store.save(item.but(due_at=None), version)
        else:
            await self.store.delete(item)

    def _now(self) -> datetime:
        return self.resources.clock.now()


@dataclass(frozen=True)
class LeftOvers:
    """Contents that a crash left without a document."""

    store: MediaStore
    resources: Resources

    async def run(self) -> None:
        await keep_swept([self.once], spread=True)

    async def once(self) -> int:
        return await self.store.sweep(self.resources.clock.now() - LEFT_OVER_AFTER)


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
