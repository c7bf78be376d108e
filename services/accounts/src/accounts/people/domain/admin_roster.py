"""Which users are admins of a tenant, in one document, so that two who demote each other cannot both succeed.

Always a part of the true admins: one joins after the role is given and leaves before it is taken. Whoever leaves is
written down with the user's revision: a change that ends late tries to join by an older one and is told no. And the
role is taken only from a user who still has the revision that left; otherwise the demotion starts over.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.aggregates import Decision
from shared.errors import Refused
from shared.values import Moment, Value

ABANDONED_AFTER = timedelta(minutes=1)
"""A user who left this long ago and is still an admin: the demotion broke off in between."""


class Left(Value):
    user_id: str
    revision: int
    at: Moment


class Roster(Value):
    tenant_id: str
    admins: tuple[str, ...] = ()
    left: tuple[Left, ...] = ()

    def left_by(self, user_id: str) -> Left | None:
        return next((one for one in self.left if one.user_id == user_id), None)

    def is_missing(self, user_id: str, now: datetime) -> bool:
        """A true admin belongs here, unless a demotion may be under way."""
        left = self.left_by(user_id)
        return user_id not in self.admins and (left is None or now - left.at > ABANDONED_AFTER)


def join(state: Roster | None, tenant_id: str, user_id: str, revision: int) -> Decision[Roster] | None:
    roster = state or Roster(tenant_id=tenant_id)
    left = roster.left_by(user_id)
    if user_id in roster.admins or (left and revision <= left.revision):
        return None
    return Decision(roster.but(admins=(*roster.admins, user_id)))


def leave(state: Roster | None, tenant_id: str, leaving: Left) -> Decision[Roster]:
    """Raises `Refused("last_admin")`."""
    roster = state or Roster(tenant_id=tenant_id)
    rest = tuple(admin for admin in roster.admins if admin != leaving.user_id)
    if not rest:
        raise Refused("last_admin", "a tenant keeps at least one admin; make somebody else admin first")
    others = tuple(one for one in roster.left if one.user_id != leaving.user_id)
    before = roster.left_by(leaving.user_id)
    highest = leaving if before is None else leaving.but(revision=max(before.revision, leaving.revision))
    return Decision(roster.but(admins=rest, left=(*others, highest)))
