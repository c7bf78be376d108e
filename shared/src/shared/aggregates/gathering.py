"""Events of one key that follow each other soon become one, while they wait in the outbox.

An event that says how something now stands makes the one before it superfluous. So it may be held for a moment inside
the document that was saved anyway: the next save joins its own event with it, which costs neither a write nor a
read. It waits in the outbox like any effect, so a crash loses nothing: the sweeper publishes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.database.protocol import Document
from shared.events.envelope import EventData, decode

OutboxEntry = dict[str, Any]
"""`{id, record: {collection, document}}` or `{id, event: {...}}`; `id` is unique within its aggregate. An event that is
held for others also has `gather`, its key, and `due`."""


@dataclass(frozen=True)
class Gather:
    """How an event waits for others of its `key` (and type) in its aggregate, and joins them (`EventData.after`).

    `hold_seconds`: held so long at most; 0: at once, together with what was held. With `first_at_once`, the first of a
    series leaves at once and the following ones at most once per `hold_seconds`. With `only_held`, it says that nothing
    more will come: what is held leaves at once, and if nothing is, there is nothing to publish.
    """

    key: str
    hold_seconds: float = 0
    first_at_once: bool = False
    only_held: bool = False


class Gathering:
    """The events of one save: what they join, and when each may leave."""

    def __init__(self, waiting: list[OutboxEntry], paced: Mapping[str, datetime], now: datetime) -> None:
        self.waiting = waiting
        """The effects that still wait, without those that a new event has joined."""
        self.paced = {key: free_at for key, free_at in paced.items() if free_at > now}
        """Of each series that pauses: when its next event may leave."""
        self._now = now

    def join(self, data: EventData, how: Gather | None) -> tuple[EventData, dict[str, Any]] | None:
        """The data to publish and the fields of its entry that make it wait; None: nothing is to be published."""
        if how is None:
            return data, {}
        key = f"{data.TYPE}|{how.key}"
        earlier = next((entry for entry in self.waiting if entry.get("gather") == key), None)
        if earlier is None and how.only_held:
            return None
        if earlier is not None:
            self.waiting = [entry for entry in self.waiting if entry is not earlier]
            data = data.after(decode(earlier["event"]["body"].encode(), type(data)).data)
        due = self._due(key, how, earlier["due"] if earlier else None)
        return data, {"gather": key, "due": due} if due else {}

    def _due(self, key: str, how: Gather, promised: datetime | None) -> datetime | None:
        hold = timedelta(seconds=how.hold_seconds)
        latest = self._now + hold  # what was promised is later than this only if the clock was set back since
        if not how.first_at_once:
            return (min(promised, latest) if promised else latest) if hold else None
        wanted = promised or self.paced.get(key)
        due = min(wanted, latest) if wanted else None
        self.paced[key] = (due or self._now) + hold
        return due


def is_held(entry: OutboxEntry, now: datetime) -> bool:
    """Whether it waits for others. Anything else in the outbox is to be carried out at once."""
    return "due" in entry and entry["due"] > now


def waits_since(outbox: list[OutboxEntry], since: datetime | None) -> datetime | None:
    """From when the sweeper counts: `since` for effects that should be done, else when the first held one is due."""
    if not outbox:
        return None
    held = [entry["due"] for entry in outbox if "due" in entry]
    return min(held) if len(held) == len(outbox) else min([*held, since] if since else held)


def paced_of(document: Document | None) -> dict[str, datetime]:
    return {each["key"]: each["free_at"] for each in document.get("paced", [])} if document else {}


def paced_rows(paced: Mapping[str, datetime]) -> list[dict[str, Any]]:
    """As they stand in the document: a list, because a key may hold dots."""
    return [{"key": key, "free_at": free_at} for key, free_at in paced.items()]
