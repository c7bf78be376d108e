"""Request and response bodies of the HTTP API. Other programs rely on these shapes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, AnyHttpUrl, AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

from conversation.api import examples
from conversation.domain.assistant.doing import MEANINGS as AI_STATES
from conversation.domain.assistant.doing import AiState
from conversation.domain.assistant.needs_person import MEANINGS, Reason
from conversation.domain.media.item import MEANINGS as MISSING
from shared.events import AiMode, Author
from shared.events.ai_responder import ActKind, ClaimKind
from shared.events.kinds import MEDIA_URL
from shared.http.openapi_examples import with_example
from shared.values import Moment

_URL = TypeAdapter(AnyHttpUrl)


def _with_host(text: str) -> str:
    _URL.validate_python(text)
    return text


_WHOLE_MEDIA_URL = MEDIA_URL + "$"
FullMediaUrl = Annotated[str, Field(max_length=2000, pattern=_WHOLE_MEDIA_URL), AfterValidator(_with_host)]


MediaId = Annotated[str, Field(min_length=1, max_length=100)]
Name = Annotated[str, Field(max_length=200)]


Label = Annotated[str, Field(min_length=1, max_length=50)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class MessageIn(_Body):
    model_config = with_example(examples.SEND)

    text: str = Field(
        default="", max_length=10_000, description="At most ten SMS parts.", examples=["On Sundays we open at seven."]
    )
    media_urls: list[FullMediaUrl] = Field(
        default_factory=list,
        max_length=10,
        description="http(s) addresses of pictures that the carrier fetches; links of uploads too. With media the "
        "message is an MMS.",
    )
    media_ids: list[MediaId] = Field(
        default_factory=list[str],
        max_length=10,
        description="Uploads (`POST /api/media`) to send along: with `media_urls` ten at most, and 1,000,000 bytes.",
    )


class ConversationIn(MessageIn):
    model_config = ConfigDict(extra="forbid", populate_by_name=True) | with_example(examples.START)

    to: str = Field(
        max_length=40,
        description="Recipient: E.164, or a national number of the tenant's default region. One number, without an "
        "extension; letters only in North American toll-free numbers.",
        examples=["+13125550123"],
    )
    from_number: str | None = Field(
        default=None,
        alias="from",
        max_length=40,
        description="Sending number, one of yours. Optional if you have only one.",
    )
    name: Name | None = Field(
        default=None, description="Sets the contact's name if it is unknown.", examples=["Ada Lovelace"]
    )
    company: Name | None = Field(default=None, description="Sets the contact's company if it is unknown.")


class ConversationPatch(_Body):
    """Fields that are left out stay as they are."""

    model_config = with_example(examples.PATCH)

    ai_mode: AiMode | None = Field(
        default=None,
        description="`off`: the assistant is silent. `suggest`: it drafts and a person approves. `auto`: it answers. "
        "null: the tenant's mode.",
    )
    assignee: str | None = Field(
        default=None,
        min_length=1,
        max_length=100,
        description="Id of an active user. Assigning sets `ai_mode` to `off`, unless the request sets it.",
    )
    state: Literal["open", "closed"] = "open"
    guide: str = Field(
        default="", max_length=8000, description="Goal and instructions for the assistant in this conversation."
    )
    assistant_id: str | None = Field(default=None, max_length=100, description="null: the tenant's default assistant.")
    shadow: bool | None = Field(
        default=None,
        description="While people answer, the assistant answers silently as well, to be compared with them. null: the "
        "tenant's setting.",
    )
    labels: list[Label] = Field(
        default_factory=list,
        max_length=50,
        description="Names or ids of labels. Replaces all present ones; a new name makes a label.",
    )
    add_labels: list[Label] = Field(default_factory=list, max_length=50, description="Added to the present labels.")
    remove_labels: list[Label] = Field(default_factory=list, max_length=50, description="Taken away.")


class SnoozeIn(_Body):
    model_config = with_example(examples.SNOOZE)

    until: AwareDatetime | None = Field(
        description="Wakes then, or when the customer writes. With a time zone; at most 366 days ahead. null: wake now."
    )


class ApprovalIn(_Body):
    model_config = with_example(examples.APPROVE)

    text: str = Field(
        default="", max_length=10_000, description="Sent instead of the draft's text. Empty: the draft as it is."
    )


class RejectionIn(_Body):
    model_config = with_example(examples.REJECT)

    reason: str = Field(default="", max_length=300, description="For your own people: why the draft would not do.")


class MoneyOut(BaseModel):
    nano: int = Field(description="Billionths of the currency's unit.")
    currency: str


class CarrierErrorOut(BaseModel):
    code: str
    title: str = ""
    detail: str = ""


class MediaOut(BaseModel):
    id: str | None = Field(description="Of what is kept here; null for a picture on another server.")
    url: str = Field(
        description="Of what is kept here its path in this API, read with the same credentials. Else an address that "
        "was given, whole."
    )
    content_type: str
    size: int | None = Field(description="Bytes; null: unknown.")
    state: Literal["elsewhere", "awaited", "stored", "missing"] = Field(
        description="`awaited`: it is being fetched from the carrier. `stored`: here. `missing`: it could not be "
        "fetched. `elsewhere`: on another server."
    )
    reason: str = Field(
        description="Why it is missing; else empty. One of:\n\n"
        + "\n".join(f"- `{reason}`: {meaning}" for reason, meaning in MISSING.items())
    )


class ReactionOut(BaseModel):
    sign: str = Field(description='Its emoji, or the words of the phone, such as "Liked".', examples=["👍"])
    quoted: str
    message_id: str | None = Field(description="The message it quotes; null if none is found.")


class PassageOut(BaseModel):
    """A piece of your knowledge that the model was given."""

    knowledge_id: str
    title: str
    text: str = Field(description="Its beginning. Empty in lists; a draft and `GET /api/messages/{id}/why` have it.")


class AnswerWhyOut(BaseModel):
    """How an answer of the assistant came about. Names and rules are as they were then."""

    assistant_id: str
    assistant_name: str
    assistant_rule: str = Field(description="Why this assistant answered.")
    version: int = Field(description="The assistant's version.")
    guide_id: str | None = Field(description="The tenant-wide guide that was chosen; null: none applied.")
    guide_name: str
    guide_rule: str = Field(description="Why this guide was chosen.")
    route_id: str | None = Field(description="The route that led to the assistant; null: none did.")
    passages: list[PassageOut]
    guards: list[str] = Field(description="The checks that changed the answer or held it, in order.")
    tokens_prompt: int
    tokens_completion: int
    intent: str


class MessageOut(BaseModel):
    model_config = ConfigDict(populate_by_name=True) | with_example(examples.MESSAGE)

    id: str = Field(examples=[examples.MESSAGE["id"]])
    conversation_id: str
    direction: Literal["inbound", "outbound"]
    author: Author
    text: str
    media: list[MediaOut]
    kind: Literal["text", "reaction", "autoreply", "quote"] = Field(
        description="What an inbound message is. All but `text` were written by the phone or by somebody else; "
        "they are neither answered nor read as an opt-out."
    )
    reaction: ReactionOut | None
    others: list[str] = Field(description="Further participants of a group message; empty otherwise.")
    from_number: str = Field(alias="from")
    to_number: str = Field(alias="to")
    status: str = Field(
        description="`received` for inbound messages, else the sending state, such as `queued` or `delivered`.",
        examples=["delivered"],
    )
    reason: str = Field(default="", description="Why the message waits or was not sent, as a code; else empty.")
    parts: int | None
    encoding: str | None
    cost: MoneyOut | None
    error: CarrierErrorOut | None
    created_at: Moment
    sent_at: Moment | None
    delivered_at: Moment | None
    why: AnswerWhyOut | None = Field(
        default=None, description="How the assistant came to this answer; null for what the assistant did not write."
    )
    revision: int


class CardOut(BaseModel):
    id: str
    phone_number: str
    name: str | None
    company: str | None


class UngroundedOut(BaseModel):
    """Words of a draft that stand in no text of the business and in none of the customer."""

    words: str = Field(description="As they stand in the draft.", examples=["$35"])
    kind: ClaimKind


class ActOut(BaseModel):
    """What the assistant wants done beside its answer."""

    kind: ActKind
    name: str = Field(description="Of `label`: the label. Of `set_field`: the contact's field.")
    value: str
    text: str = Field(description="Of `follow_up`: the text to send then.")
    at: Moment | None


class FollowUpOut(BaseModel):
    """A text that the assistant sends at that time, unless the customer or a person writes before."""

    text: str
    at: Moment


class DraftOut(BaseModel):
    id: str
    text: str
    parts: int
    encoding: str
    assistant_id: str
    reason: str = Field(
        description="Why an answer waits although the mode is `auto`: `too_long`, `ungrounded`, or `guide` (the guide "
        "has no autopilot, or has not earned it); else empty."
    )
    ungrounded: list[UngroundedOut] = Field(
        default_factory=list[UngroundedOut],
        description="What it states without a source, in its order: check it first.",
    )
    why: AnswerWhyOut | None = Field(default=None, description="How the assistant came to it.")
    acts: list[ActOut] = Field(default_factory=list[ActOut], description="What is done with it when it is approved.")
    created_at: Moment


class NeedsPersonOut(BaseModel):
    """Why a person is wanted."""

    reason: Reason = Field(
        description="One of:\n\n" + "\n".join(f"- `{reason}`: {meaning}" for reason, meaning in MEANINGS.items()),
        examples=["hand_over"],
    )
    detail: str = Field(description="Explanation. Empty after the retention period, because it may quote the customer.")
    at: Moment
    paused: bool = Field(description="Whether the assistant is silent until a person writes or `ai_mode` is set.")


class PreviewOut(BaseModel):
    id: str
    direction: Literal["inbound", "outbound"]
    author: Author
    text: str
    status: str
    created_at: Moment


class ConversationOut(BaseModel):
    model_config = with_example(examples.CONVERSATION)

    id: str = Field(examples=[examples.CONVERSATION["id"]])
    contact: CardOut
    phone_number: str = Field(description="Your number in this conversation.")
    state: Literal["open", "closed"]
    ai_mode: AiMode
    shadow: bool | None = Field(default=None, description="Silent answers beside people; null: the tenant's setting.")
    ai_state: AiState = Field(
        default="idle",
        description="What the assistant is doing:\n\n"
        + "\n".join(f"- `{state}`: {meaning}" for state, meaning in AI_STATES.items()),
    )
    assistant_id: str | None
    assignee: str | None
    guide: str
    draft: DraftOut | None
    follow_up: FollowUpOut | None = None
    needs_person: NeedsPersonOut | None
    opted_out: bool
    unread: int = Field(
        description="For a user: the customer's texts that the user has not read and no person has answered. For an "
        "API key, and in `conversation.updated`: those that no person has answered."
    )
    received: int = Field(
        default=0, description="The customer's texts so far; `read_texts` in `read.updated` counts the same texts."
    )
    last_inbound_at: Moment | None = Field(default=None, description="When the customer last wrote; null: not yet.")
    labels: list[str] = Field(default_factory=list)
    snoozed_until: Moment | None = Field(
        default=None, description="Hidden from what is to be done until then; null: not snoozed."
    )
    notes: int = Field(default=0, description="Internal notes so far.")
    last_message: PreviewOut | None = Field(description="null if the retention period has deleted it.")
    last_activity_at: Moment
    created_at: Moment
    revision: int


class HighlightOut(BaseModel):
    start: int
    end: int = Field(description="After the last character.")


class MatchOut(BaseModel):
    """Where a search found the conversation."""

    message_id: str | None = Field(
        description="The newest text that has all words, or else one of them; null: the contact."
    )
    at: Moment | None = Field(description="When that text was; null for the contact.")
    snippet: str = Field(description="A piece of that text, or the contact's value.", examples=["Is the cake ready?"])
    highlights: list[HighlightOut] = Field(description="Words found in the snippet, counted in Unicode characters.")


class ListedConversationOut(ConversationOut):
    model_config = with_example({**examples.CONVERSATION, "match": examples.MATCH})

    match: MatchOut | None = Field(default=None, description="With `q`: where it was found; otherwise null.")


class StartedOut(ConversationOut):
    """The conversation, and what the request did in it."""

    model_config = with_example(examples.STARTED)

    resumed: bool = Field(description="true: the message joined a conversation; false: it opened this one.")
    message: MessageOut = Field(description="The message that was made.")
