"""All labels of a tenant, in one document: so no two have one name, and a renamed label keeps its id.

Conversations and contacts hold names. After a rename or deletion the book is due (`spread_at`) until all of them have
followed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from conversation.labels.domain.label_list import label_key
from shared.aggregates import Decision
from shared.errors import NotFound, Refused
from shared.values import Moment, Value

MOST_LABELS_OF_TENANT = 500
MOST_RENAMES = 50
"""That may wait until conversations and contacts follow."""
DEFAULT_COLOR = "#6b7280"


class Label(Value):
    id: str
    name: str
    color: str = DEFAULT_COLOR
    created_at: Moment
    created_by: str
    digest: str | None = None
    """Fingerprint of a request with an Idempotency-Key."""


class Rename(Value):
    """`new` None: the label was deleted."""

    old: str
    new: str | None
    at: Moment
    by: str


class LabelBook(Value):
    labels: tuple[Label, ...] = ()
    renames: tuple[Rename, ...] = ()
    """Oldest first."""

    @property
    def spread_at(self) -> Moment | None:
        return self.renames[0].at if self.renames else None

    def label(self, id: str) -> Label:
        """Raises `NotFound`."""
        found = next((one for one in self.labels if one.id == id), None)
        if found is None:
            raise NotFound("not_found", "no label has this id")
        return found

    def named(self, name: str) -> Label | None:
        key = label_key(name)
        return next((one for one in self.labels if label_key(one.name) == key), None)

    def by_name_or_id(self, text: str) -> Label | None:
        return next((one for one in self.labels if one.id == text), None) or self.named(text)

    def name_of(self, text: str) -> str:
        """Of the label that has this name or id; a text that is neither stays as it is."""
        label = self.by_name_or_id(text)
        return label.name if label else text


NO_LABELS = LabelBook()


def create(book: LabelBook, label: Label) -> Decision[LabelBook] | None:
    """None if this very label is there. Raises `Refused("label_exists" | "too_many_labels")`."""
    if any(one.id == label.id for one in book.labels):
        return None
    if namesake := book.named(label.name):
        raise Refused("label_exists", f"there is a label {namesake.name!r} already")
    return add(book, [label])


def add(book: LabelBook, wanted: Iterable[Label]) -> Decision[LabelBook] | None:
    """Add these, except those that have a namesake. None if all have one. Raises `Refused("too_many_labels")`."""
    labels = book.labels
    for label in wanted:
        if LabelBook(labels=labels).named(label.name) is None:
            labels = (*labels, label)
    if labels == book.labels:
        return None
    if len(labels) > MOST_LABELS_OF_TENANT:
        raise Refused("too_many_labels", f"a tenant has at most {MOST_LABELS_OF_TENANT} labels; delete some first")
    return Decision(book.but(labels=labels))


def change(book: LabelBook, id: str, wanted: dict[str, Any], rename: Rename) -> Decision[LabelBook] | None:
    """Change name or color. `rename` says when and by whom. Raises `NotFound`, `Refused("label_exists")`."""
    label = book.label(id)
    changed = label.but(**wanted)
    namesake = book.named(changed.name)
    if namesake and namesake.id != id:
        raise Refused("label_exists", f"the label {namesake.name!r} has this name already")
    if changed == label:
        return None
    labels = tuple(changed if one.id == id else one for one in book.labels)
    if changed.name == label.name:
        return Decision(book.but(labels=labels))
    return Decision(_renaming(book.but(labels=labels), rename.but(old=label.name, new=changed.name)))


def remove(book: LabelBook, id: str, rename: Rename) -> Decision[LabelBook]:
    """Raises `NotFound`."""
    label = book.label(id)
    labels = tuple(one for one in book.labels if one.id != id)
    return Decision(_renaming(book.but(labels=labels), rename.but(old=label.name, new=None)))


def spread(book: LabelBook, done: Rename) -> Decision[LabelBook] | None:
    """Every conversation and contact follows this rename now."""
    rest = tuple(one for one in book.renames if one != done)
    return None if rest == book.renames else Decision(book.but(renames=rest))


def _renaming(book: LabelBook, rename: Rename) -> LabelBook:
    if len(book.renames) >= MOST_RENAMES:
        raise Refused("conflict", "earlier changes of labels are still being carried out; try again in a minute")
    return book.but(renames=(*book.renames, rename))
