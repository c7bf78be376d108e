"""Reactions that a phone sent as a text: which of our messages does it quote?

Phones quote the whole text, or its beginning and "…". The customer may react to their own texts too.
"""

from __future__ import annotations

from conversation.domain.thread.model import Message, Reaction, Thread
from shared.consent import ConsentReading

_FEWEST = 4
"""Letters of a shortened quote that must agree, so that "…" alone matches nothing."""


def reaction_to(reading: ConsentReading, thread: Thread) -> Reaction | None:
    """The reaction with the latest message that it quotes, as far back as the thread holds them."""
    if reading.kind != "reaction":
        return None
    found = _latest(thread, reading.quoted)
    return Reaction(sign=reading.reaction, quoted=reading.quoted, message_id=found.id if found else None)


def _latest(thread: Thread, quoted: str) -> Message | None:
    wanted = _plain(quoted)
    backwards = reversed(thread.messages)
    if not wanted:  # "Loved an image"
        return next((one for one in backwards if one.media and one.direction == "outbound"), None)
    return next((one for one in backwards if _is_quoted(wanted, _plain(one.text))), None)


def _is_quoted(wanted: str, text: str) -> bool:
    beginning = wanted.removesuffix("…").removesuffix("...").rstrip()
    if beginning != wanted:
        return len(beginning) >= _FEWEST and text.startswith(beginning)
    return text == wanted


def _plain(text: str) -> str:
    """Blanks single, and marks that phones exchange made equal."""
    return " ".join(text.translate(_MARKS).split()).casefold()


_MARKS = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "\u00a0": " ", "\u200a": " "})
