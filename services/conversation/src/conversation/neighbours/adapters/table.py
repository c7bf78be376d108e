"""Which neighbours there are, and what is particular about each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from conversation.neighbours.adapters import chatwoot, mailgun, postmark, sendgrid
from conversation.neighbours.domain.heard import Heard
from conversation.neighbours.domain.neighbour import Kind, Neighbour
from conversation.neighbours.post import Post

Hear: TypeAlias = Callable[[Post, Neighbour, datetime], Heard]
IsGenuine: TypeAlias = Callable[[str, Post], bool]

MOST_MAIL_BYTES = 40 * 1024 * 1024
"""More than any of the three delivers: Postmark's 35 MB are the most."""


@dataclass(frozen=True)
class Adapter:
    hear: Hear
    is_genuine: IsGenuine | None = None
    """Whether its secret signed this request. None: it signs nothing."""
    check_secret: Callable[[str], None] = lambda _secret: None
    """Raises `Invalid` for what can be no secret of this neighbour."""
    stamp: str = ""
    """The header that is signed in front of the body, where the body is not kept whole."""
    most_bytes: int = MOST_MAIL_BYTES


ADAPTERS: dict[Kind, Adapter] = {
    "chatwoot": Adapter(chatwoot.hear, chatwoot.is_genuine, most_bytes=chatwoot.MOST_BYTES),
    "postmark": Adapter(postmark.hear),
    "sendgrid": Adapter(sendgrid.hear, sendgrid.is_genuine, sendgrid.check_key, sendgrid.STAMP),
    "mailgun": Adapter(mailgun.hear, mailgun.is_genuine),
}
