"""`/api/conversations/{id}/timeline` and `/notes`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from conversation.api.access import AgentAccess
from conversation.timeline.domain.entry import EntryKind
from conversation.timeline.notes import Notes
from conversation.timeline.reader import TimelineReader, entry_item
from shared.access.gate import Principal
from shared.http.idempotency import RequestKey, request_key
from shared.http.openapi_examples import with_example
from shared.http.paging import MAX_LIMIT, Listing, listing
from shared.values import Moment

ENTRY = {
    "id": "tml_0c6a9d5fd2ab5e0f8d1b7d4f8f6b1a11",
    "kind": "note",
    "channel": "internal",
    "at": "2026-03-10T14:05:00.000000Z",
    "direction": "none",
    "what": "",
    "summary": "She prefers to be called in the afternoon.",
    "link": None,
    "author": "agent",
    "conversation_id": "cnv_656fdfd6a5bd57b78d294cd76294d694",
    "message_id": None,
    "user_id": "usr_01a22324e0190c2f41a6a31d9ea568d7",
    "key_id": None,
}


class NoteIn(BaseModel):
    model_config = ConfigDict(extra="forbid") | with_example({"text": ENTRY["summary"]})

    text: str = Field(max_length=5_000, description="For colleagues; no customer and no model sees it.")


class TimelineItemOut(BaseModel):
    model_config = with_example(ENTRY)

    id: str
    kind: EntryKind
    channel: str = Field(description="`sms`, the name of another channel, or `internal` for notes and changes.")
    at: Moment
    direction: Literal["inbound", "outbound", "none"]
    what: str = Field(
        default="",
        description="Of a change, its kind: `assigned`, `unassigned`, `ai_mode`, `assistant`, `guide`, `closed`, "
        "`reopened`, `labelled`, `unlabelled`, `snoozed`, `woken`, `draft_approved`, `draft_edited`, `draft_rejected`, "
        "`needs_person` and others of later versions.",
    )
    summary: str = Field(description="The text of a message or note; one phrase for anything else.")
    link: str | None = None
    author: str = Field(
        default="",
        description="`customer`, `agent`, `assistant`, `campaign`, `workflow`, `api` or `system`.",
        examples=["agent"],
    )
    conversation_id: str | None
    message_id: str | None
    user_id: str | None = Field(description="Who did it, if a user did.")
    key_id: str | None = Field(default=None, description="The API key that did it, if one did.")


def timeline_router(notes: Notes, reader: TimelineReader, access: AgentAccess) -> APIRouter:
    router = APIRouter(prefix="/api/conversations", tags=["conversation"])

    @router.get("/{conversation_id}/timeline", response_model=Listing[TimelineItemOut])
    async def list_timeline(
        conversation_id: str,
        limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
        cursor: str | None = None,
        who: Principal = Depends(access.gate.viewer),
    ) -> dict[str, Any]:
        """Messages, internal notes and changes of this conversation with who made them, newest first."""
        await notes.queries.record(who.tenant_id, conversation_id)
        return listing(*await reader.of_conversation(who.tenant_id, conversation_id, limit, cursor))

    @router.post("/{conversation_id}/notes", status_code=201, response_model=TimelineItemOut)
    async def write_note(
        conversation_id: str,
        body: NoteIn,
        key: RequestKey = Depends(request_key),
        who: Principal = Depends(access.agent),
    ) -> dict[str, Any]:
        """Write an internal note. It is never sent, and the assistant never reads it."""
        return entry_item((await notes.write(who, conversation_id, body.text, key)).plain())

    return router
