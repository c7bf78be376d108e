"""What spreadsheets do to phone numbers, undone where only one number is possible and refused where it is not.

| written | reason | becomes |
|---|---|---|
| `'+13125550123`, `="+13125550123"`, `=+13125550123` | typed so that it stays text | `+13125550123` |
| `13125550123.0` | a number with a decimal place | `13125550123` |
| `3.125550123E+09` | a number too wide for its column, all digits written | `3125550123` |
| `3.13E+09` | the same, digits lost | refused |
| `447911123456` in a tenant of the US | the + is lost | `+447911123456`, if no shorter number is meant |
"""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, ValidationResult

from campaigns.imports.domain.rejected import Rejection
from shared.errors import Invalid
from shared.phone import read_number

_WRAPPED = re.compile(r"=\s*\"([^\"]*)\"|=\s*([+0-9][0-9 ().-]*)")
_AROUND_DIGITS = re.compile(r"[ ().-]")
_DECIMALS = re.compile(r"(\+?[0-9]{7,15})[.,]0{1,6}", re.ASCII)
_SCIENTIFIC = re.compile(r"([0-9])(?:[.,]([0-9]{1,20}))?[eE]\+?([0-9]{1,2})", re.ASCII)
_DIGITS = re.compile(r"[1-9][0-9]{8,14}", re.ASCII)
_SHORT_CODE = re.compile(r"[0-9]{3,6}", re.ASCII)
_APOSTROPHES = "'’`´"
_USUAL = re.compile(r"[+(]?[0-9][0-9 ()-]{5,18}", re.ASCII)


def phone_number(text: str, region: str, *, plus_lost: bool = False) -> str | Rejection:
    """The number in E.164, or why there is none. `plus_lost`: the whole column is written without its +."""
    try:
        return _read(text, region)
    except Invalid as error:
        refused = error
    plain = text.strip()
    digits = plain if _DIGITS.fullmatch(plain) else mended(plain)
    if isinstance(digits, Rejection):
        return digits
    if _DIGITS.fullmatch(digits) and (plus_lost or lost_its_plus(digits, region)):
        try:
            return read_number(f"+{digits}", region)
        except Invalid:
            pass  # the first reason says more
    return _rejection(digits, refused)


def mended(text: str) -> str | Rejection:
    """The text without what a spreadsheet added."""
    plain = text.strip().lstrip(_APOSTROPHES).strip()
    if wrapped := _WRAPPED.fullmatch(plain):
        plain = (wrapped[1] or wrapped[2] or "").strip().lstrip(_APOSTROPHES)
    if decimals := _DECIMALS.fullmatch(plain):
        return decimals[1]
    if scientific := _SCIENTIFIC.fullmatch(plain):
        return _expanded(*scientific.groups())
    return plain


@lru_cache(maxsize=4096)
def lost_its_plus(digits: str, region: str) -> bool:
    """Whether these digits are longer by two than any number of the region: one too many may be a slip of the hand."""
    return _too_long(digits, region) and _too_long(digits[:-1], region)


def _read(text: str, region: str) -> str:
    if _USUAL.fullmatch(text):
        return read_number(text, region)
    plain = mended(text)
    if isinstance(plain, Rejection):
        raise Invalid("lost_digits", plain.detail)
    return read_number(plain, region)


def _expanded(whole: str, fraction: str | None, exponent: str) -> str | Rejection:
    places, written = int(exponent), fraction or ""
    if places and len(written) == places:
        return whole + written
    return Rejection(
        code="invalid_number",
        detail="The spreadsheet shortened this number and its last digits are lost. Format the column as text (or as a "
        "number without decimals) in the original and export it again.",
    )


def _rejection(plain: str, error: Invalid) -> Rejection:
    bare = _AROUND_DIGITS.sub("", plain)
    if _SHORT_CODE.fullmatch(bare):
        return Rejection(code="short_code", detail="Short codes cannot be texted; give a full phone number.")
    is_landline = error.code == "not_textable" and "landline" in error.detail
    code = "landline" if is_landline else "invalid_number"
    detail = error.detail[:1].upper() + error.detail[1:]
    return Rejection(code=code, detail=f"{detail}.")


def _too_long(digits: str, region: str) -> bool:
    try:
        number = phonenumbers.parse(digits, region)
    except NumberParseException as error:
        return error.error_type == NumberParseException.TOO_LONG
    return phonenumbers.is_possible_number_with_reason(number) == ValidationResult.TOO_LONG
