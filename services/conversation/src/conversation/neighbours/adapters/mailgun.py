"""Mailgun's route with `forward("https://…")`: one e-mail as a form, with its attachments as files.

    from=Ada <ada@engines.example>  recipient=orders@mg.bakery.example  subject=Saturday's cake  body-plain=…
    stripped-text=…  message-headers=[["Message-Id", "<…>"], …]  timestamp=1773151090  token=<50 characters>
    signature=<hex>

`signature` is the HMAC-SHA256 of timestamp and token under the account's webhook signing key. It does not cover the
mail itself: what keeps a stranger out is that the address is known to Mailgun alone, together with this.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from typing import Any, cast

import orjson

from conversation.neighbours.domain.heard import Heard, Ignored
from conversation.neighbours.domain.mail import Mail, heard_of
from conversation.neighbours.domain.neighbour import Neighbour
from conversation.neighbours.post import Post
from shared.lenient_json import text, word


def is_genuine(secret: str, post: Post) -> bool:
    signed = post.fields.get("timestamp", b"") + post.fields.get("token", b"")
    expected = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return bool(signed) and hmac.compare_digest(expected.encode(), post.fields.get("signature", b""))


def hear(post: Post, neighbour: Neighbour, now: datetime) -> Heard:
    if "body-mime" in post.fields:
        return Ignored(reason="raw_mime")
    headers = _headers(post.fields.get("message-headers", b""))
    mail = Mail(
        sender=post.text("from"),
        to=next((value for name, value in headers if name.casefold() == "to"), "") or post.text("recipient"),
        subject=post.text("subject")[:1_000],
        text=post.text("body-plain"),
        html=post.text("body-html"),
        headers=headers,
        provider_id=post.text("Message-Id") or post.text("token"),
        attachments=post.files,
    )
    return heard_of(mail, neighbour, now)


def _headers(told: bytes) -> tuple[tuple[str, str], ...]:
    try:
        found: Any = orjson.loads(told)
    except orjson.JSONDecodeError:
        return ()
    rows = cast("list[Any]", found)[:200] if isinstance(found, list) else []
    pairs = [cast("list[Any]", row) for row in rows if isinstance(row, list) and len(cast("list[Any]", row)) == 2]
    return tuple((word(pair[0]), text(pair[1], 2_000)) for pair in pairs)
