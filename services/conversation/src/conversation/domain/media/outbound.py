"""What carriers take as one MMS, and the media of a message that is about to be sent."""

from __future__ import annotations

from collections.abc import Sequence

from conversation.domain.media.item import MediaItem
from conversation.domain.thread.model import MessageMedia
from shared.errors import Invalid

MOST_BYTES = 1_000_000
"""Of all media of one message together: Telnyx refuses 1 MB and more (40317)."""
MOST_MEDIA = 10


def of_upload(item: MediaItem, link: str) -> MessageMedia:
    return MessageMedia(id=item.id, url=link, content_type=item.content_type, size=item.size, state="stored")


def check_media(media: Sequence[MessageMedia]) -> None:
    """Raises `Invalid`: `too_many_media`, `media_too_large`, `repeated_media`. The size of what is elsewhere is unknown
    here; the carrier judges it."""
    if len(media) > MOST_MEDIA:
        raise Invalid("too_many_media", f"a message takes at most {MOST_MEDIA} pictures and files; leave some out")
    ids = [one.id for one in media if one.id]
    if len(set(ids)) < len(ids):
        raise Invalid("repeated_media", "the same upload is named twice; name it once")
    size = sum(one.size or 0 for one in media)
    if size > MOST_BYTES:
        detail = f"the uploads have {size:,} bytes together; carriers take {MOST_BYTES:,} in one message"
        raise Invalid("media_too_large", detail)
