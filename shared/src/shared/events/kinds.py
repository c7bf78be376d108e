"""Small types that several events share, so that a phone number means the same everywhere."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from shared.ids import derived_id
from shared.values import Value

E164 = Annotated[str, Field(pattern=r"^\+[1-9]\d{1,14}$")]
"""+ and up to 15 digits. `shared.phone` checks whether it can exist; events check the form only."""

Sender = Annotated[str, Field(pattern=r"^(\+[1-9]\d{1,14}|[A-Za-z0-9 ._-]{1,20})$")]
"""Who an inbound text is from: E.164, or a short code or alphanumeric sender that cannot be answered."""

AiMode = Literal["off", "suggest", "auto"]
Author = Literal["customer", "agent", "assistant", "campaign", "workflow", "api"]
Keyword = Literal["stop", "start", "help"]
Encoding = Literal["GSM-7", "UCS-2"]
Text = Annotated[str, Field(max_length=10_000)]


class Media(Value):
    url: str = Field(max_length=2000)
    content_type: str = ""
    size: int | None = None


class Money(Value):
    """An amount in billionths of the currency's unit: a model token can cost 2.5 of them. Never a float."""

    nano: int = Field(ge=-(2**63), lt=2**63)
    """64 bits: what every store and most readers of JSON have room for."""
    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")


class CarrierError(Value):
    """One entry of the carrier's `errors` list."""

    code: str
    title: str = ""
    detail: str = ""


def thread_id(tenant_id: str, number: str, contact: str) -> str:
    """The thread (and the sender's lane) of one of our numbers and one customer: the same in every service."""
    return derived_id("thr", tenant_id, number, contact)
