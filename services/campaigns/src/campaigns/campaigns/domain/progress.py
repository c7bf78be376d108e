"""How a recipient follows the reports on its SMS, in whatever order and however often they come."""

from __future__ import annotations

from campaigns.campaigns.domain.recipient import UNRESOLVED, Recipient, RecipientState
from shared.aggregates import Decision
from shared.events import MessageStatus, SmsStatus

STATE_OF: dict[MessageStatus, RecipientState] = {
    "queued": "queued",
    "submitting": "queued",
    "unknown": "queued",
    "unresolved": "queued",
    "accepted": "sent",
    "sent": "sent",
    "unconfirmed": "sent",
    "delivered": "delivered",
    "failed": "failed",
    "undelivered": "failed",
    "suppressed": "skipped",
    "refused": "skipped",
    "withdrawn": "pending",
    "expired": "pending",
}
TENANT_SUSPENDED = "tenant_inactive"
"""Sender refuses the texts of a suspended tenant. The recipient then waits, as its campaign does."""
SENT_AGAIN = "sent_again"
"""A person had sender send an unresolved text once more, under a new id: the recipient follows that one."""
CANCELLED = "cancelled"
_PAST_KEPT = 20


def follow(known: Recipient, status: SmsStatus, *, cancelled: bool) -> Decision[Recipient] | None:
    """The recipient after this report; None if it says nothing new. `cancelled`: the campaign is, so that a text that
    did not leave will not be sent any more.

    The answer is whether the report may matter to the attribution of replies: the text left for the first time, or it
    turned out not to have reached the person.
    """
    current = _following(known, status)
    if current is None or status.revision <= current.message_revision:
        return None
    after = _moved(current.but(message_revision=status.revision), status)
    if after.state == "pending":
        after = returned(after, cancelled=cancelled)
    attributes = after.state in ("sent", "delivered", "failed") and (
        known.state not in ("sent", "delivered") or after.state == "failed"
    )
    return Decision(after.but(revision=known.revision + 1, changed_at=status.changed_at), answer=attributes)


def _following(known: Recipient, status: SmsStatus) -> Recipient | None:
    """With the message of this status as its own; None if the status is of another of the person's texts."""
    if status.message_id == known.message_id:
        return known
    if known.message_id is not None or status.message_id in known.past_message_ids:
        return None
    if known.run_id is None and known.state != "sent":
        return None  # it waits to be handed over again, under an id of its own
    return known.but(message_id=status.message_id, message_revision=0)


def _moved(current: Recipient, status: SmsStatus) -> Recipient:
    state = STATE_OF[status.status]
    if status.status == "refused" and status.reason == TENANT_SUSPENDED:
        state = "pending"
    moved = current.but(
        state=state,
        reason=_reason(state, status),
        number=status.number,
        parts=status.parts or current.parts,
        encoding=status.encoding or current.encoding,
        cost=status.cost or current.cost,
        sent_at=status.sent_at or current.sent_at or (status.changed_at if state in ("sent", "delivered") else None),
        delivered_at=status.delivered_at or current.delivered_at,
    )
    return let_go(moved) if status.reason == SENT_AGAIN else moved


def _reason(state: RecipientState, status: SmsStatus) -> str:
    if status.status == "unresolved":
        return UNRESOLVED
    if state in ("sent", "delivered"):
        return ""
    if state == "failed" and not status.reason:
        return status.errors[0].code if status.errors else status.status
    return status.reason


def let_go(recipient: Recipient) -> Recipient:
    """It follows its present message no longer: late reports on it say nothing."""
    if recipient.message_id is None:
        return recipient
    past = (*recipient.past_message_ids, recipient.message_id)[-_PAST_KEPT:]
    return recipient.but(message_id=None, message_revision=0, past_message_ids=past)


def returned(recipient: Recipient, *, cancelled: bool) -> Recipient:
    """Its text did not leave and is to be decided anew: it waits again, or never will be texted."""
    waits = let_go(recipient).but(state="pending", reason="", queued_at=None, sent_at=None)
    return waits.but(state="skipped", reason=CANCELLED) if cancelled else waits


def skipped(known: Recipient | None, reason: str) -> Decision[Recipient] | None:
    """It will not be texted. Nothing to do once it has been handed to the sender."""
    waits = known is not None and (known.state == "pending" or (known.state == "queued" and known.message_id is None))
    if known is None or not waits:
        return None
    return Decision(known.but(state="skipped", reason=reason, revision=known.revision + 1))
