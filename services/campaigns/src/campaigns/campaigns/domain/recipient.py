"""One recipient of a campaign: an aggregate of its own, the only one that writes its state."""

from __future__ import annotations

from typing import Literal

from campaigns.campaigns.domain.clocks import clock_text
from shared.events import Money
from shared.events.kinds import Encoding
from shared.ids import derived_id
from shared.values import Moment, Value

RecipientState = Literal["pending", "queued", "sent", "delivered", "failed", "skipped"]
STATES: tuple[RecipientState, ...] = ("pending", "queued", "sent", "delivered", "failed", "skipped")
UNRESOLVED = "unresolved"
"""The reason of a queued recipient whose text may or may not have left: a person decides."""

Fields = tuple[tuple[str, str], ...]
"""Columns of a file as pairs, because text from outside never becomes a key of a document."""


class NewRecipient(Value, omit_defaults=True, gc=False):
    """A row to add to a campaign. The number is E.164 and checked."""

    phone_number: str
    name: str = ""
    company: str = ""
    fields: Fields = ()
    import_id: str | None = None
    row: int | None = None
    timezone: str | None = None
    """Of the contact, where known (IANA name); None: only the number tells."""


class Recipient(Value, omit_defaults=True, gc=False):
    """`state` follows the first SMS of this person in this campaign (of a workflow: the first one of the run)."""

    id: str
    tenant_id: str
    campaign_id: str
    phone_number: str
    name: str = ""
    company: str = ""
    fields: Fields = ()
    import_id: str | None = None
    row: int | None = None
    clock: str = ""
    """The zones of this person's clock, as `clocks.py` writes them."""

    state: RecipientState = "pending"
    reason: str = ""
    """Why it is skipped, why it failed, or what a queued text waits for. A stable code."""
    attempt: int = 0
    """How often it was handed over: the message id derives from it."""
    message_id: str | None = None
    message_revision: int = 0
    """Revision of the newest status of that message."""
    past_message_ids: tuple[str, ...] = ()
    """Messages that were withdrawn or ended unsent before the present one: their late reports say nothing."""
    run_id: str | None = None
    """The run that texts this person, once it was started."""
    feed: int = 0
    """The numbered feed it was last handed over with."""
    number: str | None = None
    """Our number that texts this person."""
    text: str | None = None
    parts: int | None = None
    encoding: Encoding | None = None
    cost: Money | None = None
    queued_at: Moment | None = None
    sent_at: Moment | None = None
    delivered_at: Moment | None = None
    changed_at: Moment | None = None
    revision: int = 1

    @property
    def is_ready(self) -> bool:
        """Whether it waits to be handed over. One whose run was started waits for the run's first SMS."""
        return self.state == "pending" and self.run_id is None


def recipient_id(campaign_id: str, phone_number: str) -> str:
    """One recipient per campaign and E.164 number: adding the same number twice adds nothing."""
    return derived_id("rcp", campaign_id, phone_number)


def message_id(recipient_id: str, attempt: int) -> str:
    """One SMS per attempt, however often it is decided."""
    return derived_id("msg", recipient_id, str(attempt))


def run_id(recipient_id: str, attempt: int) -> str:
    return derived_id("run", recipient_id, str(attempt))


RUN_BEGUN = "run"
"""Detail of a pending recipient whose run has begun and has sent nothing yet."""


def stage(recipient: Recipient) -> str:
    """State and detail in one indexed field: one count tells the states, their reasons, and the clocks of those that
    wait to be handed over, which are found by it."""
    if recipient.state == "pending":
        return f"pending|{recipient.clock if recipient.is_ready else RUN_BEGUN}"
    return f"{recipient.state}|{recipient.reason}"


def new_recipient(tenant_id: str, campaign_id: str, row: NewRecipient, clock: str) -> Recipient:
    return Recipient(
        id=recipient_id(campaign_id, row.phone_number),
        tenant_id=tenant_id,
        campaign_id=campaign_id,
        phone_number=row.phone_number,
        name=row.name,
        company=row.company,
        fields=row.fields,
        import_id=row.import_id,
        row=row.row,
        clock=clock,
    )


def clock_of(row: NewRecipient) -> str:
    return clock_text(row.phone_number, row.timezone)


def with_own_zone(recipient: Recipient, own: str | None) -> Recipient:
    """As the contact's card names it, unless the row that it was made of named one."""
    if own is None or not recipient.clock.startswith(";"):
        return recipient
    return recipient.but(clock=clock_text(recipient.phone_number, own))


def row_of(recipient: Recipient) -> NewRecipient:
    """The same person as a recipient of another campaign."""
    own = recipient.clock.partition(";")[0] or None
    return NewRecipient(
        phone_number=recipient.phone_number, name=recipient.name, company=recipient.company, fields=recipient.fields,
        timezone=own,
    )  # fmt: skip
