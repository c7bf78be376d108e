"""One user's read marks, in one document of bounded size.

A conversation counts its customer's texts (`received`) and, as `unread`, those of them that no person has answered. A
mark says up to which count a user has read. What a person answered is unread for no one, so a user's unread texts are
`min(unread, received - mark)`, and a conversation that the user never opened has all of `unread`. A conversation that
the user marked as unread has at least one, until the user reads it.

A user keeps the latest thousand marks. When more are made, `read_before` moves to the time of the oldest that went:
conversations with no later text count as read for this user, except those marked as unread.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from shared.aggregates import Decision, NewEvent
from shared.events import ReadUpdated
from shared.values import Moment, Value

MOST_MARKS = 1_000
MOST_UNREAD = 200
"""Conversations that a user marked as unread; of more the oldest are no longer kept as such."""


class ReadMark(Value, array_like=True):
    conversation_id: str
    texts: int
    """How many of the conversation's texts this user has read."""
    at: Moment


class ReadMarks(Value, dict=True):
    """`marks` by time, oldest first."""

    user_id: str
    marks: tuple[ReadMark, ...] = ()
    unread: tuple[ReadMark, ...] = ()
    """Made by "mark as unread"; they stand although `read_before` is later."""
    read_before: Moment | None = None
    revision: int = 0

    @cached_property
    def kept_unread(self) -> frozenset[str]:
        """Conversations that the user marked as unread. They may have no text that waits for an answer."""
        return frozenset(mark.conversation_id for mark in self.unread)

    @cached_property
    def _by_conversation(self) -> Mapping[str, ReadMark]:
        return {mark.conversation_id: mark for mark in (*self.marks, *self.unread)}

    def unread_of(self, conversation: Mapping[str, Any]) -> int:
        """How many texts of this conversation, as the API shows it, are unread for this user."""
        id, shared = conversation["id"], conversation["unread"]
        if mark := self._by_conversation.get(id):
            return max(int(id in self.kept_unread), min(shared, conversation.get("received", 0) - mark.texts), 0)
        last = conversation.get("last_inbound_at")
        return 0 if self.read_before and last and _moment(last) <= self.read_before else shared


def mark_as(
    marks: ReadMarks, conversation: Mapping[str, Any], now: datetime, *, read: bool
) -> Decision[ReadMarks] | None:
    """Mark a conversation, as the API shows it, as read or unread. None if it is so already.

    Unread: its latest text counts as unread.
    """
    if read == (marks.unread_of(conversation) == 0):
        return None
    wanted = 0 if read else 1
    mark = ReadMark(conversation_id=conversation["id"], texts=conversation.get("received", 0) - wanted, at=now)
    changed = _with_mark(marks, mark, read=read)
    data = ReadUpdated(
        user_id=marks.user_id, conversation_id=mark.conversation_id, unread=wanted, read_texts=mark.texts,
        revision=changed.revision,
    )  # fmt: skip
    return Decision(changed, (NewEvent(data, mark.conversation_id, marks.user_id),))


def _with_mark(marks: ReadMarks, mark: ReadMark, *, read: bool) -> ReadMarks:
    others = tuple(one for one in marks.marks if one.conversation_id != mark.conversation_id)
    unread = tuple(one for one in marks.unread if one.conversation_id != mark.conversation_id)
    if not read:
        unread = (*unread, mark)[-MOST_UNREAD:]
        return marks.but(marks=others, unread=unread, revision=marks.revision + 1)
    kept = (*others, mark)
    dropped, kept = kept[:-MOST_MARKS], kept[-MOST_MARKS:]
    read_before = max([one.at for one in dropped] + ([marks.read_before] if marks.read_before else []), default=None)
    return marks.but(marks=kept, unread=unread, read_before=read_before, revision=marks.revision + 1)


def _moment(value: datetime | str) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)
