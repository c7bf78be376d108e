"""`/api/canned-replies`: agents make, change and delete them, and see how one reads in a conversation."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from conversation.canned_replies.domain.book import LONGEST_REPLY, CannedReply
from conversation.canned_replies.requests import CannedReplies
from shared.access.gate import Access, Principal
from shared.http.idempotency import RequestKey, request_key
from shared.http.openapi_examples import with_example
from shared.http.openapi_problems import may_answer
from shared.http.paging import Listing, listing
from shared.values import Moment

Name = Annotated[str, Field(min_length=1, max_length=100)]
Text = Annotated[
    str,
    Field(
        max_length=LONGEST_REPLY,
        description="With `{name}`, `{first_name}`, `{company}`, `{email}`, `{phone_number}`, `{agent}` or any field "
        "of the contact; `{name|there}` says there where the value is unknown; `{{` and `}}` are braces.",
    ),
]
Shortcut = Annotated[
    str,
    Field(pattern="^/?[A-Za-z0-9_-]{1,30}$", description="What an agent types to find it; unique in the tenant."),
]
_REPLY = {"name": "Opening hours", "shortcut": "hours", "text": "Hi {first_name|there}, we open at nine. {agent}"}
_SHOWN = {
    "id": "crp_4b1cf3dd5c6d5a58a1f7c0b2f1a6f2aa",
    **_REPLY,
    "created_at": "2026-03-10T14:02:42.831000Z",
    "created_by": "usr_01a22324e0190c2f41a6a31d9ea568d7",
    "changed_at": "2026-03-10T14:02:42.831000Z",
    "revision": 1,
}


class CannedReplyIn(BaseModel):
    model_config = ConfigDict(extra="forbid") | with_example(_REPLY)

    name: Name
    text: Text
    shortcut: Shortcut | None = None


class CannedReplyPatch(BaseModel):
    model_config = ConfigDict(extra="forbid") | with_example({"text": _REPLY["text"]})

    name: Name = ""
    text: Text = ""
    shortcut: Shortcut | None = None


class CannedReplyOut(BaseModel):
    model_config = with_example(_SHOWN)

    id: str
    name: str
    shortcut: str | None
    text: str
    created_at: Moment
    created_by: str = Field(description="Id of the user or API key.")
    changed_at: Moment
    revision: int


class RenderIn(BaseModel):
    model_config = ConfigDict(extra="forbid") | with_example(
        {"conversation_id": "cnv_656fdfd6a5bd57b78d294cd76294d694"}
    )

    conversation_id: str = Field(max_length=100)


class RenderedOut(BaseModel):
    model_config = with_example(
        {"text": "Hi Ada, we open at nine. Bo", "missing": [], "parts": 1, "encoding": "GSM-7", "forced_by": None}
    )

    text: str
    missing: list[str] = Field(description="Variables without value and default; they stand in the text in braces.")
    parts: int
    encoding: str
    forced_by: str | None = Field(description="The character that makes it UCS-2, if one does.")


def canned_replies_router(replies: CannedReplies, gate: Access) -> APIRouter:
    router = APIRouter(prefix="/api/canned-replies", tags=["conversation"])

    @router.get("", response_model=Listing[CannedReplyOut])
    async def list_canned_replies(who: Principal = Depends(gate.viewer)) -> dict[str, Any]:
        """All of the tenant, by name; at most 300."""
        book = await replies.of_tenant(who.tenant_id)
        return listing([_shown(one) for one in sorted(book.replies, key=lambda one: one.name.casefold())], None)

    @router.post("", status_code=201, response_model=CannedReplyOut, responses=may_answer(409))
    async def create_canned_reply(
        body: CannedReplyIn, key: RequestKey = Depends(request_key), who: Principal = Depends(gate.agent)
    ) -> dict[str, Any]:
        """409 `shortcut_exists` if another one has the shortcut; 422 `invalid_text` names the place that is wrong."""
        return _shown(await replies.create(who, body.model_dump(), key))

    @router.patch("/{canned_reply_id}", response_model=CannedReplyOut)
    async def patch_canned_reply(
        canned_reply_id: str, body: CannedReplyPatch, who: Principal = Depends(gate.agent)
    ) -> dict[str, Any]:
        """What is left out stays as it is. `shortcut: null` takes it away."""
        return _shown(await replies.change(who, canned_reply_id, body.model_dump(include=body.model_fields_set)))

    @router.delete("/{canned_reply_id}", status_code=204)
    async def delete_canned_reply(canned_reply_id: str, who: Principal = Depends(gate.agent)) -> None:
        """Messages that were sent with it stay."""
        await replies.delete(who, canned_reply_id)

    @router.post("/{canned_reply_id}/render", response_model=RenderedOut)
    async def render_canned_reply(
        canned_reply_id: str, body: RenderIn, who: Principal = Depends(gate.viewer)
    ) -> dict[str, Any]:
        """How it reads in a conversation, and what is missing. Sends nothing."""
        rendered = await replies.render(who, canned_reply_id, body.conversation_id)
        measured = rendered.measured
        return {
            "text": rendered.text,
            "missing": list(rendered.missing),
            "parts": measured.parts,
            "encoding": measured.encoding,
            "forced_by": measured.forced_by,
        }

    return router


def _shown(reply: CannedReply) -> dict[str, Any]:
    return reply.plain(without=["digest"])
