"""The keyword of a text: what the shared reader of consent is sure of. Doubtful texts are conversation's to ask about.

Every plain revocation counts, not only the word STOP: the sender suppresses by this one hop from the webhook. In a
group only a bare keyword does: "please stop texting me" may be said to another participant.
"""

from __future__ import annotations

from shared.consent import ConsentWish, read_consent
from shared.events.kinds import Keyword

_KEYWORDS: dict[ConsentWish, Keyword] = {"stop": "stop", "start": "start", "help": "help"}


def keyword_of(text: str, *, in_group: bool = False) -> Keyword | None:
    found = read_consent(text)
    return _KEYWORDS.get(found.reading) if found.plain_keyword or not in_group else None


def keyword_of_all(texts: tuple[str, ...], *, in_group: bool = False) -> Keyword | None:
    """Of several texts that are one message (subject, body, both together): a stop in any of them is a stop."""
    keyword: Keyword | None = None
    for text in texts:
        keyword = keyword_of(text, in_group=in_group)
        if keyword == "stop":
            break
    return keyword


def settled(written: Keyword | None, matched: Keyword | None) -> Keyword | None:
    """What the carrier matched wins, for it has acted upon it; but a STOP that is written is never overruled."""
    if written == "stop":
        return written
    return matched or written
