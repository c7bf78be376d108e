"""Bodies that document the routes of webhooks."""

from __future__ import annotations

from typing import Any

CREATE: dict[str, Any] = {
    "url": "https://chat.example.com/hooks/parley",
    "events": ["message.received", "message.status"],
    "active": True,
}
PATCH: dict[str, Any] = {"events": ["message.received"], "active": True}
WEBHOOK: dict[str, Any] = {
    "id": "whk_0198a1f4c2b87d6e9f10a2b3c4d5e6f7",
    "url": "https://chat.example.com/hooks/parley",
    "events": ["message.received", "message.status"],
    "active": True,
    "disabled": None,
    "failing_since": None,
    "missed": 0,
    "missed_at": None,
    "old_secret_signs_until": None,
    "created_at": "2026-03-10T09:00:00Z",
    "updated_at": "2026-03-10T09:00:00Z",
    "revision": 1,
}
CREATED: dict[str, Any] = WEBHOOK | {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
ATTEMPT: dict[str, Any] = {
    "at": "2026-03-10T14:02:00.120Z",
    "milliseconds": 84,
    "status": 500,
    "problem": "status",
    "detail": "It answered with status 500.",
    "answer": "Internal Server Error",
}
DELIVERY: dict[str, Any] = {
    "id": "dlv_5f0c1e7a2b3d5c5e8f90a1b2c3d4e5f6",
    "event": "message.received",
    "event_id": "evt_1a2b3c4d5e6f508192a3b4c5d6e7f809",
    "test": False,
    "state": "waiting",
    "attempts": 1,
    "created_at": "2026-03-10T14:02:00Z",
    "next_try_at": "2026-03-10T14:02:05.120Z",
    "ended_at": None,
    "last": ATTEMPT,
}
