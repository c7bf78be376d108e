"""The beginning of an event stream, as it is sent."""

from __future__ import annotations

import json
from typing import Any


def _frame(id: str, type_: str, time: str, data: dict[str, Any]) -> str:
    frame = json.dumps({"id": id, "type": type_, "time": time, "data": data}, separators=(",", ":"))
    return f"id: {id}\nevent: {type_}\ndata: {frame}\n\n"


_CAMPAIGN = {
    "id": "spring-sale",
    "recipients": 1200,
    "counts": {"delivered": 1130, "sent": 40, "failed": 12, "suppressed": 18},
    "replied": 87,
    "opted_out": 9,
    "revision": 412,
    "first_seen_at": "2026-03-10T09:00:00Z",
    "updated_at": "2026-03-10T14:01:58Z",
}
EVENTS = _frame("3fk9:41", "hello", "2026-03-10T14:02:00Z", {"epoch": "3fk9", "top": 42, "recovered": True}) + _frame(
    "3fk9:42",
    "campaign.updated",
    "2026-03-10T14:01:58Z",
    {"campaign_id": "spring-sale", "revision": 412, "campaign": _CAMPAIGN},
)
