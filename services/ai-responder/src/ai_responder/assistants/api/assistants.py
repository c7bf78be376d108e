"""Reading, creating, editing and deleting assistants: viewers read, admins write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Depends, Query

from ai_responder.assistants.api.deps import PREFIX, AssistantDeps
from ai_responder.assistants.api.schemas import AssistantIn, AssistantOut, AssistantPatch
from ai_responder.assistants.domain import versions
from ai_responder.assistants.domain.assistant import Assistant, default_id, new_assistant
from ai_responder.assistants.domain.versions import Editor
from shared.access.gate import Principal
from shared.aggregates import Cause, Decision
from shared.errors import Refused
from shared.http.idempotency import RequestKey, digest, request_key, require_same
from shared.http.paging import MAX_LIMIT, Listing, listing


def add_assistants(routes: APIRouter, deps: AssistantDeps) -> None:
    _reading(routes, deps)
    _writing(routes, deps)


def _reading(routes: APIRouter, deps: AssistantDeps) -> None:
    @routes.get("", response_model=Listing[AssistantOut], summary="List assistants, oldest first")
    async def list_assistants(
        limit: int = Query(default=50, ge=1, le=MAX_LIMIT),
        cursor: str = "",
        who: Principal = Depends(deps.gate.viewer),
    ) -> Any:
        """Without those that were deleted."""
        if await deps.assistants.aggregates.get(default_id(who.tenant_id)) is None:
            # tenant.changed has not arrived yet: the list shows the default assistant all the same
            await deps.assistants.ensure_default(who.tenant_id, who.tenant_id)
        page = await deps.assistants.page(who.tenant_id, limit, cursor)
        items = [AssistantOut.of(deps.assistants.aggregates.state_of(document)) for document in page.items]
        return listing(items, page.next_cursor)

    @routes.get("/{assistant_id}", response_model=AssistantOut, summary="Get an assistant")
    async def get_assistant(assistant_id: str, who: Principal = Depends(deps.gate.viewer)) -> Any:
        """With the content of its draft, if there is one; `GET …/versions` shows what is live."""
        return AssistantOut.of(await deps.assistants.get(who.tenant_id, assistant_id))


def _writing(routes: APIRouter, deps: AssistantDeps) -> None:
    async def change(who: Principal, id: str, decide: Callable[[Assistant, Editor], Assistant]) -> AssistantOut:
        editor = Editor(who.label, deps.clock.now())
        changed = await deps.assistants.change(
            who.tenant_id, id, Cause.request(who.tenant_id), lambda assistant: Decision(decide(assistant, editor))
        )
        return AssistantOut.of(changed)

    @routes.post("", response_model=AssistantOut, status_code=201, summary="Create an assistant")
    async def create_assistant(
        body: AssistantIn,
        key: RequestKey = Depends(request_key),
        who: Principal = Depends(deps.gate.admin),
    ) -> Any:
        """Its version 1 is published at once. 409 `too_many_assistants` at 50, `archived` where the assistant that this
        Idempotency-Key made was deleted."""
        id, given = key.id_for("ast", who.tenant_id, PREFIX), digest(body.model_dump())
        new = new_assistant(id, who.tenant_id, body.content(), who.label, deps.clock.now()).but(request_digest=given)
        made = await deps.assistants.create(new, key.cause(who.tenant_id, PREFIX, id), who.label)
        require_same(made.request_digest, given)
        if made.archived_at:
            raise Refused("archived", "the assistant that this Idempotency-Key made was deleted; use a new key")
        return AssistantOut.of(made)

    @routes.patch("/{assistant_id}", response_model=AssistantOut, summary="Edit an assistant's draft")
    async def edit_assistant(assistant_id: str, body: AssistantPatch, who: Principal = Depends(deps.gate.admin)) -> Any:
        """Nothing goes live before `POST …/publish`."""
        return await change(
            who, assistant_id, lambda known, editor: versions.edit(known, body.changes(), body.revision, editor)
        )

    @routes.delete("/{assistant_id}", status_code=204, summary="Delete an assistant")
    async def delete_assistant(assistant_id: str, who: Principal = Depends(deps.gate.admin)) -> None:
        """It answers no more. Conversations, guides and routes that name it fall through to the next assistant in the
        order; the answer's `why` says so. The default assistant cannot be deleted (409 `default_assistant`)."""
        await change(who, assistant_id, versions.archive)
