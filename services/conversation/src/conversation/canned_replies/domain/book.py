"""All canned replies of a tenant, in one document: so no two have one shortcut."""

from __future__ import annotations

from typing import Any

from shared.aggregates import Decision
from shared.errors import NotFound, Refused
from shared.values import Int64, Moment, Value

MOST_REPLIES = 300
LONGEST_REPLY = 2_000
"""Characters: more than ten SMS parts hold, with room for names of variables."""


class CannedReply(Value):
    id: str
    name: str
    shortcut: str | None = None
    text: str
    created_at: Moment
    created_by: str
    changed_at: Moment
    revision: Int64 = 1
    digest: str | None = None
    """Fingerprint of the request that made it, if that had an Idempotency-Key."""


class CannedBook(Value):
    replies: tuple[CannedReply, ...] = ()

    def reply(self, id: str) -> CannedReply:
        """Raises `NotFound`."""
        found = next((one for one in self.replies if one.id == id), None)
        if found is None:
            raise NotFound("not_found", "no canned reply has this id")
        return found


def create(book: CannedBook, reply: CannedReply) -> Decision[CannedBook] | None:
    """None if this very reply is there. Raises `Refused("shortcut_exists" | "too_many_canned_replies")`."""
    if any(one.id == reply.id for one in book.replies):
        return None
    _check_shortcut(book, reply)
    if len(book.replies) >= MOST_REPLIES:
        raise Refused("too_many_canned_replies", f"a tenant has at most {MOST_REPLIES} canned replies")
    return Decision(book.but(replies=(*book.replies, reply)))


def change(book: CannedBook, id: str, wanted: dict[str, Any], now: Moment) -> Decision[CannedBook] | None:
    """Raises `NotFound`, `Refused("shortcut_exists")`."""
    present = book.reply(id)
    changed = present.but(**wanted)
    if changed == present:
        return None
    _check_shortcut(book, changed)
    changed = changed.but(changed_at=now, revision=present.revision + 1)
    return Decision(book.but(replies=tuple(changed if one.id == id else one for one in book.replies)))


def remove(book: CannedBook, id: str) -> Decision[CannedBook]:
    """Raises `NotFound`."""
    book.reply(id)
    return Decision(book.but(replies=tuple(one for one in book.replies if one.id != id)))


def _check_shortcut(book: CannedBook, reply: CannedReply) -> None:
    if reply.shortcut is None:
        return
    for other in book.replies:
        if other.id != reply.id and other.shortcut == reply.shortcut:
            raise Refused("shortcut_exists", f"the canned reply {other.name!r} has this shortcut already")
