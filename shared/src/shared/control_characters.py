"""Characters that no text message may carry: control characters, and halves of a surrogate pair.

They mean nothing on a phone, and stop stores, encoders and terminals on the way there. Line feed, carriage return and
tab stay; so does form feed, the one control character that GSM-7 has (`sms_parts`; its escape is a position of the
table, no character). Marks that turn the direction of writing are letters of some languages' everyday texts and stay.
"""

from __future__ import annotations

import re

from shared.errors import Invalid

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def refuse_control_characters(text: str) -> None:
    """For what people and programs ask us to send. Raises `Invalid("control_character")`, naming it and its place."""
    if told := control_character_in(text):
        raise Invalid("control_character", told)


def control_character_in(text: str) -> str | None:
    """What is wrong with this text, in a sentence; None: nothing."""
    found = _FORBIDDEN.search(text)
    if found is None:
        return None
    name = f"U+{ord(found.group()):04X}"
    return f"character {found.start() + 1} of the text is {name}, which no phone can show; take it out"


def without_control_characters(text: str) -> str:
    """For what we were sent, or a model wrote: the rest of it is meant, and is kept."""
    return _FORBIDDEN.sub("", text)
