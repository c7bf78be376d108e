"""Links by which the carrier fetches what we send: public for whom we give them to, signed, and good for a time.

A link holds the id, its end and a code over both. Nothing is looked up before the code is right.
"""

from __future__ import annotations

from datetime import datetime

from conversation.domain.media.item import MediaItem
from conversation.domain.thread.wire import MEDIA_PATH
from shared.keyring import Keyring

SIGNED_PATH = f"{MEDIA_PATH}/signed"
_PURPOSE = "media link"
_LONGEST = 200


class Links:
    def __init__(self, keyring: Keyring, public_base: str) -> None:
        self._keyring = keyring
        self._beginning = f"{public_base}{SIGNED_PATH}/"

    def link(self, item: MediaItem, until: datetime) -> str:
        told = f"{item.id}.{int(until.timestamp())}"
        return f"{self._beginning}{told}.{self._keyring.mac(_PURPOSE, told)}.{item.type.ending}"

    def token_of(self, url: str) -> str | None:
        """None for an address that is no link of ours."""
        return url.removeprefix(self._beginning) if url.startswith(self._beginning) else None

    def id_in(self, token: str, now: datetime) -> str | None:
        """The id of the media this token opens; None if it opens none, or no longer."""
        parts = token.split(".")
        if len(token) > _LONGEST or len(parts) != 4 or not parts[1].isascii() or not parts[1].isdigit():
            return None
        told = f"{parts[0]}.{parts[1]}"
        if not self._keyring.mac_is_valid(_PURPOSE, told, parts[2]):
            return None
        return parts[0] if now.timestamp() < int(parts[1]) else None
