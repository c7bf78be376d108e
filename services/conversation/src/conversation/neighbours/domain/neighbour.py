"""A neighbour as a tenant has set it up, and how that changes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from shared.errors import NotFound, Refused
from shared.values import Moment, Value

Kind = Literal["chatwoot", "postmark", "sendgrid", "mailgun"]
Outcome = Literal["taken", "ignored", "refused"]
MOST_NEIGHBOURS = 20
"""Of one tenant."""
NOTED_EVERY = timedelta(seconds=10)
"""The last webhook is shown to people who set a neighbour up; a busy one need not be saved with each."""


class LastWebhook(Value):
    at: Moment
    outcome: Outcome
    reason: str = ""
    """Of an ignored or refused one: a code, never words of a customer."""


class Neighbour(Value):
    id: str
    tenant_id: str
    kind: Kind
    name: str = ""
    secret: str | None = None
    """Encrypted: what its signature is checked with. None: the address alone proves that it is the neighbour."""
    own_addresses: tuple[str, ...] = ()
    """Of the tenant: `hello@shop.example`, or `@shop.example` for a whole domain. Mail from there is outbound."""
    app_url: str | None = None
    """Where its people work, for links of the timeline."""
    generation: int = 1
    """Counts up when the address is rotated; older addresses are void."""
    last: LastWebhook | None = None
    revision: int = 1
    created_at: Moment
    updated_at: Moment
    deleted_at: Moment | None = None
    request_digest: str | None = None

    def owns(self, address: str) -> bool:
        """Whether this e-mail address is the tenant's own."""
        plain = address.casefold()
        _, at, domain = plain.rpartition("@")
        return plain in self.own_addresses or f"{at}{domain}" in self.own_addresses


def revise(neighbour: Neighbour, changes: dict[str, Any], now: datetime) -> Neighbour:
    require_there(neighbour)
    changed = neighbour.but(**changes)
    if changed == neighbour:
        return neighbour
    return changed.but(revision=neighbour.revision + 1, updated_at=now)


def rotate(neighbour: Neighbour, now: datetime) -> Neighbour:
    """The next address; the present one is void at once."""
    return revise(neighbour, {"generation": neighbour.generation + 1}, now)


def delete(neighbour: Neighbour, now: datetime) -> Neighbour:
    """Activities that it reported stay with their contacts."""
    return revise(neighbour, {"deleted_at": now, "secret": None, "own_addresses": (), "last": None}, now)


def note(neighbour: Neighbour, last: LastWebhook) -> Neighbour:
    """Without a new revision: it is no change of a person's."""
    before = neighbour.last
    return neighbour if before and last.at - before.at < NOTED_EVERY else neighbour.but(last=last)


def require_there(neighbour: Neighbour) -> None:
    if neighbour.deleted_at is not None:
        raise NotFound("not_found", "you have no such neighbour")


def too_many(most: int) -> Refused:
    return Refused("too_many_neighbours", f"you have {most} neighbours; delete one first")
