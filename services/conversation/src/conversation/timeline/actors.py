"""Who makes a request, as the timeline names them."""

from __future__ import annotations

from conversation.timeline.domain.entry import Actor
from shared.access.gate import Principal


def actor_of(who: Principal) -> Actor:
    if who.user_id:
        return Actor(author="agent", user_id=who.user_id)
    return Actor(author="api", key_id=who.subject_id)
