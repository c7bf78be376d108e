"""`/api/guides`: tenant-wide guides. Viewers and agents read, admins write."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends

from conversation.api.conversations import Limit
from conversation.autopilot.store import Autopilots
from conversation.guides.domain.guide import Guide, require_there
from conversation.guides.schemas import GuideIn, GuideOut, GuidePatch
from conversation.guides.store import Guides
from conversation.references import References
from shared.access.gate import Access, Principal
from shared.aggregates import Cause
from shared.clock import Clock
from shared.http.idempotency import RequestKey, digest, request_key, require_same
from shared.http.paging import Listing, listing

PREFIX = "/api/guides"


def guides_router(
    guides: Guides, references: References, autopilots: Autopilots, gate: Access, clock: Clock
) -> APIRouter:
    router = APIRouter(prefix=PREFIX, tags=["conversation"])

    async def shown(guide: Guide) -> GuideOut:
        return GuideOut.of(guide, await autopilots.report(guide.tenant_id, guide.id, guide.autopilot))

    @router.get("", response_model=Listing[GuideOut], summary="List guides, oldest first")
    async def list_guides(
        limit: Limit = 50, cursor: str | None = None, who: Principal = Depends(gate.viewer)
    ) -> dict[str, Any]:
        page = await guides.page(who.tenant_id, limit, cursor)
        items = [await shown(guides.state_of(document)) for document in page.items]
        return listing(items, page.next_cursor)

    @router.post("", response_model=GuideOut, status_code=201, summary="Create a guide")
    async def create_guide(
        body: GuideIn, key: RequestKey = Depends(request_key), who: Principal = Depends(gate.admin)
    ) -> GuideOut:
        """Applies to the next turn. 409 `too_many_guides` at 100."""
        await references.check_assistant(who.tenant_id, body.assistant_id)
        id, given, now = key.id_for("gde", who.tenant_id, PREFIX), digest(body.model_dump()), clock.now()
        fields = {**body.model_dump(), "id": id, "tenant_id": who.tenant_id, "request_digest": given}
        new = Guide.read({**fields, "created_at": now, "updated_at": now})
        made = await guides.create(new, key.cause(who.tenant_id, PREFIX, id))
        require_same(made.request_digest, given)
        require_there(made)
        return await shown(made)

    @router.get("/{guide_id}", response_model=GuideOut, summary="Get a guide")
    async def get_guide(guide_id: str, who: Principal = Depends(gate.viewer)) -> GuideOut:
        return await shown(await guides.get(who.tenant_id, guide_id))

    @router.patch("/{guide_id}", response_model=GuideOut, summary="Change a guide")
    async def patch_guide(guide_id: str, body: GuidePatch, who: Principal = Depends(gate.admin)) -> GuideOut:
        """Applies to the next turn; an answer that is being made keeps the guide as it was."""
        if body.assistant_id:
            await references.check_assistant(who.tenant_id, body.assistant_id)
        revised = await guides.revise(who.tenant_id, guide_id, body.changes(), body.revision)
        if body.autopilot:
            await autopilots.reconsider(who.tenant_id, guide_id, Cause.request(who.tenant_id))
        return await shown(revised)

    @router.delete("/{guide_id}", status_code=204, summary="Delete a guide")
    async def delete_guide(guide_id: str, who: Principal = Depends(gate.admin)) -> None:
        """Answers that were given under it keep its name and the rule that chose it."""
        await guides.delete(who.tenant_id, guide_id)

    return router
