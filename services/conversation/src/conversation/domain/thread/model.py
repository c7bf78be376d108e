"""The values of a thread. Its size is bounded; older messages and conversations are in the filed records only."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from conversation.domain.thread.planned import FieldNote, FollowUp
from conversation.people.domain.identifiers import Identifier
from shared.events import AiMode, Author, CarrierError, ConsentEntry, KnownQuestion, Money, SmsStatus, Why, thread_id
from shared.events.ai_responder import Act, UngroundedClaim
from shared.events.kinds import Encoding, InboundKind, Keyword
from shared.ids import derived_id
from shared.values import Moment, Value

UNKNOWN_SINCE = datetime(1970, 1, 1, tzinfo=UTC)
"""Of a thread saved before this was kept: a campaign may have texted at any time."""


class Card(Value):
    """The contact: a thread's copy of the contact's record."""

    id: str
    phone_number: str
    name: str | None = None
    company: str | None = None
    facts: tuple[tuple[str, str], ...] = ()
    revision: int = 0
    others: tuple[Identifier, ...] = ()
    """Further identifiers of the person: other numbers, e-mail addresses, ids of other systems."""


class Reaction(Value):
    """A reaction that the customer's phone could not show and sent as a text."""

    sign: str
    """Its emoji, or its words, such as "Liked"."""
    quoted: str = ""
    message_id: str | None = None
    """The message it quotes; None: not found."""


class MessageMedia(Value, omit_defaults=True):
    """A picture or file of a message."""

    id: str = ""
    """Of what is kept here. Empty: it is at `url`, on somebody else's server."""
    url: str
    """Where the carrier fetches it, or where we fetched it."""
    content_type: str = ""
    size: int | None = None
    state: Literal["elsewhere", "awaited", "stored", "missing"] = "elsewhere"
    reason: str = ""
    """Why it is missing."""


class Message(Value, omit_defaults=True):
    """One message of the thread and its status. `revision` is 1 + the revision of that status."""

    id: str
    conversation_id: str
    direction: Literal["inbound", "outbound"]
    author: Author
    text: str = ""
    media: tuple[MessageMedia, ...] = ()
    kind: InboundKind = ""
    reaction: Reaction | None = None
    others: tuple[str, ...] = ()
    """Further participants of a group."""
    keyword: Keyword | None = None
    """Of an inbound text: as ingress found it, or the carrier."""
    from_number: str
    to_number: str
    status: str
    reason: str = ""
    parts: int | None = None
    encoding: Encoding | None = None
    cost: Money | None = None
    error: CarrierError | None = None
    created_at: Moment
    """Its place in the timeline: inbound by `effective_at`, outbound by the time of the decision."""
    sent_at: Moment | None = None
    delivered_at: Moment | None = None
    too_late: bool = False
    """It was withdrawn after the sender had claimed it."""
    digest: str | None = None
    """Fingerprint of the request that created it, to refuse another body with the same Idempotency-Key."""
    user_id: str | None = None
    """The user who sent it or approved it as a draft."""
    opened: bool = False
    """Sent by a person or program, it opened its conversation."""
    why: Why | None = None
    """Of an answer of the assistant, approved ones included: how it came about."""
    revision: int = 1

    @property
    def place(self) -> tuple[Moment, str]:
        return (self.created_at, self.id)


class Draft(Value):
    """An answer of the assistant that waits for approval."""

    id: str
    conversation_id: str
    turn: int
    text: str
    run_id: str
    assistant_id: str
    model: str = ""
    reason: str = ""
    """Why it waits although the mode is `auto`: `too_long`, `ungrounded` or `guide` (the guide has no autopilot)."""
    ungrounded: tuple[UngroundedClaim, ...] = ()
    """What it states without a source."""
    why: Why | None = None
    """How it came about; None: it is from before this was kept."""
    acts: tuple[Act, ...] = ()
    """Done when it is approved."""
    created_at: Moment


class AnswerOrigin(Value):
    """The run of the assistant that made an answer."""

    run_id: str
    assistant_id: str
    version: int = 0
    guide_id: str = ""
    intent: str = ""


class SilentAnswer(Value):
    """An answer that is neither sent nor shown: it is compared with what a person sends in the same turn."""

    conversation_id: str
    turn: int
    origin: AnswerOrigin
    text: str = ""
    """Empty: the assistant would have asked for a person."""
    created_at: Moment


class SentAnswer(Value):
    """The latest automatic answer: a person who writes before the customer does corrects it."""

    conversation_id: str
    turn: int
    message_id: str
    origin: AnswerOrigin
    at: Moment


class PastDraft(Value):
    id: str
    fate: Literal["superseded", "approved", "rejected"]


class Awaiting(Value):
    """A withdrawn answer. It is not known yet whether it was sent."""

    message_id: str
    until: Moment
    causes: tuple[str, ...]


class Turn(Value):
    """The state of the assistant's answer. `n` counts the customer's texts that could be answered, so it never repeats.

    idle → quiet (a text came; waiting for more) → asked → answered or suggested → idle
    """

    n: int = 0
    state: Literal["idle", "quiet", "asked", "suggested", "answered"] = "idle"
    conversation_id: str = ""
    causes: tuple[str, ...] = ()
    """Ids of the unanswered texts."""
    quiet_since: Moment | None = None
    quiet_until: Moment | None = None
    answer_by: Moment | None = None
    answer_id: str | None = None
    known_question: KnownQuestion | None = None
    """What the answer knew of workflows' questions."""
    awaiting: Awaiting | None = None
    correlation_id: str = ""
    traceparent: str = ""
    held: bool = False
    """Waiting because a workflow run waits for the customer's answer."""
    question_to_come: bool = False
    """Sender refused the answer: a workflow's question had left that this thread does not know yet."""
    shadow: bool = False
    """A person answers; the assistant's answer is only compared with theirs."""
    ceiling: AiMode = "auto"
    """The most that the chosen guide allows; a draft waits below `auto`, whatever the conversation's mode."""
    is_counted: bool = False
    """The chosen guide earns its autopilot, so an automatic answer counts too."""

    def ended(self) -> Turn:
        """Nothing is awaited any more; the number stays, so that no later turn repeats it."""
        return Turn(n=self.n)

    @property
    def due_at(self) -> Moment | None:
        if self.state == "quiet" and self.quiet_until:
            return max(self.quiet_until, self.awaiting.until) if self.awaiting else self.quiet_until
        return self.answer_by if self.state == "asked" else None


class Needs(Value):
    """A person is wanted. While `paused`, the assistant is silent."""

    reason: str
    detail: str = ""
    at: Moment
    paused: bool = False


class Preview(Value):
    """The last message of a conversation, shortened for lists."""

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
    """None: the tenant's mode."""
    shadow: bool | None = None
    """Whether the assistant answers silently beside people. None: the tenant's setting."""
    assistant_id: str | None = None
    assignee: str | None = None
    guide: str = ""
    unread: int = 0
    """The customer's texts that no person has answered or, by an API key, marked as read. Each user's own read marks
    are kept elsewhere (`read_marks`)."""
    received: int = 0
    """The customer's texts so far, with which read marks compare."""
    last_inbound_at: Moment | None = None
    labels: tuple[str, ...] = ()
    snoozed_until: Moment | None = None
    """Hidden from what is to be done until then, or until the customer writes."""
    notes: int = 0
    """Internal notes so far; they lie in the timeline."""
    talked: bool | None = None
    """Whether it holds more than texts of campaigns and workflows. None: from before this was noted."""
    needs_person: Needs | None = None
    last_message: Preview | None = None
    last_activity_at: Moment
    created_at: Moment
    revision: int = 0


class Silence(Value):
    """A workflow waits for the customer's answer. The workflow's latest text says until when."""

    message_id: str
    at: Moment
    until: Moment | None
    run_id: str | None = None
    """The run of campaigns that asked. It says by `workflow.acted` when it waits and no longer does; what it says after
    its question counts instead of this. None: a workflow of another system, which says nothing more."""


class RunWait(Value):
    """A workflow run's latest word on whether it waits for the customer's answer."""

    run_id: str
    revision: int
    at: Moment
    until: Moment | None = None
    open: bool


class ClaimedText(Value):
    """A text that a workflow run took as its answer. `to_assistant`: a run handed it to the assistant, which counts
    whatever else was said of it."""

    message_id: str
    at: Moment
    to_assistant: bool = False


class ClosedText(Value):
    """The latest text that said that the business is closed."""

    message_id: str
    at: Moment


class Thread(Value):
    """Everything between one of our numbers and one contact; the unit of decision."""

    id: str
    tenant_id: str
    number: str
    card: Card
    conversations: tuple[Conversation, ...] = ()
    periods: int = 0
    """Number of conversations ever opened."""
    messages: tuple[Message, ...] = ()
    """In order: the latest, and older ones that may still change or are unanswered."""
    early: tuple[SmsStatus, ...] = ()
    """Statuses that arrived before their message."""
    turn: Turn = Turn()
    draft: Draft | None = None
    past_drafts: tuple[PastDraft, ...] = ()
    silent: SilentAnswer | None = None
    sent_answer: SentAnswer | None = None
    consent: tuple[ConsentEntry, ...] = ()
    last_stop_at: Moment | None = None
    silence: Silence | None = None
    runs: tuple[RunWait, ...] = ()
    """Workflow runs that wait or waited, by time. While one waits, the assistant is silent."""
    claimed: tuple[ClaimedText, ...] = ()
    contact_texted_us: bool = False
    """Stays true after the retention period has deleted the texts."""
    campaign_since: Moment | None = UNKNOWN_SINCE
    """When campaigns or workflows first texted, waited or were asked for: later texts of the contact concern them."""
    ai_sent: tuple[Moment, ...] = ()
    closed_text: ClosedText | None = None
    follow_up: FollowUp | None = None
    field_notes: tuple[FieldNote, ...] = ()
    """For the contact's card, at once."""
    out_seq: int = 0
    saves: int = 0
    erased_at: Moment | None = None
    """When its person was last erased."""

    @property
    def due_at(self) -> Moment | None:
        """When the turn goes on, a snoozed conversation wakes or something planned is due, the earliest of these."""
        due = [one.snoozed_until for one in self.conversations if one.snoozed_until]
        if self.turn.due_at:
            due.append(self.turn.due_at)
        if self.follow_up:
            due.append(self.follow_up.at)
        due += [note.at for note in self.field_notes]
        return min(due, default=None)

    @classmethod
    def new(cls, tenant_id: str, number: str, card: Card, consent: tuple[ConsentEntry, ...] = ()) -> Thread:
        id = thread_id(tenant_id, number, card.phone_number)
        return cls(id=id, tenant_id=tenant_id, number=number, card=card, consent=consent, campaign_since=None)

    def knowing(self, card: Card | None) -> Thread:
        """The thread with this card, if it is newer."""
        return self.but(card=card) if card and card.revision > self.card.revision else self

    @property
    def is_erased(self) -> bool:
        """Nothing is here but what others compare with."""
        return not self.card.phone_number

    @property
    def contact(self) -> str:
        return self.card.phone_number

    @property
    def latest(self) -> Conversation | None:
        return self.conversations[-1] if self.conversations else None

    def every_conversation_id(self) -> tuple[str, ...]:
        """Also of those that it no longer holds."""
        return tuple(conversation_id(self.id, ordinal) for ordinal in range(1, self.periods + 1))

    def conversation(self, id: str) -> Conversation | None:
        return next((one for one in self.conversations if one.id == id), None)

    def message(self, id: str | None) -> Message | None:
        return next((one for one in self.messages if one.id == id), None)


def contact_id(tenant_id: str, phone_number: str) -> str:
    return derived_id("cct", tenant_id, phone_number)


def conversation_id(thread: str, ordinal: int) -> str:
    return derived_id("cnv", thread, str(ordinal))
