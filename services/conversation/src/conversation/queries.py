"""Reads conversations and messages, from filed records and never from threads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from conversation.domain.assistant.doing import shown_state
from conversation.domain.assistant.mode import shown_mode
from conversation.domain.thread.model import Message
from conversation.domain.thread.wire import Wire, message_wire
from conversation.inbox.filters import Filters, Viewer, select
from conversation.inbox.listing import Inbox, PageRequest
from conversation.labels.names import LabelNames
from conversation.read_marks.store import ReadMarkStore
from conversation.store import CONVERSATION_SPEC, LEDGER_SPEC, MESSAGE_SPEC, Ledger
from shared.access.principal import Principal
from shared.database.protocol import Database, Document, In, Sort
from shared.errors import NotFound
from shared.events import ConsentEntry, TenantChanged, standing_opt_outs
from shared.http.paging import listing
from shared.internal.read_models import ReadModel


class Queries:
    def __init__(
        self, database: Database, ledger: Ledger, tenants: ReadModel[TenantChanged], read_marks: ReadMarkStore
    ) -> None:
        self._conversations = database.collection(CONVERSATION_SPEC)
        self._messages = database.collection(MESSAGE_SPEC)
        self._entries = database.collection(LEDGER_SPEC)
        self._ledger = ledger
        self._tenants = tenants
        self._read_marks = read_marks
        self._inbox = Inbox(database)
        self._labels = LabelNames(database)

    async def record(self, tenant_id: str, id: str) -> Document:
        """The filed conversation. Raises `NotFound`, also for one of another tenant."""
        document = await self._filed(tenant_id, id)
        if document is None:
            raise NotFound("not_found", "no conversation has this id")
        return document

    async def is_filed(self, tenant_id: str, id: str) -> bool:
        return await self._filed(tenant_id, id) is not None

    async def conversation(self, tenant_id: str, id: str) -> Wire:
        return (await self._conversations_out(tenant_id, [await self.record(tenant_id, id)]))[0]

    async def conversations(self, who: Principal, filters: Filters, wanted: PageRequest) -> dict[str, Any]:
        """Latest activity first. With `q`, each says where it was found."""
        if filters.label:
            filters = replace(filters, label=await self._labels.name_of(who.tenant_id, filters.label))
        tenant, marks = await self._tenants.get(who.tenant_id), await self._read_marks.of(who)
        viewer = Viewer(who.tenant_id, tenant, who.user_id, marks)
        page = await self._inbox.page(who.tenant_id, select(filters, viewer), wanted)
        items = await self._conversations_out(who.tenant_id, page.records)
        for item in items:
            item["match"] = page.matches.get(item["id"])
            item["unread"] = marks.unread_of(item) if marks else item["unread"]
        return listing(items, page.next_cursor)

    async def messages(self, tenant_id: str, id: str, wanted: PageRequest, *, newest_first: bool) -> dict[str, Any]:
        await self.record(tenant_id, id)
        where = {"tenant_id": tenant_id, "conversation_id": id}
        sort = Sort("at", descending=newest_first)
        page = await self._messages.find(where, sort=sort, limit=wanted.limit, cursor=wanted.cursor)
        items = [message_wire(Message.read(document["message"])) for document in page.items]
        return listing(items, page.next_cursor)

    async def consent_entries(self, tenant_id: str, contact: str) -> list[Wire]:
        """The consent ledger of one contact, latest first."""
        where = {"tenant_id": tenant_id, "contact": contact}
        page = await self._entries.find(where, sort=Sort("at", descending=True), limit=50)
        return page.items

    async def consent_entry(self, tenant_id: str, entry_id: str) -> Wire | None:
        row = await self._entries.get(entry_id)
        return row if row and row["tenant_id"] == tenant_id else None

    async def _filed(self, tenant_id: str, id: str) -> Document | None:
        document = await self._conversations.get(id)
        return document if document and document["tenant_id"] == tenant_id else None

    async def _conversations_out(self, tenant_id: str, records: list[Document]) -> list[Wire]:
        tenant = await self._tenants.get(tenant_id)
        consent = await self.consent_of(tenant_id, {_phone(record) for record in records})
        return [_conversation_out(record, tenant, consent[_phone(record)]) for record in records]

    async def consent_of(self, tenant_id: str, contacts: set[str]) -> Mapping[str, tuple[ConsentEntry, ...]]:
        found: dict[str, tuple[ConsentEntry, ...]] = dict.fromkeys(contacts, ())
        if contacts:
            ids = In([f"{tenant_id}|{contact}" for contact in sorted(contacts)])
            page = await self._ledger.aggregates.find({"id": ids}, limit=len(contacts))
            states = [self._ledger.aggregates.state_of(document) for document in page.items]
            found |= {state.contact: state.entries for state in states}
        return found


def consent_row(document: Document) -> dict[str, Any]:
    """A person's consent as the sender copies it into its suppression list."""
    state = document["state"]
    names = ("tenant_id", "contact", "entries")
    return {"id": document["id"], **{key: state[key] for key in names}, "erased_at": state.get("erased_at")}


def _conversation_out(record: Document, tenant: TenantChanged | None, entries: tuple[ConsentEntry, ...]) -> Wire:
    """The filed conversation with the current mode of the tenant and the current consent of the contact."""
    wire = {**record["conversation"], "opted_out": bool(standing_opt_outs(entries))}
    if tenant:
        mode = shown_mode(record["own_ai_mode"], tenant)
        wire |= {"ai_mode": mode, "ai_state": shown_state(mode, record.get("doing", "idle"))}
    return wire


def _phone(record: Document) -> str:
    return record["conversation"]["contact"]["phone_number"]
