"""All saved views of a user, in one document: so the limit holds whatever is made at the same time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shared.aggregates import Decision
from shared.errors import NotFound, Refused
from shared.values import Int64, Moment, Value

MOST_VIEWS = 50


class SavedView(Value):
    id: str
    name: str
    filters: tuple[tuple[str, str | bool], ...] = ()
    """Parameters of the list with their values."""
    created_at: Moment
    changed_at: Moment
    revision: Int64 = 1
    digest: str | None = None
    """Fingerprint of the request that made it, if that had an Idempotency-Key."""


class ViewBook(Value):
    views: tuple[SavedView, ...] = ()

    def view(self, id: str) -> SavedView:
        """Raises `NotFound`."""
        found = next((one for one in self.views if one.id == id), None)
        if found is None:
            raise NotFound("not_found", "no saved view has this id")
        return found


def create(book: ViewBook, view: SavedView) -> Decision[ViewBook] | None:
    """None if this very view is there. Raises `Refused("too_many_views")`."""
    if any(one.id == view.id for one in book.views):
        return None
    if len(book.views) >= MOST_VIEWS:
        raise Refused("too_many_views", f"a user has at most {MOST_VIEWS} saved views; delete one first")
    return Decision(book.but(views=(*book.views, view)))


def change(book: ViewBook, id: str, wanted: dict[str, Any], now: Moment) -> Decision[ViewBook] | None:
    """Raises `NotFound`."""
    present = book.view(id)
    changed = present.but(**wanted)
    if changed == present:
        return None
    changed = changed.but(changed_at=now, revision=present.revision + 1)
    return Decision(book.but(views=tuple(changed if one.id == id else one for one in book.views)))


def remove(book: ViewBook, id: str) -> Decision[ViewBook]:
    """Raises `NotFound`."""
    book.view(id)
    return Decision(book.but(views=tuple(one for one in book.views if one.id != id)))


def erase(book: ViewBook, speaks_of: Callable[[SavedView], bool]) -> Decision[ViewBook] | None:
    """Without the views that speak of a person. None if there are none."""
    kept = tuple(one for one in book.views if not speaks_of(one))
    return Decision(book.but(views=kept)) if kept != book.views else None
