"""Who looks at which conversation of one tenant, by stream. Nothing of it is stored; what is not repeated runs out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from shared.values import Malformed, Value

KEPT_SECONDS = 30.0
"""How long a sighting counts unless it is repeated."""
MOST_STREAMS = 5_000
MOST_SHOWN = 50
"""Users shown at one conversation."""
LONGEST_MESSAGE = 1_000
_ID = re.compile(r"[\w-]{1,100}", re.ASCII)


class Looking(Value):
    """What a client says: the conversation that its user looks at, or none."""

    conversation_id: str | None
    typing: bool = False


class Sighting(Value):
    """A stream's latest word, as the instances tell each other."""

    instance: str
    stream: str
    n: int
    """Grows with each word of a stream, whichever instance hears it: milliseconds since 1970."""
    user_id: str
    name: str
    looking: Looking


class _Said(Value):
    type: str
    conversation_id: str | None = None
    typing: bool = False


def looking_said_in(text: str) -> Looking | None:
    """None for a message that says something else, or nothing that can be read."""
    if len(text) > LONGEST_MESSAGE:
        return None
    try:
        said = _Said.decode(text)
    except Malformed:
        return None
    if said.type != "looking" or not (said.conversation_id is None or is_id(said.conversation_id)):
        return None
    return Looking(conversation_id=said.conversation_id, typing=said.typing and said.conversation_id is not None)


def is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


@dataclass
class _Seen:
    sighting: Sighting
    until: float


class TenantPresence:
    """Times are the reader's monotonic seconds."""

    def __init__(self) -> None:
        self._streams: dict[str, _Seen] = {}
        self._at: dict[str, dict[str, Sighting]] = {}
        """The same by conversation, so that a word costs no look at all streams of the tenant."""

    def see(self, sighting: Sighting, now: float) -> set[str]:
        """Conversations whose users changed by this word."""
        known = self._streams.get(sighting.stream)
        if known and known.sighting.n > sighting.n:
            return set()
        touched = {each for each in (_conversation(known), sighting.looking.conversation_id) if each}
        before = {id: self.users(id) for id in touched}
        self._forget(sighting.stream)
        if sighting.looking.conversation_id and len(self._streams) < MOST_STREAMS:
            self._streams[sighting.stream] = _Seen(sighting, now + KEPT_SECONDS)
            self._at.setdefault(sighting.looking.conversation_id, {})[sighting.stream] = sighting
        return {id for id in touched if self.users(id) != before[id]}

    def expire(self, now: float) -> set[str]:
        """Conversations whose users changed because words ran out."""
        over = [stream for stream, seen in self._streams.items() if seen.until <= now]
        touched = {id for stream in over if (id := _conversation(self._streams.get(stream)))}
        before = {id: self.users(id) for id in touched}
        for stream in over:
            self._forget(stream)
        return {id for id in touched if self.users(id) != before[id]}

    def users(self, conversation_id: str) -> list[dict[str, Any]]:
        """`{id, name, typing}` of each user, by id; one with several streams once."""
        found: dict[str, dict[str, Any]] = {}
        for sighting in self._at.get(conversation_id, {}).values():
            user = found.setdefault(sighting.user_id, {"id": sighting.user_id, "name": sighting.name, "typing": False})
            user["typing"] = user["typing"] or sighting.looking.typing
        return [found[id] for id in sorted(found)][:MOST_SHOWN]

    @property
    def conversations(self) -> set[str]:
        return set(self._at)

    def _forget(self, stream: str) -> None:
        conversation_id = _conversation(self._streams.pop(stream, None))
        if conversation_id and (there := self._at.get(conversation_id)):
            there.pop(stream, None)
            if not there:
                del self._at[conversation_id]


def _conversation(seen: _Seen | None) -> str | None:
    return seen.sighting.looking.conversation_id if seen else None
