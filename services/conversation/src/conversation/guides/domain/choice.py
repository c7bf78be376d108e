"""Which guide applies to a turn, and why, in words that people read beside the answer."""

from __future__ import annotations

from collections.abc import Sequence

from conversation.guides.domain.guide import Guide
from shared.events import ChosenGuide
from shared.texts.said_words import SaidWords

LONGEST_TEXT = 10_000
"""Characters of the unanswered texts that are looked through: the latest."""


def choose(guides: Sequence[Guide], text: str) -> ChosenGuide | None:
    """A guide with a keyword that the text says; else one without keywords. Of several the one with the highest
    priority, of these the oldest."""
    ranked = sorted(filter(lambda guide: guide.applies, guides), key=_rank)
    said = SaidWords(text[-LONGEST_TEXT:])
    hits = [(guide, hit) for guide in ranked if (hit := _hit(guide, said))]
    if hits:
        guide, keyword = hits[0]
        return _chosen(guide, f'keyword "{keyword}" in the unanswered texts{_before(guide, len(hits) - 1)}')
    fallbacks = [guide for guide in ranked if not guide.keywords]
    if fallbacks:
        guide = fallbacks[0]
        return _chosen(guide, f"it has no keywords, and no other guide's was said{_before(guide, len(fallbacks) - 1)}")
    return None


def _hit(guide: Guide, said: SaidWords) -> str | None:
    return next((keyword for keyword in guide.keywords if said.contains(keyword)), None)


def _rank(guide: Guide) -> tuple[int, object, str]:
    return (-guide.priority, guide.created_at, guide.id)


def _before(guide: Guide, others: int) -> str:
    if not others:
        return ""
    which = "another guide that fits" if others == 1 else f"{others} other guides that fit"
    return f"; before {which} by its priority ({guide.priority}) or age"


def _chosen(guide: Guide, rule: str) -> ChosenGuide:
    return ChosenGuide(
        id=guide.id,
        name=guide.name,
        goal=guide.goal,
        instructions=guide.instructions,
        response_template=guide.response_template,
        assistant_id=guide.assistant_id,
        rule=rule,
    )
