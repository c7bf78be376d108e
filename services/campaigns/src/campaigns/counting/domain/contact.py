"""One contact: the campaign texts it got, and whether it replied or opted out.

There is one aggregate per tenant and contact, because an answer or an opt-out belongs to the campaign text sent right
before it, in whatever order the events arrive. The contact's result for each campaign is filed as a row; tallies count
rows.
"""

from __future__ import annotations

from datetime import datetime

from shared.aggregates import Decision, NewRecord
from shared.events import (
    ConsentChanged,
    ConsentEntry,
    ContactTexted,
    MessageStatus,
    SmsInbound,
    SmsStatus,
    merge_consent,
    standing_opt_outs,
)
from shared.events.conversation import compact_consent
from shared.ids import derived_id
from shared.values import Moment, Value

ROWS = "recipients"
MOST_TEXTS, MOST_ANSWERS = 100, 100
"""The newest are kept per contact. The row of a text that is no longer kept stays as it was."""
LEFT: frozenset[MessageStatus] = frozenset({"accepted", "sent", "delivered", "undelivered", "unconfirmed"})


class CampaignText(Value):
    message_id: str
    campaign_id: str
    number: str
    status: MessageStatus
    revision: int
    left_at: Moment | None
    """When the carrier accepted it: the earliest time that any report names."""


class Contact(Value):
    id: str
    tenant_id: str
    phone_number: str
    texts: tuple[CampaignText, ...] = ()
    answers: tuple[tuple[str, Moment], ...] = ()
    """Our number and the time of every text the contact wrote, without opt-out keywords."""
    consent: tuple[ConsentEntry, ...] = ()
    revision: int = 0


class RecipientRow(Value):
    """The contact's result in one campaign; a tally counts these."""

    campaign_id: str
    status: MessageStatus
    replied: bool
    opted_out: bool
    replied_at: Moment | None = None
    """The first reply."""


def contact_id(tenant_id: str, phone_number: str) -> str:
    return derived_id("rcp", tenant_id, phone_number)


def campaign_key(tenant_id: str, campaign_id: str) -> str:
    """Other services choose campaign ids, so they are unique within a tenant only."""
    return f"{tenant_id}|{campaign_id}"


def note_status(known: Contact, status: SmsStatus) -> Decision[Contact] | None:
    """Sender reported the status of a campaign text."""
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
    return _decide(known, known.but(texts=texts))


def note_answer(known: Contact, text: ContactTexted | SmsInbound) -> Decision[Contact] | None:
    """The contact wrote to one of our numbers."""
    if isinstance(text, SmsInbound) and text.keyword:
        return None
    answers = tuple(sorted({*known.answers, (text.number, text.effective_at)}, key=lambda answer: answer[1]))
    return _decide(known, known.but(answers=answers[-MOST_ANSWERS:]))


def note_consent(known: Contact, change: ConsentChanged) -> Decision[Contact] | None:
    """The contact opted out of the tenant's texts, or back in."""
    return _decide(known, known.but(consent=compact_consent(merge_consent(known.consent, ConsentEntry.of(change)))))


def recipient_rows(contact: Contact) -> dict[str, RecipientRow]:
    """The contact's result in each campaign: the status of its latest text; a reply or opt-out after any of them."""
    answered: dict[str, datetime] = {}
    for number, at in contact.answers:
        if text := _last_before(contact, at, number):
            answered[text.message_id] = min(at, answered.get(text.message_id, at))
    outs = [entry.effective_at for entry in standing_opt_outs(contact.consent)]
    driven_out = {text.message_id for at in outs if (text := _last_before(contact, at))}
    found: dict[str, RecipientRow] = {}
    for text in contact.texts:  # oldest first, so the status of the newest remains
        earlier = found.get(text.campaign_id)
        replied_at = (earlier.replied_at if earlier else None) or answered.get(text.message_id)
        found[text.campaign_id] = RecipientRow(
            campaign_id=text.campaign_id,
            status=text.status,
            replied=replied_at is not None,
            replied_at=replied_at,
            opted_out=text.message_id in driven_out or bool(earlier and earlier.opted_out),
        )
    return found


def _last_before(contact: Contact, at: datetime, number: str | None = None) -> CampaignText | None:
    """The last campaign text before this moment; with `number`, the last one sent from that number."""
    left = [text for text in contact.texts if text.left_at and text.left_at <= at and number in (None, text.number)]
    return max(left, key=_age) if left else None


def _age(text: CampaignText) -> tuple[bool, datetime | None, str]:
    return text.left_at is None, text.left_at, text.message_id


def _decide(before: Contact, after: Contact) -> Decision[Contact] | None:
    if before == after:
        return None
    state = after.but(revision=before.revision + 1)
    old, new = recipient_rows(before), recipient_rows(after)
    changed = [row for campaign_id, row in new.items() if old.get(campaign_id) != row]
    return Decision(state, records=tuple(_record(state, row) for row in changed))


def _record(contact: Contact, row: RecipientRow) -> NewRecord:
    key = campaign_key(contact.tenant_id, row.campaign_id)
    fields = {"tenant_id": contact.tenant_id, "campaign_key": key, "contact": contact.phone_number}
    id = f"{key}|{contact.phone_number}"
    return NewRecord(ROWS, {"id": id, "revision": contact.revision, **fields, **row.plain()})
