"""Keeps each tenant's roster of admins in step with its users, also after a request that was interrupted."""

from __future__ import annotations

from accounts.people.domain import admin_roster, users
from accounts.people.domain.admin_roster import FormerAdmin
from accounts.people.domain.users import User
from accounts.people.store import PeopleStore
from shared.aggregates import Cause
from shared.database.paging import documents
from shared.errors import Refused


class AdminRosters:
    def __init__(self, store: PeopleStore) -> None:
        self._store = store

    async def join(self, user: User) -> None:
        """Call after saving a user as admin."""
        if user.is_admin:
            await self._store.rosters.change(
                user.tenant_id,
                Cause.request(user.tenant_id),
                lambda state: admin_roster.join(state, user.tenant_id, user.id, user.revision),
            )

    async def leave(self, user: User) -> None:
        """Call before the role is taken from this user. Raises `Refused("last_admin")`."""
        try:
            await self._leave(user)
        except Refused:
            if not await self._repair(user):
                raise
            await self._leave(user)

    async def _leave(self, user: User) -> None:
        leaving = FormerAdmin(user_id=user.id, revision=user.revision, at=self._store.clock.now())
        cause = Cause.request(user.tenant_id)
        await self._store.rosters.change(
            user.tenant_id, cause, lambda state: admin_roster.leave(state, user.tenant_id, leaving)
        )

    async def _repair(self, leaving: User) -> bool:
        """Adds admins that an interrupted request left out of the roster. Whether there were any."""
        kept = await self._store.rosters.get(leaving.tenant_id) or admin_roster.Roster(tenant_id=leaving.tenant_id)
        now, found = self._store.clock.now(), False
        async for document in documents(self._store.users.store, {"tenant_id": leaving.tenant_id}):
            user = self._store.users.state_of(document)
            if user.id != leaving.id and user.is_admin and kept.is_missing(user.id, now):
                found |= await self._confirm(user)
        return found

    async def _confirm(self, user: User) -> bool:
        """Gives the user a new revision: a demotion that is still under way then has to start over."""
        cause = Cause.request(user.tenant_id)
        change = await self._store.users.change(user.id, cause, users.confirm_admin, publish_later=True)
        if change.fresh and change.state is not None:
            await self.join(change.state)
        return change.fresh
