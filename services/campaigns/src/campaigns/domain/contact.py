"""A contact as campaigns see one: the campaign texts sent there, and what the contact did about them.

One aggregate per tenant and contact, because an answer or an opt-out belongs to the campaign text that came right
before it, whatever order the events arrive in. What follows for each campaign is filed as a row; tallies count rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from shared.aggregates import Decision, NewRecord
from shared.events import (
    ConsentChanged,
    ConsentEntry,
    MessageStatus,
    SmsInbound,
    SmsStatus,
    merge_consent,
    standing_opt_outs,
)
from shared.events.conversation import compact_consent
from shared.ids import derived_id
from shared.values import Moment, Value

ROWS, STIRRED = "recipients", "stirred"
MOST_TEXTS, MOST_ANSWERS = 100, 100
"""Kept per contact, the newest; rows of forgotten texts stay as they were."""
LEFT: frozenset[MessageStatus] = frozenset({"accepted", "sent", "delivered", "undelivered", "unconfirmed"})
COUNT_AFTER = timedelta(seconds=0.5)
"""Changes gather so long before their campaign is counted anew: 100,000 receipts are not 100,000 counts."""


class CampaignText(Value):
    message_id: str
    campaign_id: str
    number: str
    status: MessageStatus
    revision: int
    left_at: Moment | None
    """When the carrier had it, as far as any report says; the earliest."""


class Contact(Value):
    id: str
    tenant_id: str
    phone_number: str
    texts: tuple[CampaignText, ...] = ()
    answers: tuple[tuple[str, Moment], ...] = ()
    """Our number and time of every text the contact wrote, opt-out keywords aside."""
    consent: tuple[ConsentEntry, ...] = ()
    revision: int = 0


class Row(Value):
    """One campaign's recipient, as counted."""

    campaign_id: str
    status: MessageStatus
    replied: bool
    opted_out: bool


def contact_id(tenant_id: str, phone_number: str) -> str:
    return derived_id("rcp", tenant_id, phone_number)


def campaign_key(tenant_id: str, campaign_id: str) -> str:
    """Campaign ids come from other services: within a tenant they are unique, beyond it we do not rely on it."""
    return f"{tenant_id}|{campaign_id}"


def note_status(known: Contact, status: SmsStatus, now: datetime) -> Decision[Contact] | None:
    """Our sender reported on a campaign text."""
    if status.campaign_id is None:
        return None
    before = next((text for text in known.texts if text.message_id == status.message_id), None)
    left_at = (status.sent_at or status.changed_at) if status.status in LEFT else None
    if before and before.left_at:
        left_at = min(left_at, before.left_at) if left_at else before.left_at
    if before and before.revision >= status.revision:
        text = before.but(left_at=left_at)
    else:
        text = CampaignText(
            message_id=status.message_id,
            campaign_id=status.campaign_id,
            number=status.number,
            status=status.status,
            revision=status.revision,
            left_at=left_at,
        )
    others = [other for other in known.texts if other.message_id != status.message_id]
    texts = tuple(sorted([*others, text], key=_age)[-MOST_TEXTS:])
    return _changed(known, known.but(texts=texts), now)


def note_answer(known: Contact, text: SmsInbound, now: datetime) -> Decision[Contact] | None:
    """The contact wrote to one of our numbers."""
    if text.keyword:
        return None
    answers = tuple(sorted({*known.answers, (text.number, text.effective_at)}, key=lambda answer: answer[1]))
    return _changed(known, known.but(answers=answers[-MOST_ANSWERS:]), now)


def note_consent(known: Contact, change: ConsentChanged, now: datetime) -> Decision[Contact] | None:
    """The contact opted out of the tenant's texts, or back in."""
    return _changed(
        known, known.but(consent=compact_consent(merge_consent(known.consent, ConsentEntry.of(change)))), now
    )


def rows(contact: Contact) -> dict[str, Row]:
    """The contact's standing in each campaign: its latest text there; an answer or opt-out to any of its texts."""
    answered = {text.message_id for number, at in contact.answers if (text := _last_before(contact, at, number))}
    outs = [entry.effective_at for entry in standing_opt_outs(contact.consent)]
    driven_out = {text.message_id for at in outs if (text := _last_before(contact, at))}
    found: dict[str, Row] = {}
    for text in contact.texts:  # oldest first: the last one says the status
        earlier = found.get(text.campaign_id)
        found[text.campaign_id] = Row(
            campaign_id=text.campaign_id,
            status=text.status,
            replied=text.message_id in answered or bool(earlier and earlier.replied),
            opted_out=text.message_id in driven_out or bool(earlier and earlier.opted_out),
        )
    return found


def _last_before(contact: Contact, at: datetime, number: str | None = None) -> CampaignText | None:
    """The campaign text that came right before this moment (to that number of ours, if it matters)."""
    left = [text for text in contact.texts if text.left_at and text.left_at <= at and number in (None, text.number)]
    return max(left, key=_age) if left else None


def _age(text: CampaignText) -> tuple[bool, datetime | None, str]:
    return text.left_at is None, text.left_at, text.message_id


def _changed(before: Contact, after: Contact, now: datetime) -> Decision[Contact] | None:
    if before == after:
        return None
    state = after.but(revision=before.revision + 1)
    old, new = rows(before), rows(after)
    stirred = [row for campaign_id, row in new.items() if old.get(campaign_id) != row]
    return Decision(state, records=tuple(_records(state, stirred, now)))


def _records(contact: Contact, stirred: Iterable[Row], now: datetime) -> Iterable[NewRecord]:
    """The row, and a mark of its own that the campaign is to be counted anew. The mark is deleted when it is."""
    for row in stirred:
        key = campaign_key(contact.tenant_id, row.campaign_id)
        id = f"{key}|{contact.phone_number}"
        shown = {"tenant_id": contact.tenant_id, "campaign_key": key, "contact": contact.phone_number}
        yield NewRecord(ROWS, {"id": id, "revision": contact.revision, **shown, **row.model_dump()})
        mark = {"tenant_id": contact.tenant_id, "campaign_id": row.campaign_id, "due_at": now + COUNT_AFTER}
        yield NewRecord(STIRRED, {"id": f"{id}|{contact.revision}", "revision": 1, **mark})
