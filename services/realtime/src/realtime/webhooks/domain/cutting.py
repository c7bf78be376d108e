"""The events that a webhook gets, cut from an entry of the log. Pure.

`conversation.updated` carries the messages that changed. From them come `message.status`, once per message and
revision, and `message.received`, once per message: when its pictures have been fetched the message changes, but it is
no second one. The id of the event is derived from these, so the same one is recognised wherever it comes up.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from realtime.domain.frames import LogEntry
from shared.ids import derived_id

_FORWARDED = ("conversation.updated", "campaign.updated", "workflow.updated")
_OF_CONVERSATION = ("id", "contact", "phone_number", "state", "revision")
TEST = "webhook.test"
_FIRST = 1


@dataclass(frozen=True)
class Owed:
    event: str
    event_id: str
    at: datetime
    body: str


def cut(tenant_id: str, entry: LogEntry, wanted: Collection[str]) -> Iterator[Owed]:
    """Those of the wanted events that this entry holds, in order."""
    if entry.type == "conversation.updated" and not {"message.received", "message.status"}.isdisjoint(wanted):
        yield from _of_messages(tenant_id, entry, wanted)
    if entry.type in _FORWARDED and entry.type in wanted:
        event_id = derived_id("evt", tenant_id, entry.type, entry.mark)
        yield _owed(entry.type, event_id, entry.time, orjson.Fragment(entry.body))


def trial(event_id: str, webhook_id: str, now: datetime) -> Owed:
    """What a test sends."""
    return _owed(TEST, event_id, now, {"webhook_id": webhook_id})


def _of_messages(tenant_id: str, entry: LogEntry, wanted: Collection[str]) -> Iterator[Owed]:
    data: dict[str, Any] = orjson.loads(entry.body)
    about = {name: value for name, value in data["conversation"].items() if name in _OF_CONVERSATION}
    for message in data.get("messages", ()):
        is_inbound = message.get("direction") == "inbound"
        event = "message.received" if is_inbound else "message.status"
        if event in wanted:
            revision = _FIRST if is_inbound else message.get("revision", 0)
            event_id = derived_id("evt", tenant_id, event, message["id"], str(revision))
            yield _owed(event, event_id, entry.time, {"message": message, "conversation": about})


def _owed(event: str, event_id: str, at: datetime, data: object) -> Owed:
    body = {"id": event_id, "type": event, "timestamp": at, "data": data}
    return Owed(event, event_id, at, orjson.dumps(body, option=orjson.OPT_UTC_Z).decode())
