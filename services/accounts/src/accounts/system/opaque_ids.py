"""Text of any kind as a part of an address: an event's id may hold whatever its publisher chose."""

from __future__ import annotations

import base64
import binascii


def opaque(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def plain(opaque_text: str) -> str:
    """Raises ValueError for what `opaque` never made."""
    try:
        return base64.urlsafe_b64decode(opaque_text + "=" * (-len(opaque_text) % 4)).decode()
    except binascii.Error as error:
        raise ValueError(str(error)) from None
