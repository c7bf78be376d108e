"""Chatwoot's account webhook: its messages, read as what a customer and the front desk said in a chat.

    {"event": "message_created", "id": 4821, "message_type": "incoming", "private": false, "content_type": "text",
     "content": "Do you bake without nuts?", "created_at": "2026-03-10T13:58:10.412Z",
     "sender": {"id": 77, "type": "contact", "name": "Ada", "email": "ada@engines.example", "phone_number": null},
     "conversation": {"id": 312, "channel": "Channel::WebWidget", "meta": {"sender": {"id": 77, …}}},
     "inbox": {"id": 5, "name": "Website"}, "account": {"id": 3, "name": "Mill Street Bakery"}}

Signed since version 4.12 or so: `X-Chatwoot-Signature: sha256=<hex>` is the HMAC-SHA256, under the webhook's secret, of
`X-Chatwoot-Timestamp`, a dot and the raw body. A repeat counts once, so there is no time window to keep.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from datetime import UTC, datetime
from typing import Any, Literal

import orjson

from conversation.neighbours.domain.heard import LONGEST_TEXT, Heard, Ignored, Reason, one_line, short_id
from conversation.neighbours.domain.neighbour import Neighbour
from conversation.neighbours.post import Post
from shared.errors import Malformed
from shared.events import ContactActivity
from shared.lenient_json import is_e164, moment, obj, objects, text, word

SYSTEM = "chatwoot"
MOST_BYTES = 1024 * 1024
"""Chatwoot's longest message has 150,000 characters."""
_CHANNELS = {
    "Channel::Email": "email",
    "Channel::Voice": "voice",
    "Channel::Whatsapp": "whatsapp",
    "Channel::FacebookPage": "facebook",
    "Channel::Instagram": "instagram",
    "Channel::Telegram": "telegram",
    "Channel::Line": "line",
    "Channel::Sms": "sms",
    "Channel::TwilioSms": "sms",
}
"""All others are chat: the widget of a website, and inboxes that programs feed."""
_TYPES = ("incoming", "outgoing", "activity", "template")
_DIRECTIONS: dict[str, Literal["inbound", "outbound"]] = {"incoming": "inbound", "outgoing": "outbound"}


def is_genuine(secret: str, post: Post) -> bool:
    signed = post.headers.get("x-chatwoot-timestamp", "").encode() + b"." + post.raw
    expected = f"sha256={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"
    return hmac.compare_digest(expected.encode(), post.headers.get("x-chatwoot-signature", "").encode())


def hear(post: Post, neighbour: Neighbour, now: datetime) -> Heard:
    """Raises `Malformed` for a body that is no JSON object."""
    told = _told(post.raw)
    if told.get("event") != "message_created":
        return Ignored(reason="other_event")
    kind = _type_of(told.get("message_type"))
    conversation = obj(told.get("conversation"))
    if reason := _why_not(told, kind, conversation):
        return Ignored(reason=reason)
    id, person = word(told.get("id")), _person(told, kind, conversation)
    if not id:
        return Ignored(reason="no_id")
    who = _who(person)
    if not who:
        return Ignored(reason="no_sender")
    said, attached = text(told.get("content"), LONGEST_TEXT).strip(), _attached(told)
    if not (said or attached):
        return Ignored(reason="empty")
    thread = word(conversation.get("id"))
    return ContactActivity(
        activity_id=short_id(neighbour.id, id),
        channel=_CHANNELS.get(word(conversation.get("channel")), "chat"),
        at=min(_moment(told.get("created_at")) or now, now),
        **who,
        name=one_line(text(person.get("name"), 200), 200) or None,
        summary=one_line(said or attached),
        link=_link(neighbour, told, thread),
        direction=_DIRECTIONS[kind],
        thread_key=short_id(neighbour.id, thread) if thread else None,
        text=said,
    )


def _told(raw: bytes) -> dict[str, Any]:
    try:
        told = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise Malformed("malformed", "the body is not JSON") from None
    if not isinstance(told, dict):
        raise Malformed("malformed", "the body is no JSON object")
    return obj(told)


def _why_not(told: dict[str, Any], kind: str, conversation: dict[str, Any]) -> Reason | None:
    if told.get("private"):
        return "private_note"  # the assistant reads activities and might repeat it to the customer
    if conversation.get("group"):
        return "group_chat"
    if kind in _DIRECTIONS:
        return None
    return "automatic_text" if kind == "template" else "system_note"


def _type_of(value: Any) -> str:
    """Its name; some versions send the number."""
    return _TYPES[value] if type(value) is int and 0 <= value < len(_TYPES) else word(value)


def _person(told: dict[str, Any], kind: str, conversation: dict[str, Any]) -> dict[str, Any]:
    """The customer, who is the sender only of what came in."""
    known = obj(obj(conversation.get("meta")).get("sender")) or obj(told.get("contact"))
    return known or (obj(told.get("sender")) if kind == "incoming" else {})


def _who(person: dict[str, Any]) -> dict[str, Any]:
    id, email, number = word(person.get("id"))[:200], word(person.get("email"), 319), word(person.get("phone_number"))
    found = {
        "external_id": id or None,
        "external_system": SYSTEM if id else None,
        "email": email if "@" in email else None,
        "phone_number": number if is_e164(number) else None,
    }
    return found if any(found.values()) else {}


def _attached(told: dict[str, Any]) -> str:
    kinds = Counter(word(one.get("file_type"), 20) or "file" for one in objects(told.get("attachments"))[:50])
    return ", ".join(f"{n} {kind}" for kind, n in kinds.items())


def _link(neighbour: Neighbour, told: dict[str, Any], thread: str) -> str | None:
    account = word(obj(told.get("account")).get("id"))
    if not (neighbour.app_url and account.isalnum() and thread.isalnum()):
        return None
    return f"{neighbour.app_url}/app/accounts/{account}/conversations/{thread}"


def _moment(value: Any) -> datetime | None:
    """ISO 8601, Ruby's own spelling, or seconds since 1970, by version."""
    if type(value) in (int, float):
        try:
            return datetime.fromtimestamp(value, UTC)
        except (ValueError, OverflowError, OSError):
            return None
    plain = word(value)
    return moment(plain.replace(" UTC", "Z").replace(" ", "T", 1) if plain.endswith(" UTC") else plain)
