"""What a webhook of a neighbour comes to: an activity, or a reason why it is none."""

from __future__ import annotations

from typing import Literal, TypeAlias

from shared.events import ContactActivity
from shared.values import Value

Reason = Literal[
    "other_event",
    "private_note",
    "system_note",
    "automatic_text",
    "group_chat",
    "empty",
    "no_sender",
    "no_id",
    "bounce",
    "auto_reply",
    "mailing_list",
    "spam",
    "raw_mime",
    "own_addresses_only",
]


class Ignored(Value):
    """The webhook is answered 200 all the same: sending it again would change nothing."""

    reason: Reason


Heard: TypeAlias = ContactActivity | Ignored

LONGEST_TEXT = 10_000
LONGEST_SUMMARY = 300
_LONGEST_ID = 200


def one_line(text: str, longest: int = LONGEST_SUMMARY) -> str:
    """For the timeline and the assistant, which read the beginning."""
    line = " ".join(text[: longest * 4].split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def short_id(neighbour_id: str, id: str) -> str:
    """An id of the neighbour's, as one of its own: two installations may count alike."""
    return f"{neighbour_id}:{id}"[:_LONGEST_ID]
