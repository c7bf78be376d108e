"""Requests about a tenant's labels. Using a new name makes the label."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from conversation.labels.domain import book
from conversation.labels.domain.book import DEFAULT_COLOR, Label, LabelBook, Rename
from conversation.labels.domain.label_list import LONGEST_LABEL, MOST_LABELS, with_labels
from shared.access.gate import Principal
from shared.aggregates import Aggregates, Cause, Decision, Kind
from shared.blank_text import is_blank
from shared.clock import Clock
from shared.control_characters import refuse_control_characters
from shared.errors import Invalid
from shared.http.idempotency import RequestKey, digest, require_same
from shared.ids import derived_id
from shared.service.alarm import Alarm

LABEL_BOOKS = Kind(
    "label_books",
    LabelBook,
    fields={"spread_at": "datetime"},
    indexes=(("spread_at",),),
    index=lambda labels: {"spread_at": labels.spread_at},
)
ROUTE = "labels"


@dataclass(frozen=True)
class Labels:
    books: Aggregates[LabelBook]
    renamed: Alarm
    """Rung when conversations and contacts have to follow."""
    clock: Clock

    async def of_tenant(self, tenant_id: str) -> LabelBook:
        return await self.books.get(tenant_id) or LabelBook()

    async def create(self, who: Principal, name: str, color: str | None, key: RequestKey) -> Label:
        """Raises `Refused("label_exists")`, and `Invalid` for a name that shows nothing or a key of another body."""
        name = checked_name(name)
        fingerprint = digest([name, color]) if key.value else None
        label = Label(
            id=key.id_for("lab", who.tenant_id, ROUTE),
            name=name,
            color=color or DEFAULT_COLOR,
            created_at=self.clock.now(),
            created_by=who.label,
            digest=fingerprint,
        )
        await self._change(who.tenant_id, lambda labels: book.create(labels, label))
        made = (await self.of_tenant(who.tenant_id)).label(label.id)
        if fingerprint:
            require_same(made.digest, fingerprint)
        return made

    async def change(self, who: Principal, id: str, wanted: dict[str, Any]) -> Label:
        if "name" in wanted:
            wanted = {**wanted, "name": checked_name(wanted["name"])}
        rename = self._rename(who)
        await self._change(who.tenant_id, lambda labels: book.change(labels, id, wanted, rename))
        return (await self.of_tenant(who.tenant_id)).label(id)

    async def delete(self, who: Principal, id: str) -> None:
        rename = self._rename(who)
        await self._change(who.tenant_id, lambda labels: book.remove(labels, id, rename))

    async def known_as(self, who: Principal, wanted: Sequence[str]) -> list[str]:
        """The names of these labels as the tenant spells them, each once; new ones are made. An id of a label stands
        for its name.

        Raises `Invalid("bad_label" | "too_many_labels")`.
        """
        if not wanted:
            return []
        if len(wanted) > MOST_LABELS:
            raise Invalid("too_many_labels", f"at most {MOST_LABELS} labels")
        present = await self.of_tenant(who.tenant_id)
        found = [present.by_name_or_id(text) for text in wanted]
        new = [checked_name(text) for text, label in zip(wanted, found, strict=True) if label is None]
        if new:
            made = [self._used(who, name) for name in new]
            await self._change(who.tenant_id, lambda labels: book.add(labels, made))
            present = await self.of_tenant(who.tenant_id)
            found = [present.by_name_or_id(text) for text in wanted]
        return list(with_labels(label.name if label else text for label, text in zip(found, wanted, strict=True)))

    def _used(self, who: Principal, name: str) -> Label:
        id = derived_id("lab", who.tenant_id, "used", name, self.clock.now().isoformat())
        return Label(id=id, name=name, created_at=self.clock.now(), created_by=who.label)

    def _rename(self, who: Principal) -> Rename:
        return Rename(old="", new=None, at=self.clock.now(), by=who.label)

    async def _change(self, tenant_id: str, decide: Callable[[LabelBook], Decision[LabelBook] | None]) -> None:
        cause = Cause.request(tenant_id)
        change = await self.books.change(tenant_id, cause, lambda labels: decide(labels or LabelBook()))
        if change.state is not None and change.state.renames:
            self.renamed.ring()


def checked_name(text: str) -> str:
    """Raises `Invalid("bad_label")`, `Invalid("control_character")`."""
    name = " ".join(text.split())
    if is_blank(name) or len(name) > LONGEST_LABEL:
        raise Invalid("bad_label", f"a label is a name of 1 to {LONGEST_LABEL} characters")
    refuse_control_characters(name)
    return name
