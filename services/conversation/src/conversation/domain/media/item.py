"""One picture or file: awaited from the carrier, stored, or missing with a reason. The steps of its life are pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from conversation.domain.media.types import MediaType, type_of
from shared.aggregates.stored import stored
from shared.ids import derived_id
from shared.values import Moment, Value

MEDIA = "media"
MEDIA_USES = "media_uses"
MOST_MEDIA = 10
"""Of one text. Carriers take no more; a text with more is hostile, and the rest is left out."""
LEASE = timedelta(seconds=90)
"""A load takes 30 s at most. After this, a process that died with it is replaced."""
PAUSES = (5.0, 30.0, 120.0, 600.0, 3600.0, 6 * 3600.0, 24 * 3600.0)
"""Seconds after each load that failed. The carrier keeps media for 30 days, and its links may work for less."""
UNUSED_FOR = timedelta(days=7)
"""How long an upload can be used."""
SWEPT_AFTER = UNUSED_FOR + timedelta(days=1)
"""When an unused upload is deleted: a message that took it at the last moment has been filed by then."""

Missing = Literal["too_large", "wrong_type", "forbidden_address", "bad_address", "gone", "not_reachable"]
MEANINGS: Mapping[Missing, str] = {
    "too_large": "It has more bytes than are taken.",
    "wrong_type": "It is of a type that is not taken, or its content is not what the sender calls it.",
    "forbidden_address": "Its address, or one that it redirects to, is not on the internet.",
    "bad_address": "Its address cannot be read.",
    "gone": "The carrier no longer has it.",
    "not_reachable": "Its server did not answer, tried for a day.",
}
State = Literal["awaited", "stored", "missing"]


class MediaItem(Value, omit_defaults=True):
    id: str
    tenant_id: str
    source: Literal["carrier", "upload"]
    state: State
    reason: str = ""
    """One of `Missing`, for a missing one."""
    thread_id: str = ""
    message_id: str = ""
    """The text it came with; empty for an upload, which several messages may use."""
    siblings: int = 0
    """How many media that text has."""
    carrier_url: str = ""
    content_type: str = ""
    """As its content shows; as the carrier says, while it is awaited."""
    size: int | None = None
    file_id: str = ""
    sha256: str = ""
    file_name: str = ""
    loads: int = 0
    due_at: Moment | None = None
    created_at: Moment
    correlation_id: str = ""
    traceparent: str = ""

    @property
    def type(self) -> MediaType:
        return type_of(self.content_type)


def media_id(message_id: str, n: int) -> str:
    return derived_id("med", message_id, str(n))


def document_of(item: MediaItem, version: int) -> dict[str, Any]:
    """`revision` is for the thread's save, which files a new item by `put`; later saves are by `version`."""
    return {
        "id": item.id,
        "tenant_id": item.tenant_id,
        "revision": version,
        "version": version,
        "due_at": item.due_at,
        "item": stored(item),
    }


def use_of(tenant_id: str, media: str, message_id: str) -> dict[str, Any]:
    """Says that a message shows an upload, so that it is kept as long as the message."""
    return {"id": f"{media}|{message_id}", "revision": 1, "tenant_id": tenant_id, "media_id": media}


def claimed(item: MediaItem, now: datetime) -> MediaItem:
    return item.but(loads=item.loads + 1, due_at=now + LEASE)


def loaded(item: MediaItem, found: MediaType, size: int, file_id: str, now: datetime) -> MediaItem:
    """`due_at` stays, for the thread has not heard of it yet."""
    return item.but(state="stored", content_type=found.content_type, size=size, file_id=file_id, due_at=now + LEASE)


def not_loaded(item: MediaItem, reason: Missing, now: datetime, *, again: bool) -> MediaItem:
    """Put off, or missing for good."""
    if again and item.loads <= len(PAUSES):
        return item.but(due_at=now + timedelta(seconds=PAUSES[max(0, item.loads - 1)]))
    return item.but(state="missing", reason=reason, due_at=now + LEASE)


def lost(item: MediaItem, now: datetime) -> MediaItem:
    """Its file was swept, because a process died between storing and keeping it: load it again."""
    return item.but(state="awaited", file_id="", due_at=now)
