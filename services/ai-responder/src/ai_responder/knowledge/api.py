"""`/api/assistants/{id}/knowledge`: viewers read, admins add and delete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from ai_responder.knowledge import examples
from ai_responder.knowledge.domain.document import KnowledgeDocument
from ai_responder.knowledge.requests import Knowledge
from ai_responder.knowledge.schemas import KnowledgeIn, KnowledgeOut, json_schema
from shared.access.gate import Access, Principal
from shared.control_characters import without_control_characters
from shared.files import FileStore
from shared.files.uploads import Form, is_multipart, take_upload
from shared.http.idempotency import RequestKey, request_key
from shared.http.openapi_problems import may_answer
from shared.http.paging import MAX_LIMIT, Listing, listing

MOST_BYTES = 25 * 1024**2
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": json_schema(), "example": examples.TEXT},
            "multipart/form-data": examples.FORM,
        },
    }
}


@dataclass(frozen=True)
class KnowledgeDeps:
    gate: Access
    knowledge: Knowledge
    files: FileStore


def knowledge_router(deps: KnowledgeDeps) -> APIRouter:
    routes = APIRouter(prefix="/api/assistants/{assistant_id}/knowledge", tags=["ai-responder"])
    _reading(routes, deps)
    _writing(routes, deps)
    return routes


def _reading(routes: APIRouter, deps: KnowledgeDeps) -> None:
    @routes.get("", response_model=Listing[KnowledgeOut], summary="List what an assistant knows, oldest first")
    async def list_knowledge(
        assistant_id: str,
        limit: int = Query(default=50, ge=1, le=MAX_LIMIT),
        cursor: str = "",
        who: Principal = Depends(deps.gate.viewer),
    ) -> Any:
        page = await deps.knowledge.page(who.tenant_id, assistant_id, limit, cursor)
        items = [KnowledgeOut.of(deps.knowledge.state_of(row), whole=False) for row in page.items]
        return listing(items, page.next_cursor)

    @routes.get("/{knowledge_id}", response_model=KnowledgeOut, summary="Get a piece of knowledge")
    async def get_knowledge(assistant_id: str, knowledge_id: str, who: Principal = Depends(deps.gate.viewer)) -> Any:
        return KnowledgeOut.of(await deps.knowledge.get(who.tenant_id, assistant_id, knowledge_id))


def _writing(routes: APIRouter, deps: KnowledgeDeps) -> None:
    @routes.post(
        "",
        response_model=KnowledgeOut,
        status_code=202,
        summary="Add a text, questions with answers, or a file",
        openapi_extra=_BODY,
        responses=may_answer(400, 409, 413, 422),
    )
    async def add_knowledge(
        assistant_id: str,
        request: Request,
        key: RequestKey = Depends(request_key),
        who: Principal = Depends(deps.gate.admin),
    ) -> Any:
        """It is read in the background; `state` tells when it is used in answers, or why it cannot be read. Refused at
        once: `unsupported_file`, `not_that_kind`, `file_empty`."""
        if is_multipart(request):
            return KnowledgeOut.of(await _add_file(deps, assistant_id, request, key, who))
        written = (await _json_body(request)).written()
        return KnowledgeOut.of(await deps.knowledge.add(who.tenant_id, assistant_id, key, written))

    @routes.delete("/{knowledge_id}", status_code=204, summary="Delete a piece of knowledge")
    async def delete_knowledge(
        assistant_id: str, knowledge_id: str, who: Principal = Depends(deps.gate.admin)
    ) -> Response:
        """No answer uses it from now on."""
        await deps.knowledge.delete(who.tenant_id, assistant_id, knowledge_id)
        return Response(status_code=204)


async def _add_file(
    deps: KnowledgeDeps, assistant_id: str, request: Request, key: RequestKey, who: Principal
) -> KnowledgeDocument:
    await deps.knowledge.admit(who.tenant_id, assistant_id, key)
    upload = await take_upload(request, deps.files, who.tenant_id, Form(MOST_BYTES))
    name = _line(upload.file_name) or "file"
    title = _line(upload.fields.get("title", ""))
    return await deps.knowledge.add_file(who.tenant_id, assistant_id, key, upload.file, name, title)


async def _json_body(request: Request) -> KnowledgeIn:
    """Refused as FastAPI refuses any other body."""
    try:
        return KnowledgeIn.model_validate_json(await request.body())
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False)
        raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in found]) from None


def _line(text: str) -> str:
    return " ".join(without_control_characters(text).split())[:200]
