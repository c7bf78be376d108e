"""Whether a number can carry a message: asked before it is accepted, and again before it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.events.accounts import NumberChanged


@dataclass(frozen=True)
class Lack:
    """What the number lacks: a stable code, and a sentence that says what to do about it."""

    code: str
    detail: str


def lack_of(number: NumberChanged, media_urls: Sequence[str]) -> Lack | None:
    """Media make it an MMS, with or without words; all else is an SMS. None: the number can carry it."""
    capabilities, who = number.capabilities, number.phone_number
    if media_urls and "mms" not in capabilities:
        detail = (
            f"{who} cannot send media: its capabilities lack `mms`; send it without media or from another number, "
            "or add `mms` to the number once the carrier has enabled MMS for it"
        )
        return Lack("number_without_mms", detail)
    if not media_urls and "sms" not in capabilities:
        detail = (
            f"{who} cannot send texts: its capabilities lack `sms`; send it from another number, "
            "or add `sms` to the number once the carrier has enabled SMS for it"
        )
        return Lack("number_without_sms", detail)
    return None
