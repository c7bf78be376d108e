"""`/api/views`: the caller's own."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from conversation.api import inbox
from conversation.saved_views.domain.book import SavedView
from conversation.saved_views.requests import SavedViews
from shared.access.gate import Access, Principal
from shared.http.idempotency import RequestKey, request_key
from shared.http.openapi_examples import with_example
from shared.http.openapi_problems import may_answer
from shared.http.paging import Listing, listing
from shared.values import Moment

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
_FILTERS = {"mine": True, "unread": True}
_VIEW = {"name": "Mine, unread", "filters": _FILTERS}
_SHOWN = {
    "id": "viw_4b1cf3dd5c6d5a58a1f7c0b2f1a6f2aa",
    **_VIEW,
    "created_at": "2026-03-10T14:02:42.831000Z",
    "changed_at": "2026-03-10T14:02:42.831000Z",
    "revision": 1,
}


class FiltersIn(BaseModel):
    """Parameters of `GET /api/conversations`."""

    model_config = ConfigDict(extra="forbid") | with_example(_FILTERS)

    state: inbox.State = None
    assignee: inbox.Assignee = None
    unread: inbox.Unread = None
    mine: inbox.Mine = None
    label: inbox.Label = None
    number: inbox.Number = None
    ai_state: inbox.AiState = None
    needs_person: inbox.NeedsPerson = None
    snoozed: inbox.Snoozed = None
    q: inbox.Search = None


class ViewIn(BaseModel):
    model_config = ConfigDict(extra="forbid") | with_example(_VIEW)

    name: Name
    filters: FiltersIn


class ViewPatch(BaseModel):
    model_config = ConfigDict(extra="forbid") | with_example({"name": "My unread texts"})

    name: Name = ""
    filters: FiltersIn = Field(default=FiltersIn(), description="Replaces all of them.")


class ViewOut(BaseModel):
    model_config = with_example(_SHOWN)

    id: str
    name: str
    filters: dict[str, str | bool] = Field(description="Parameters of `GET /api/conversations`.")
    created_at: Moment
    changed_at: Moment
    revision: int


def saved_views_router(views: SavedViews, gate: Access) -> APIRouter:
    router = APIRouter(prefix="/api/views", tags=["conversation"])

    @router.get("", response_model=Listing[ViewOut])
    async def list_views(who: Principal = Depends(gate.viewer)) -> dict[str, Any]:
        """Your own saved views, in the order in which you made them. An API key has none."""
        return listing([_shown(view) for view in (await views.of_user(who)).views], None)

    @router.post("", status_code=201, response_model=ViewOut, responses=may_answer(409))
    async def create_view(
        body: ViewIn, key: RequestKey = Depends(request_key), who: Principal = Depends(gate.viewer)
    ) -> dict[str, Any]:
        """For yourself; nobody else sees it. The filters are checked as the list of conversations checks them.
        409 `too_many_views` above 50, `not_a_person` for an API key."""
        return _shown(await views.create(who, body.name, body.filters.model_dump(), key))

    @router.patch("/{view_id}", response_model=ViewOut)
    async def patch_view(view_id: str, body: ViewPatch, who: Principal = Depends(gate.viewer)) -> dict[str, Any]:
        """What is left out stays as it is."""
        return _shown(await views.change(who, view_id, body.model_dump(include=body.model_fields_set)))

    @router.delete("/{view_id}", status_code=204)
    async def delete_view(view_id: str, who: Principal = Depends(gate.viewer)) -> None:
        await views.delete(who, view_id)

    return router


def _shown(view: SavedView) -> dict[str, Any]:
    return {**view.plain(without=["digest", "filters"]), "filters": dict(view.filters)}
