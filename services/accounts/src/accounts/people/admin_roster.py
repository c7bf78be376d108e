"""Keeps each tenant's roster of admins in step with its users, whatever breaks off halfway."""

from __future__ import annotations

from accounts.people.domain import admin_roster, users
from accounts.people.domain.admin_roster import Left
from accounts.people.domain.users import User
from accounts.store import Books
from shared.aggregates import Cause
from shared.errors import Refused

PAGE = 200


class Rosters:
    def __init__(self, books: Books) -> None:
        self._books = books

    async def join(self, user: User) -> None:
        """After this user, as saved, is an admin."""
        if user.is_admin:
            await self._books.rosters.change(
                user.tenant_id,
                Cause.request(user.tenant_id),
                lambda state: admin_roster.join(state, user.tenant_id, user.id, user.revision),
            )

    async def leave(self, user: User) -> None:
        """Before this user, as saved, stops being an admin. Raises `Refused("last_admin")`."""
        try:
            await self._leave(user)
        except Refused:
            if not await self._repaired(user):
                raise
            await self._leave(user)

    async def _leave(self, user: User) -> None:
        left = Left(user_id=user.id, revision=user.revision, at=self._books.clock.now())
        cause = Cause.request(user.tenant_id)
        await self._books.rosters.change(
            user.tenant_id, cause, lambda state: admin_roster.leave(state, user.tenant_id, left)
        )

    async def _repaired(self, leaving: User) -> bool:
        """Whether admins were missing from the roster: a request broke off before it had put them (back) there."""
        kept = await self._books.rosters.get(leaving.tenant_id) or admin_roster.Roster(tenant_id=leaving.tenant_id)
        now, found, cursor = self._books.clock.now(), False, None
        while True:
            page = await self._books.users.find({"tenant_id": leaving.tenant_id}, limit=PAGE, cursor=cursor)
            for user in map(self._books.users.state_of, page.items):
                if user.id != leaving.id and user.is_admin and kept.is_missing(user.id, now):
                    found |= await self._confirm(user)
            cursor = page.next_cursor
            if cursor is None:
                return found

    async def _confirm(self, user: User) -> bool:
        """With a new revision: a demotion that is under way after all has to start over."""
        cause = Cause.request(user.tenant_id)
        change = await self._books.users.change(user.id, cause, users.confirm_admin, publish_later=True)
        if change.fresh and change.state is not None:
            await self.join(change.state)
        return change.fresh
