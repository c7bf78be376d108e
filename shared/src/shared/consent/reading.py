"""What one text says about being texted at all: the value that the reader returns and both services act upon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ConsentWish = Literal["stop", "start", "help", "possible_stop", "none"]
TextKind = Literal["text", "reaction", "autoreply", "quote"]


@dataclass(frozen=True, slots=True)
class ConsentReading:
    """`stop` and `start` are obeyed at once, `possible_stop` pauses the assistant and asks a person."""

    reading: ConsentWish
    rule: str
    """Name of the rule that decided; `none` readings may name the rule that held another back."""
    kind: TextKind = "text"
    """What the text is. Only a `text` can carry a wish; the others are never answered by the assistant."""
    plain_keyword: bool = False
    """The whole text is one keyword (STOP, BAJA, START, HELP …), politeness and punctuation aside."""
    quoted: str = ""
    """The words of somebody else (usually ours) that this text repeats."""
    reaction: str = ""
    """For a reaction: its emoji, or the verb as the phone wrote it ("Liked")."""
