"""The stand-in for an erased person's number: what must stay, such as the bill, keeps it in the number's place.

It has the form of an E.164 number, so every reader takes it: +999 (a country code that nobody has), three digits for
the country, because texts are priced by it, and nine digits of a keyed hash. It cannot be texted.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

_NO_COUNTRY = "+999"
_COUNTRY_DIGITS, _HASH_DIGITS = 3, 9
_LENGTH = len(_NO_COUNTRY) + _COUNTRY_DIGITS + _HASH_DIGITS
_LETTERS = 26


def keyed_hash(key: bytes, what: str) -> str:
    """A fingerprint that says nothing without the key: letters, digits, `-`, `_`. 144 bits, so none is met twice."""
    return base64.urlsafe_b64encode(hmac.digest(key, what.encode(), hashlib.sha256)[:18]).decode()


def pseudonym(key: bytes, phone_number: str, country: str) -> str:
    """The stand-in for this number. `country`: two letters (ISO 3166), or empty."""
    digest = int.from_bytes(hmac.digest(key, phone_number.encode(), hashlib.sha256)[:8])
    return f"{_NO_COUNTRY}{_coded(country):0{_COUNTRY_DIGITS}d}{digest % 10**_HASH_DIGITS:0{_HASH_DIGITS}d}"


def is_pseudonym(phone_number: str) -> bool:
    return phone_number.startswith(_NO_COUNTRY) and len(phone_number) == _LENGTH


def country_in(stand_in: str) -> str:
    """The country that it stands for, or empty."""
    digits = stand_in[len(_NO_COUNTRY) : len(_NO_COUNTRY) + _COUNTRY_DIGITS]
    code = int(digits) - 1 if digits.isdecimal() else -1
    if not 0 <= code < _LETTERS * _LETTERS:
        return ""
    return "".join(chr(ord("A") + place) for place in divmod(code, _LETTERS))


def _coded(country: str) -> int:
    """0: none."""
    if len(country) != 2 or not (country.isascii() and country.isupper()):
        return 0
    first, second = (ord(letter) - ord("A") for letter in country)
    return first * _LETTERS + second + 1
