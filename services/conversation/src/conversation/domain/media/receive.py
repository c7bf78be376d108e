"""The media of an inbound text: filed with it as awaited, and put into the message once each is stored or missing."""

from __future__ import annotations

from collections.abc import Mapping

from conversation.domain.media.item import MEDIA, MOST_MEDIA, MediaItem, document_of, media_id
from conversation.domain.media.types import named
from conversation.domain.thread.context import Scene
from conversation.domain.thread.edit import Edit
from conversation.domain.thread.model import Message, MessageMedia, Thread
from shared.aggregates import Decision
from shared.events import SmsInbound


def media_of(event: SmsInbound) -> tuple[MessageMedia, ...]:
    return tuple(
        MessageMedia(
            id=media_id(event.message_id, n),
            url=one.url,
            content_type=named(one.content_type),
            size=one.size,
            state="awaited",
        )
        for n, one in enumerate(event.media[:MOST_MEDIA])
    )


def await_media(edit: Edit, message: Message) -> None:
    """File what is to be loaded, in the save that files the text: neither is without the other."""
    for one in message.media:
        item = MediaItem(
            id=one.id,
            tenant_id=edit.thread.tenant_id,
            source="carrier",
            state="awaited",
            thread_id=edit.thread.id,
            message_id=message.id,
            siblings=len(message.media),
            carrier_url=one.url,
            content_type=one.content_type,
            size=one.size,
            due_at=edit.scene.now,
            created_at=edit.scene.now,
            correlation_id=edit.scene.correlation_id,
            traceparent=edit.scene.traceparent,
        )
        edit.record(MEDIA, document_of(item, 1))


def settle_media(
    thread: Thread, message_id: str, filed: Message | None, items: Mapping[str, MediaItem], scene: Scene
) -> Decision[Thread] | None:
    """Show in the message how its media stand. None if it shows that already, or is not there.

    `filed`: the message's record, for one that the thread no longer holds. The message's revision counts its settled
    media, so their order and a repeat make no difference.
    """
    kept = thread.message(message_id)
    message = kept or filed
    if message is None:
        return None
    media = tuple(_as_it_stands(one, items.get(one.id)) for one in message.media)
    revision = 1 + sum(one.state != "awaited" for one in media)
    if revision <= message.revision:
        return None
    edit, changed = Edit(thread, scene), message.but(media=media, revision=revision)
    if kept:
        edit.file(changed)
    else:
        edit.file_only(changed)
    return edit.done()


def _as_it_stands(one: MessageMedia, item: MediaItem | None) -> MessageMedia:
    if item is None or item.state == "awaited":
        return one
    return one.but(content_type=item.content_type, size=item.size, state=item.state, reason=item.reason)
