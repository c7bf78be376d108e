"""Phone numbers, by Google's `phonenumbers`: what people type in, E.164 out.

`phonenumbers` finds a number in almost any text. That is right for reading a letter and wrong for deciding where an
SMS goes: `+1312555XXXX` would reach 9999, `312-555-0123 x45` the switchboard, a field with two numbers one of them. So
the text is looked at first, and anything that is not one plain number is refused with the reason.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType

from shared.errors import Invalid

_NANP_REGIONS = frozenset({"US", "CA", "PR"})
"""Where ten digits are read as a number of country code 1 without an own rule (islands have an area code as prefix)."""
_NOT_TEXTABLE = {
    PhoneNumberType.FIXED_LINE: "a landline",
    PhoneNumberType.PREMIUM_RATE: "a premium-rate number",
    PhoneNumberType.PAGER: "a pager",
    PhoneNumberType.UAN: "a company access number",
    PhoneNumberType.VOICEMAIL: "a voicemail number",
}
_UNREADABLE = {
    NumberParseException.INVALID_COUNTRY_CODE: "no such country code; start with + and the country code",
    NumberParseException.TOO_SHORT_AFTER_IDD: "too short for a phone number",
    NumberParseException.TOO_SHORT_NSN: "too short for a phone number",
    NumberParseException.TOO_LONG: "too long for a phone number",
}
_LONGEST = 40
"""Characters of the most decorated single number, and more."""
_MOST_DIGITS = 15
"""Of an E.164 number (ITU-T E.164); an international prefix such as 011 or 00 may come before them."""
_PREFIX_DIGITS = 5
_SEPARATORS = frozenset(" -.()[]/~")
_DIGITS = frozenset("0123456789")
_BETWEEN_NUMBERS = re.compile(r"[,;|&\n\r]")
_EXTENSION = re.compile(r"[0-9][\s,;.)]{0,9}(?:e?xt?n?|extension|#|durchwahl|anexo|int|доб)[\s.:=]{0,9}[0-9]")
_VANITY = re.compile(r"(?:\+?1)?8(?:00|88|77|66|55|44|33)[A-Z0-9]{7}")
_FEWEST_VANITY_LETTERS = 3
_PLAIN = re.compile(r"[+(]?[0-9][0-9 ().-]{5,18}", re.ASCII)
"""What most fields hold: one number in ASCII, in which nothing has to be looked for."""
_NORTH_AMERICAN = re.compile(r"(\+?1)?([2-9][0-9]{9})", re.ASCII)
_SPACING = str.maketrans("", "", " ().-")
_NO_COUNTRY = "+999"
_COUNTRY_DIGITS, _HASH_DIGITS = 3, 9
_PSEUDONYM_LENGTH = len(_NO_COUNTRY) + _COUNTRY_DIGITS + _HASH_DIGITS
_LETTERS = 26


@lru_cache(maxsize=4096)
def to_e164(text: str, region: str) -> str:
    """The number in E.164; a national one is read as one of `region` (ISO 3166, e.g. "US").

    Letters are accepted only in North American toll-free vanity numbers (1-800-FLOWERS). Raises `Invalid` with the
    reason: not a number, more than one, with an extension, not a possible one, or one that takes no SMS.
    """
    return read_number(text, region)


def read_number(text: str, region: str) -> str:
    """As `to_e164`, without its memory: for a million different numbers in a row."""
    plain = text if _PLAIN.fullmatch(text) else _one_plain_number(text)
    number = _north_american(plain, region) or _parsed(plain, region)
    kind = phonenumbers.number_type(number)
    if kind == PhoneNumberType.UNKNOWN:  # what `is_valid_number` finds out in the same way, in as much time again
        hint = "" if plain.startswith("+") else f" in region {region}; add + and the country code if it is elsewhere"
        raise _invalid(f"no such number{hint}")
    if reason := _NOT_TEXTABLE.get(kind):
        raise Invalid("not_textable", f"this is {reason}: it cannot receive SMS")
    return f"+{number.country_code}{phonenumbers.national_significant_number(number)}"


def pseudonym(key: bytes, phone_number: str) -> str:
    """The stand-in for an erased person's number, where something of it must stay, such as the bill.

    It has the form of an E.164 number, so every reader takes it: +999 (a country code that nobody has), three digits
    for the country, because texts are priced by it, and nine digits of a keyed hash. It cannot be texted.
    """
    digest = int.from_bytes(hmac.digest(key, phone_number.encode(), hashlib.sha256)[:8])
    country = _country_code(country_of(phone_number))
    return f"{_NO_COUNTRY}{country:0{_COUNTRY_DIGITS}d}{digest % 10**_HASH_DIGITS:0{_HASH_DIGITS}d}"


def is_pseudonym(phone_number: str) -> bool:
    return phone_number.startswith(_NO_COUNTRY) and len(phone_number) == _PSEUDONYM_LENGTH


@lru_cache(maxsize=8192)
def country_of(e164: str) -> str:
    """ISO country of an E.164 number, or of one that was erased; "" if none can be told."""
    if is_pseudonym(e164):
        return _country_in(e164)
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(e164)) or ""
    except NumberParseException:
        return ""


@lru_cache(maxsize=8192)
def spellings(e164: str) -> tuple[str, ...]:
    """The digits of a number as people at home and abroad type it: 13125550123, 3125550123; 491711…, 01711…, 1711….

    Anything that is no E.164 number has one spelling: its own digits.
    """
    digits = "".join(char for char in e164 if char in _DIGITS)
    try:
        number = phonenumbers.parse(e164)
    except NumberParseException:
        return (digits,)
    at_home = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    national = "".join(char for char in at_home if char in _DIGITS)
    return tuple(dict.fromkeys((digits, national, phonenumbers.national_significant_number(number))))


def _one_plain_number(text: str) -> str:
    """Digits, perhaps with a + before them and separators between. Raises `Invalid` for anything else."""
    if len(text) > _LONGEST:
        raise _invalid("too long for a phone number")
    plain = _ascii(text).strip().removeprefix("tel:")
    if _EXTENSION.search(plain.casefold()):
        raise _invalid("an extension cannot be texted; give the number without it")
    if _BETWEEN_NUMBERS.search(plain) or "+" in plain.lstrip(" ([")[1:]:
        raise _invalid("this is more than one number; give one")
    if any(char.isalpha() for char in plain):
        plain = _vanity_digits(plain)
    if strange := next((char for char in plain if char not in _DIGITS | _SEPARATORS | {"+"}), None):
        raise _invalid(f"{strange!r} does not belong in a phone number")
    if sum(char in _DIGITS for char in plain) > _MOST_DIGITS + _PREFIX_DIGITS:
        raise _invalid("this has more digits than a phone number; give one number")
    return plain.lstrip(" ([") if "+" in plain else plain


def _ascii(text: str) -> str:
    """Digits, plus, dashes and blanks of every script as ASCII; invisible marks that contact lists copy along gone."""
    folded: list[str] = []
    for char in unicodedata.normalize("NFKC", text):
        category = unicodedata.category(char)
        if category == "Nd":
            folded.append(str(unicodedata.decimal(char)))
        elif category in ("Pd", "Zs") or char in "\t−ー":
            folded.append("-" if category == "Pd" else " ")
        elif category != "Cf":
            folded.append(char)
    return "".join(folded)


def _vanity_digits(text: str) -> str:
    """`1-800-FLOWERS` as digits. Raises `Invalid`: elsewhere letters stand for digits that nobody has given yet."""
    compact = "".join(char for char in text.upper() if char not in _SEPARATORS)
    letters = {char for char in compact if char.isalpha()}
    spelled = sum(char.isalpha() for char in compact)
    placeholder = letters <= {"N", "X"}  # numbering plans write NXX-XXXX for "any number"
    if not _VANITY.fullmatch(compact) or spelled < _FEWEST_VANITY_LETTERS or placeholder:
        raise _invalid("letters are not part of a phone number; only toll-free numbers (1-800-…) may be spelled")
    digits = phonenumbers.convert_alpha_characters_in_number(compact).lstrip("+")
    return f"+1{digits[-10:]}"


def _north_american(plain: str, region: str) -> PhoneNumber | None:
    """The number that parsing would give, in a tenth of its time; None: parse it."""
    found = _NORTH_AMERICAN.fullmatch(plain.translate(_SPACING))
    if found is None or not (plain[0] == "+" or region in _NANP_REGIONS):
        return None
    return PhoneNumber(country_code=1, national_number=int(found[2]))


def _parsed(plain: str, region: str) -> PhoneNumber:
    try:
        number = phonenumbers.parse(plain, region)
    except NumberParseException as error:
        raise _invalid(_UNREADABLE.get(error.error_type, "not a phone number")) from None
    if number.extension:
        raise _invalid("an extension cannot be texted; give the number without it")
    return number


def _invalid(detail: str) -> Invalid:
    return Invalid("invalid_phone_number", detail)


def _country_code(country: str) -> int:
    """Of two letters; 0: none."""
    if len(country) != 2 or not (country.isascii() and country.isupper()):
        return 0
    first, second = (ord(letter) - ord("A") for letter in country)
    return first * _LETTERS + second + 1


def _country_in(stand_in: str) -> str:
    digits = stand_in[len(_NO_COUNTRY) : len(_NO_COUNTRY) + _COUNTRY_DIGITS]
    code = int(digits) - 1 if digits.isdecimal() else -1
    if not 0 <= code < _LETTERS * _LETTERS:
        return ""
    return "".join(chr(ord("A") + place) for place in divmod(code, _LETTERS))
