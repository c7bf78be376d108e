"""Which users are admins of a tenant, in one document, so that two who demote each other cannot both succeed.

Always a part of the true admins: one joins after the role is given and leaves before it is taken.
"""

from __future__ import annotations

from shared.aggregates import Decision
from shared.errors import Refused
from shared.values import Value


class Roster(Value):
    tenant_id: str
    admins: tuple[str, ...] = ()


def join(state: Roster | None, tenant_id: str, user_id: str) -> Decision[Roster] | None:
    roster = state or Roster(tenant_id=tenant_id)
    if user_id in roster.admins:
        return None
    return Decision(roster.but(admins=(*roster.admins, user_id)))


def leave(state: Roster | None, user_id: str) -> Decision[Roster] | None:
    """Raises `Refused("last_admin")`."""
    if state is None or user_id not in state.admins:
        return None
    rest = tuple(admin for admin in state.admins if admin != user_id)
    if not rest:
        raise Refused("last_admin", "a tenant keeps at least one admin; make somebody else admin first")
    return Decision(state.but(admins=rest))
