"""Reads the carrier's JSON field by field, whatever comes: missing, null, of another type, too long or half broken.

Nothing here raises. A field that cannot be read counts as absent; the caller decides whether it may be absent. This is
the one reader for webhooks, answers, detail records and account data.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

import orjson

from shared.clock import milliseconds
from shared.control_characters import without_control_characters
from shared.events import CarrierError, Media, Money
from shared.events.kinds import Encoding
from shared.money import NANO

_E164 = re.compile(r"\+[1-9]\d{1,14}", re.ASCII)
_LONGEST_NAME = 20
_NAME_KEPT = 13
"""Of a name that cannot be kept whole; the rest of the 20 characters is its digest."""
_CURRENCY = re.compile(r"[A-Z]{3}")
_SPACING = str.maketrans("", "", " -().\u00a0")
_MOST_ENTRIES = 50
_MOST_DIGITS = 9
"""Before the decimal point of an amount: more than any message costs, and its billionths fit 64 bits."""


def document(content: bytes) -> dict[str, Any]:
    """The object in this body; empty if there is none."""
    try:
        return obj(orjson.loads(content))
    except orjson.JSONDecodeError:
        return {}


def obj(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list, however many; anything else in it is left out."""
    entries = cast("list[Any]", value) if isinstance(value, list) else []
    return [cast("dict[str, Any]", entry) for entry in entries if isinstance(entry, dict)]


def array(value: Any) -> list[Any]:
    """The list's first entries; a bare value is a list of one."""
    if isinstance(value, list):
        return cast("list[Any]", value)[:_MOST_ENTRIES]
    return [] if value is None else [value]


def text(value: Any, longest: int) -> str:
    """Half surrogate pairs (an emoji cut in two) become `?` and control characters are removed, because a store or an
    encoder would refuse them later; the rest of the customer's text must arrive."""
    if not isinstance(value, str):
        return ""
    return without_control_characters(value[:longest].encode("utf-8", "replace").decode())


def word(value: Any, longest: int = 200) -> str:
    """An identifier, which may come as a number."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        value = str(value)
    return text(value, longest + 1).strip()[: longest + 1]


def address(value: Any) -> str:
    """A phone number in E.164, a short code or a sender's name; "" if there is none. Takes `{phone_number}` or text."""
    raw = text(obj(value).get("phone_number") if isinstance(value, dict) else value, 100).strip()
    number = raw.translate(_SPACING)
    if _E164.fullmatch(number):
        return number
    return _sender_name(raw)


def _sender_name(raw: str) -> str:
    """Letters of any script stay. A name that loses anything ends in its digest, so that two names stay two senders."""
    name = unicodedata.normalize("NFC", raw)
    kept = "".join(char if unicodedata.category(char)[0] in "LMN" or char in " ._-" else "_" for char in name)
    if kept == name and len(name) <= _LONGEST_NAME:
        return name
    return f"{kept[:_NAME_KEPT]}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"


def addresses(value: Any) -> tuple[str, ...]:
    found = (address(entry) for entry in array(value))
    return tuple(dict.fromkeys(entry for entry in found if entry))


def is_e164(value: str) -> bool:
    return _E164.fullmatch(value) is not None


def moment(value: Any) -> datetime | None:
    """ISO 8601; without an offset it is UTC."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        parsed = datetime.fromisoformat(value)
        return milliseconds(parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def count(value: Any, most: int = 1000) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 6:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 1 <= value <= most else None


def money(value: Any) -> Money | None:
    """`{amount, currency}`; no currency means USD."""
    nano, currency = billionths(obj(value).get("amount")), obj(value).get("currency") or "USD"
    if nano is None or not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        return None
    return Money(nano=nano, currency=currency)


def billionths(amount: Any) -> int | None:
    """An amount of money, text or number, in billionths, rounded half-even once."""
    if isinstance(amount, bool) or not isinstance(amount, str | int | float) or len(str(amount)[:41]) > 40:
        return None
    try:
        exact = Decimal(str(amount).strip())
        if not exact.is_finite() or exact.adjusted() >= _MOST_DIGITS or exact.adjusted() < -_MOST_DIGITS * 3:
            return 0 if exact.is_zero() else None
        return int((exact * NANO).to_integral_value())
    except (ArithmeticError, ValueError):
        return None


def encoding(value: Any) -> Encoding | None:
    if not isinstance(value, str):
        return None
    spelled = value[:10].upper().replace("_", "-")
    if spelled in ("GSM-7", "GSM7"):
        return "GSM-7"
    return "UCS-2" if spelled in ("UCS-2", "UCS2") else None


def errors(value: Any) -> tuple[CarrierError, ...]:
    """Entries without a code still say something; bare texts too."""
    found: list[CarrierError] = []
    for entry in array(value):
        fields = obj(entry) if isinstance(entry, dict) else {"code": entry}
        code = word(fields.get("code"), 50) or "unknown"
        found.append(
            CarrierError(code=code, title=text(fields.get("title"), 300), detail=text(fields.get("detail"), 1000))
        )
    return tuple(found)


def media(value: Any) -> tuple[Media, ...]:
    found: list[Media] = []
    for entry in array(value):
        fields = obj(entry) if isinstance(entry, dict) else {"url": entry}
        url = text(fields.get("url"), 2001)
        if url and len(url) <= 2000:
            size = count(fields.get("size"), most=2**40)
            found.append(Media(url=url, content_type=text(fields.get("content_type"), 100), size=size))
    return tuple(found)
