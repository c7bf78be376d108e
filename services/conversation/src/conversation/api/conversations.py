"""`/api/conversations`: parse, authorise, call, answer."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query

from conversation.api.access import Acting
from conversation.api.schemas import ApproveIn, ConversationOut, MessageOut, PatchIn, SendIn, StartIn
from conversation.commands import Opening, Requests, Words
from conversation.domain.thread.wire import message_wire
from conversation.queries import Filters, Reading, Span
from shared.access.gate import Gate, Principal
from shared.http.idempotency import RequestKey, request_key
from shared.http.paging import MAX_LIMIT, Listing

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]


def conversations_router(requests: Requests, gate: Gate) -> APIRouter:
    router = APIRouter(prefix="/api/conversations", tags=["conversation"])
    reading, acting = requests.reading, Acting(gate, requests.desk.tenants)
    _reading_routes(router, reading, gate)
    _writing_routes(router, requests, reading, acting)
    _draft_routes(router, requests, reading, acting)
    return router


def _reading_routes(router: APIRouter, reading: Reading, gate: Gate) -> None:
    @router.get("", response_model=Listing[ConversationOut])
    async def list_conversations(
        state: Literal["open", "closed"] | None = None,
        assignee: Annotated[str | None, Query(max_length=100, description='"none": nobody\'s')] = None,
        unread: bool | None = None,
        needs_person: bool | None = None,
        q: Annotated[str | None, Query(max_length=200, description="name, number or words of the last text")] = None,
        limit: Limit = 50,
        cursor: str | None = None,
        who: Principal = Depends(gate.viewer),
    ) -> dict[str, Any]:
        """Latest activity first."""
        filters = Filters(state, assignee, unread, needs_person, q)
        return await reading.conversations(who.tenant_id, filters, Span(limit, cursor or None))

    @router.get("/{conversation_id}", response_model=ConversationOut)
    async def get_conversation(conversation_id: str, who: Principal = Depends(gate.viewer)) -> dict[str, Any]:
        return await reading.conversation(who.tenant_id, conversation_id)

    @router.get("/{conversation_id}/messages", response_model=Listing[MessageOut])
    async def list_messages(
        conversation_id: str,
        order: Annotated[Literal["asc", "desc"], Query(description="asc: newest last")] = "asc",
        limit: Limit = 50,
        cursor: str | None = None,
        who: Principal = Depends(gate.viewer),
    ) -> dict[str, Any]:
        """Only those the tenant's retention has not taken; a conversation may be older than all of them."""
        span = Span(limit, cursor or None)
        return await reading.messages(who.tenant_id, conversation_id, span, newest_first=order == "desc")


def _writing_routes(router: APIRouter, requests: Requests, reading: Reading, acting: Acting) -> None:
    @router.post("", status_code=201, response_model=ConversationOut)
    async def start_conversation(
        body: StartIn, key: RequestKey = Depends(request_key), who: Principal = Depends(acting.agent)
    ) -> dict[str, Any]:
        """Write to somebody: resumes their conversation within the tenant's window, or opens one.

        409 `number_without_mms` if the number cannot send media, `number_without_sms` if it cannot send texts: its
        `capabilities` in the accounts API say which. A number whose daily cap is reached takes the message; it waits as
        `queued` with reason `daily_parts`."""
        opening = Opening(body.to, body.from_number, {"name": body.name, "company": body.company})
        message = await requests.start(who, opening, Words(body.text, tuple(body.media_urls)), key)
        return await reading.conversation(who.tenant_id, message.conversation_id)

    @router.post("/{conversation_id}/messages", status_code=201, response_model=MessageOut)
    async def send_message(
        conversation_id: str,
        body: SendIn,
        key: RequestKey = Depends(request_key),
        who: Principal = Depends(acting.agent),
    ) -> dict[str, Any]:
        """Answer the customer. Takes the conversation over: `ai_mode` turns `off`.

        409 `number_without_mms` or `number_without_sms` if the conversation's number cannot carry it,
        `number_released` if it is not yours any more, and `message_forgotten` if this key made a message that
        retention has taken: nothing is sent again."""
        return message_wire(await requests.send(who, conversation_id, Words(body.text, tuple(body.media_urls)), key))

    @router.patch("/{conversation_id}", response_model=ConversationOut)
    async def patch_conversation(
        conversation_id: str, body: PatchIn, who: Principal = Depends(acting.agent)
    ) -> dict[str, Any]:
        """Assigning or `ai_mode: off` takes over; any other `ai_mode` gives the conversation back to the assistant."""
        await requests.patch(who, conversation_id, body.model_dump(include=body.model_fields_set))
        return await reading.conversation(who.tenant_id, conversation_id)

    @router.post("/{conversation_id}/read", response_model=ConversationOut)
    async def mark_read(conversation_id: str, who: Principal = Depends(acting.gate.agent)) -> dict[str, Any]:
        await requests.mark_read(who, conversation_id)
        return await reading.conversation(who.tenant_id, conversation_id)


def _draft_routes(router: APIRouter, requests: Requests, reading: Reading, acting: Acting) -> None:
    @router.post("/{conversation_id}/drafts/{draft_id}/approve", status_code=201, response_model=MessageOut)
    async def approve_draft(
        conversation_id: str,
        draft_id: str,
        body: ApproveIn | None = None,
        key: RequestKey = Depends(request_key),
        who: Principal = Depends(acting.agent),
    ) -> dict[str, Any]:
        """Send it, as it is or with another text. 409 `draft_superseded` if something newer happened;
        `number_without_sms` if its number cannot send texts, `number_released` if it is not yours any more."""
        text = body.text.strip() if body else ""
        return message_wire(await requests.approve_draft(who, conversation_id, draft_id, text, key))

    @router.post("/{conversation_id}/drafts/{draft_id}/reject", response_model=ConversationOut)
    async def reject_draft(
        conversation_id: str, draft_id: str, who: Principal = Depends(acting.agent)
    ) -> dict[str, Any]:
        await requests.reject_draft(who, conversation_id, draft_id)
        return await reading.conversation(who.tenant_id, conversation_id)
