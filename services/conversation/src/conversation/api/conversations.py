"""`/api/conversations`: conversations, their messages and drafts."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query

from conversation.api.access import AgentAccess
from conversation.api.schemas import (
    ApprovalIn,
    ConversationIn,
    ConversationOut,
    ConversationPatch,
    MessageIn,
    MessageOut,
)
from conversation.commands import Commands, Content, NewConversation
from conversation.domain.thread.wire import message_wire
from conversation.queries import Filters, PageRequest, Queries
from shared.access.gate import Access, Principal
from shared.http.idempotency import RequestKey, request_key
from shared.http.paging import MAX_LIMIT, Listing

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]


def conversations_router(commands: Commands, gate: Access) -> APIRouter:
    router = APIRouter(prefix="/api/conversations", tags=["conversation"])
    queries, access = commands.queries, AgentAccess(gate, commands.resources.tenants)
    _reading_routes(router, queries, gate)
    _writing_routes(router, commands, queries, access)
    _draft_routes(router, commands, queries, access)
    return router


def _reading_routes(router: APIRouter, queries: Queries, gate: Access) -> None:
    @router.get("", response_model=Listing[ConversationOut])
    async def list_conversations(
        state: Literal["open", "closed"] | None = None,
        assignee: Annotated[str | None, Query(max_length=100, description="Id of a user; `none`: unassigned.")] = None,
        unread: bool | None = None,
        needs_person: bool | None = None,
        q: Annotated[str | None, Query(max_length=200, description="Name, number, or words of the last text.")] = None,
        limit: Limit = 50,
        cursor: str | None = None,
        who: Principal = Depends(gate.viewer),
    ) -> dict[str, Any]:
        """Latest activity first."""
        filters = Filters(state, assignee, unread, needs_person, q)
        return await queries.conversations(who.tenant_id, filters, PageRequest(limit, cursor))

    @router.get("/{conversation_id}", response_model=ConversationOut)
    async def get_conversation(conversation_id: str, who: Principal = Depends(gate.viewer)) -> dict[str, Any]:
        return await queries.conversation(who.tenant_id, conversation_id)

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


def _writing_routes(router: APIRouter, commands: Commands, queries: Queries, access: AgentAccess) -> None:
    @router.post("", status_code=201, response_model=ConversationOut)
    async def start_conversation(
        body: ConversationIn, key: RequestKey = Depends(request_key), who: Principal = Depends(access.agent)
    ) -> dict[str, Any]:
        """Send a text to a number. It joins the contact's latest conversation if that was active within the tenant's
        `resume_days`, else it opens a new one.

        409 `number_without_mms` if the sending number cannot send media, `number_without_sms` if it cannot send texts
        (see its `capabilities` in the accounts API). If the number's daily cap is reached, the message is accepted and
        waits as `queued` with reason `daily_parts`."""
        new = NewConversation(body.to, body.from_number, {"name": body.name, "company": body.company})
        message = await commands.start(who, new, Content(body.text, tuple(body.media_urls), tuple(body.media_ids)), key)
        return await queries.conversation(who.tenant_id, message.conversation_id)

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
        return await queries.conversation(who.tenant_id, conversation_id)

    @router.post("/{conversation_id}/read", response_model=ConversationOut)
    async def mark_read(conversation_id: str, who: Principal = Depends(access.gate.agent)) -> dict[str, Any]:
        await commands.mark_read(who, conversation_id)
        return await queries.conversation(who.tenant_id, conversation_id)


def _draft_routes(router: APIRouter, commands: Commands, queries: Queries, access: AgentAccess) -> None:
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
        conversation_id: str, draft_id: str, who: Principal = Depends(access.agent)
    ) -> dict[str, Any]:
        await commands.reject_draft(who, conversation_id, draft_id)
        return await queries.conversation(who.tenant_id, conversation_id)
