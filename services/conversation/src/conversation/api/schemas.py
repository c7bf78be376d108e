"""Requests and answers of the HTTP API; the shapes are fixed, for other people's programs read them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AnyHttpUrl, BaseModel, ConfigDict, Field, TypeAdapter

from conversation.api import examples
from shared.events import AiMode, Author
from shared.http.openapi_examples import with_example
from shared.values import Moment

_URL = TypeAdapter(AnyHttpUrl)


def _checked_url(text: str) -> str:
    _URL.validate_python(text)
    return text


MediaUrl = Annotated[str, Field(max_length=2000), AfterValidator(_checked_url)]
Name = Annotated[str, Field(max_length=200)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SendIn(_Body):
    model_config = with_example(examples.SEND)

    text: str = Field(default="", max_length=10_000, description="up to ten SMS parts", examples=["We open at nine."])
    media_urls: list[MediaUrl] = Field(default_factory=list, max_length=10, description="pictures make it an MMS")


class StartIn(SendIn):
    model_config = ConfigDict(extra="forbid", populate_by_name=True) | with_example(examples.START)

    to: str = Field(max_length=40, description="E.164, or national in the tenant's region", examples=["+12025550123"])
    from_number: str | None = Field(
        default=None, alias="from", max_length=40, description="one of your numbers; may be left out if there is one"
    )
    name: Name | None = Field(default=None, description="the contact's name, if not known yet", examples=["Ada"])
    company: Name | None = None


class PatchIn(_Body):
    """What is not named stays."""

    model_config = with_example(examples.PATCH)

    ai_mode: AiMode | None = Field(default=None, description="null: the tenant's; else takes over or gives back")
    assignee: str | None = Field(default=None, min_length=1, max_length=100, description="an active user; takes over")
    state: Literal["open", "closed"] = "open"
    guide: str = Field(default="", max_length=8000, description="goal and instructions for the assistant")
    assistant_id: str | None = Field(default=None, max_length=100, description="null: the tenant's default")


class ApproveIn(_Body):
    model_config = with_example(examples.APPROVE)

    text: str = Field(default="", max_length=10_000, description="replaces the draft's text if given")


class ContactPatchIn(_Body):
    model_config = with_example(examples.CONTACT_PATCH)

    name: Name | None = None
    company: Name | None = None
    facts: dict[Annotated[str, Field(min_length=1, max_length=100)], Annotated[str, Field(max_length=1000)]] = Field(
        default_factory=dict, max_length=50, description="what the assistant may know; replaces all facts"
    )


class ConsentIn(_Body):
    model_config = with_example(examples.CONSENT)

    state: Literal["out", "in"] = Field(description="what the contact told you")
    note: str = Field(min_length=1, max_length=500, description="how you know", examples=["asked by phone"])


class MoneyOut(BaseModel):
    nano: int = Field(description="billionths of the currency's unit")
    currency: str


class CarrierErrorOut(BaseModel):
    code: str
    title: str = ""
    detail: str = ""


class MediaOut(BaseModel):
    url: str
    content_type: str = ""
    size: int | None = None


class MessageOut(BaseModel):
    model_config = ConfigDict(populate_by_name=True) | with_example(examples.MESSAGE)

    id: str = Field(examples=["msg_0af1"])
    conversation_id: str
    direction: Literal["inbound", "outbound"]
    author: Author
    text: str
    media: list[MediaOut]
    from_number: str = Field(alias="from")
    to_number: str = Field(alias="to")
    status: str = Field(description="`received`, or how far sending has come", examples=["delivered"])
    reason: str = ""
    parts: int | None
    encoding: str | None
    cost: MoneyOut | None
    error: CarrierErrorOut | None
    created_at: Moment
    sent_at: Moment | None
    delivered_at: Moment | None
    revision: int


class CardOut(BaseModel):
    id: str
    phone_number: str
    name: str | None
    company: str | None


class DraftOut(BaseModel):
    id: str
    text: str
    parts: int
    encoding: str
    assistant_id: str
    reason: str = Field(description="why it waits although the assistant may answer by itself, e.g. too_long")
    created_at: Moment


class NeedsOut(BaseModel):
    reason: str = Field(examples=["hand_over"])
    detail: str = Field(description="empty once the tenant's retention has taken the texts it may quote")
    at: Moment
    paused: bool = Field(description="the assistant is silent until `ai_mode` is set or a person writes")


class PreviewOut(BaseModel):
    id: str
    direction: Literal["inbound", "outbound"]
    author: Author
    text: str
    status: str
    created_at: Moment


class ConversationOut(BaseModel):
    model_config = with_example(examples.CONVERSATION)

    id: str = Field(examples=["cnv_77c2"])
    contact: CardOut
    phone_number: str = Field(description="ours")
    state: Literal["open", "closed"]
    ai_mode: AiMode
    assistant_id: str | None
    assignee: str | None
    guide: str
    draft: DraftOut | None
    needs_person: NeedsOut | None
    opted_out: bool
    unread: int
    last_message: PreviewOut | None = Field(description="null once the tenant's retention has taken it")
    last_activity_at: Moment
    created_at: Moment
    revision: int


class ContactOut(CardOut):
    model_config = with_example(examples.CONTACT)

    facts: dict[str, str]
    opted_out: bool
    revision: int


class ConsentEntryOut(BaseModel):
    entry_id: str
    state: Literal["out", "in"]
    effective_at: Moment
    evidence: dict[str, Any]
    overrides: list[str]


class ContactConsentOut(BaseModel):
    model_config = with_example(examples.CONTACT_CONSENT)

    contact: ContactOut
    entries: list[ConsentEntryOut] = Field(description="the ledger, latest first")
