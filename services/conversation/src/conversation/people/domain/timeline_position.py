"""Where a page of a timeline ended: a time and an id, as text that callers only hand back."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime, timedelta

from shared.errors import Invalid

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_MILLISECONDS = 253_402_300_799_999
"""The end of the year 9999, where the calendar ends."""
_LONGEST = 400


def text_of(at: datetime, id: str) -> str:
    milliseconds = (at - _EPOCH) // timedelta(milliseconds=1)
    return base64.urlsafe_b64encode(f"{milliseconds}|{id}".encode()).decode().rstrip("=")


def position_of(cursor: str) -> tuple[datetime, str]:
    """Raises `Invalid("bad_cursor")`."""
    try:
        if len(cursor) > _LONGEST:
            raise ValueError
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        number, _, id = base64.b64decode(padded, altchars=b"-_", validate=True).decode().partition("|")
        if not number.removeprefix("-").isascii() or not number.removeprefix("-").isdigit() or not id:
            raise ValueError
        milliseconds = int(number)
        if not 0 <= milliseconds + _MOST_MILLISECONDS <= 2 * _MOST_MILLISECONDS:
            raise ValueError
        return _EPOCH + timedelta(milliseconds=milliseconds), id
    except (ValueError, OverflowError, binascii.Error):
        raise Invalid("bad_cursor", "Not a cursor of this list; start again without one.") from None
