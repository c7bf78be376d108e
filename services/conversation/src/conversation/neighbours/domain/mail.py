"""An inbound e-mail, whatever provider read it, as an activity: whose it is, what was said, or why it does not count.

Mail that no person wrote is left out: an automatic reply is no news of the customer, and the assistant would read it.
Rules: RFC 3834 (`Auto-Submitted`), RFC 2369 and 2919 (mailing lists), RFC 3464 (`multipart/report`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import getaddresses, parsedate_to_datetime

from conversation.neighbours.domain.heard import LONGEST_TEXT, Heard, Ignored, Reason, one_line, short_id
from conversation.neighbours.domain.mail_text import text_of_html, without_quotes
from conversation.neighbours.domain.neighbour import Neighbour
from shared.control_characters import without_control_characters
from shared.events import ContactActivity
from shared.values import Value

LONGEST_ADDRESSES = 2_000
"""Characters of a list of addresses that are read."""
_AUTOMATIC_PRECEDENCE: dict[str, Reason] = {
    "bulk": "mailing_list",
    "list": "mailing_list",
    "junk": "spam",
    "auto_reply": "auto_reply",
}
_DAEMONS = ("mailer-daemon@", "postmaster@")
_SPAM_SCORE = 5.0
"""SpamAssassin's own default threshold."""


class Mail(Value):
    sender: str
    """`Ada <ada@engines.example>`"""
    to: str
    subject: str = ""
    text: str = ""
    html: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    provider_id: str = ""
    """Where the mail has no Message-ID."""
    attachments: int = 0
    spam_score: float = 0.0

    def header(self, name: str) -> str:
        """The first of this name; empty if there is none."""
        wanted = name.casefold()
        return next((value.strip() for key, value in self.headers if key.casefold() == wanted), "")


def heard_of(mail: Mail, neighbour: Neighbour, now: datetime) -> Heard:
    if reason := why_no_person_wrote(mail):
        return Ignored(reason=reason)
    sender = next(_people(mail.sender), None)
    if sender is None:
        return Ignored(reason="no_sender")
    outbound = neighbour.owns(sender[1])
    other = next((one for one in _people(mail.to) if not neighbour.owns(one[1])), None) if outbound else sender
    if other is None:
        return Ignored(reason="own_addresses_only")
    said = without_quotes(mail.text or text_of_html(mail.html))[:LONGEST_TEXT]
    if not (said or mail.subject.strip() or mail.attachments):
        return Ignored(reason="empty")
    clean = without_control_characters
    return ContactActivity(
        activity_id=short_id(neighbour.id, _digest(_id_of(mail))),
        channel="email",
        at=min(_moment(mail.header("Date")) or now, now),
        email=other[1],
        name=one_line(clean(other[0]), 200) or None,
        summary=one_line(clean(_summary(mail, said))),
        direction="outbound" if outbound else "inbound",
        thread_key=short_id(neighbour.id, _digest(_thread_of(mail))),
        text=clean(said),
    )


def why_no_person_wrote(mail: Mail) -> Reason | None:
    """None: a person did, as far as its headers tell."""
    sender = mail.sender.casefold()
    returns_to, kind = mail.header("Return-Path"), mail.header("Content-Type").casefold()
    if returns_to == "<>" or kind.startswith("multipart/report") or any(daemon in sender for daemon in _DAEMONS):
        return "bounce"
    submitted = mail.header("Auto-Submitted").casefold()
    if (submitted and submitted != "no") or mail.header("X-Autoreply") or mail.header("X-Autorespond"):
        return "auto_reply"
    if mail.header("List-Id") or mail.header("List-Unsubscribe"):
        return "mailing_list"
    flagged = mail.header("X-Spam-Status"), mail.header("X-Spam-Flag"), mail.header("X-Mailgun-Sflag")
    if mail.spam_score >= _SPAM_SCORE or any(flag.casefold().startswith("yes") for flag in flagged):
        return "spam"
    return _AUTOMATIC_PRECEDENCE.get(mail.header("Precedence").casefold())


def _summary(mail: Mail, said: str) -> str:
    parts = [mail.subject.strip(), said or (f"({mail.attachments} attached)" if mail.attachments else "")]
    return ": ".join(part for part in parts if part)


def _people(addresses: str) -> Iterator[tuple[str, str]]:
    """Names and addresses. What is no address is left out."""
    try:
        found = getaddresses([addresses[:LONGEST_ADDRESSES]])
    except RecursionError:  # comments within comments, a thousand deep
        return
    for name, address in found:
        if "@" in address and len(address) <= 320:
            yield name, address


def _id_of(mail: Mail) -> str:
    """The mail's own id: a repeat by the provider has the same."""
    return mail.header("Message-ID") or mail.provider_id or "|".join((mail.sender, mail.subject, mail.text, mail.html))


def _thread_of(mail: Mail) -> str:
    """The first mail of the thread, as every answer names it."""
    references = mail.header("References").split(maxsplit=1) or mail.header("In-Reply-To").split(maxsplit=1)
    return references[0] if references else _id_of(mail)


def _digest(text: str) -> str:
    """Ids of mails are as long as their senders like."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:32]


def _moment(date: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(date[:100])
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
