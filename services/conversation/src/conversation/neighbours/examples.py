"""Examples of `/api/neighbours`: a bakery with a chat on its website."""

from __future__ import annotations

from typing import Any

from conversation.neighbours.addresses import HOOKS

Example = dict[str, Any]

NEW: Example = {
    "kind": "chatwoot",
    "name": "Chat on the website",
    "secret": "the secret that Chatwoot shows beside the webhook",
    "app_url": "https://app.chatwoot.com",
}
PATCH: Example = {"name": "Chat on both websites"}
NEIGHBOUR: Example = {
    "id": "nbr_4c61ab27e0d75c8e93ff0b7a51d1c0e2",
    "kind": "chatwoot",
    "name": "Chat on the website",
    "url": f"https://parley.example.com{HOOKS}/nbr_4c61ab27e0d75c8e93ff0b7a51d1c0e2.1.tq3hY0Xr",
    "checks_signature": True,
    "own_addresses": [],
    "app_url": "https://app.chatwoot.com",
    "last": {"at": "2026-03-10T13:58:11Z", "outcome": "taken", "reason": ""},
    "revision": 1,
    "created_at": "2026-03-01T09:30:00Z",
    "updated_at": "2026-03-01T09:30:00Z",
}
TAKEN: Example = {"status": "taken", "id": "act_5f0c8a6d1b7e4a2f9c3d"}
CHAT: Example = {
    "event": "message_created",
    "id": 4821,
    "message_type": "incoming",
    "private": False,
    "content": "Do you bake without nuts?",
    "created_at": "2026-03-10T13:58:10.412Z",
    "sender": {"id": 77, "type": "contact", "name": "Ada", "email": "ada@engines.example"},
    "conversation": {"id": 312, "channel": "Channel::WebWidget"},
    "account": {"id": 3, "name": "Mill Street Bakery"},
}
HOOK: Example = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"type": "object"}, "example": CHAT},
            "multipart/form-data": {"schema": {"type": "object"}, "example": {"from": "Ada <ada@engines.example>"}},
            "application/x-www-form-urlencoded": {"schema": {"type": "object"}, "example": {"subject": "Cake"}},
        },
    }
}
