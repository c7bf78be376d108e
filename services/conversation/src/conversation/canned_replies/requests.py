"""Requests about canned replies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from conversation.canned_replies.domain import book
from conversation.canned_replies.domain.book import CannedBook, CannedReply
from conversation.canned_replies.domain.rendering import RenderedReply, render_reply
from conversation.queries import Queries
from conversation.references import References
from conversation.resources import Resources
from shared.access.gate import Principal
from shared.aggregates import Aggregates, Cause, Decision, Kind
from shared.blank_text import is_blank
from shared.errors import Invalid
from shared.http.idempotency import RequestKey, digest, require_same
from shared.text_templates.template import parse

CANNED_BOOKS = Kind("canned_books", CannedBook)
ROUTE = "canned replies"


@dataclass(frozen=True)
class CannedReplies:
    books: Aggregates[CannedBook]
    resources: Resources
    queries: Queries
    references: References

    async def of_tenant(self, tenant_id: str) -> CannedBook:
        return await self.books.get(tenant_id) or CannedBook()

    async def create(self, who: Principal, wanted: dict[str, Any], key: RequestKey) -> CannedReply:
        """Raises `Invalid("invalid_text" | "empty_reply")`, `Refused("shortcut_exists")`."""
        wanted, now = _checked(wanted), self.resources.clock.now()
        fingerprint = digest(wanted) if key.value else None
        id = key.id_for("crp", who.tenant_id, ROUTE)
        reply = CannedReply(
            id=id, created_at=now, created_by=who.label, changed_at=now, digest=fingerprint, **wanted
        )  # fmt: skip
        await self._change(who.tenant_id, lambda replies: book.create(replies, reply))
        made = (await self.of_tenant(who.tenant_id)).reply(id)
        if fingerprint:
            require_same(made.digest, fingerprint)
        return made

    async def change(self, who: Principal, id: str, wanted: dict[str, Any]) -> CannedReply:
        wanted, now = _checked(wanted), self.resources.clock.now()
        await self._change(who.tenant_id, lambda replies: book.change(replies, id, wanted, now))
        return (await self.of_tenant(who.tenant_id)).reply(id)

    async def delete(self, who: Principal, id: str) -> None:
        await self._change(who.tenant_id, lambda replies: book.remove(replies, id))

    async def render(self, who: Principal, id: str, conversation_id: str) -> RenderedReply:
        """How it reads in this conversation, for the user who asks, or else its assignee."""
        reply = (await self.of_tenant(who.tenant_id)).reply(id)
        record = await self.queries.record(who.tenant_id, conversation_id)
        shown = record["conversation"]
        phone_number = shown["contact"]["phone_number"]
        contact = await self.resources.people.by_number(who.tenant_id, phone_number)
        agent = who.user_id or shown["assignee"]
        name = await self.references.name_of(who.tenant_id, agent) if agent else None
        return render_reply(reply.text, contact, phone_number, name)

    async def _change(self, tenant_id: str, decide: Callable[[CannedBook], Decision[CannedBook] | None]) -> None:
        await self.books.change(tenant_id, Cause.request(tenant_id), lambda replies: decide(replies or CannedBook()))


def _checked(wanted: dict[str, Any]) -> dict[str, Any]:
    if "text" in wanted:
        if is_blank(wanted["text"]):
            raise Invalid("empty_reply", "a canned reply needs visible text")
        parse(wanted["text"])
    if "name" in wanted and is_blank(wanted["name"]):
        raise Invalid("empty_reply", "a canned reply needs a name")
    if wanted.get("shortcut"):
        wanted = {**wanted, "shortcut": wanted["shortcut"].removeprefix("/").lower()}
    return wanted
