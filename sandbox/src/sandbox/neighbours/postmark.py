"""An e-mail as Postmark's inbound webhook tells it, with the thread's headers a mail program would set."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from typing import Any
from uuid import uuid4

from sandbox.neighbours.person import Person

_INBOX = {"Email": "hello@inbound.example", "Name": "Front desk", "MailboxHash": ""}


def mail(person: Person, subject: str, text: str, at: datetime) -> dict[str, Any]:
    domain = person.email.rpartition("@")[2]
    thread = f"<{person.number_in_a_system}.thread@{domain}>"
    return {
        "FromFull": {"Email": person.email, "Name": person.name, "MailboxHash": ""},
        "From": person.email,
        "FromName": person.name,
        "ToFull": [_INBOX],
        "To": _INBOX["Email"],
        "Subject": subject,
        "MessageID": str(uuid4()),
        "MessageStream": "inbound",
        "Date": format_datetime(at),
        "TextBody": text,
        "HtmlBody": "",
        "StrippedTextReply": "",
        "Headers": [
            {"Name": "Message-ID", "Value": f"<{uuid4()}@{domain}>"},
            {"Name": "References", "Value": thread},
            {"Name": "X-Spam-Status", "Value": "No"},
        ],
        "Attachments": [],
    }
