"""Pictures and files that a customer's phone sends, kept as the carrier keeps them: behind secret links."""

from __future__ import annotations

import base64
import re
import secrets

from pydantic import BaseModel

from sandbox.journal import Journal, Shelf
from shared.errors import Invalid, NotFound, TooLarge

MOST_BYTES = 1_000_000
_KEPT = 50
_TAKEN = re.compile(r"(image|video|audio)/[\w.+-]{1,60}|application/pdf|text/(vcard|x-vcard|calendar|plain)", re.ASCII)


class KeptPicture(BaseModel):
    id: str
    content_type: str
    content: str
    """In base64."""

    @property
    def bytes(self) -> bytes:
        return base64.b64decode(self.content)


class Pictures:
    """The newest fifty."""

    def __init__(self, journal: Journal) -> None:
        self._kept = Shelf(journal, "picture", KeptPicture)

    def add(self, content: bytes, content_type: str) -> KeptPicture:
        """Raises `Invalid` or `TooLarge`."""
        plain = content_type.partition(";")[0].strip().lower()
        if not content or not _TAKEN.fullmatch(plain) or "svg" in plain:
            raise Invalid("no_picture", "Send the bytes of a picture, film, sound, PDF or contact card, and its type.")
        if len(content) > MOST_BYTES:
            raise TooLarge("picture_too_large", f"A carrier delivers at most {MOST_BYTES:,} bytes.")
        for oldest in self._kept.values()[: max(0, len(self._kept) - _KEPT + 1)]:
            self._kept.drop(oldest.id)
        id = secrets.token_urlsafe(18)
        return self._kept.put(id, KeptPicture(id=id, content_type=plain, content=base64.b64encode(content).decode()))

    def get(self, id: str) -> KeptPicture:
        """Raises `NotFound`."""
        kept = self._kept.get(id)
        if kept is None:
            raise NotFound("unknown_picture", "The carrier has no such picture, or not any more.")
        return kept

    def clear(self) -> None:
        self._kept.clear()
