"""Phone numbers, by Google's `phonenumbers`: what people type in, E.164 out."""

from __future__ import annotations

from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberType

from shared.errors import Invalid

_NOT_TEXTABLE = {
    PhoneNumberType.FIXED_LINE: "a landline",
    PhoneNumberType.PREMIUM_RATE: "a premium-rate number",
    PhoneNumberType.PAGER: "a pager",
    PhoneNumberType.UAN: "a company access number",
    PhoneNumberType.VOICEMAIL: "a voicemail number",
}


@lru_cache(maxsize=4096)
def to_e164(text: str, region: str) -> str:
    """The number in E.164; a national one is read as one of `region` (ISO 3166, e.g. "US").

    Raises `Invalid` with the reason: not a number, not a possible one, or one that takes no SMS.
    """
    cleaned = text.strip()
    try:
        number = phonenumbers.parse(cleaned, region)
    except phonenumbers.NumberParseException as error:
        raise Invalid("invalid_phone_number", f"not a phone number: {str(error).lower()}") from None
    if not phonenumbers.is_valid_number(number):
        hint = "" if cleaned.startswith("+") else f" in region {region}; add + and the country code if it is elsewhere"
        raise Invalid("invalid_phone_number", f"no such number{hint}")
    if reason := _NOT_TEXTABLE.get(phonenumbers.number_type(number)):
        raise Invalid("not_textable", f"this is {reason}: it cannot receive SMS")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@lru_cache(maxsize=8192)
def country_of(e164: str) -> str:
    """ISO country of an E.164 number, or "" if none can be told."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(e164)) or ""
    except phonenumbers.NumberParseException:
        return ""
