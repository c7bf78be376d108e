"""How many parts a text takes as SMS, and which character makes it expensive.

An estimate on the safe side, for forecasts, limits and the dashboard; once the carrier has answered, its own `parts` is
the truth. Safe side means: the twelve letters that Telnyx leaves out of its GSM table count as UCS-2 although 3GPP TS
23.038 has them, and a part never ends inside an escape or surrogate pair (some carriers' formula ignores that and may
come out one lower).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑ\u00dc\u00a7¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_NOT_AT_TELNYX = "Ç¤ΔΦΓΛΩΠΨΣΘΞ"
_ESCAPE = "\x1b"  # a position of the table, not a character

GSM_BASIC = frozenset(_BASIC) - frozenset(_NOT_AT_TELNYX) - {_ESCAPE}
GSM_EXTENSION = frozenset("^{}\\[~]|€\x0c")
"""Each of these is sent as an escape and a character: two septets."""

_GSM_SINGLE, _GSM_JOINED = 160, 153
_UCS_SINGLE, _UCS_JOINED = 70, 67

Encoding = Literal["GSM-7", "UCS-2"]


@dataclass(frozen=True, slots=True)
class Measured:
    """`units` are septets (GSM-7) or UTF-16 code units (UCS-2). An empty text has no parts."""

    encoding: Encoding
    parts: int
    units: int
    forced_by: str | None
    """The first character that GSM-7 cannot carry, if there is one."""


def measure(text: str) -> Measured:
    if GSM_BASIC.issuperset(text):  # most texts; a forecast measures a million
        units = len(text)
        return Measured("GSM-7", 1 if 0 < units <= _GSM_SINGLE else -(-units // _GSM_JOINED), units, None)
    forced_by = next((char for char in text if char not in GSM_BASIC and char not in GSM_EXTENSION), None)
    if forced_by is None:
        widths = [2 if char in GSM_EXTENSION else 1 for char in text]
        return Measured("GSM-7", _parts(widths, _GSM_SINGLE, _GSM_JOINED), sum(widths), None)
    widths = [2 if ord(char) > 0xFFFF else 1 for char in text]
    return Measured("UCS-2", _parts(widths, _UCS_SINGLE, _UCS_JOINED), sum(widths), forced_by)


def _parts(widths: list[int], single: int, joined: int) -> int:
    """Parts of at most `joined` units when it does not fit into one of `single`; no character is cut in two."""
    if not widths:
        return 0
    if sum(widths) <= single:
        return 1
    parts, used = 1, 0
    for width in widths:
        if used + width > joined:
            parts, used = parts + 1, 0
        used += width
    return parts
