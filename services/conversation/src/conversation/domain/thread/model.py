"""The values a thread consists of. Bounded: what falls out of it lies in the filed records."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import SerializerFunctionWrapHandler, model_serializer

from shared.events import AiMode, Author, CarrierError, ConsentEntry, Media, Money, SmsStatus, thread_id
from shared.events.kinds import Encoding
from shared.ids import derived_id
from shared.values import Moment, Value

LIVE = frozenset({"queued", "submitting", "unknown", "unresolved"})
"""Statuses of a message whose fate is open: it may yet leave, or a person has to say whether it did."""


class Card(Value):
    """What is known of the person at the other end; the contact's record owns it, a thread keeps a copy."""

    id: str
    phone_number: str
    name: str | None = None
    company: str | None = None
    facts: tuple[tuple[str, str], ...] = ()
    revision: int = 0


class Message(Value):
    """One text of the thread, content and fate. `revision` is 1 + the revision of the status it shows."""

    id: str
    conversation_id: str
    direction: Literal["inbound", "outbound"]
    author: Author
    text: str = ""
    media: tuple[Media, ...] = ()
    from_number: str
    to_number: str
    status: str
    reason: str = ""
    parts: int | None = None
    encoding: Encoding | None = None
    cost: Money | None = None
    error: CarrierError | None = None
    created_at: Moment
    """Its place in the timeline: a customer's text by when it reached us, ours by when it was decided."""
    sent_at: Moment | None = None
    delivered_at: Moment | None = None
    too_late: bool = False
    """A withdrawal came after the sender had claimed it."""
    digest: str | None = None
    """Fingerprint of the request that made it, to refuse another body under the same key."""
    revision: int = 1

    @model_serializer(mode="wrap")
    def _without_nothing(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # A thread is saved with twenty of these at every step: what says nothing is not written (a tenth less time).
        return {key: value for key, value in dump(self).items() if not _says_nothing(value)}

    @property
    def place(self) -> tuple[Moment, str]:
        return (self.created_at, self.id)


class Draft(Value):
    """An answer of the assistant that waits for a person."""

    id: str
    conversation_id: str
    turn: int
    text: str
    run_id: str
    assistant_id: str
    model: str = ""
    reason: str = ""
    """Why it waits although the assistant may answer by itself, e.g. `too_long`."""
    created_at: Moment


class PastDraft(Value):
    id: str
    fate: Literal["superseded", "approved", "rejected"]


class Awaiting(Value):
    """A withdrawn answer of which nobody knows yet whether it left."""

    message_id: str
    until: Moment
    causes: tuple[str, ...]


class Turn(Value):
    """Whose move it is. `n` counts the customer's texts that could be answered, so it never repeats.

    idle → quiet (a text came; waiting for more) → asked → answered or suggested → idle
    """

    n: int = 0
    state: Literal["idle", "quiet", "asked", "suggested", "answered"] = "idle"
    conversation_id: str = ""
    causes: tuple[str, ...] = ()
    """Ids of the texts nobody has answered."""
    quiet_since: Moment | None = None
    quiet_until: Moment | None = None
    answer_by: Moment | None = None
    answer_id: str | None = None
    awaiting: Awaiting | None = None
    correlation_id: str = ""
    traceparent: str = ""

    @property
    def due_at(self) -> Moment | None:
        if self.state == "quiet" and self.quiet_until:
            return max(self.quiet_until, self.awaiting.until) if self.awaiting else self.quiet_until
        return self.answer_by if self.state == "asked" else None


class Needs(Value):
    """A person is wanted. While `paused`, the assistant is silent until a person gives the conversation back."""

    reason: str
    detail: str = ""
    at: Moment
    paused: bool = False


class Preview(Value):
    """The last message of a conversation, as a list shows it."""

    id: str
    direction: Literal["inbound", "outbound"]
    author: Author
    text: str
    status: str
    created_at: Moment


class Conversation(Value):
    """One numbered period of the thread."""

    id: str
    ordinal: int
    state: Literal["open", "closed"] = "open"
    ai_mode: AiMode | None = None
    """None: as the tenant has it."""
    assistant_id: str | None = None
    assignee: str | None = None
    guide: str = ""
    unread: int = 0
    needs_person: Needs | None = None
    last_message: Preview | None = None
    last_activity_at: Moment
    created_at: Moment
    revision: int = 0


class Silence(Value):
    """A workflow expects the customer's answer for itself. The workflow's latest text says until when."""

    message_id: str
    at: Moment
    until: Moment | None


class Thread(Value):
    """Everything between one of our numbers and one contact; the unit of decision."""

    id: str
    tenant_id: str
    number: str
    card: Card
    conversations: tuple[Conversation, ...] = ()
    periods: int = 0
    """How many there have ever been."""
    messages: tuple[Message, ...] = ()
    """By place: the latest, and older ones whose fate still matters."""
    early: tuple[SmsStatus, ...] = ()
    """Statuses that overtook the event of their message."""
    turn: Turn = Turn()
    draft: Draft | None = None
    past_drafts: tuple[PastDraft, ...] = ()
    consent: tuple[ConsentEntry, ...] = ()
    last_stop_at: Moment | None = None
    silence: Silence | None = None
    contact_texted_us: bool = False
    """Whatever became of the texts themselves."""
    ai_sent: tuple[Moment, ...] = ()
    out_seq: int = 0
    saves: int = 0

    @classmethod
    def new(cls, tenant_id: str, number: str, card: Card, consent: tuple[ConsentEntry, ...] = ()) -> Thread:
        id = thread_id(tenant_id, number, card.phone_number)
        return cls(id=id, tenant_id=tenant_id, number=number, card=card, consent=consent)

    def knowing(self, card: Card | None) -> Thread:
        """With this card, if it is newer."""
        return self.but(card=card) if card and card.revision > self.card.revision else self

    @property
    def contact(self) -> str:
        return self.card.phone_number

    @property
    def latest(self) -> Conversation | None:
        return self.conversations[-1] if self.conversations else None

    def conversation(self, id: str) -> Conversation | None:
        return next((one for one in self.conversations if one.id == id), None)

    def message(self, id: str | None) -> Message | None:
        return next((one for one in self.messages if one.id == id), None)


def contact_id(tenant_id: str, phone_number: str) -> str:
    return derived_id("cct", tenant_id, phone_number)


def conversation_id(thread: str, ordinal: int) -> str:
    return derived_id("cnv", thread, str(ordinal))


def _says_nothing(value: Any) -> bool:
    """Equals the default of every field that has such a one; a number always says something, 0 too."""
    return value is None or value is False or (isinstance(value, str | tuple | list) and not value)
