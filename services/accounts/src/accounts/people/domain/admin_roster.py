"""Which users are admins of a tenant, in one document, so that two admins who demote each other cannot both succeed.

The roster never lists more than the true admins: a user joins after getting the role and leaves before losing it.
Leaving records the user's revision, so that a change that finishes late cannot join with an older one. The role is
taken only from a user who still has the revision that left; otherwise the demotion starts over.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.aggregates import Decision
from shared.errors import Refused
from shared.values import Moment, Value

ABANDONED_AFTER = timedelta(minutes=1)
"""A user who left longer ago and is still an admin: the demotion was interrupted."""


class FormerAdmin(Value):
    user_id: str
    revision: int
    at: Moment


class Roster(Value):
    tenant_id: str
    admins: tuple[str, ...] = ()
    left: tuple[FormerAdmin, ...] = ()

    def former_admin(self, user_id: str) -> FormerAdmin | None:
        return next((one for one in self.left if one.user_id == user_id), None)

    def is_missing(self, user_id: str, now: datetime) -> bool:
        """Whether a true admin should be added: not while a demotion may be under way."""
        former = self.former_admin(user_id)
        return user_id not in self.admins and (former is None or now - former.at > ABANDONED_AFTER)


def join(state: Roster | None, tenant_id: str, user_id: str, revision: int) -> Decision[Roster] | None:
    roster = state or Roster(tenant_id=tenant_id)
    former = roster.former_admin(user_id)
    if user_id in roster.admins or (former and revision <= former.revision):
        return None
    return Decision(roster.but(admins=(*roster.admins, user_id)))


def leave(state: Roster | None, tenant_id: str, leaving: FormerAdmin) -> Decision[Roster]:
    """Raises `Refused("last_admin")`."""
    roster = state or Roster(tenant_id=tenant_id)
    rest = tuple(admin for admin in roster.admins if admin != leaving.user_id)
    if not rest:
        raise Refused("last_admin", "A tenant needs at least one admin; make another user admin first.")
    others = tuple(one for one in roster.left if one.user_id != leaving.user_id)
    before = roster.former_admin(leaving.user_id)
    highest = leaving if before is None else leaving.but(revision=max(before.revision, leaving.revision))
    return Decision(roster.but(admins=rest, left=(*others, highest)))
