"""Versions of an assistant: who changed what and when, publish, roll back."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Query

from ai_responder.assistants.api.deps import AssistantDeps
from ai_responder.assistants.api.schemas import AssistantOut, PublishIn, RollbackIn, VersionOut
from ai_responder.assistants.domain import versions
from ai_responder.assistants.domain.assistant import Assistant, VersionHead
from ai_responder.assistants.domain.versions import Editor
from ai_responder.replays.content import require_gate
from shared.access.gate import Principal
from shared.aggregates import Cause, Decision
from shared.errors import Invalid
from shared.http.idempotency import RequestKey, digest, request_key, require_same
from shared.http.paging import MAX_LIMIT, Listing, listing
from shared.ids import derived_id

_PATH = "/{assistant_id}/versions"


def add_versions(routes: APIRouter, deps: AssistantDeps) -> None:
    _reading(routes, deps)
    _going_live(routes, deps)


def _reading(routes: APIRouter, deps: AssistantDeps) -> None:
    @routes.get(_PATH, response_model=Listing[VersionOut], summary="List an assistant's published versions")
    async def list_versions(
        assistant_id: str,
        limit: int = Query(default=20, ge=1, le=MAX_LIMIT),
        cursor: str = "",
        who: Principal = Depends(deps.gate.viewer),
    ) -> Any:
        """Newest first."""
        assistant = await deps.assistants.get(who.tenant_id, assistant_id)
        heads = [head for head in reversed(assistant.versions) if not cursor or head.number < _number(cursor)]
        shown = heads[:limit]
        contents = await deps.assistants.contents(assistant, shown)
        items = [VersionOut.of(assistant, head, contents[head.number]) for head in shown]
        return listing(items, str(shown[-1].number) if len(heads) > limit else None)

    @routes.get(_PATH + "/{version}", response_model=VersionOut, summary="Get a version of an assistant")
    async def get_version(assistant_id: str, version: int, who: Principal = Depends(deps.gate.viewer)) -> Any:
        """The draft too, by its `draft_version`."""
        assistant = await deps.assistants.get(who.tenant_id, assistant_id)
        content = await deps.assistants.content(assistant, version)
        head = assistant.head(version) or VersionHead(number=version, edits=assistant.draft_edits)
        return VersionOut.of(assistant, head, content)


def _going_live(routes: APIRouter, deps: AssistantDeps) -> None:
    async def go_live(assistant_id: str, body: PublishIn | RollbackIn, who: Principal, key: RequestKey) -> AssistantOut:
        editor = Editor(who.label, deps.clock.now(), body.note)
        known = await deps.assistants.get(who.tenant_id, assistant_id)
        wanted, given = body.version, digest(body.model_dump())
        request = _request_id(assistant_id, body, key)
        _refuse_other_body(known, request, given)
        again = wanted is not None and wanted != known.draft_version
        content = await deps.assistants.content(known, wanted) if wanted and again else None
        replays = await deps.replays.latest(who.tenant_id, assistant_id) if known.gate and not again else []

        def decided(assistant: Assistant) -> Decision[Assistant]:
            versions.require_revision(assistant, body.revision)
            if content and wanted:
                return versions.make_live(assistant, wanted, content, editor)
            require_gate(assistant, replays)
            return versions.publish(assistant, editor, wanted)

        def decide(assistant: Assistant) -> Decision[Assistant]:
            decision = decided(assistant)
            return versions.asked_by(decision, request, given) if request else decision

        cause = Cause.request(who.tenant_id, request, correlation_id=assistant_id)
        changed = await deps.assistants.change(who.tenant_id, assistant_id, cause, decide)
        _refuse_other_body(changed, request, given)
        return AssistantOut.of(changed)

    @routes.post("/{assistant_id}/publish", response_model=AssistantOut, summary="Make a version live")
    async def publish(
        assistant_id: str,
        body: PublishIn | None = None,
        key: RequestKey = Depends(request_key),
        who: Principal = Depends(deps.gate.admin),
    ) -> Any:
        """The draft, or the published version that is given. The next turn is answered by it.

        409 `gate_not_passed` with the figures if the assistant has a gate and no replay of this draft passes it. An
        earlier version needs no gate."""
        return await go_live(assistant_id, body or PublishIn(), who, key)

    @routes.post("/{assistant_id}/rollback", response_model=AssistantOut, summary="Make an earlier version live again")
    async def roll_back(
        assistant_id: str,
        body: RollbackIn,
        key: RequestKey = Depends(request_key),
        who: Principal = Depends(deps.gate.admin),
    ) -> Any:
        """The draft stays as it is."""
        return await go_live(assistant_id, body, who, key)


def _request_id(assistant_id: str, body: PublishIn | RollbackIn, key: RequestKey) -> str | None:
    """Of this Idempotency-Key, on this route and assistant. None without a key."""
    route = "publish" if isinstance(body, PublishIn) else "rollback"
    return derived_id("req", route, assistant_id, key.value) if key.value else None


def _refuse_other_body(assistant: Assistant, request: str | None, given: str) -> None:
    """Raises `Invalid("idempotency_key_reused")`."""
    kept = dict(assistant.requests).get(request) if request else None
    if kept is not None:
        require_same(kept, given)


def _number(cursor: str) -> int:
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 9:
        raise Invalid("bad_cursor", "`cursor` is the `next_cursor` of an earlier page")
    return int(cursor)
