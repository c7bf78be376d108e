"""`/api/conversations`: conversations, their messages and drafts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query

from conversation.api.access import AgentAccess
from conversation.api.inbox import inbox_routes
from conversation.api.schemas import (
    ApprovalIn,
    ConversationIn,
    ConversationOut,
    ConversationPatch,
    MessageIn,
    MessageOut,
    RejectionIn,
    SnoozeIn,
    StartedOut,
)
from conversation.commands import Commands, Content, NewConversation
from conversation.domain.thread.wire import message_wire
from conversation.inbox.listing import PageRequest
from conversation.queries import Queries
from conversation.read_marks.store import ReadMarkStore
from shared.access.gate import Access, Principal
from shared.http.idempotency import RequestKey, request_key
from shared.http.paging import MAX_LIMIT, Listing

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]


def conversations_router(commands: Commands, gate: Access) -> APIRouter:
    router = APIRouter(prefix="/api/conversations", tags=["conversation"])
    queries, access = commands.queries, AgentAccess(gate, commands.resources.tenants)
    shown = Shown(queries, commands.resources.read_marks)
    inbox_routes(router, queries, gate)
    _reading_routes(router, queries, shown, gate)
    _writing_routes(router, commands, shown, access)
    _desk_routes(router, commands, shown, access)
    _draft_routes(router, commands, shown, access)
    return router


@dataclass(frozen=True)
class Shown:
    """Conversations as one caller sees them: a user with own read marks, an API key without."""

    queries: Queries
    marks: ReadMarkStore

    async def one(self, who: Principal, id: str) -> dict[str, Any]:
        found, own = await self.queries.conversation(who.tenant_id, id), await self.marks.of(who)
        return {**found, "unread": own.unread_of(found)} if own else found


def _reading_routes(router: APIRouter, queries: Queries, shown: Shown, gate: Access) -> None:
    @router.get("/{conversation_id}", response_model=ConversationOut)
    async def get_conversation(conversation_id: str, who: Principal = Depends(gate.viewer)) -> dict[str, Any]:
        return await shown.one(who, conversation_id)

    @router.get("/{conversation_id}/messages", response_model=Listing[MessageOut])
    async def list_messages(
        conversation_id: str,
        order: Annotated[Literal["asc", "desc"], Query(description="`asc`: oldest first.")] = "asc",
        limit: Limit = 50,
        cursor: str | None = None,
        who: Principal = Depends(gate.viewer),
    ) -> dict[str, Any]:
        """Messages older than the tenant's retention period are deleted and not listed."""
        span = PageRequest(limit, cursor)
        return await queries.messages(who.tenant_id, conversation_id, span, newest_first=order == "desc")


def _writing_routes(router: APIRouter, commands: Commands, shown: Shown, access: AgentAccess) -> None:
    @router.post("", status_code=201, response_model=StartedOut)
    async def start_conversation(
        body: ConversationIn, key: RequestKey = Depends(request_key), who: Principal = Depends(access.agent)
    ) -> dict[str, Any]:
        """Send a text to a number. It joins the contact's latest conversation if that was active within the tenant's
        `resume_days`, else it opens a new one; `resumed` says which.

        409 `number_without_mms` if the sending number cannot send media, `number_without_sms` if it cannot send texts
        (see its `capabilities` in the accounts API). If the number's daily cap is reached, the message is accepted and
        waits as `queued` with reason `daily_parts`."""
        new = NewConversation(body.to, body.from_number, {"name": body.name, "company": body.company})
        content = Content(body.text, tuple(body.media_urls), tuple(body.media_ids))
        message = await commands.start(who, new, content, key)
        conversation = await shown.one(who, message.conversation_id)
        return {**conversation, "resumed": not message.opened, "message": message_wire(message)}

    @router.post("/{conversation_id}/messages", status_code=201, response_model=MessageOut)
    async def send_message(
        conversation_id: str,
        body: MessageIn,
        key: RequestKey = Depends(request_key),
        who: Principal = Depends(access.agent),
    ) -> dict[str, Any]:
        """Answer the customer. This takes the conversation over: `ai_mode` becomes `off`.

        409 `number_without_mms` or `number_without_sms` if the conversation's number cannot send the message,
        `number_released` if it no longer belongs to you, `message_forgotten` if this Idempotency-Key created a message
        that the retention period has deleted (nothing is sent)."""
        content = Content(body.text, tuple(body.media_urls), tuple(body.media_ids))
        return message_wire(await commands.send(who, conversation_id, content, key))

    @router.patch("/{conversation_id}", response_model=ConversationOut)
    async def patch_conversation(
        conversation_id: str, body: ConversationPatch, who: Principal = Depends(access.agent)
    ) -> dict[str, Any]:
        """`assignee` or `ai_mode: off` takes the conversation over; another `ai_mode` returns it to the assistant."""
        await commands.patch(who, conversation_id, body.model_dump(include=body.model_fields_set))
        return await shown.one(who, conversation_id)


def _desk_routes(router: APIRouter, commands: Commands, shown: Shown, access: AgentAccess) -> None:
    @router.post("/{conversation_id}/read", response_model=ConversationOut)
    async def mark_read(conversation_id: str, who: Principal = Depends(access.gate.agent)) -> dict[str, Any]:
        """All its texts are read: by the user who asks, whose other devices hear of it by `read.updated`. An API key
        has no read marks; it marks them as read for all."""
        await commands.mark(who, conversation_id, read=True)
        return await shown.one(who, conversation_id)

    @router.post("/{conversation_id}/unread", response_model=ConversationOut)
    async def mark_unread(conversation_id: str, who: Principal = Depends(access.gate.agent)) -> dict[str, Any]:
        """At least one text counts as unread: for the user who asks; by an API key, for all."""
        await commands.mark(who, conversation_id, read=False)
        return await shown.one(who, conversation_id)

    @router.post("/{conversation_id}/snooze", response_model=ConversationOut)
    async def snooze(conversation_id: str, body: SnoozeIn, who: Principal = Depends(access.agent)) -> dict[str, Any]:
        """Put it aside until a moment. It wakes then, or when the customer writes; closing it ends the snooze.

        422 `bad_snooze` for a moment that is not ahead or too far; 409 `conversation_closed`."""
        await commands.patch(who, conversation_id, {"snoozed_until": body.until})
        return await shown.one(who, conversation_id)


def _draft_routes(router: APIRouter, commands: Commands, shown: Shown, access: AgentAccess) -> None:
    @router.post("/{conversation_id}/drafts/{draft_id}/approve", status_code=201, response_model=MessageOut)
    async def approve_draft(
        conversation_id: str,
        draft_id: str,
        body: ApprovalIn | None = None,
        key: RequestKey = Depends(request_key),
        who: Principal = Depends(access.agent),
    ) -> dict[str, Any]:
        """Send the draft, unchanged or with another text.

        409 `draft_superseded` if the conversation changed after the draft was made, `number_without_sms` if its number
        cannot send texts, `number_released` if the number no longer belongs to you."""
        text = body.text.strip() if body else ""
        return message_wire(await commands.approve_draft(who, conversation_id, draft_id, text, key))

    @router.post("/{conversation_id}/drafts/{draft_id}/reject", response_model=ConversationOut)
    async def reject_draft(
        conversation_id: str,
        draft_id: str,
        body: RejectionIn | None = None,
        who: Principal = Depends(access.agent),
    ) -> dict[str, Any]:
        """The reason stands in the conversation's timeline. The first rejection counts, a repeat changes nothing."""
        reason = body.reason.strip() if body else ""
        await commands.reject_draft(who, conversation_id, draft_id, reason)
        return await shown.one(who, conversation_id)
