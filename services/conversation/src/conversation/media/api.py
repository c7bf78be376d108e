"""`/api/media`: upload what is to be sent, read what came or was sent; and the carrier's links."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from conversation.api.access import AgentAccess
from conversation.domain.media.item import UNUSED_FOR, MediaItem
from conversation.domain.thread.wire import MEDIA_PATH
from conversation.media import examples
from conversation.media.form import uploaded_file
from conversation.media.serving import content_of
from conversation.media.uploads import Uploads
from shared.access.gate import Principal
from shared.errors import NotFound
from shared.http.idempotency import RequestKey, request_key
from shared.http.openapi_examples import with_example
from shared.http.openapi_problems import may_answer
from shared.internal.access import internal_only
from shared.keyring import Keyring
from shared.values import Moment

_BODY = {"requestBody": {"required": True, "content": {"multipart/form-data": examples.FORM}}}
_CONTENT: dict[int | str, dict[str, Any]] = {
    200: {"description": "The content, with its own type.", "content": {"image/jpeg": examples.CONTENT}},
    206: {"description": "The bytes that `Range` asks for."},
    416: {"description": "`Range` begins beyond the end."},
}


class UploadOut(BaseModel):
    model_config = with_example(examples.MEDIA)

    id: str = Field(description="For `media_ids` of a message.")
    url: str = Field(description="Signed and public, for the carrier; or for `media_urls`. Works until `usable_until`.")
    content_type: str = Field(description="As the content shows.")
    size: int = Field(description="Bytes.")
    usable_until: Moment = Field(description="An upload that no message shows is deleted after this.")


@dataclass(frozen=True)
class MediaRoutes:
    uploads: Uploads
    access: AgentAccess
    keyring: Keyring

    def router(self) -> APIRouter:
        routes = APIRouter(prefix=MEDIA_PATH, tags=["conversation"])
        self._uploading(routes)
        self._reading(routes)
        return routes

    def _uploading(self, routes: APIRouter) -> None:
        @routes.post(
            "",
            status_code=201,
            response_model=UploadOut,
            summary="Upload a picture or file to be sent",
            openapi_extra=_BODY,
            responses=may_answer(400, 409, 413, 422),
        )
        async def upload(
            request: Request, key: RequestKey = Depends(request_key), who: Principal = Depends(self.access.agent)
        ) -> Any:
            """Name its `id` in `media_ids` of a message, within seven days. 422 `media_type` for what carriers do not
            deliver, 413 `file_too_large` above 1,000,000 bytes."""
            item = await self.uploads.add(who.tenant_id, await uploaded_file(request), key)
            return _upload_out(item, self.uploads.link(item))

    def _reading(self, routes: APIRouter) -> None:
        store = self.uploads.store

        async def read_media(
            request: Request, media_id: str, who: Principal = Depends(self.access.gate.viewer)
        ) -> Response:
            """For everybody who can see the conversation. 503 `media_awaited` while it is fetched from the carrier, 404
            `media_missing` if it could not be fetched. `Range`, `If-None-Match` and HEAD are understood."""
            item = await store.get(who.tenant_id, media_id)
            return await content_of(request, store, item, is_public=False)

        async def read_signed(request: Request, token: str) -> Response:
            """What a message sends, by the link that the carrier gets. Links are signed and end; HEAD is understood."""
            id = self.uploads.links.id_in(token, self.uploads.clock.now())
            item = await store.find(id) if id else None
            if item is None or item.source != "upload":
                raise NotFound("not_found", "this link is damaged or has run out")
            return await content_of(request, store, item, is_public=True)

        _both(routes, "/{media_id}", read_media, "Read a picture or file of a message")
        _both(routes, "/signed/{token}", read_signed, "Read what a message sends, by a signed link")

    def internal_router(self) -> APIRouter:
        """For ai-responder, which shows pictures to a model."""
        routes = APIRouter(
            prefix="/internal/conversation/media",
            dependencies=[Depends(internal_only(self.keyring))],
            include_in_schema=False,
        )
        store = self.uploads.store

        @routes.get("/{media_id}")
        async def content(media_id: str, tenant_id: str = Query(), most: int = Query(ge=1)) -> dict[str, Any]:
            """`content` in base64, where it is stored and has at most so many bytes; else null."""
            item = await store.get(tenant_id, media_id)
            shown: str | None = None
            if item.state == "stored" and (item.size or 0) <= most:
                pieces = [piece async for piece in store.files.read(await store.file_of(item))]
                shown = base64.b64encode(b"".join(pieces)).decode()
            return {"id": item.id, "state": item.state, "content_type": item.content_type, "content": shown}

        return routes


def _both(routes: APIRouter, path: str, answer: Any, summary: str) -> None:
    routes.add_api_route(
        path,
        answer,
        methods=["GET"],
        summary=summary,
        response_class=Response,
        responses=_CONTENT | may_answer(404, 503),
    )
    routes.add_api_route(path, answer, methods=["HEAD"], include_in_schema=False)


def _upload_out(item: MediaItem, link: str) -> dict[str, Any]:
    return {
        "id": item.id,
        "url": link,
        "content_type": item.content_type,
        "size": item.size,
        "usable_until": item.created_at + UNUSED_FOR,
    }
