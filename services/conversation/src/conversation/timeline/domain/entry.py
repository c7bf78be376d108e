"""An entry of a timeline: a person's note, or a change of a conversation with who made it.

Messages, activities and consent are kept elsewhere and joined when a timeline is read, so an ordinary text files no
entry. Entries are never changed.
"""

from __future__ import annotations

from typing import Literal

from shared.ids import derived_id
from shared.values import Moment, Value

TIMELINE = "timeline"
INTERNAL = "internal"
"""The channel of what no customer sees."""

EntryKind = Literal["sms", "activity", "note", "consent", "change"]
EntryAuthor = Literal["agent", "api", "assistant", "workflow", "customer", "system"]
ChangeKind = Literal[
    "assigned",
    "unassigned",
    "ai_mode",
    "assistant",
    "guide",
    "closed",
    "reopened",
    "labelled",
    "unlabelled",
    "snoozed",
    "woken",
    "draft_approved",
    "draft_edited",
    "draft_rejected",
    "needs_person",
    "field_set",
    "follow_up",
]


class Actor(Value):
    """Who did something: a user (`agent`), an API key (`api`), or a part of Parley."""

    author: EntryAuthor
    user_id: str | None = None
    key_id: str | None = None


SYSTEM = Actor(author="system")
ASSISTANT = Actor(author="assistant")
CUSTOMER = Actor(author="customer")
WORKFLOW = Actor(author="workflow")


class Change(Value):
    """Something that was done to a conversation. `by` None: the actor of the decision."""

    what: ChangeKind
    summary: str
    """One English phrase; names users, assistants and labels as the API does."""
    by: Actor | None = None
    cause: str = ""
    """The event it comes from, so that another delivery files the same entry. Empty: the save it belongs to."""
    message_id: str | None = None


class TimelineEntry(Value):
    """As it is filed. `revision` is always 1."""

    id: str
    tenant_id: str
    thread_id: str
    contact_id: str
    conversation_id: str
    kind: EntryKind
    channel: str = INTERNAL
    at: Moment
    direction: Literal["inbound", "outbound", "none"] = "none"
    what: str = ""
    """Of a change: its kind. Assistants' tools and later versions may add kinds."""
    summary: str
    """A note's whole text."""
    link: str | None = None
    message_id: str | None = None
    author: EntryAuthor
    user_id: str | None = None
    key_id: str | None = None
    digest: str | None = None
    """Of a note made with an Idempotency-Key: fingerprint of its request."""
    revision: int = 1


def entry_id(thread_id: str, cause: str, what: str) -> str:
    return derived_id("tml", thread_id, cause, what)
