"""Requests about saved views. A user reads and changes their own; an API key is no user."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from conversation.inbox.filters import Filters, Viewer, select
from conversation.resources import Resources
from conversation.saved_views.domain import book
from conversation.saved_views.domain.book import SavedView, ViewBook
from shared.access.principal import Principal
from shared.aggregates import Aggregates, Cause, Decision, Kind
from shared.database.paging import documents
from shared.erasure import ErasedPerson
from shared.errors import Refused
from shared.http.idempotency import RequestKey, digest, require_same
from shared.ids import new_id

VIEW_BOOKS = Kind("saved_views", ViewBook, indexes=(("tenant_id",),))
ROUTE = "views"


@dataclass(frozen=True)
class SavedViews:
    books: Aggregates[ViewBook]
    resources: Resources

    async def of_user(self, who: Principal) -> ViewBook:
        """An API key has none."""
        return (await self.books.get(_id(who)) if who.user_id else None) or ViewBook()

    async def create(self, who: Principal, name: str, filters: dict[str, Any], key: RequestKey) -> SavedView:
        """Raises `Invalid` for filters that the list refuses, `Refused("too_many_views" | "not_a_person")`."""
        if who.user_id is None:
            raise Refused("not_a_person", "An API key has no saved views; sign in as a user.")
        checked, now = await self._checked(who, filters), self.resources.clock.now()
        fingerprint = digest([name, filters]) if key.value else None
        id = key.id_for("viw", who.label, ROUTE)
        view = SavedView(id=id, name=name, filters=checked, created_at=now, changed_at=now, digest=fingerprint)
        await self._change(who, lambda views: book.create(views, view))
        made = (await self.of_user(who)).view(id)
        if fingerprint:
            require_same(made.digest, fingerprint)
        return made

    async def change(self, who: Principal, id: str, wanted: dict[str, Any]) -> SavedView:
        """Raises `NotFound`, or as `create` does."""
        (await self.of_user(who)).view(id)
        if "filters" in wanted:
            wanted = {**wanted, "filters": await self._checked(who, wanted["filters"])}
        now = self.resources.clock.now()
        await self._change(who, lambda views: book.change(views, id, wanted, now))
        return (await self.of_user(who)).view(id)

    async def delete(self, who: Principal, id: str) -> None:
        """Raises `NotFound`."""
        (await self.of_user(who)).view(id)
        await self._change(who, lambda views: book.remove(views, id))

    async def erase(self, person: ErasedPerson) -> int:
        """Views that look for this person's number, e-mail address or ids; returns of how many users."""
        erased = 0
        async for document in documents(self.books.store, {"tenant_id": person.tenant_id}):
            if person.is_among(document["state"]):
                cause = Cause.due(person.tenant_id, new_id("era"), person.erasure_id)
                await self.books.change(
                    document["id"],
                    cause,
                    lambda views: book.erase(views or ViewBook(), lambda view: person.is_among(view.plain())),
                )
                erased += 1
        return erased

    async def _checked(self, who: Principal, filters: dict[str, Any]) -> tuple[tuple[str, str | bool], ...]:
        """As they are kept, if the list takes them."""
        given = {name: value for name, value in filters.items() if value is not None}
        tenant = await self.resources.tenants.get(who.tenant_id)
        select(Filters(**given), Viewer(who.tenant_id, tenant, who.user_id))
        return tuple(sorted(given.items()))

    async def _change(self, who: Principal, decide: Callable[[ViewBook], Decision[ViewBook] | None]) -> None:
        cause = Cause.request(who.tenant_id)
        await self.books.change(_id(who), cause, lambda views: decide(views or ViewBook()), publish_later=True)


def _id(who: Principal) -> str:
    return f"{who.tenant_id}|{who.user_id}"
