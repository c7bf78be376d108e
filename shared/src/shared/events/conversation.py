"""Events of conversation: an answer is requested, consent changed, a conversation changed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, Self

from msgspec import Meta

from shared.events.envelope import EventData
from shared.events.kinds import E164, AiMode, Author, InboundKind, Media, Sender, Text
from shared.events.sender import UNFINISHED
from shared.values import Int64, Moment, Value


class TranscriptLine(Value):
    """One message of the history that an assistant reads."""

    author: Author
    text: Text
    at: Moment


class TextMedia(Value):
    """A picture or file that came with one of the customer's texts in `history`. Conversation keeps the content, under
    this id (`GET /internal/conversation/media/{id}`)."""

    id: str
    message_id: str
    content_type: Annotated[str, Meta(max_length=100)] = ""
    """As its content shows; what the carrier said, while it is not loaded yet. Empty: unknown."""
    size: Int64 | None = None
    """Bytes. None: unknown."""


GuideGoal = Literal["general_inquiry", "lead_capture", "help_desk", "sales_inquiry", "appointment_booking", "other"]


class ChosenGuide(Value):
    """The tenant-wide guide that applies to this turn, as it was when the answer was requested."""

    id: str
    name: Annotated[str, Meta(max_length=100)]
    goal: GuideGoal = "other"
    instructions: str
    """What the assistant is to do and say. A text that was cut ends in […]."""
    response_template: str = ""
    """The form that the answer is to follow; `{variables}` are filled in by the model. Empty: none."""
    assistant_id: str | None = None
    """Answers unless the conversation names an assistant; None: this guide names none."""
    rule: Annotated[str, Meta(max_length=500)]
    """Why this guide was chosen, in words."""


class ReplyRequested(EventData):
    """An answer to this turn is requested, with a snapshot. A higher turn supersedes a lower one."""

    TYPE: ClassVar[str] = "reply.requested"

    thread_id: str
    conversation_id: str
    turn: Int64
    number: E164
    contact: E164
    ai_mode: AiMode
    assistant_id: str | None = None
    """None: the tenant's default."""
    answer_by: Moment
    history: Annotated[tuple[TranscriptLine, ...], Meta(min_length=1)]
    """Oldest first; the customer's unanswered texts are the last lines. A text that was cut ends in […]."""
    text_media: Annotated[tuple[TextMedia, ...], Meta(max_length=10)] = ()
    """What came with the unanswered texts, oldest first; of many the newest. Where nothing came with them, what came
    with the latest text of `history` that had some."""
    wordless: bool = False
    """The unanswered texts have no words, only media."""
    guide: str = ""
    """Goal and instructions for this conversation, written by a person. Comes before `chosen_guide`."""
    chosen_guide: ChosenGuide | None = None
    tenant_guides: tuple[str, ...] = ()
    """Texts of tenant-wide guides, as requests had them before `chosen_guide`; now empty."""
    number_label: Annotated[str, Meta(max_length=200)] = ""
    """The tenant's name for `number`."""
    contact_facts: tuple[tuple[str, str], ...] = ()
    other_channels: tuple[str, ...] = ()
    """The customer's latest activities on other channels, one line each."""
    max_parts: Int64 = 4
    shadow: bool = False
    """A person answers. The assistant's answer is only compared with theirs: it is neither sent nor shown."""


JudgedMode = Literal["suggest", "shadow", "auto"]
Verdict = Literal["accepted", "edited", "rejected", "replaced", "handed_over", "superseded"]
"""What people did with an answer: sent it as it was · sent it with changes · refused it · wrote another one instead ·
were asked for, because there was none · did nothing, because the customer wrote again first."""


class ReplyJudged(EventData):
    """A person judged an answer of the assistant, or wrote the one that a silent answer is compared with. Nothing is
    published for an automatic answer that was sent and not corrected."""

    TYPE: ClassVar[str] = "reply.judged"

    run_id: str
    thread_id: str
    conversation_id: str
    assistant_id: str
    version: Int64 = 0
    """Of the assistant; 0: unknown."""
    guide_id: str = ""
    """The tenant's guide that the answer followed; empty: none."""
    intent: Annotated[str, Meta(max_length=100)] = ""
    mode: JudgedMode
    verdict: Verdict
    distance: Annotated[float, Meta(ge=0, le=1)] | None = None
    """How far the text that was sent is from the answer: 0 the same, 1 nothing in common. None: nothing was sent."""
    at: Moment


class ConsentEvidence(Value):
    """How we know of an opt-out or opt-in."""

    kind: Literal["keyword", "phrase", "person", "carrier", "api"]
    message_id: str | None = None
    text: str = ""
    user_id: str | None = None


class ConsentChanged(EventData):
    """A contact opted out of a tenant's texts, or back in. The entry is appended to the ledger and never changed."""

    TYPE: ClassVar[str] = "consent.changed"

    entry_id: str
    contact: E164
    state: Literal["out", "in"]
    effective_at: Moment
    evidence: ConsentEvidence
    overrides: tuple[str, ...] = ()
    """For an opt-in recorded by a person: the opt-out entries it lifts. Others stay in force."""
    scope: Literal["tenant"] = "tenant"


class ConsentEntry(Value):
    """The part of a ledger entry that the present state depends on."""

    entry_id: str
    state: Literal["out", "in"]
    effective_at: Moment
    by_person: bool = False
    overrides: tuple[str, ...] = ()

    @classmethod
    def of(cls, change: ConsentChanged) -> ConsentEntry:
        return cls(
            entry_id=change.entry_id,
            state=change.state,
            effective_at=change.effective_at,
            by_person=change.evidence.kind in ("person", "api"),
            overrides=change.overrides,
        )


def merge_consent(entries: tuple[ConsentEntry, ...], new: ConsentEntry) -> tuple[ConsentEntry, ...]:
    """The entries and this one, by time. The order and number of deliveries make no difference."""
    others = [entry for entry in entries if entry.entry_id != new.entry_id]
    return tuple(sorted([*others, new], key=lambda entry: (entry.effective_at, entry.entry_id)))


COMPACT_CONSENT_ABOVE = 100
CONSENT_KEPT_RECENT = 60


def compact_consent(entries: tuple[ConsentEntry, ...]) -> tuple[ConsentEntry, ...]:
    """Of many entries, those that still affect the state: standing opt-outs, the last START, the latest few.

    A machine may answer every text with STOP; the entries of one contact must stay few all the same.
    """
    if len(entries) <= COMPACT_CONSENT_ABOVE:
        return entries
    standing = {entry.entry_id for entry in standing_opt_outs(entries)[-CONSENT_KEPT_RECENT:]}
    starts = [entry.entry_id for entry in entries if entry.state == "in" and not entry.by_person]
    kept = standing | set(starts[-1:]) | {entry.entry_id for entry in entries[-CONSENT_KEPT_RECENT:]}
    named = {id for entry in entries if entry.entry_id in kept and entry.by_person for id in entry.overrides}
    lifting = {
        entry.entry_id for entry in entries if entry.by_person and entry.state == "in" and kept & set(entry.overrides)
    }
    return tuple(entry for entry in entries if entry.entry_id in kept | lifting | named)


def standing_opt_outs(entries: tuple[ConsentEntry, ...]) -> tuple[ConsentEntry, ...]:
    """The opt-outs in force. A later START lifts all before it, a person's opt-in only those it names."""
    opt_ins = [entry for entry in entries if entry.state == "in"]
    named = {entry_id for entry in opt_ins if entry.by_person for entry_id in entry.overrides}
    last_start = max((entry.effective_at for entry in opt_ins if not entry.by_person), default=None)
    return tuple(
        entry
        for entry in entries
        if entry.state == "out"
        and entry.entry_id not in named
        and (last_start is None or last_start <= entry.effective_at)
    )


class ConversationUpdated(EventData):
    """A conversation and its changed messages, in the shapes of the HTTP API."""

    TYPE: ClassVar[str] = "conversation.updated"

    conversation_id: str
    thread_id: str
    revision: Int64
    conversation: dict[str, Any]
    messages: tuple[dict[str, Any], ...] = ()
    """Each carries its own `revision`; receivers keep the highest."""
    forgotten_before: Moment | None = None
    """The retention period has deleted this conversation's messages from before this moment (by `created_at`), except
    messages that are still being sent."""

    def after(self, earlier: EventData) -> Self:
        """The newest state of the conversation and of every message that changed since."""
        if not isinstance(earlier, ConversationUpdated):
            return self
        still_there = [message for message in earlier.messages if not _is_gone(message, self.forgotten_before)]
        newest = {message["id"]: message for message in (*still_there, *self.messages)}
        forgotten = [moment for moment in (earlier.forgotten_before, self.forgotten_before) if moment]
        return self.but(messages=tuple(newest.values()), forgotten_before=max(forgotten, default=None))


class ReadUpdated(EventData):
    """A user read a conversation, or marked it as unread. Shown to that user's streams only."""

    TYPE: ClassVar[str] = "read.updated"

    user_id: str
    conversation_id: str
    unread: Int64
    """Texts of the conversation that are unread for this user now."""
    read_texts: Int64
    """How many of the conversation's texts (`received`) this user has read."""
    revision: Int64
    """Of all of this user's read marks together."""


def _is_gone(message: dict[str, Any], forgotten_before: datetime | None) -> bool:
    """Whether the retention period has deleted it since."""
    if forgotten_before is None or message["status"] in UNFINISHED:
        return False
    return datetime.fromisoformat(message["created_at"]) < forgotten_before


class ContactTexted(EventData):
    """A contact wrote where a campaign or workflow has texted before: it may be their reply. Keywords (stop, start,
    help) are left out."""

    TYPE: ClassVar[str] = "contact.texted"

    message_id: str
    thread_id: str
    conversation_id: str
    number: E164
    """Ours, the one it was sent to."""
    contact: Sender
    text: Text = ""
    media: tuple[Media, ...] = ()
    others: tuple[str, ...] = ()
    """Further participants of a group."""
    kind: InboundKind = ""
    effective_at: Moment
    """As in `sms.inbound`."""


class ConversationOpened(EventData):
    """A contact's text opened a new conversation. Published only while the tenant has an active workflow with the
    trigger `new_conversation`; not for groups, keywords, reactions and automatic replies."""

    TYPE: ClassVar[str] = "conversation.opened"

    conversation_id: str
    thread_id: str
    message_id: str
    """The text that opened it."""
    number: E164
    contact: E164
    contact_id: str
    text: Text = ""
    effective_at: Moment
    """Of the text, as in `sms.inbound`."""


class ContactChanged(EventData):
    """A contact's card, as it is now. Applied only if `revision` is newer. The internal page has the same shape.

    Published under every id that leads to the contact: its own, those of its numbers and of contacts merged into it.
    """

    TYPE: ClassVar[str] = "contact.changed"

    contact_id: str
    revision: Int64
    phone_numbers: tuple[str, ...]
    """The primary one first."""
    name: str | None = None
    company: str | None = None
    timezone: str | None = None
    """IANA name; None: only the numbers tell."""
    fields: tuple[tuple[str, str], ...] = ()
    """What people, imports and workflows noted, as pairs of key and text."""
    labels: tuple[str, ...] = ()
    tenant_id: str = ""
    """Empty: published by an earlier version."""


class ContactErased(EventData):
    """A person is to be forgotten by every service: what is older than `at` goes. Cannot be undone."""

    TYPE: ClassVar[str] = "contact.erased"

    contact_id: str
    phone_numbers: tuple[str, ...]
    at: Moment
    erasure_id: str = ""
    emails: tuple[str, ...] = ()
    external_ids: tuple[tuple[str, str], ...] = ()
    """Pairs of system and id."""
    other_ids: tuple[str, ...] = ()
    """Further contact ids that led to this person: of their numbers and of contacts merged into this one."""
    key: str = ""
    """For Parley's own services: the tenant's key for the hashes that stay, sealed with the installation's secret."""


class ContactErasureDone(EventData):
    """A service has erased what it kept of a person."""

    TYPE: ClassVar[str] = "contact.erasure_done"

    erasure_id: str
    contact_id: str
    service: str


class ContactActivity(EventData):
    """A customer's activity on another channel (live chat, e-mail, voice). Published by other systems."""

    TYPE: ClassVar[str] = "contact.activity"

    activity_id: str
    channel: Annotated[str, Meta(min_length=1, max_length=50)]
    at: Moment
    phone_number: Sender | None = None
    email: Annotated[str, Meta(max_length=320)] | None = None
    external_id: Annotated[str, Meta(max_length=200)] | None = None
    name: Annotated[str, Meta(max_length=200)] | None = None
    summary: Annotated[str, Meta(max_length=2000)] = ""
    link: Annotated[str, Meta(max_length=2000)] | None = None
    external_system: Annotated[str, Meta(max_length=50)] | None = None
    """The system that `external_id` belongs to. None: the one named by `channel`."""
    direction: Literal["inbound", "outbound", "none"] = "none"
    thread_key: Annotated[str, Meta(max_length=200)] | None = None
    """Groups a chat or an e-mail thread in the timeline."""
    text: Text = ""
    """What was said or written."""
