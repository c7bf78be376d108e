"""What starts a workflow run of this tenant: keywords, and new conversations."""

from __future__ import annotations

from dataclasses import dataclass

from shared.consent import keyword_form


@dataclass(frozen=True)
class Triggers:
    keywords: frozenset[str] = frozenset()
    """As `keyword_form` spells them."""
    new_conversation: bool = False

    def matches(self, text: str) -> bool:
        """Whether the whole text is one of the keywords."""
        return bool(self.keywords) and keyword_form(text) in self.keywords


NO_TRIGGERS = Triggers()
