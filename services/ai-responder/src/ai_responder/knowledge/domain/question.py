"""What a turn asks of the knowledge: the unanswered texts; with the one before, where they say little alone."""

from __future__ import annotations

from collections.abc import Sequence

from ai_responder.knowledge.domain.words import content_words
from shared.events import TranscriptLine

FEWEST_WORDS = 3
"""With fewer a text leans on the one before it: "and on Sundays?"."""
LONGEST = 2_000
"""Characters of a text that are looked at, the last ones."""


def question_of(history: Sequence[TranscriptLine]) -> str:
    rest = list(history)
    latest: list[str] = []
    while rest and rest[-1].author == "customer":
        latest.insert(0, rest.pop().text)
    question = " ".join(latest)[-LONGEST:]
    if len(content_words(question)) >= FEWEST_WORDS:
        return question
    before = next((line.text for line in reversed(rest) if line.author == "customer"), "")
    return f"{question} {before[-LONGEST:]}".strip()
