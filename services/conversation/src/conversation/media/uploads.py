"""Uploads of people and programs, and their way into a message.

An upload is stored before it has an owner. Its document is due from the beginning, so that the worker keeps its file if
this process dies here, and deletes both a week later if no message shows it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from conversation.domain.media.item import LEASE, UNUSED_FOR, MediaItem
from conversation.domain.media.outbound import check_media, of_upload
from conversation.domain.media.types import found_type
from conversation.domain.thread.model import MessageMedia
from conversation.media.form import UploadedFile
from conversation.media.links import Links
from conversation.media.store import MediaStore
from shared.clock import Clock
from shared.errors import Invalid
from shared.http.idempotency import RequestKey, require_same

LINKS_WORK_FOR = timedelta(days=30)
"""From sending on. A message that has not left by then is long since shown to a person."""
_ROUTE = "media"


@dataclass(frozen=True)
class Uploads:
    store: MediaStore
    links: Links
    clock: Clock

    async def add(self, tenant_id: str, given: UploadedFile, key: RequestKey) -> MediaItem:
        """Raises `Invalid`: `media_type`, or `idempotency_key_reused` for a key that was used with another file."""
        found = found_type(given.content, given.content_type)
        if found is None:
            detail = (
                "this file is of a type that carriers do not deliver, or its content is not what its name says; "
                "send a JPEG, PNG, GIF or WebP picture, MP4 or 3GP film, MP3, AMR or OGG sound, PDF, vCard or iCalendar"
            )
            raise Invalid("media_type", detail)
        id, now = key.id_for("med", tenant_id, _ROUTE), self.clock.now()
        if (earlier := await self._earlier(id, given)) is not None:
            return earlier
        file = await self.store.files.write(tenant_id, _once(given.content), limit=len(given.content))
        item = MediaItem(
            id=id, tenant_id=tenant_id, source="upload", state="stored", content_type=found.content_type,
            size=file.size, file_id=file.id, sha256=given.sha256, file_name=given.name, due_at=now + LEASE,
            created_at=now,
        )  # fmt: skip
        if not await self.store.add(item):
            await self.store.files.delete(tenant_id, file.id)
            earlier = await self._earlier(id, given)
            return earlier or item
        await self.store.files.keep(tenant_id, file.id)
        return item

    async def _earlier(self, id: str, given: UploadedFile) -> MediaItem | None:
        earlier = await self.store.find(id)
        if earlier is not None:
            require_same(earlier.sha256, given.sha256)
        return earlier

    def link(self, item: MediaItem) -> str:
        """Good for as long as the upload may be used in a new message."""
        return self.links.link(item, item.created_at + UNUSED_FOR)

    async def media_for(self, tenant_id: str, urls: Sequence[str], ids: Sequence[str]) -> tuple[MessageMedia, ...]:
        """What a message shows: addresses first, then uploads. A link of ours among the addresses is its upload.

        Raises `Invalid`: `unknown_media`, and as `check_media` does.
        """
        named = [self._id_of(url) for url in urls]
        wanted = [id for id in (*named, *ids) if id]
        items = await self.store.several(tenant_id, wanted)
        media = [
            *(self._use(items, id) if id else MessageMedia(url=url) for url, id in zip(urls, named, strict=True)),
            *(self._use(items, id) for id in ids),
        ]
        check_media(media)
        return tuple(media)

    def _id_of(self, url: str) -> str | None:
        token = self.links.token_of(url)
        if token is None:
            return None
        id = self.links.id_in(token, self.clock.now())
        if id is None:
            raise Invalid("unknown_media", "a link in `media_urls` has run out or is damaged; upload the file again")
        return id

    def _use(self, items: dict[str, MediaItem], id: str) -> MessageMedia:
        """One of an inbound text cannot be sent on: it is the customer's."""
        item, now = items.get(id), self.clock.now()
        if item is None or item.source != "upload" or item.state != "stored":
            raise Invalid("unknown_media", f"there is no upload {id[:60]}; POST /api/media makes one")
        if now >= item.created_at + UNUSED_FOR:
            days = UNUSED_FOR.days
            raise Invalid("unknown_media", f"the upload {id} is older than {days} days; upload the file again")
        return of_upload(item, self.links.link(item, now + LINKS_WORK_FOR))


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
