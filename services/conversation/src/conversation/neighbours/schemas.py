"""The wire shapes of `/api/neighbours`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from conversation.neighbours import examples
from conversation.neighbours.domain.heard import Reason
from conversation.neighbours.domain.neighbour import Kind, Neighbour, Outcome
from conversation.people.domain.identifiers import email_value
from shared.errors import Invalid
from shared.http.openapi_examples import with_example
from shared.values import Moment


def _own_address(text: str) -> str:
    """Raises ValueError."""
    domain = text.strip().startswith("@")
    try:
        value = email_value(f"x{text.strip()}" if domain else text)
    except Invalid as error:
        raise ValueError(error.detail) from None
    return value[1:] if domain else value


NeighbourKind = Annotated[Kind, Field(description="Which webhook it sends.")]
NeighbourName = Annotated[str, Field(max_length=100, description="Shown to your own people.")]
NeighbourSecret = Annotated[
    str,
    Field(
        min_length=8,
        max_length=1_000,
        description="What its signature is checked with: Chatwoot's webhook secret, Mailgun's webhook signing key, "
        "SendGrid's public key. Postmark signs nothing. Without it, the address alone is the proof. Never shown again.",
    ),
]
OwnAddresses = Annotated[
    list[Annotated[str, Field(max_length=320), AfterValidator(_own_address)]],
    Field(
        max_length=50,
        description="Your own e-mail addresses, or `@shop.example` for a whole domain. Mail from there, such as a "
        "blind copy of an answer, is outbound and belongs to the person it was sent to.",
    ),
]
AppUrl = Annotated[
    str,
    Field(
        max_length=500,
        pattern=r"^https?://[^\s\x00-\x20\x7f]+[^\s\x00-\x20\x7f/]$",
        description="Where your people open Chatwoot; chats in the timeline then carry a link.",
    ),
]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NeighbourIn(_Body):
    model_config = ConfigDict(extra="forbid") | with_example(examples.NEW)

    kind: NeighbourKind
    name: NeighbourName = ""
    secret: NeighbourSecret | None = None
    own_addresses: OwnAddresses = []
    app_url: AppUrl | None = None


class NeighbourPatch(_Body):
    model_config = ConfigDict(extra="forbid") | with_example(examples.PATCH)

    name: NeighbourName | None = None
    secret: NeighbourSecret | None = Field(default=None, description="null: signatures are not checked any more.")
    own_addresses: OwnAddresses | None = None
    app_url: AppUrl | None = None

    def changes(self) -> dict[str, Any]:
        """Only what was sent; a name or a list cannot be null."""
        sent = self.model_dump(exclude_unset=True)
        if "name" in sent:
            sent["name"] = sent["name"] or ""
        if "own_addresses" in sent:
            sent["own_addresses"] = tuple(sent["own_addresses"] or ())
        return sent


class LastWebhookOut(BaseModel):
    at: Moment
    outcome: Outcome
    reason: str = Field(description="Why it was left out or refused; empty if it was taken.", examples=["auto_reply"])


class NeighbourOut(BaseModel):
    model_config = with_example(examples.NEIGHBOUR)

    id: str
    kind: Kind
    name: str
    url: str = Field(description="Enter it at the neighbour. Who knows it can report activities: keep it to yourself.")
    checks_signature: bool
    own_addresses: list[str]
    app_url: str | None
    last: LastWebhookOut | None = Field(description="The latest webhook, noted at most every ten seconds.")
    revision: int
    created_at: Moment
    updated_at: Moment

    @classmethod
    def of(cls, neighbour: Neighbour, url: str) -> NeighbourOut:
        fields = neighbour.plain()
        return cls.model_validate({**fields, "url": url, "checks_signature": neighbour.secret is not None})


class HookOut(BaseModel):
    model_config = with_example(examples.TAKEN)

    status: Literal["taken", "ignored"]
    id: str | None = Field(default=None, description="The activity's.")
    reason: Reason | None = Field(default=None, description="Why it was left out.")
