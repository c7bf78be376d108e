"""Postmark's inbound webhook: one e-mail as JSON.

    {"FromFull": {"Email": "ada@engines.example", "Name": "Ada"}, "ToFull": [{"Email": "…", "Name": ""}],
     "Subject": "Saturday's cake", "MessageID": "73e6d360-66eb-11e1-8e72-a8904824019b",
     "Date": "Tue, 10 Mar 2026 14:58:10 +0100", "TextBody": "…", "HtmlBody": "…",
     "Headers": [{"Name": "Message-ID", "Value": "<…>"}, …], "Attachments": [{"Name": …, "Content": base64}]}

It signs nothing: the unguessable address is the proof. Attachments, up to 35 MB of them, are skipped while the body is
decoded.
"""

from __future__ import annotations

from datetime import datetime
from email.utils import formataddr
from typing import Any

import msgspec

from conversation.neighbours.domain.heard import Heard
from conversation.neighbours.domain.mail import Mail, heard_of
from conversation.neighbours.domain.neighbour import Neighbour
from conversation.neighbours.post import Post
from shared.errors import Malformed
from shared.lenient_json import obj, objects, text, word
from shared.values import problem_of

_LONGEST_BODY = 200_000


class _Told(msgspec.Struct, rename="pascal"):
    """The fields that are read. Of any type: what cannot be read counts as absent."""

    from_full: Any = None
    to_full: Any = None
    subject: Any = None
    message_id: Any = msgspec.field(default=None, name="MessageID")
    date: Any = None
    text_body: Any = None
    html_body: Any = None
    headers: Any = None


def hear(post: Post, neighbour: Neighbour, now: datetime) -> Heard:
    """Raises `Malformed` for a body that is no JSON object."""
    try:
        told = msgspec.json.decode(post.raw, type=_Told)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Malformed("malformed", problem_of(error)) from None
    return heard_of(_mail(told), neighbour, now)


def _mail(told: _Told) -> Mail:
    headers = [(word(one.get("Name")), text(one.get("Value"), 2_000)) for one in objects(told.headers)[:200]]
    return Mail(
        sender=_address(obj(told.from_full)),
        to=", ".join(_address(one) for one in objects(told.to_full)[:20]),
        subject=text(told.subject, 1_000),
        text=text(told.text_body, _LONGEST_BODY),
        html=text(told.html_body, _LONGEST_BODY),
        headers=(*headers, ("Date", word(told.date))),
        provider_id=word(told.message_id),
    )


def _address(one: dict[str, Any]) -> str:
    email = word(one.get("Email"), 320)
    return formataddr((text(one.get("Name"), 200), email)) if email.isascii() and email else email
