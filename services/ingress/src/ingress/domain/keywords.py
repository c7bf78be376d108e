"""The keyword of a text: what the shared reader of consent is sure of. Doubtful texts are conversation's to ask about.

Every plain revocation counts, not only the word STOP: the sender suppresses by this one hop from the webhook.
"""

from __future__ import annotations

from shared.consent import ConsentWish, read_consent
from shared.events.kinds import Keyword

_KEYWORDS: dict[ConsentWish, Keyword] = {"stop": "stop", "start": "start", "help": "help"}


def keyword_of(text: str) -> Keyword | None:
    return _KEYWORDS.get(read_consent(text).reading)
