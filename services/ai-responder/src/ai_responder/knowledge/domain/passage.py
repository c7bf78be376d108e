"""A passage of the knowledge that a question is answered with."""

from __future__ import annotations

from shared.events.ai_responder import Passage
from shared.values import Value

_LONGEST_TITLE, _LONGEST_TEXT = 200, 500


class FoundPassage(Value):
    """`title`: its document, and the headings above it or the question it answers."""

    knowledge_id: str
    title: str
    text: str

    @property
    def kept(self) -> Passage:
        """As it is kept with the answer: its beginning."""
        return Passage(
            knowledge_id=self.knowledge_id, title=self.title[:_LONGEST_TITLE], text=self.text[:_LONGEST_TEXT]
        )
