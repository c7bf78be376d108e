"""Small types that several events share, so that a phone number means the same everywhere."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from msgspec import Meta

from shared.ids import derived_id
from shared.values import Int64, Value

E164 = Annotated[str, Meta(pattern=r"^\+[1-9][0-9]{1,14}\Z")]
"""+ and up to 15 digits. `shared.phone` checks whether it can exist; events check the form only."""

Sender = Annotated[str, Meta(pattern=r"^(\+[1-9][0-9]{1,14}|[^+\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]{0,19})\Z")]
"""Who an inbound text is from: E.164, or a short code or sender name (any script) that cannot be answered."""

AiMode = Literal["off", "suggest", "auto"]
Author = Literal["customer", "agent", "assistant", "campaign", "workflow", "api"]
Keyword = Literal["stop", "start", "help"]
InboundKind = Literal["", "reaction", "autoreply", "quote"]
"""Of an inbound text. Empty: the customer's own words. The others are never answered automatically."""
Encoding = Literal["GSM-7", "UCS-2"]
Text = Annotated[str, Meta(max_length=10_000)]

MEDIA_URL = r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s\x00-\x20\x7f]+"
_COMPILED_MEDIA_URL = re.compile(MEDIA_URL)
_WHOLE_MEDIA_URL = MEDIA_URL + r"\Z"
MediaUrl = Annotated[str, Meta(max_length=2000, pattern=_WHOLE_MEDIA_URL)]
"""A picture to send. The carrier and viewers fetch it, so no scheme but http and https is accepted."""


def is_media_url(text: str) -> bool:
    """Whether this is a `MediaUrl`. For events of other services, which may be older than this rule."""
    return len(text) <= 2000 and _COMPILED_MEDIA_URL.fullmatch(text) is not None


class Media(Value):
    url: Annotated[str, Meta(max_length=2000)]
    content_type: str = ""
    size: Int64 | None = None


class Money(Value):
    """An amount in billionths of the currency's unit: a model token can cost 2.5 of them. Never a float."""

    nano: Int64
    """64 bits: what every store and most readers of JSON have room for."""
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}\Z")] = "USD"


class CarrierError(Value):
    """One entry of the carrier's `errors` list."""

    code: str
    title: str = ""
    detail: str = ""


def thread_id(tenant_id: str, number: str, contact: str) -> str:
    """The thread (and the sender's lane) of one of our numbers and one customer: the same in every service."""
    return derived_id("thr", tenant_id, number, contact)
