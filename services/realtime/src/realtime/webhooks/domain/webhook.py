"""A webhook of a tenant: where events go, which, with which secrets, how it is doing, and how far it has read the log.

All of it is one document, so that reading the log, delivering and changing the settings never contradict each other:
each saves only if no other save came between. `version` counts saves, `revision` the changes that users see.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from realtime.domain.frames import Position
from shared.values import Int64, Moment, Value

EventName = Literal[
    "message.received", "message.status", "conversation.updated", "campaign.updated", "workflow.updated"
]  # fmt: skip
OLD_SECRET_SIGNS = timedelta(hours=24)
"""After a rotation, so that a receiver can be given the new secret without missing an event."""
MAX_SECRETS = 3
LEASE = timedelta(seconds=60)
"""Longer than a worker holds a webhook: it begins no request after 20 s, and a request takes 15 s at most."""


class Secret(Value):
    """Encrypted with `SECRET_KEY`. `until`: it was replaced, and signs until then beside the newer ones."""

    sealed: str
    until: Moment | None = None


class Disabled(Value):
    """Why we turned a webhook off. `gone`: it answered 410. `failing`: nothing was accepted for a day."""

    reason: Literal["gone", "failing"]
    detail: str
    at: Moment


class Webhook(Value):
    id: str
    tenant_id: str
    version: Int64 = 1
    revision: Int64 = 1
    url: str
    events: tuple[EventName, ...]
    active: bool = True
    disabled: Disabled | None = None
    secrets: tuple[Secret, ...]
    """The newest first."""
    created_at: Moment
    updated_at: Moment
    announced: bool = False
    """Whether open streams have been sent this revision."""
    made_by: str = ""
    rotated_by: str = ""
    """Fingerprints of the requests with an `Idempotency-Key` that made it, and that rotated its secret last."""

    epoch: str
    n: Int64
    """The position in the tenant's log up to which deliveries have been made."""
    due_at: Moment | None = None
    """When a worker looks next. While one holds it: when others may take over."""
    holder: str = ""
    failures: Int64 = 0
    """In a row; any accepted delivery ends it."""
    failing_since: Moment | None = None
    slow: bool = False
    """It fails, or takes seconds to answer: it is worked on apart from the others."""
    missed: Int64 = 0
    """Events that were never turned into deliveries, because too many waited."""
    missed_at: Moment | None = None

    @property
    def position(self) -> Position:
        return Position(self.epoch, self.n)

    def signing(self, now: datetime) -> list[str]:
        """The sealed secrets that sign now, the newest first."""
        return [secret.sealed for secret in self.secrets if secret.until is None or secret.until > now]


class Changes(Value):
    """What a person changes. None: as before."""

    url: str | None = None
    events: tuple[EventName, ...] | None = None
    active: bool | None = None


def changed(webhook: Webhook, changes: Changes, top: Position, now: datetime) -> Webhook:
    """Turned on again it gets what happens from `top` on, and what still waited for it."""
    new = webhook.but(url=changes.url or webhook.url, events=changes.events or webhook.events)
    if changes.active is False and webhook.active:
        new = new.but(active=False, due_at=None, holder="")
    if changes.active and not webhook.active:
        new = _rested(new).but(active=True, disabled=None, epoch=top.epoch, n=top.n, due_at=now)
    elif changes.url and changes.url != webhook.url:
        new = _rested(new)
        new = new if new.holder or not new.active else new.but(due_at=now)
    return new if new == webhook else _shown(new, now)


def _rested(webhook: Webhook) -> Webhook:
    """It is tried at once. Beside the brisk ones it is worked on after its first success."""
    return webhook.but(failures=0, failing_since=None)


def rotated(webhook: Webhook, sealed: str, request: str, now: datetime) -> Webhook:
    """The secret so far goes on signing for `OLD_SECRET_SIGNS`. Of several replaced ones the newest stay."""
    until = now + OLD_SECRET_SIGNS
    old = [secret if secret.until else secret.but(until=until) for secret in webhook.secrets]
    valid = [secret for secret in old if secret.until and secret.until > now]
    secrets = (Secret(sealed=sealed), *valid)[:MAX_SECRETS]
    return _shown(webhook.but(secrets=secrets, rotated_by=request), now)


def read_up_to(webhook: Webhook, position: Position, *, owed: bool, missed: int, now: datetime) -> Webhook:
    """Its deliveries up to this position are made, less those that found no room."""
    new = webhook.but(epoch=position.epoch, n=position.n)
    if missed:
        new = _shown(new.but(missed=webhook.missed + missed, missed_at=now), now)
    return due(new, now) if owed else new


def due(webhook: Webhook, now: datetime) -> Webhook:
    """Something is due now. A worker that holds it looks again before it lets go; a failing one goes on resting."""
    if not webhook.active or webhook.holder or (webhook.failures and webhook.due_at):
        return webhook
    return webhook.but(due_at=min(webhook.due_at or now, now))


def tried_now(webhook: Webhook, now: datetime) -> Webhook:
    """A person asked for a try: a failing webhook need not rest until its time."""
    return webhook.but(due_at=now) if webhook.active and not webhook.holder else webhook


def claimed(webhook: Webhook, holder: str, now: datetime) -> Webhook | None:
    """None: another worker has it, or nothing is due."""
    if webhook.due_at is None or webhook.due_at > now:
        return None
    return webhook.but(holder=holder, due_at=now + LEASE)


def released(webhook: Webhook, next_due: datetime | None) -> Webhook:
    return webhook.but(holder="", due_at=next_due if webhook.active else None)


def announced(webhook: Webhook, revision: int) -> Webhook | None:
    return webhook.but(announced=True) if webhook.revision == revision and not webhook.announced else None


def disabled(webhook: Webhook, why: Disabled) -> Webhook:
    return _shown(webhook.but(active=False, disabled=why, due_at=None, holder=""), why.at)


def _shown(webhook: Webhook, now: datetime) -> Webhook:
    return webhook.but(revision=webhook.revision + 1, updated_at=now, announced=False)
