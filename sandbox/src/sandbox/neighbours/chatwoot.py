"""A message in a website's chat, as Chatwoot's account webhook tells it, signed with the webhook's secret."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from typing import Any, Literal

import orjson

from sandbox.neighbours.person import Person

Author = Literal["visitor", "agent"]
_ACCOUNT = {"id": 1, "name": "Sandbox"}
_AGENT = {"id": 1, "name": "Front desk", "email": "desk@chat.example", "type": "user"}


def message(person: Person, text: str, author: Author, id: int, at: datetime) -> dict[str, Any]:
    sender: dict[str, Any] = {
        "id": person.number_in_a_system,
        "name": person.name,
        "email": person.email,
        "phone_number": None,
        "identifier": None,
        "additional_attributes": {},
        "custom_attributes": {},
        "type": "contact",
    }
    return {
        "event": "message_created",
        "id": id,
        "content": text,
        "content_type": "text",
        "content_attributes": {},
        "created_at": f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z",
        "message_type": "incoming" if author == "visitor" else "outgoing",
        "private": False,
        "source_id": None,
        "sender": sender if author == "visitor" else _AGENT,
        "conversation": {
            "id": person.number_in_a_system,
            "inbox_id": 1,
            "channel": "Channel::WebWidget",
            "status": "open",
            "meta": {"sender": sender, "assignee": None, "hmac_verified": False},
        },
        "inbox": {"id": 1, "name": "Website"},
        "account": _ACCOUNT,
    }


def signed(told: dict[str, Any], secret: str, at: datetime) -> tuple[bytes, dict[str, str]]:
    """The body and its headers."""
    body, stamp = orjson.dumps(told), str(int(at.timestamp()))
    code = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"content-type": "application/json", "x-chatwoot-timestamp": stamp}
    return body, headers | {"x-chatwoot-signature": f"sha256={code}"}
